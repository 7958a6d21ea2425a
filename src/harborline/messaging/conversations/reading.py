"""Reading inbound texts: every opening on record; closed with what was asked; the words go as the profile says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db.models import QuerySet

from harborline.disclosure.services import look_once
from harborline.kernel import Invalid, NotFound, Refused, clock, ports, refuse
from harborline.kernel.clock import iso
from harborline.law import profiles
from harborline.law.periods import Period
from harborline.ledger.services import record
from harborline.messaging.conversations.facts import (
    BRING_UP_BEFORE,
    Gone,
    How,
    OpenedText,
    ThreadChanged,
    Topic,
    session_reference,
)
from harborline.messaging.conversations.keeping import destroy_words, destroys, may_go, open_words
from harborline.messaging.conversations.records import CrisisAlert, TextOpening, ThreadText
from harborline.messaging.conversations.rules import may_be_shown, may_close
from harborline.messaging.models import InboundMessage
from harborline.messaging.ports import SessionWatch, ThreadListener
from harborline.retention.selectors import limits
from harborline.vault.services import seal_text, unseal_text
from harborline.walls import ALL_COUNTIES, Actor, Context, acting, current
from harborline.workforce.facts import SIGN_IN_PROFILES
from harborline.workforce.selectors import worker_standing

PREVIEW_SIGNS = 40
_LONGEST_SESSION = max(each.absolute for each in SIGN_IN_PROFILES.values())
_ENDS = 4


def open_text(text_id: uuid.UUID, *, session: str = "", how: How = How.VIEW) -> OpenedText:
    """Show a text to a worker; recorded before the words are shown.

    A `VIEW` by the one it is for (or, where it is for nobody yet, by whoever opens it first) counts: the text is
    theirs to close, and goes with `session` (the key of the staff session) at the latest. No other look
    counts: a supervisor's look over a shoulder, or one for an alert or a stop, takes nothing from anybody. Raises
    `NotFound` for a text that is not here or gone. Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    text = _here(text_id)
    inbound = _inbound(text)
    counts = how is How.VIEW and _is_for(text)
    opening = _recorded(text, how, counts=counts)
    words = open_words(inbound)
    if counts:
        _viewed(text, session, opening.at)
    return OpenedText(text.id, words.text, words.number[-_ENDS:], tuple(inbound.private), counts)


def preview_text(text_id: uuid.UUID) -> str:
    """The first signs of a text, nothing at all of one with private things in it; recorded, and never a view."""
    text = _here(text_id)
    inbound = _inbound(text)
    shown = may_be_shown(private=inbound.private, media_count=inbound.media_count)
    if not shown.allowed:
        return ""
    _recorded(text, How.PREVIEW, counts=False)
    words = open_words(inbound).text
    return words if len(words) <= PREVIEW_SIGNS else words[:PREVIEW_SIGNS].rstrip() + "..."


def close_text(text_id: uuid.UUID, *, asked: Topic, note: str = "") -> None:
    """Close a text with what was asked; where texts go after viewing, its words are destroyed now.

    Raises `NotFound`, `Refused` when it is not the worker's to close, was not read, what was asked is missing, or
    words of danger in it wait for somebody. Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    text = _here(text_id)
    if text.viewed_at is None or str(text.viewed_by) != current().actor.id:
        raise Refused(refuse("read-it-first").stamped("messaging.conversations.reading", _CLAUSES))
    if CrisisAlert.objects.filter(inbound_id=text.inbound_id, closed_at__isnull=True).exists():
        raise Refused(refuse("alert-still-open").stamped("messaging.conversations.reading", _CLAUSES))
    _take_asked(text, asked, note)
    _go([text], Gone.CLOSED, clock.now())


def say_what_was_asked(text_id: uuid.UUID, *, asked: Topic, note: str = "") -> None:
    """Say afterwards what a text asked whose words went with a session or at a limit; once.

    Raises `NotFound`, or `Refused` when it was somebody else's or is said already.
    """
    text = ThreadText.objects.select_for_update().filter(id=text_id, gone_at__isnull=False, asked="").first()
    if text is None or str(text.viewed_by) != current().actor.id:
        raise NotFound("no text here waits for this")
    _take_asked(text, asked, note)


def hand_on(text_id: uuid.UUID, *, worker_id: uuid.UUID, reason: str) -> None:
    """Give an unread text to another worker, as when somebody is away; raises `NotFound`, `Refused`, `Invalid`."""
    text = _here(text_id)
    if text.viewed_at is not None:
        raise Refused(refuse("was-read-already").stamped("messaging.conversations.reading", _CLAUSES))
    if not reason.strip():
        raise Invalid("say why in a few words", "reason")
    text.for_worker = worker_id
    text.save(update_fields=["for_worker"])
    _record(text, "inbound.handed-on", {"to": str(worker_id), "reason": reason.strip()[:200]})


def note_of(text: ThreadText) -> str:
    """What the worker noted when closing; empty when nothing was."""
    sealed = bytes(text.note)
    return unseal_text(sealed, group=_notes(text.program), context=f"thread-text:{text.id}:note") if sealed else ""


def end_of_session(*, worker_id: uuid.UUID | None = None, session: str = "") -> int:
    """A worker's session is over: what they viewed and did not close goes, where texts go after viewing.

    `worker_id`: everything of theirs; `session` (its key): what was viewed in it; one of them is given, or both. Opens
    units of work of its own. Answers how many went. What was asked stays to be said (`say_what_was_asked`).
    Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    by_worker = {"viewed_by": worker_id} if worker_id else {}
    by_session = {"session": session_reference(session)} if session else {}
    if not by_worker and not by_session:
        return 0
    gone = 0
    for program in profiles():
        with _as_system(program):
            if destroys():
                viewed = ThreadText.objects.filter(program=program, viewed_at__isnull=False, gone_at__isnull=True)
                gone += _go(viewed.filter(**by_worker, **by_session), Gone.SESSION, clock.now())
    return gone


def expire_texts(*, now: datetime | None = None) -> int:
    """End what has reached its limit in the current program: ended sessions, viewed and unread limits.

    Answers how many copies went. Texts nobody opened are brought to a supervisor a week before.
    """
    moment, program, shown = now or clock.now(), current().program, limits()
    waiting = ThreadText.objects.filter(program=program, gone_at__isnull=True)
    gone = _go(_past(waiting, "viewed_at", shown.viewed, moment), Gone.VIEWED_LIMIT, moment)
    if shown.destroy_on_close:
        gone += _go(waiting.filter(session_until_at__lte=moment), Gone.SESSION, moment)
        gone += _go(waiting.filter(session__in=_ended_sessions(program)), Gone.SESSION, moment)
    unread = waiting.filter(viewed_at__isnull=True)
    gone += _go(_past(unread, "received_at", shown.unread, moment), Gone.UNREAD_LIMIT, moment)
    _bring_up(_past(unread.filter(needs_reading=True), "received_at", shown.unread, moment + BRING_UP_BEFORE), moment)
    return gone


def destroy_if_last(inbound_ids: Iterable[uuid.UUID], *, why: str, at: datetime) -> int:
    """Destroy the words of texts whose every copy is gone, in every county; answers how many.

    Not while words of danger in them wait for somebody, nor under a hold; never where the sealed record stays.
    """
    context, wanted = current(), list(dict.fromkeys(inbound_ids))
    if not wanted or not destroys():
        return 0
    with acting(context.actor, program=context.program, counties=ALL_COUNTIES, purpose=context.purpose):
        copies: dict[uuid.UUID, list[ThreadText]] = {each: [] for each in wanted}
        for copy in ThreadText.objects.filter(inbound_id__in=wanted).select_related("thread"):
            copies[copy.inbound_id].append(copy)
        kept = set() if why == Gone.UNREAD_LIMIT.value else _alarming(wanted)
        texts = InboundMessage.objects.select_for_update().filter(id__in=[each for each in wanted if each not in kept])
        free = [each for each in texts if _is_last(each, copies[each.id], at)]
        return destroy_words(free, at=at, why=why)


def publish(program: str, text: ThreadText, what: str, at: datetime) -> None:
    """Tell who listens that something happened to a text of a thread."""
    change = ThreadChanged(program, text.thread_id, what, at, text_id=text.id)
    for listener in ports.serving_all(ThreadListener).values():
        listener.thread_changed(change)


_CLAUSES = ("MN-WIC-9.6:text-delete-after-viewing", "OFFSET-8.2:only-as-necessary")


def _here(text_id: uuid.UUID) -> ThreadText:
    found = ThreadText.objects.select_for_update().filter(id=text_id, gone_at__isnull=True).first()
    if found is None:
        raise NotFound("no such text here, or its words are gone")
    return found


def _inbound(text: ThreadText) -> InboundMessage:
    return InboundMessage.objects.get(id=text.inbound_id)


def _is_for(text: ThreadText) -> bool:
    actor = current().actor
    return actor.kind == "worker" and (text.for_worker is None or str(text.for_worker) == actor.id)


def _recorded(text: ThreadText, how: How, *, counts: bool) -> TextOpening:
    actor, at = current().actor, clock.now()
    entry = _record(text, "inbound.opened", {"how": how.value, "counts": counts})
    if actor.kind == "worker" and text.thread.participant_id is not None:
        standing = worker_standing(uuid.UUID(actor.id), text.program, now=at)
        look_once(text.thread.participant_id, page="text", roles=standing.roles)
    return TextOpening.objects.create(
        program=text.program,
        county=text.county,
        text=text,
        how=how.value,
        counts=counts,
        at=at,
        actor=f"{actor.kind}:{actor.id}"[:80],
        entry_id=entry,
    )


def _record(text: ThreadText, kind: str, content: dict[str, str | bool]) -> uuid.UUID:
    thread = text.thread
    subject = f"participant:{thread.participant_id}" if thread.participant_id else f"inbound:{text.inbound_id}"
    return record(kind, subject=subject, content={"inbound": str(text.inbound_id), "text": str(text.id), **content})


def _viewed(text: ThreadText, session: str, at: datetime) -> None:
    worker = uuid.UUID(current().actor.id)
    if text.viewed_at is None:
        text.viewed_at, text.viewed_by, text.for_worker = at, worker, worker
        publish(text.program, text, "viewed", at)
    text.session, text.session_until_at = session_reference(session) if session else "", at + _LONGEST_SESSION
    text.save(update_fields=["viewed_at", "viewed_by", "for_worker", "session", "session_until_at"])


def _take_asked(text: ThreadText, asked: Topic, note: str) -> None:
    decision = may_close(asked=asked, note=note)
    if not decision.allowed:
        raise Refused(decision)
    actor = current().actor
    text.asked, text.asked_by = Topic(asked).value, f"{actor.kind}:{actor.id}"[:80]
    words, place = note.strip(), f"thread-text:{text.id}:note"
    text.note = seal_text(words, group=_notes(text.program), context=place) if words else b""
    text.save(update_fields=["asked", "asked_by", "note"])
    _record(text, "inbound.asked", {"asked": text.asked})


def _go(texts: Iterable[ThreadText], why: Gone, at: datetime) -> int:
    going = _unless_alarming(list(texts), why)
    for text in going:
        text.gone_at, text.gone_why = at, why.value
        text.save(update_fields=["gone_at", "gone_why"])
        _record(text, "inbound.copy-gone", {"why": why.value, "at": iso(at)})
        publish(text.program, text, "closed" if why is Gone.CLOSED else "gone", at)
    destroy_if_last([text.inbound_id for text in going], why=why.value, at=at)
    return len(going)


def _unless_alarming(texts: list[ThreadText], why: Gone) -> list[ThreadText]:
    # Whoever is on call must be able to read what alarmed us, until the alert is closed or the last limit comes.
    if why is Gone.UNREAD_LIMIT:
        return texts
    alarming = _alarming(text.inbound_id for text in texts)
    return [text for text in texts if text.inbound_id not in alarming]


def _alarming(inbound_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    found = CrisisAlert.objects.filter(inbound_id__in=list(inbound_ids), closed_at__isnull=True)
    return set(found.values_list("inbound_id", flat=True))


def _is_last(inbound: InboundMessage, copies: list[ThreadText], at: datetime) -> bool:
    if any(copy.gone_at is None for copy in copies):
        return False
    people = {copy.thread.participant_id for copy in copies if copy.thread.participant_id}
    views = [copy.viewed_at for copy in copies if copy.viewed_at]
    return may_go(inbound, participants=people, viewed_at=min(views, default=None), now=at).allowed


def _past(texts: QuerySet[ThreadText], column: str, limit: Period, moment: datetime) -> list[ThreadText]:
    # The database narrows by the shortest such a period can be; the calendar decides.
    least = timedelta(days=limit.years * 365 + limit.months * 28 + limit.days, hours=limit.hours)
    near = texts.filter(**{f"{column}__lte": moment - least})
    return [text for text in near if limit.after(getattr(text, column)) <= moment]


def _bring_up(late: Iterable[ThreadText], moment: datetime) -> None:
    for text in late:
        if text.gone_at is None and text.brought_up_at is None:
            text.brought_up_at = moment
            text.save(update_fields=["brought_up_at"])
            _record(text, "inbound.brought-to-supervisor", {"at": iso(moment)})


def _ended_sessions(program: str) -> list[str]:
    watches = ports.serving_all(SessionWatch).values()
    standing = ThreadText.objects.filter(program=program, gone_at__isnull=True, session__gt="")
    sessions = set(standing.values_list("session", flat=True).distinct())
    return sorted({ended for watch in watches for ended in watch.ended(sessions)}) if sessions else []


def _notes(program: str) -> str:
    return f"{program}/conversations"


def _as_system(program: str) -> AbstractContextManager[Context]:
    return acting(Actor("system", "sessions"), program=program, counties=ALL_COUNTIES, purpose="session-ended")

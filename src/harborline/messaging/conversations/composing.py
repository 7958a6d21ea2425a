"""A worker's own answer: checked like every text and by the thread's own rules, then queued like every text."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from harborline.consent.facts import CONTACT_US, ConsentStanding
from harborline.consent.selectors import held_numbers, platforms_open, standings, suppressed_numbers
from harborline.kernel import Decision, NotFound, Outcome, Refused, clock, ports, strictest
from harborline.kernel.clock import iso
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.answering.queueing import About, queue_text
from harborline.messaging.conversations.facts import AnswerFacts, Composed, FoundInText, ThreadChanged
from harborline.messaging.conversations.records import Thread, ThreadAnswer
from harborline.messaging.conversations.rules import (
    answers_nothing_private,
    asks_for_no_documents,
    at_a_fit_hour,
    language_judged,
    may_answer,
    number_known,
    short_enough,
)
from harborline.messaging.facts import MessageKind
from harborline.messaging.notices.runs import sender_of
from harborline.messaging.notices.windows import ANYWHERE, Windows
from harborline.messaging.ports import ThreadListener
from harborline.messaging.rules import protections_current
from harborline.messaging.words.guard import Judgement, judge
from harborline.messaging.words.guard.facts import JUDGED_LANGUAGES
from harborline.messaging.words.segments import hints, segment, tidy
from harborline.people.selectors import holders_of_number, names_for, protection_age, reach, texting_blocks
from harborline.vault.services import blind_index
from harborline.walls import current

ANSWER_LIFETIME = timedelta(hours=4)
"""An answer that did not leave in this time says nothing any more."""
_LATER = frozenset({"outside-hours"})
_WITH_REASON = frozenset({"hard-to-read", "abbreviation-in-text"})


def compose_check(thread_id: uuid.UUID, text: str, *, language: str = "") -> Composed:
    """Say what would become of an answer in a thread, without sending it; raises `NotFound`.

    Judged: whether this worker's program lets staff write at all and this person may be written to, the language,
    the content guard with the names of the case, documents and private things, parts, and the hour. `language` is
    that of the draft; the thread's by default.
    """
    thread = _thread(thread_id)
    return _checked(thread, text, language or thread.language, clock.now())


def answer(thread_id: uuid.UUID, text: str, *, language: str = "", reason: str = "") -> uuid.UUID:
    """Queue one answer in a thread, through the way every text goes; answers the message's id.

    `reason` lets a text go that only reads hard or is short of style; nothing else is ever overridden. Outside the
    lawful hours an answer to an older text waits for the next one. At hand-over everything is asked again. Raises
    `NotFound`, and `Refused` with the strictest decision. Source: MN-WIC-9.6:contact-us-no-private-reply.
    """
    thread, now = _thread(thread_id), clock.now()
    spoken, number = language or thread.language, _number(thread)
    made = _checked(thread, text, spoken, now)
    at = _goes_at(made, reason, now)
    message_id = queue_text(
        sender_of(thread.program),
        profile(thread.program),
        kind=MessageKind.ANSWER,
        to=number or "",
        phone_idx=bytes(thread.phone_idx),
        words=made.text,
        template=None,
        language=spoken,
        at=at,
        until=at + ANSWER_LIFETIME,
        about=About(thread.county, thread.participant_id, _zones(number, thread.program, now)),
    )
    _keep(thread, message_id, reason, now)
    return message_id


def may_answer_here(thread_id: uuid.UUID) -> Decision:
    """Whether a worker may answer in this thread at all now, for the page that offers it; raises `NotFound`."""
    thread, now = _thread(thread_id), clock.now()
    return may_answer(facts=answer_facts(thread, now=now), profile=profile(thread.program), now=now)


def answer_facts(thread: Thread, *, now: datetime) -> AnswerFacts:
    """What decides about answers in a thread at this moment."""
    program, idx, who = thread.program, bytes(thread.phone_idx), thread.participant_id
    given = platforms_open(who, idx, now=now) if who else {}
    return AnswerFacts(
        platform=thread.platform,
        last_in_at=thread.last_in_at,
        opt_in=given.get(CONTACT_US),
        standing=_standing(thread, now),
        suppressed=bool(suppressed_numbers(program, [idx])),
        held=bool(held_numbers(program, [idx])),
        texts_off=bool(who and texting_blocks(program, [who], now=now)),
        number_conflict=_shared_by_others(thread),
    )


def answer_allowed(thread: Thread, *, zones: str, now: datetime) -> Decision:
    """Whether an answer may go in a thread now: the person, the number, the protections, the hour."""
    law = profile(thread.program)
    hour = Windows.of(law).decide(zones, now)
    return strictest(
        (
            may_answer(facts=answer_facts(thread, now=now), profile=law, now=now),
            protections_current(age=protection_age(thread.program, now=now), profile=law),
            at_a_fit_hour(last_in_at=thread.last_in_at, hour=hour, now=now),
        )
    )


def _checked(thread: Thread, text: str, language: str, now: datetime) -> Composed:
    law, words = profile(thread.program), tidy(text).strip()
    counted = segment(words)
    judged = judge(words, program=law.program, lang=language, names=_names(thread))
    number = _number(thread)
    decisions = (
        number_known(number=number is not None),
        answer_allowed(thread, zones=_zones(number, law.program, now), now=now),
        language_judged(language=language, judged=JUDGED_LANGUAGES),
        *_of_words(judged, thread.platform),
        short_enough(segments=len(counted.sizes) if words else 0, profile=law),
    )
    return Composed(
        decision=strictest(decisions),
        decisions=decisions,
        findings=tuple(FoundInText(one.kind.value, one.start, one.end, one.clauses) for one in judged.findings),
        text=words,
        encoding=counted.encoding,
        segments=len(counted.sizes),
        hints=tuple(hint.character for hint in hints(words)),
    )


def _of_words(judged: Judgement, platform: str) -> Iterable[Decision]:
    kinds = {finding.kind for finding in judged.findings}
    if platform == CONTACT_US:
        yield asks_for_no_documents(kinds=kinds)
        yield answers_nothing_private(kinds=kinds)
    yield judged.decision


def _goes_at(made: Composed, reason: str, now: datetime) -> datetime:
    at = now
    for decision in made.decisions:
        if decision.outcome is Outcome.HOLD and decision.reason in _LATER and decision.until:
            at = decision.until
        elif not decision.allowed and not (_overridable(decision) and reason.strip()):
            raise Refused(strictest(one for one in made.decisions if one.reason not in _LATER))
    return at


def _overridable(decision: Decision) -> bool:
    return decision.outcome is Outcome.HOLD and decision.reason in _WITH_REASON


def _keep(thread: Thread, message_id: uuid.UUID, reason: str, at: datetime) -> None:
    actor = current().actor
    subject = f"participant:{thread.participant_id}"
    content = {"message": str(message_id), "at": iso(at), "reason": reason.strip()[:200]}
    entry = record("thread.answered", subject=subject, content=content)
    ThreadAnswer.objects.create(
        program=thread.program,
        county=thread.county,
        thread=thread,
        message_id=message_id,
        reason="worded-so-on-purpose" if reason.strip() else "",
        at=at,
        actor=f"{actor.kind}:{actor.id}"[:80],
        entry_id=entry,
    )
    thread.last_out_at = at
    thread.save(update_fields=["last_out_at"])
    change = ThreadChanged(thread.program, thread.id, "answered", at, message_id=message_id)
    for listener in ports.serving_all(ThreadListener).values():
        listener.thread_changed(change)


def _thread(thread_id: uuid.UUID) -> Thread:
    found = Thread.objects.filter(id=thread_id).first()
    if found is None:
        raise NotFound("no such conversation here")
    return found


def _number(thread: Thread) -> str | None:
    """The number, while it is still this person's."""
    number = reach(thread.participant_id).phone if thread.participant_id else None
    return number if number and blind_index("phone", number) == bytes(thread.phone_idx) else None


def _names(thread: Thread) -> tuple[str, ...]:
    who = thread.participant_id
    return names_for([who]).get(who, ()) if who else ()


def _standing(thread: Thread, now: datetime) -> ConsentStanding:
    idx = bytes(thread.phone_idx)
    holders = holders_of_number(thread.program, idx)
    cases = [case for who, _, case, _ in holders if who == thread.participant_id]
    found = standings(thread.program, [(case, idx) for case in cases], now=now)
    mine = [one for one in found if one.holder == thread.participant_id]
    return next(iter(mine or found), ConsentStanding.none())


def _shared_by_others(thread: Thread) -> bool:
    holders = holders_of_number(thread.program, bytes(thread.phone_idx))
    theirs = {case for who, _, case, _ in holders if who == thread.participant_id}
    roles = {role for who, _, case, role in holders if case in theirs}
    return {"custodial-party", "noncustodial-parent"} <= roles


def _zones(number: str | None, program: str, now: datetime) -> str:
    return Windows.of(profile(program)).for_number(number, "", None, now).zones if number else ANYWHERE

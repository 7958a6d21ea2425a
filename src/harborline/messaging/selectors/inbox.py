"""Conversations as staff see them: texts that wait, threads, alerts, who is on call. Never a word of a text, no number.

Everything here is within the context's counties; a text of a number nobody has belongs to the whole state.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from harborline.consent.selectors import possible_opt_outs
from harborline.kernel import NotFound, clock
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.conversations.calling import roster
from harborline.messaging.conversations.reading import note_of
from harborline.messaging.conversations.records import (
    AlertStep,
    CrisisAlert,
    OnCallTurn,
    TextOpening,
    Thread,
    ThreadAnswer,
    ThreadText,
)
from harborline.messaging.conversations.rules import may_be_shown, staff_may_text
from harborline.messaging.conversations.views import (
    AlertLine,
    InboxLine,
    Opening,
    ThreadItem,
    ThreadLine,
    ThreadView,
)
from harborline.messaging.facts import DispatchState
from harborline.messaging.models import Dispatch, InboundMessage, MessageContent
from harborline.messaging.sealing import open_text_of
from harborline.retention.facts import Limits
from harborline.retention.selectors import limits
from harborline.walls import current

__all__ = [
    "AlertLine",
    "InboxLine",
    "Opening",
    "ThreadItem",
    "ThreadLine",
    "ThreadView",
    "alerts",
    "inbox",
    "on_call",
    "text_of",
    "thread",
    "threads",
]

PAGE = 50


def inbox(*, mine: bool = False, limit: int = PAGE) -> list[InboxLine]:
    """The texts that wait to be read or closed, or whose question was never said: danger first, then the oldest.

    `mine`: only those for this worker, or for nobody yet.
    """
    waiting = ThreadText.objects.filter(program=current().program).filter(_waits())
    if mine:
        waiting = waiting.filter(Q(for_worker__isnull=True) | Q(for_worker=_worker()))
    chosen = waiting.select_related("thread__participant", "inbound")
    return _lines(list(chosen.order_by("-inbound__crisis", "received_at", "id")[:limit]))


def text_of(carrier_ref: str) -> uuid.UUID | None:
    """The text of a thread in sight that an inbound message became, by the carrier's id, while its words are there."""
    found = ThreadText.objects.filter(inbound__carrier_ref=carrier_ref, gone_at__isnull=True)
    text = found.order_by("received_at").first()
    return text.id if text else None


def threads(*, limit: int = PAGE) -> list[ThreadLine]:
    """The threads, the one with the newest text first."""
    found = Thread.objects.filter(program=current().program).select_related("participant")
    rows = list(found.order_by("-last_in_at", "-id")[:limit])
    waiting = ThreadText.objects.filter(thread__in=[row.id for row in rows], gone_at__isnull=True, needs_reading=True)
    counts: dict[uuid.UUID, int] = {}
    for thread_id in waiting.values_list("thread_id", flat=True):
        counts[thread_id] = counts.get(thread_id, 0) + 1
    return [
        ThreadLine(
            row.id, row.participant_id, _external(row), row.county, row.platform, row.last_in_at, row.last_out_at,
            counts.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def thread(thread_id: uuid.UUID) -> ThreadView:
    """One thread with its lines; reading the answers in it is recorded. Raises `NotFound`."""
    row = Thread.objects.select_related("participant").filter(id=thread_id).first()
    if row is None:
        raise NotFound("no such conversation here")
    items = [*_texts_in(row), *_answers_in(row)]
    return ThreadView(
        thread_id=row.id,
        participant_id=row.participant_id,
        external_id=_external(row),
        county=row.county,
        platform=row.platform,
        language=row.language,
        last_in_at=row.last_in_at,
        staff_may_answer=staff_may_text(profile=profile(row.program)).allowed,
        items=tuple(sorted(items, key=lambda item: (item.at, item.id))),
    )


def alerts(*, closed: bool = False, limit: int = PAGE) -> list[AlertLine]:
    """The open alerts, the oldest first, or the newest closed ones."""
    found = CrisisAlert.objects.filter(program=current().program, closed_at__isnull=not closed)
    rows = list(found.order_by("-closed_at" if closed else "raised_at", "id")[:limit])
    steps: dict[uuid.UUID, list[tuple[str, datetime, uuid.UUID | None]]] = {row.id: [] for row in rows}
    for step in AlertStep.objects.filter(alert__in=[row.id for row in rows]).order_by("at", "id"):
        steps[step.alert_id].append((step.kind, step.at, step.worker_id))
    return [
        AlertLine(
            row.id, row.text_id, row.county, row.raised_at, row.told_count, row.told_worker_id, row.next_at,
            row.acknowledged_at, row.acknowledged_by, row.closed_at, row.outcome, tuple(steps[row.id]),
        )
        for row in rows
    ]  # fmt: skip


def on_call(county: str) -> list[OnCallTurn]:
    """Who is on call for a county now, in order; the program's own roster stands in where it has none."""
    return roster(current().program, county, now=clock.now())


def _waits() -> Q:
    unsaid = Q(gone_at__isnull=False, viewed_at__isnull=False, asked="")
    return Q(gone_at__isnull=True, needs_reading=True) | unsaid


def _lines(texts: Sequence[ThreadText]) -> list[InboxLine]:
    program = current().program
    shown, refs = limits(), {bytes(one.phone_idx): one.id for one in possible_opt_outs(program)}
    open_alerts = CrisisAlert.objects.filter(
        inbound_id__in=[text.inbound_id for text in texts], closed_at__isnull=True
    ).values_list("inbound_id", "county", "id")
    alarms = {(inbound, county): alert for inbound, county, alert in open_alerts}
    return [_line(text, refs, alarms, shown) for text in texts]


def _line(
    text: ThreadText,
    possible: dict[bytes, uuid.UUID],
    alarms: dict[tuple[uuid.UUID, str], uuid.UUID],
    shown: Limits,
) -> InboxLine:
    inbound, thread_row, worker = text.inbound, text.thread, _worker()
    return InboxLine(
        text_id=text.id,
        thread_id=text.thread_id,
        inbound_id=inbound.id,
        participant_id=thread_row.participant_id,
        external_id=_external(thread_row),
        county=text.county,
        platform=thread_row.platform,
        received_at=text.received_at,
        effect=inbound.effect,
        opt_out=inbound.opt_out,
        private=tuple(inbound.private),
        media_count=inbound.media_count,
        masked=_masked(inbound),
        crisis=inbound.crisis,
        alert_id=alarms.get((inbound.id, text.county)),
        possible_id=possible.get(bytes(inbound.phone_idx)) if inbound.opt_out == "possible" else None,
        for_worker=text.for_worker,
        mine=text.for_worker is None or text.for_worker == worker,
        viewed_at=text.viewed_at,
        brought_up=text.brought_up_at is not None,
        goes_at=_goes_at(text, shown),
        asked_missing=text.gone_at is not None and text.viewed_at is not None and not text.asked,
    )


def _goes_at(text: ThreadText, shown: Limits) -> datetime:
    if text.gone_at is not None:
        return text.gone_at
    if text.viewed_at is None:
        return shown.unread.after(text.received_at)
    at = shown.viewed.after(text.viewed_at)
    return min(at, text.session_until_at) if shown.destroy_on_close and text.session_until_at else at


def _texts_in(row: Thread) -> list[ThreadItem]:
    texts = list(ThreadText.objects.filter(thread=row).select_related("inbound"))
    openings: dict[uuid.UUID, list[Opening]] = {text.id: [] for text in texts}
    for one in TextOpening.objects.filter(text__in=[text.id for text in texts]).order_by("at", "id"):
        openings[one.text_id].append(Opening(one.actor, one.how, one.at, one.counts))
    return [_text_item(text, tuple(openings[text.id])) for text in texts]


def _text_item(text: ThreadText, openings: tuple[Opening, ...]) -> ThreadItem:
    inbound: InboundMessage = text.inbound
    return ThreadItem(
        way="in",
        at=text.received_at,
        id=text.id,
        effect=inbound.effect,
        private=tuple(inbound.private),
        masked=_masked(inbound),
        gone_why=text.gone_why,
        asked=text.asked,
        note=note_of(text),
        openings=openings,
        waits=text.gone_at is None and text.needs_reading,
        viewed_by_me=text.viewed_by is not None and text.viewed_by == _worker(),
    )


def _answers_in(row: Thread) -> list[ThreadItem]:
    answers = list(ThreadAnswer.objects.filter(thread=row))
    if not answers:
        return []
    record("thread.read", subject=f"thread:{row.id}", content={"thread": str(row.id), "answers": len(answers)})
    ids = [one.message_id for one in answers]
    sealed = {each.message_id: each.sealed for each in MessageContent.objects.filter(message_id__in=ids)}
    states = dict(Dispatch.objects.filter(message_id__in=ids).values_list("message_id", "state"))
    return [
        ThreadItem(
            way="out",
            at=one.at,
            id=one.message_id,
            words=open_text_of(row.program, one.message_id, sealed[one.message_id]).text
            if sealed.get(one.message_id)
            else None,
            state=DispatchState(states[one.message_id]).word if one.message_id in states else "",
            actor=one.actor,
        )
        for one in answers
    ]


def _masked(inbound: InboundMessage) -> bool:
    return not may_be_shown(private=inbound.private, media_count=inbound.media_count).allowed


def _external(row: Thread) -> str:
    return row.participant.external_id if row.participant else ""


def _worker() -> uuid.UUID | None:
    actor = current().actor
    try:
        return uuid.UUID(actor.id) if actor.kind == "worker" else None
    except ValueError:
        return None

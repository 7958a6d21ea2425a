"""Texts that wait to be read, conversations, alerts and who is on call: what each is, never its words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel import NotFound, clock
from harborline.messaging.conversations.alerts import roster as roster_of
from harborline.messaging.conversations.records import CrisisAlert, OnCallTurn, Thread, ThreadAnswer, ThreadText
from harborline.messaging.facts import DispatchState
from harborline.messaging.models import Dispatch, InboundMessage
from harborline.people.selectors import participant_numbers
from harborline.walls import current

__all__ = ["AlertRow", "Conversation", "InboxRow", "Said", "alerts", "conversation", "inbox", "on_call", "text_of"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One text that waits: whose it is (the case system's number; empty: nobody on file), what was found in it.

    `mine`: it is for the worker who asks; `free`: for whoever opens it first. `masked` are the kinds of private
    things in it; `late`: nobody opened it and its limit is near.
    """

    text_id: uuid.UUID
    thread_id: uuid.UUID
    participant_id: uuid.UUID | None
    participant: str
    platform: str
    received_at: datetime
    opened: bool
    mine: bool
    free: bool
    masked: tuple[str, ...]
    pictures: int
    crisis: bool
    may_mean_stop: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in a conversation: a text that came in (`asked`, `gone`) or an answer of ours (`state`)."""

    at: datetime
    inbound: bool
    text_id: uuid.UUID | None = None
    message_id: uuid.UUID | None = None
    asked: str = ""
    gone: str = ""
    effect: str = ""
    state: str = ""
    by: str = ""
    viewed_by_me: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread: with whom, on which platform, in which language, everything in it, the newest last."""

    id: uuid.UUID
    participant_id: uuid.UUID | None
    participant: str
    platform: str
    language: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert: since when, who was told last, who took it, how it ended (`outcome` of an `AlertOutcome`, or "")."""

    id: uuid.UUID
    text_id: uuid.UUID
    raised_at: datetime
    told: int
    told_worker_id: uuid.UUID | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    outcome: str


def inbox(*, limit: int = 100) -> list[InboxRow]:
    """Texts that wait to be read or closed in the context's counties: words of danger first, then the oldest."""
    waiting = ThreadText.objects.filter(program=current().program, gone_at__isnull=True, needs_reading=True)
    found = list(waiting.select_related("thread", "inbound").order_by("received_at")[:limit])
    numbers = participant_numbers(text.thread.participant_id for text in found if text.thread.participant_id)
    rows = [_row(text, numbers) for text in found]
    return sorted(rows, key=lambda row: (not row.crisis, row.received_at))


def conversation(thread_id: uuid.UUID) -> Conversation:
    """One thread within the context's counties; raises `NotFound`."""
    thread = Thread.objects.filter(id=thread_id, program=current().program).first()
    if thread is None:
        raise NotFound("no such conversation here")
    numbers = participant_numbers([thread.participant_id] if thread.participant_id else [])
    said = sorted([*_came(thread), *_went(thread)], key=lambda one: one.at)
    return Conversation(
        thread.id,
        thread.participant_id,
        numbers.get(thread.participant_id, "") if thread.participant_id else "",
        thread.platform,
        thread.language,
        tuple(said),
    )


def text_of(carrier_ref: str) -> uuid.UUID | None:
    """The text of a thread in sight that an inbound message became, by the carrier's id, while its words are there."""
    found = ThreadText.objects.filter(inbound__carrier_ref=carrier_ref, gone_at__isnull=True)
    text = found.order_by("received_at").first()
    return text.id if text else None


def alerts(*, closed: bool = False, limit: int = 50) -> list[AlertRow]:
    """Alerts in the context's counties, the open ones oldest first, or the newest closed ones."""
    rows = CrisisAlert.objects.filter(program=current().program, closed_at__isnull=not closed)
    chosen = rows.order_by("-closed_at" if closed else "raised_at")[:limit]
    return [
        AlertRow(
            row.id,
            row.text_id,
            row.raised_at,
            row.told_count,
            row.told_worker_id,
            row.acknowledged_at,
            row.acknowledged_by,
            row.closed_at,
            row.outcome,
        )
        for row in chosen
    ]


def on_call(county: str) -> Sequence[OnCallTurn]:
    """Who is on call for a county now, the first to be told first."""
    return roster_of(current().program, county, now=clock.now())


def _row(text: ThreadText, numbers: dict[uuid.UUID, str]) -> InboxRow:
    inbound, who, mine = text.inbound, text.thread.participant_id, current().actor.id
    return InboxRow(
        text_id=text.id,
        thread_id=text.thread_id,
        participant_id=who,
        participant=numbers.get(who, "") if who else "",
        platform=text.thread.platform,
        received_at=text.received_at,
        opened=text.viewed_at is not None,
        mine=str(text.for_worker) == mine,
        free=text.for_worker is None,
        masked=tuple(inbound.private),
        pictures=inbound.media_count,
        crisis=inbound.crisis,
        may_mean_stop=inbound.opt_out == "possible",
        late=text.brought_up_at is not None,
    )


def _came(thread: Thread) -> Iterable[Said]:
    mine = current().actor.id
    texts = ThreadText.objects.filter(thread=thread).select_related("inbound")
    for text in texts:
        inbound: InboundMessage = text.inbound
        yield Said(
            at=text.received_at,
            inbound=True,
            text_id=text.id,
            asked=text.asked,
            gone=text.gone_why,
            effect=inbound.effect,
            by=text.asked_by,
            viewed_by_me=str(text.viewed_by) == mine,
            waits=text.gone_at is None and text.needs_reading,
        )


def _went(thread: Thread) -> Iterable[Said]:
    answers = list(ThreadAnswer.objects.filter(thread=thread))
    states = dict(
        Dispatch.objects.filter(message_id__in=[one.message_id for one in answers]).values_list("message_id", "state")
    )
    for one in answers:
        state = DispatchState(states[one.message_id]).word if one.message_id in states else "queued"
        yield Said(at=one.at, inbound=False, message_id=one.message_id, state=state, by=one.actor)

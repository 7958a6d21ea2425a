"""What staff see of conversations: the inbox, threads, alerts. Never the words of a text that came in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One text that waits, without its words.

    `masked`: private things or pictures are in it (`private` are the kinds), so that not even its first words are
    shown. `mine`: it is for this worker, or for nobody yet. `goes_at` is when its words go at the latest.
    `possible_stop`: it may mean "stop" and somebody must say (`possible_id`). `alert_id`: words of danger are in it.
    `asked_missing`: the words are gone and what was asked was never said.
    """

    text_id: uuid.UUID
    thread_id: uuid.UUID
    inbound_id: uuid.UUID
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    platform: str
    received_at: datetime
    effect: str
    opt_out: str
    private: tuple[str, ...]
    media_count: int
    masked: bool
    crisis: bool
    alert_id: uuid.UUID | None
    possible_id: uuid.UUID | None
    for_worker: uuid.UUID | None
    mine: bool
    viewed_at: datetime | None
    brought_up: bool
    goes_at: datetime
    asked_missing: bool


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """One line of a thread, oldest first: `way` is `in` (a person's text) or `out` (a worker's answer).

    Of a text that came in: what it was taken for, whether it is still here (`waits`: to be read), what was asked, and
    whether this worker's view was the one it is for (`viewed_by_me`). `words` are those of an
    answer that went out, None once they were destroyed; the words of a text that came in are opened one at a time.
    """

    way: str
    at: datetime
    id: uuid.UUID
    effect: str = ""
    private: tuple[str, ...] = ()
    masked: bool = False
    gone_why: str = ""
    asked: str = ""
    note: str = ""
    openings: tuple[Opening, ...] = ()
    waits: bool = False
    viewed_by_me: bool = False
    words: str | None = None
    state: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who saw a text, how, when, and whether it counted as the view of the one it is for."""

    actor: str
    how: str
    at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread with its lines. `staff_may_answer` is false where the program's staff never write by text."""

    thread_id: uuid.UUID
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    platform: str
    language: str
    last_in_at: datetime
    staff_may_answer: bool
    items: tuple[ThreadItem, ...]


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in a list."""

    thread_id: uuid.UUID
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    platform: str
    last_in_at: datetime
    last_out_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A crisis alert: where it stands, who was told last, when the next one is told, what happened so far."""

    alert_id: uuid.UUID
    text_id: uuid.UUID
    county: str
    raised_at: datetime
    told_count: int
    told_worker_id: uuid.UUID | None
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    outcome: str
    steps: tuple[tuple[str, datetime, uuid.UUID | None], ...]

"""What accepting is told and what it answers."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harborline.messaging.facts import ReasonCount

MOST_TEXTS = 500


class EventState(enum.IntEnum):
    """Where one piece of news is: waiting for its next try, delivered, given up."""

    WAITING = 1
    DELIVERED = 2
    DEAD = 3

    @property
    def word(self) -> str:
        """The lower-case word for JSON."""
        return self.name.lower()


class EventKind(enum.StrEnum):
    """Of what a webhook may hear."""

    MESSAGE_STATE = "message.state"
    NOTICE_STATE = "notice.state"
    INBOUND = "inbound.received"


@dataclass(frozen=True, slots=True)
class TextItem:
    """One text that a machine hands in; `appointment` is local to the office, without a zone.

    Nothing in it is free text: the words are the template's.
    """

    participant: str
    case: str
    phone: str
    template: str
    language: str | None = None
    appointment: datetime | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One request for texts: the digests of its once key and of its body, and the texts in their order."""

    once: bytes
    body: bytes
    items: tuple[TextItem, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request that was carried out is answered: an HTTP status and a JSON object."""

    status: int
    content: Mapping[str, Any]
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a text: what happened when."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TextState:
    """One accepted text as its machine may know it: the neutral face of the decision, never words or number.

    `next_at` is when a text that waits may go.
    """

    id: uuid.UUID
    template: str
    state: str
    outcome: str
    reason: str
    clauses: tuple[str, ...]
    accepted_at: datetime
    told_with: uuid.UUID | None = None
    next_at: datetime | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeState:
    """A notice in numbers: rows of the file, texts by state, people by neutral decision."""

    id: uuid.UUID
    template: str
    state: str
    created_at: datetime
    scheduled_at: datetime | None
    planned: bool
    finished_at: datetime | None
    rows: int
    bad_rows: int
    texts: Mapping[str, int]
    decisions: tuple[ReasonCount, ...]


@dataclass(frozen=True, slots=True)
class HookFacts:
    """One webhook with how its events fare (counts by `EventState` word)."""

    id: uuid.UUID
    url: str
    kinds: tuple[str, ...]
    created_at: datetime
    counts: Mapping[str, int]
    secret: str = ""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event of a webhook: its state, how often it was tried, what the address answered last."""

    id: uuid.UUID
    kind: str
    state: str
    made_at: datetime
    tries: int
    last_answer: str
    due_at: datetime | None

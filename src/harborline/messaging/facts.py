"""What messaging's rules see and what its records say."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime


class RunState(enum.StrEnum):
    """The life of a notice run."""

    PLANNING = "planning"
    AWAITING_APPROVAL = "awaiting-approval"
    READY = "ready"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class DispatchState(enum.IntEnum):
    """Where a message is on its way; every change stands beside its own appended record."""

    QUEUED = 1
    ATTEMPTED = 2
    ACCEPTED = 3
    REJECTED = 4
    UNKNOWN = 5
    SENT = 6
    DELIVERED = 7
    FAILED = 8
    EXPIRED = 9
    LAPSED = 10
    CANCELLED = 11
    WITHHELD = 12

    @property
    def word(self) -> str:
        """The lower-case word for tables and JSON."""
        return self.name.lower()


# Receipts never move a message from a later rank back to an earlier one.
RECEIPT_RANK = {
    DispatchState.ATTEMPTED: 0,
    DispatchState.UNKNOWN: 0,
    DispatchState.ACCEPTED: 1,
    DispatchState.SENT: 2,
    DispatchState.EXPIRED: 3,
    DispatchState.FAILED: 3,
    DispatchState.DELIVERED: 4,
}

# These never reached, or may not have reached, the person: they go on the list of people not reached.
NOT_REACHED = (
    DispatchState.REJECTED,
    DispatchState.UNKNOWN,
    DispatchState.FAILED,
    DispatchState.EXPIRED,
    DispatchState.LAPSED,
    DispatchState.CANCELLED,
    DispatchState.WITHHELD,
)

FINAL = frozenset(
    {
        DispatchState.REJECTED,
        DispatchState.DELIVERED,
        DispatchState.FAILED,
        DispatchState.EXPIRED,
        DispatchState.LAPSED,
        DispatchState.CANCELLED,
        DispatchState.WITHHELD,
    }
)


class MessageKind(enum.StrEnum):
    """Why a text exists: a notice, an automatic answer, a worker's own answer, a test to a worker's test number.

    A code was asked for in the portal by whoever has the number.
    """

    NOTICE = "notice"
    REPLY = "reply"
    ANSWER = "answer"
    TEST = "test"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class InboundText:
    """One text from a handset: the program's sender it came to, E.164 number, words, the carrier's id for it."""

    sender: str
    from_number: str
    text: str
    carrier_ref: str
    received_at: datetime
    media_count: int = 0


class ReceiptNews(enum.StrEnum):
    """What a receipt's code tells beyond the one text.

    STOPPED: the number asked the carrier to stop. FILTERED: the network takes the words for unwanted. ACCOUNT: our
    number or account is not in order.
    """

    NOTHING = ""
    STOPPED = "stopped"
    FILTERED = "filtered"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """One receipt: which attempt, what the network said (`messaging.ports.Receipt` value), its code, when, and more."""

    attempt_id: uuid.UUID
    receipt: str
    code: str
    at: datetime
    carrier_ref: str = ""
    news: ReceiptNews = ReceiptNews.NOTHING


class Verdict(enum.StrEnum):
    """How an unclear text was settled without a receipt."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not-arrived"
    EXPIRED = "expired"


class Knowledge(enum.StrEnum):
    """How somebody knows what became of an unclear text."""

    PERSON = "person-said"
    CARRIER = "carrier-said"
    CARRIER_LIST = "carrier-list"
    TIME = "time-is-over"


@dataclass(frozen=True, slots=True)
class RunCounts:
    """A run in numbers: rows in the file, bad rows, recipients per outcome and reason, messages per state."""

    rows: int
    bad_rows: int
    allowed: int
    grouped: int
    held: int
    refused: int
    already: int
    messages: int
    by_state: dict[str, int]
    by_reason: list[ReasonCount]


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many recipients one decision stands for."""

    outcome: str
    reason: str
    clauses: tuple[str, ...]
    count: int

"""What messaging needs from outside: carriers; and how carriers bring news back."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from harborline.messaging.conversations.facts import AlertNotice, TextCame, ThreadChanged
from harborline.messaging.words.segments import segment

__all__ = [
    "AlertNotice",
    "Carrier",
    "CarrierMaker",
    "HandOver",
    "HandOverResult",
    "InboundListener",
    "OnCallAlert",
    "OutgoingText",
    "Receipt",
    "SessionWatch",
    "TextCame",
    "ThreadChanged",
    "ThreadListener",
    "Trouble",
    "coding_of",
]


def coding_of(text: str) -> Literal["gsm7", "ucs2"]:
    """In which alphabet a text travels: for carriers that must be told."""
    return segment(text).encoding


class HandOver(enum.Enum):
    """What the carrier said to one hand-over.

    ACCEPTED: it has the text. REJECTED: it surely does not have it and never will (permanent). BUSY: it surely does
    not have it, try again later (throttled, queue full). UNKNOWN: nobody can say (connection lost or late after the
    request was sent): never repeated by the machine.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BUSY = "busy"
    UNKNOWN = "unknown"


class Trouble(enum.Enum):
    """What stood in the way of a text that was surely not accepted and may be tried again.

    PACE: too fast, or the carrier's queue is full. LINE: the carrier could not be reached, or rests. ACCOUNT: our
    account, sender or registration is not in order: nothing will go before somebody has seen to it.
    """

    NONE = "none"
    PACE = "pace"
    LINE = "line"
    ACCOUNT = "account"


class Receipt(enum.Enum):
    """What the network said later about an accepted text; a later rank never gives way to an earlier one."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text to hand over: `attempt_id` names this attempt, `expires_in_s` is what is left of the window."""

    attempt_id: uuid.UUID
    to: str
    text: str
    expires_in_s: int
    callback_url: str


@dataclass(frozen=True, slots=True)
class HandOverResult:
    """The carrier's answer to one attempt; `code` is its own, `opted_out` its claim that the number stopped.

    `trouble` says for BUSY what stood in the way.
    """

    attempt_id: uuid.UUID
    answer: HandOver
    carrier_ref: str = ""
    code: str = ""
    opted_out: bool = False
    retry_after_s: float | None = None
    trouble: Trouble = Trouble.NONE


class Carrier(Protocol):
    """Takes texts for one sender. Implementations keep their connection; `open` and `close` frame their life."""

    name: str

    async def open(self) -> None:
        """Connect, or raise `Unavailable`."""

    async def hand_over(self, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
        """Try each text exactly once; one result per text in any order; never raises for a single text."""

    async def close(self) -> None:
        """Let go of the connection."""


class CarrierMaker(Protocol):
    """Makes the carrier of one sender; served by the name of the carrier."""

    def make(self, sender: Any) -> Carrier:  # noqa: ANN401 - a Sender record, which ports may not import
        """A carrier that is not open yet."""


class InboundListener(Protocol):
    """Hears of every inbound text that was kept, in the same transaction; several may listen, each by its name."""

    def text_came(self, came: TextCame) -> None:
        """React to a text of the current program; raising rolls the text back, and the carrier tells it again."""


class ThreadListener(Protocol):
    """Hears, in the same transaction, what happens in threads: viewed, closed, gone, answered."""

    def thread_changed(self, change: ThreadChanged) -> None:
        """React to a change in a thread of the current program; raising rolls it back."""


class OnCallAlert(Protocol):
    """Brings an alert to the person on call; called outside any transaction; several ways may be served by name."""

    def tell(self, notice: AlertNotice) -> bool | None:
        """Say that there is an alert and where to look; False, or a raised fault, when it surely did not arrive.

        None: it stands where somebody may see it, and nobody knows whether anybody looks.
        """


class SessionWatch(Protocol):
    """Knows which staff sessions are over."""

    def ended(self, sessions: Collection[str], /) -> set[str]:
        """Those of the session keys that are over: signed out, idle too long, or past their day."""

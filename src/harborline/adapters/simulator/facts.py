"""What a simulated network does with a text, and what a handset shows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from harborline.messaging.ports import HandOver, Receipt, Trouble


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a text: the answer to the hand-over, then receipts, each some time after it.

    `code` is the carrier's, in the provider's numbering; `trouble` is what stood in the way of a busy answer. A text
    that fails or expires never shows on its handset.
    """

    answer: HandOver = HandOver.ACCEPTED
    receipts: tuple[tuple[Receipt, timedelta], ...] = ()
    code: str = ""
    opted_out: bool = False
    trouble: Trouble = Trouble.NONE
    retry_after_s: float | None = None


SOON: Final = timedelta(milliseconds=300)
LATE: Final = timedelta(seconds=8)

DELIVERED: Final = Fate(receipts=((Receipt.DELIVERED, SOON),))

# The last four digits decide, so that a demonstration shows every outcome.
FATES: Final[Mapping[str, Fate]] = MappingProxyType(
    {
        "0199": Fate(receipts=((Receipt.FAILED, SOON),), code="30003"),
        "0198": Fate(HandOver.REJECTED, code="21614"),
        "0197": Fate(receipts=((Receipt.DELIVERED, LATE),)),
        "0196": Fate(HandOver.REJECTED, code="21610", opted_out=True),
        "0195": Fate(HandOver.UNKNOWN, receipts=((Receipt.DELIVERED, LATE),), code="no-answer"),
        "0194": Fate(receipts=((Receipt.EXPIRED, LATE),), code="30036"),
    }
)


@dataclass(frozen=True, slots=True)
class Handset:
    """One simulated phone with the newest of its texts."""

    number: str
    text: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone's screen: `in` arrived there, `out` was written there; `state` is the network's last word."""

    id: uuid.UUID
    direction: str
    text: str = field(repr=False)
    at: datetime
    program: str
    sender: str
    state: str

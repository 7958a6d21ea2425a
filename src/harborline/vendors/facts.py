"""What the vendors' rules see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

TEXTING: Final = "texting"
"""The purpose under which a carrier hands over texts."""
TEXT_ELEMENTS: Final = ("phone-number", "message-text")
"""The data elements a carrier of texts gets to see."""


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """One program's written permission for one vendor.

    `document_no`, `signer` and `signed_on` name the letter; valid from `valid_from_at` until `valid_until_at`
    (exclusive); `rivals` counts other vendors with a live approval for the same program and purpose; `free_service`:
    a service without contract or price; `simulated`: nothing leaves this machine.
    """

    id: uuid.UUID
    vendor: str
    program: str
    purpose: str
    data_elements: frozenset[str]
    document_no: str
    signer: str
    signed_on: date
    valid_from_at: datetime
    valid_until_at: datetime
    revoked_at: datetime | None = None
    rivals: int = 0
    free_service: bool = False
    simulated: bool = False

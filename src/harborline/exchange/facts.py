"""What the exchange's rules and its protocol engines see."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Box", "Entry", "Guest", "Limits"]


class Box(enum.StrEnum):
    """A mailbox of an agreement, named as the partner sees it: `/<agreement>/in/…`."""

    IN = "in"
    OUT = "out"
    TEST = "test"
    RECEIPTS = "receipts"

    @property
    def takes(self) -> bool:
        """Whether the partner may put files here."""
        return self in (Box.IN, Box.TEST)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one partner may use: sessions at once, open files in one, bytes in a file and in a day, pace in bytes/s."""

    sessions: int
    open_files: int
    file_bytes: int
    day_bytes: int
    bytes_per_s: int | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """A partner's machine that proved its key."""

    credential_id: uuid.UUID
    partner_id: uuid.UUID
    login: str
    program: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a listing: size in bytes, moment of the last change, whether the guest may put or replace it."""

    name: str
    folder: bool
    size: int
    at: datetime
    writable: bool

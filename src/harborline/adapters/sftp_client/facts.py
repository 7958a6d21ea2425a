"""What is asked of an attempt to put a file on a partner's server, and how it ended; no SSH is loaded for it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from harborline.exchange.facts import OutboundFile


class Ending(enum.StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    AGAIN = "again"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    HOST_KEY = "host-key-changed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended and, in a few words without any content, why."""

    ending: Ending
    why: str


@dataclass(frozen=True, slots=True)
class Push:
    """A file with its content, our key, and our own memory of what was asked.

    `content` opens the plaintext of what is sent from its beginning; `asked` tells whether a rename was asked in an
    earlier attempt, and `ask` makes durable that it is asked now.
    """

    file: OutboundFile
    content: Callable[[], IO[bytes]]
    key: bytes
    asked: bool
    ask: Callable[[], None]

    @property
    def final(self) -> str:
        """The name it gets."""
        folder = str(self.file.address.get("folder") or "").rstrip("/")
        return f"{folder}/{self.file.name}" if folder else self.file.name

    @property
    def temporary(self) -> str:
        """The name it has until it is whole; the same in every attempt."""
        folder, _, name = self.final.rpartition("/")
        short = f".{name}.{self.file.transmission_id.hex[-8:]}.part"
        return f"{folder}/{short}" if folder else short

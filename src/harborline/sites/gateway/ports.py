"""What the gateway needs from outside: the published files of the proof log."""

from __future__ import annotations

from typing import Protocol


class PublishedLog(Protocol):
    """The directory of the published log."""

    def read(self, path: str) -> bytes:
        """The bytes of one published file; raises `NotFound`."""

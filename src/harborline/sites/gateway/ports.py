"""What the gateway needs from outside: the published files of the proof log, and a witness where there is one."""

from __future__ import annotations

from typing import Protocol

from harborline.ledger.facts import WitnessReply


class PublishedLog(Protocol):
    """The directory of the published log."""

    def read(self, path: str) -> bytes:
        """The bytes of one published file; raises `NotFound`."""


class WitnessDesk(Protocol):
    """A witness for the logs of others (C2SP tlog-witness)."""

    def add_checkpoint(self, body: bytes, seconds: int) -> WitnessReply:
        """Answer one request at a moment (whole seconds since 1970, UTC)."""

"""What recovery needs from the rooms beside and above it: the registers it brings news to, and the gate of sending."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from harborline.recovery.facts import LogFacts, ProviderRecord


class Registers(Protocol):
    """Consent's list of stops, messaging's register of texts; inside `walls.acting` of the program."""

    def number(self, written: str) -> str:
        """A number as people write it, in E.164; raises `Invalid` saying what is wrong."""

    def stop(self, numbers: Sequence[str], *, source: str, at: datetime) -> int:
        """Stop every text to these numbers (E.164); answers how many were not stopped before."""

    def known(self, references: Collection[str]) -> set[str]:
        """Those of the provider's references that the tables know, of texts in either direction."""

    def take_inbound(self, records: Sequence[ProviderRecord]) -> int:
        """Take texts that came in after the tables end, as if they came now, stops included; answers how many."""


class LogOutside(Protocol):
    """The published log, held against the tables."""

    def facts(self, epoch_at_hold: int) -> LogFacts:
        """How both stand."""


class SenderGate(Protocol):
    """A fact in the database that dispatchers respect whatever they know of holds."""

    def close(self, program: str) -> None:
        """No dispatcher of the program takes anything from now on."""

    def open(self, program: str) -> None:
        """They may again."""

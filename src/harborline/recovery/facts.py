"""What the rules of recovery see and what its reports say."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


class HoldKind(enum.StrEnum):
    """Why sending is held: tables were restored, or were found to be older than what was published."""

    RESTORED = "restored"
    SET_BACK = "set-back"


class Step(enum.StrEnum):
    """What has to be reconciled: requests to stop, the proof log, what the provider sent and received."""

    STOPS = "stops"
    LOG = "log"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """An open hold: since when, why, where the tables end (None: nobody knows), which steps are done."""

    kind: HoldKind
    held_at: datetime
    as_of_at: datetime | None
    done: frozenset[Step] = frozenset()

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """The steps that are still to be done, in their order."""
        return tuple(step for step in Step if step not in self.done)


@dataclass(frozen=True, slots=True)
class LogFacts:
    """How the log stands: entries in the tables, entries published, whether both tell one history, its epochs.

    `epoch` is the newest life of the log in the tables, `epoch_at_hold` the newest when the hold began.
    """

    in_tables: int
    published: int
    one_history: bool
    epoch: int
    epoch_at_hold: int


@dataclass(frozen=True, slots=True)
class Releaser:
    """One of the two people who release a hold: who (as records name them), with which roles in the program."""

    who: str
    roles: frozenset[str]


class Direction(enum.StrEnum):
    """Which way a text went."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """One text as the provider recorded it.

    `number` is the other side's (E.164), `ours` the agency's number where told, `reference` the provider's identifier;
    `words` are None where the provider did not keep them. `gone` says whether it may have reached somebody.
    """

    row_no: int
    direction: Direction
    number: str
    at: datetime
    reference: str
    words: str | None = None
    ours: str = ""
    gone: bool = True


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One row that cannot be used: its number in the file (a header is 1), its column, what is wrong and what to do."""

    row_no: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one file changed: usable rows, what was news, what was known, and the rows that could not be used."""

    rows: int
    news: int
    known: int
    bad: tuple[BadRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SentFacts:
    """One text that went out before the restore and that the tables do not know.

    `same_words` is None where the provider did not keep the words. `held_at` is when the hold began: what was queued
    before it may be this text.
    """

    sent_at: datetime
    held_at: datetime
    same_words: bool | None


@dataclass(frozen=True, slots=True)
class DueText:
    """One text that is about to be handed over; `words` is called only when its number is among those sent before."""

    phone_idx: bytes
    created_at: datetime
    words: Callable[[], str]

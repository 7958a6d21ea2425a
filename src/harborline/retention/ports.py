"""What retention needs from other rooms: records to dispose of, and who belongs to whom."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from harborline.retention.facts import Candidate
from harborline.vault.facts import Grounds


class Disposable(Protocol):
    """The records of one series in one room; served under the name of the series, inside `acting` of the program.

    `lasting` says that the room lists its records and has no way to destroy them yet.
    """

    lasting: bool

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Up to `limit` records still there and made before `before`, in the order of their ids, after `after`."""

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the records that are still there, as they are now."""

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Destroy records in the caller's transaction; those already gone are passed over. Answers how many went."""

    def finish(self, grounds: Grounds) -> int:
        """Destroy the class keys under which nothing is left, in the caller's transaction; answers how many."""


@dataclass(frozen=True, slots=True)
class Party:
    """What a person or case stands for in one program: rows of participants, cases, blind indexes of numbers."""

    participants: frozenset[uuid.UUID]
    cases: frozenset[uuid.UUID]
    numbers: frozenset[bytes]
    county: str


class Parties(Protocol):
    """Who belongs to whom, within the walls of the context."""

    def person(self, participant_id: uuid.UUID) -> Party:
        """Every row of the same human being, with every number they have or had."""

    def case(self, case_id: uuid.UUID) -> Party:
        """A case with its parties, past ones too, and every number they have or had."""

    def participant_named(self, external_id: str) -> uuid.UUID:
        """The participant with this number in the case system; raises `NotFound`."""

    def case_named(self, external_id: str) -> uuid.UUID:
        """The case with this number in the case system; raises `NotFound`."""

    def knows_number(self, phone_idx: bytes) -> bool:
        """Whether anybody in sight has or had the number, or a text went to it or came from it."""

    def cases_of(self, phone_idxs: Collection[bytes]) -> dict[bytes, frozenset[uuid.UUID]]:
        """The cases of everybody who has or had each number; a number of nobody is left out."""

    def closed_cases(self) -> list[tuple[uuid.UUID, str]]:
        """Every closed case with its county."""

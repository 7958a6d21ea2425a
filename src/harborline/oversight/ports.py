"""What oversight needs from below, in bulk: proofs, people around a case, consents, the log's keys."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from harborline.ledger.commitments import Opening
from harborline.ledger.proof import Proof


@dataclass(frozen=True, slots=True)
class EntryEvidence:
    """One entry: public bytes, the opening of the fields asked for, its proof, the items it stands for.

    `fields` are the opened fields by name.
    """

    entry: bytes
    opening: Opening
    proof: Proof
    items: tuple[bytes, ...]


class RecordProver(Protocol):
    """Entries of this program in bulk."""

    def evidence(self, wanted: Collection[uuid.UUID]) -> dict[uuid.UUID, EntryEvidence]:
        """The evidence of entries: event and items of those that stand for many, everything but the actor of others.

        Those whose content was destroyed or is hidden are left out. Raises `Unavailable` while one of them is not
        under a signed checkpoint yet (seconds).
        """

    def about(self, subjects: Sequence[str], kinds: Collection[str]) -> list[OpenedEntry]:
        """The entries of some kinds about some subjects, in the order of time."""


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """One entry, opened: when, by whom, for what, and what it says."""

    entry_id: uuid.UUID
    kind: str
    at: datetime
    actor: str
    purpose: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BookParty:
    """One participant as the redaction needs them: every name, number (E.164) and address they have or had."""

    participant_id: uuid.UUID
    person_id: uuid.UUID
    external_id: str
    county: str
    cases: frozenset[uuid.UUID]
    roles: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    addresses: tuple[str, ...]


class PartyBook(Protocol):
    """Who belongs to whom, with sealed values opened; within the walls of the context."""

    def rows_of_person(self, external_id: str) -> frozenset[uuid.UUID]:
        """Every participant row of the human being with this number in the case system; raises `NotFound`."""

    def case_named(self, external_id: str) -> uuid.UUID:
        """The case with this number in the case system; raises `NotFound`."""

    def parties_of_case(self, case_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """The participants on a case, past ones too."""

    def around(self, participants: Collection[uuid.UUID]) -> list[BookParty]:
        """These participants and everybody on any of their cases, past parties too."""

    def case_names(self, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The numbers of cases in the case system."""


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One thing that happened to a consent or a number: given, ended, attested, stop, start."""

    kind: str
    at: datetime
    reason: str
    entry_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One consent with its opened evidence (None once destroyed) and what happened to it."""

    id: uuid.UUID
    participant_id: uuid.UUID
    kind: str
    platform: str
    language: str
    given_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_as: str
    statement_sha256: str
    recorded_by: str
    evidence: Mapping[str, str] | None
    events: tuple[ConsentEvent, ...]


class ConsentRecords(Protocol):
    """Consents with their evidence."""

    def of(self, participants: Collection[uuid.UUID]) -> list[ConsentRecord]:
        """Every consent of the participants in sight, in the order in which they were given."""

    def stops(self, numbers: Collection[str]) -> list[ConsentEvent]:
        """Requests to stop and to start again for these numbers (E.164) in this program."""


class LogKeys(Protocol):
    """The verifier key lines of the log."""

    def lines(self) -> list[str]:
        """Every key that ever signed it, the newest first; raises `Unavailable` before the log was published."""

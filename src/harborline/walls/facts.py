"""What a wall, an actor and a context are."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from typing import Final

ALL_COUNTIES: Final = ("*",)


class Wall(enum.Enum):
    """Who may see a row of a table.

    COUNTY: rows of the context's program and counties (columns `program`, `county`).
    PROGRAM: rows of the context's program (column `program`).
    AGENCY: rows of the state agency that runs the context's program (column `agency`).
    GLOBAL: reference data without personal data; every role reads it.
    LEDGER: the proof log; inserted by everyone, ordered by the sequencer only, never changed.
    VAULT: sealed values of the context's program and counties; the app adds to them and cannot read them back.
    Functions of the database open them, one at a time.
    """

    COUNTY = "county"
    PROGRAM = "program"
    AGENCY = "agency"
    GLOBAL = "global"
    LEDGER = "ledger"
    VAULT = "vault"


class Portal(enum.Enum):
    """What a participant's own session may touch of a protected table; what says nothing is STAFF.

    STAFF: nothing at all; not a row, not a count.
    NOTES: rows may be added and none read: what the program keeps about what was done.
    WORDS: public words of the program that everybody may read and nobody change here, such as offices.
    PERSON: rows of the person themselves (column `id`).
    PERSONS: rows that name the person (column `person_id`).
    PARTICIPANT: rows that name one of the person's own participants (column `participant_id`).
    CASE: rows of a case the person is a party of (column `id`).
    CASES: rows that name such a case (column `case_id`).
    """

    STAFF = "staff"
    NOTES = "notes"
    WORDS = "words"
    PERSON = "person"
    PERSONS = "persons"
    PARTICIPANT = "participant"
    CASE = "case"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Through:
    """Rows that belong to a row of another table: `column` names that row's id, seen as `table` lets it be seen."""

    column: str
    table: str


@dataclass(frozen=True, slots=True)
class Own:
    """Whose session a unit of work is: the person, their participants in the program, the cases they are a party of."""

    person_id: uuid.UUID
    participants: tuple[uuid.UUID, ...] = ()
    cases: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `kind` is worker, system, participant or carrier; `id` is stable and carries no name."""

    kind: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """One unit of work: actor, program, its agency, the counties (`("*",)` for all), the purpose.

    `own` is set in a participant's own session: then every table shows what is theirs, or nothing.
    """

    actor: Actor
    program: str
    agency: str
    counties: tuple[str, ...]
    purpose: str
    own: Own | None = field(default=None)

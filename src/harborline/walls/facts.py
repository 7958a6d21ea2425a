"""What a wall, an actor and a context are."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

ALL_COUNTIES: Final = ("*",)


class Wall(enum.Enum):
    """Who may see a row of a table.

    COUNTY: rows of the context's program and counties (columns `program`, `county`).
    PROGRAM: rows of the context's program (column `program`).
    AGENCY: rows of the state agency that runs the context's program (column `agency`).
    GLOBAL: reference data without personal data; every role reads it.
    LEDGER: the proof log; inserted by everyone, ordered by the sequencer only, never changed.
    VAULT: sealed values the app writes but cannot read back in bulk.
    """

    COUNTY = "county"
    PROGRAM = "program"
    AGENCY = "agency"
    GLOBAL = "global"
    LEDGER = "ledger"
    VAULT = "vault"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `kind` is worker, system, participant or carrier; `id` is stable and carries no name."""

    kind: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """One unit of work: actor, program, its agency, the counties (`("*",)` for all), the purpose."""

    actor: Actor
    program: str
    agency: str
    counties: tuple[str, ...]
    purpose: str

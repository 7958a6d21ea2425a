"""What duties are: one for each clause that people keep, with an owner, evidence and a day."""

from __future__ import annotations

import enum
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources

FILE = "duties.toml"
LONGEST_EVIDENCE = 500


class KeptBy(enum.StrEnum):
    """How people show that they keep it: an owner with evidence, or everybody's signature."""

    EVIDENCE = "evidence"
    SIGNATURES = "signatures"


class DutyState(enum.StrEnum):
    """Where a duty stands today."""

    NOBODY = "nobody"
    LATE = "late"
    DUE = "due"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: the clause, the kind of program it is for, what to do and what shows it (by language)."""

    clause: str
    kind: str
    by: KeptBy
    every_days: int
    does: Mapping[str, str]
    shows: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """What was done on a day, and where its evidence lies; by whom and when that was written down."""

    done_date: date
    evidence: str
    kept_by: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """A duty of a program today.

    `due_date` is the day by which it must be done (again). `signed` of `workers` have signed, for duties that everybody
    attests; the owner of such a one looks after who is missing.
    """

    duty: Duty
    state: DutyState
    owner_id: uuid.UUID | None
    owner_name: str
    owner_email: str
    every_days: int
    due_date: date | None
    lines: tuple[EvidenceLine, ...]
    signed: int
    workers: int


@cache
def duties(kind: str = "") -> tuple[Duty, ...]:
    """Every duty for a kind of program, or for all kinds."""
    text = resources.files("harborline.workforce.statements").joinpath(FILE).read_text(encoding="utf-8")
    found = tuple(
        Duty(
            clause=row["clause"],
            kind=row["kind"],
            by=KeptBy(row["by"]),
            every_days=int(row["every_days"]),
            does=row["does"],
            shows=row.get("shows", {}),
        )
        for row in tomllib.loads(text)["duty"]
    )
    return tuple(each for each in found if kind in ("", each.kind))

"""What incidents are: kinds of data, how they were found, which clocks run, what the report says."""

from __future__ import annotations

import enum
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources


class Element(enum.StrEnum):
    """Kinds of data; never the data."""

    NAME = "name"
    IDENTITY_NUMBER = "identity-number"
    ADDRESS = "address"
    EMPLOYER = "employer"
    FINANCES = "finances"
    TAX = "tax-information"
    PHONE = "telephone"
    DOCUMENT = "document"
    HEALTH = "health"
    OTHER = "other"


class HowFound(enum.StrEnum):
    """How it came to light."""

    WATCH = "nightly-watch"
    WORKER = "worker"
    PERSON = "person-concerned"
    PARTNER = "partner"
    AUDIT = "audit"
    ALARM = "technical-alarm"


@dataclass(frozen=True, slots=True)
class Clock:
    """Somebody must be told within `hours` of finding it; `ours`: the number is our own limit.

    `over`: only when more people than that are concerned; `tax`: only for federal tax information; `states` empty: all.
    `discipline`: it runs from the moment discipline is proposed, and not without it.
    """

    key: str
    tax: bool
    states: frozenset[str]
    hours: int
    ours: bool
    over: int
    source: str
    does: Mapping[str, str]
    discipline: bool = False


@cache
def clocks() -> tuple[Clock, ...]:
    """Every clock in the file."""
    text = resources.files("harborline.oversight").joinpath("clocks.toml").read_text(encoding="utf-8")
    return tuple(
        Clock(
            row["key"], row["for"] == "tax", frozenset(row.get("states", ())), int(row["hours"]),
            bool(row.get("ours", False)), int(row.get("over", 0)), row["source"], row["does"],
            row.get("starts") == "discipline",
        )
        for row in tomllib.loads(text)["clock"]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody reports, in words that name nobody; times aware, UTC. `people`: how many are concerned."""

    occurred_at: datetime
    found_at: datetime
    how_found: HowFound
    elements: frozenset[Element]
    people: int
    description: str
    place: str
    systems: str
    discipline: str
    contact: str

    @property
    def tax(self) -> bool:
        """Whether federal tax information is concerned."""
        return Element.TAX in self.elements


@dataclass(frozen=True, slots=True)
class StepLine:
    """One clock of an incident: what to do, by when, whether it was done and what shows it."""

    id: uuid.UUID
    clock: Clock
    due_at: datetime
    late: bool
    done_by: str
    done_at: datetime | None
    reference: str


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident with its clocks, the nearest first."""

    id: uuid.UUID
    told: Told
    basis: str
    reported_by: str
    reported_at: datetime
    closed_at: datetime | None
    steps: tuple[StepLine, ...]

    @property
    def next_step(self) -> StepLine | None:
        """The open clock that ends first."""
        return next((one for one in self.steps if one.done_at is None), None)

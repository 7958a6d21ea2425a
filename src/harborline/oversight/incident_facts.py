"""What incidents are: kinds of data, how they were found, which clocks run, what the report says."""

from __future__ import annotations

import enum
import os
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from harborline.kernel import Invalid
from harborline.law.reading import read_toml

ENVIRONMENT: Final = "HARBORLINE_CLOCKS"
_NEEDED: Final = frozenset({"key", "for", "hours", "source", "does"})
_MORE: Final = frozenset({"states", "ours", "over", "starts"})


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
    """Somebody must be told within `hours` of finding it; `ours`: the number is our own limit, or the agency's.

    `over`: only when more people than that are concerned; `tax`: only for federal tax information; `states` empty: all.
    `discipline`: it runs from the moment discipline is proposed, and not without it. Without hours (0) it runs once the
    agency says by when.
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
    """Every clock that ships, with the agency's own hours, and the agency's own clocks behind them.

    The agency's file is named by the environment variable `HARBORLINE_CLOCKS`. Raises `Invalid` for one that is
    unsound or looser.
    """
    own = os.environ.get(ENVIRONMENT)
    return with_own(shipped(), read_toml(Path(own))) if own else shipped()


@cache
def shipped() -> tuple[Clock, ...]:
    """The clocks that come with the product."""
    text = resources.files("harborline.oversight").joinpath("clocks.toml").read_text(encoding="utf-8")
    return tuple(_read(row) for row in tomllib.loads(text)["clock"])


def with_own(shipped: tuple[Clock, ...], own: Mapping[str, Any]) -> tuple[Clock, ...]:
    """The clocks with what an agency's file says: hours for those that ship, never more; further clocks.

    Raises `Invalid` naming the clock and what is wrong with it.
    """
    hours, rows = own.get("hours", {}), own.get("clock", [])
    if not isinstance(hours, Mapping) or not isinstance(rows, list) or set(own) - {"hours", "clock"}:
        raise Invalid("holds a table [hours], and [[clock]] for clocks of your own", ENVIRONMENT)
    known = {one.key: one for one in shipped}
    for key, value in hours.items():
        known[key] = _with_hours(known.get(key), key, value)
    for row in rows:
        made = _own(row)
        if made.key in known:
            raise Invalid("is there already", f"{ENVIRONMENT}, {made.key}")
        known[made.key] = made
    return tuple(known.values())


def _with_hours(one: Clock | None, key: str, value: object) -> Clock:
    where = f"{ENVIRONMENT}, hours.{key}"
    if one is None:
        raise Invalid("is no clock that ships; write a [[clock]] for one of your own", where)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Invalid("is a number of hours", where)
    if one.hours and value > one.hours:
        raise Invalid(f"may be shorter than {one.hours} hours, never longer", where)
    return replace(one, hours=value, ours=one.ours or not one.hours)


def _own(row: object) -> Clock:
    if not isinstance(row, Mapping) or not _NEEDED <= set(row) <= _NEEDED | _MORE:
        raise Invalid(
            f"a [[clock]] has {', '.join(sorted(_NEEDED))}; and may have {', '.join(sorted(_MORE))}", ENVIRONMENT
        )
    where, does, hours = f"{ENVIRONMENT}, {row['key']}", row["does"], row["hours"]
    if row["for"] not in ("tax", "personal"):
        raise Invalid("is for tax or personal", where)
    if not isinstance(does, Mapping) or not {"en", "es"} <= set(does) or not str(row["source"]).strip():
        raise Invalid("says what to do in en and es, and its source", where)
    if not isinstance(hours, int) or isinstance(hours, bool) or hours < 1:
        raise Invalid("runs a number of hours", where)
    return _read(row)


def _read(row: Mapping[str, Any]) -> Clock:
    return Clock(
        str(row["key"]), row["for"] == "tax", frozenset(row.get("states", ())), int(row.get("hours", 0)),
        bool(row.get("ours", False)), int(row.get("over", 0)), row["source"], row["does"],
        row.get("starts") == "discipline",
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


class PrivateKind(enum.StrEnum):
    """What a report must not hold."""

    NAME = "name"
    NUMBER = "number"
    BIRTH_DATE = "birth-date"
    ADDRESS = "address"
    AMOUNT = "amount"
    MAIL = "e-mail"


@dataclass(frozen=True, slots=True)
class PrivatePlace:
    """Somebody's data in a report: in which field of `Told`, of which kind, the words as written."""

    field: str
    kind: PrivateKind
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """Names and numbers of people whom the reporter looked at: they stand in no report."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


NOBODY: Final = Known()


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
    """One incident with its clocks, the nearest first; `unset` are those that wait for the agency's hours."""

    id: uuid.UUID
    told: Told
    basis: str
    reported_by: str
    reported_at: datetime
    closed_at: datetime | None
    steps: tuple[StepLine, ...]
    unset: tuple[Clock, ...] = ()

    @property
    def next_step(self) -> StepLine | None:
        """The open clock that ends first."""
        return next((one for one in self.steps if one.done_at is None), None)

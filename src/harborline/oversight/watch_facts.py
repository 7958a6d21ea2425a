"""What the detectors see, as columns, and what they answer: the same shape for an agency's records and for a model."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
NOBODY: Final = -1
"""An access that is about no one person: a sign-in, an export."""
NEVER: Final = np.iinfo(np.int64).max
"""A moment that does not come."""
DAY_S: Final = 86_400


class Kind(enum.IntEnum):
    """What a worker did."""

    LOOK = 0
    OPENING = 1
    SEARCH = 2
    EXPORT = 3
    SIGN_IN = 4
    EMERGENCY = 5


class Near(enum.IntEnum):
    """What the worker is to the person beside work, as far as anybody knows."""

    STRANGER = 0
    SELF = 1
    FAMILY = 2
    HOUSEHOLD = 3
    SURNAME = 4
    COWORKER = 5


class Mark(enum.StrEnum):
    """What speaks for asking about accesses; each has a sentence for a supervisor."""

    OWN = "own-record"
    HOUSEHOLD = "same-address"
    FAMILY = "family"
    OFF = "account-was-off"
    BURST = "burst"
    RUSH = "ten-in-ten-minutes"
    EXPORT = "unusual-export"
    EMERGENCIES = "many-emergencies"
    SAME_REASON = "same-reason-again"
    FISHING = "many-searches"
    PUBLIC = "public-person"
    COWORKER = "coworker"
    SURNAME = "same-surname"
    PROTECTED = "protected-person"
    BLOCKED = "search-met-block"
    ELSEWHERE = "other-county"
    AGAIN = "again-and-again"
    HOURS = "outside-hours"
    UNEXPLAINED = "unexplained"
    LOT = "drawn-by-lot"


@dataclass(frozen=True, slots=True)
class Accesses:
    """Accesses in any order, one place in each column.

    `worker` and `person` are places in `Staff` and `People` (`NOBODY`: no person), `at_s` seconds of the program's own
    wall clock since 1970, `kind` a `Kind`, `near` a `Near`, `volume` records of an export; of an emergency a
    number for its reference (the same words, the same number). A search stands here when it found nobody whom the
    worker may see: with the person it was for, or `NOBODY`. `explained`: work explains
    it, at the time or within a day after (caseload, team, supervisor, stand-in, contact, task, a broken glass).
    `answered`: asked the next day, the worker named a paper, call or colleague that can be looked up.
    """

    worker: Column
    person: Column
    at_s: Column
    kind: Column
    explained: Column
    near: Column
    volume: Column
    answered: Column


@dataclass(frozen=True, slots=True)
class Staff:
    """`peers`: a number for workers of one role, one place for each worker.

    The account of `off_worker` was off from `off_from_s` to `off_until_s` (exclusive): one place for each span, as
    many of a worker as there were.
    """

    off_worker: Column
    off_from_s: Column
    off_until_s: Column
    peers: Column


@dataclass(frozen=True, slots=True)
class People:
    """`public` people are on the agency's list; of `protected` ones, they or somebody on their cases are protected."""

    public: Column
    protected: Column


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the detectors see."""

    accesses: Accesses
    staff: Staff
    people: People


@dataclass(frozen=True, slots=True)
class Found:
    """Accesses to ask about: of one worker at one person, or (`person` is `NOBODY`) on one day at many.

    `score` ranks, highest first; `times` and `days` count accesses and days, `people` the different persons.
    """

    worker: int
    person: int
    marks: tuple[Mark, ...]
    score: int
    times: int
    days: int
    people: int
    first_s: int
    last_s: int

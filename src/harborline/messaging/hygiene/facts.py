"""What is asked about numbers and what is answered."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date


class Reassigned(enum.StrEnum):
    """The register's answer: given up since the date asked about, not given up, or nothing known."""

    YES = "yes"
    NO = "no"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class Question:
    """A number (E.164) and the last day on which it surely was its owner's."""

    number: str
    sure_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register says to one question."""

    number: str
    sure_on: date
    reassigned: Reassigned


@dataclass(frozen=True, slots=True)
class Dead:
    """A number that its carrier switched off, and when (None: the file does not say)."""

    number: str
    off_on: date | None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a file that cannot be used; never holds the number."""

    line: int
    column: str
    problem: str


@dataclass(slots=True)
class Report:
    """What became of a file: lines read, numbers that ended, questions raised with staff, unknown here, bad lines."""

    lines: int = 0
    ended: int = 0
    asked: int = 0
    unknown: int = 0
    bad: list[BadLine] = field(default_factory=list)

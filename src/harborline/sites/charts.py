"""Charts drawn by the server: stacked columns as numbers for an SVG template; the same figures stand in a table beside.

Pure. Sizes are user units of the SVG's own coordinate system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640.0, 220.0, 56.0, 28.0, 10.0
LABELS_MOST = 8
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: its name for people, its tone (a class of the style sheet), a value per column."""

    name: str | StrPromise
    tone: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One label on an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: its size, rectangles, labels of columns (x) and of the scale (y), and the legend."""

    width: float
    height: float
    left: float
    floor: float
    bars: tuple[Bar, ...]
    columns: tuple[Mark, ...]
    scale: tuple[Mark, ...]
    series: tuple[Series, ...]
    labels: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """The same figures for the table: each column's label with its values."""
        return [(label, [one.values[at] for one in self.series]) for at, label in enumerate(self.labels)]


def columns(labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """Stack the series column by column, the first at the bottom; values must not be negative.

    Raises `ValueError` when a series has not one value per label.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series needs one value per label")
    top = nice_top(max((sum(one.values[at] for one in series) for at in range(len(labels))), default=0))
    floor = HEIGHT - BOTTOM
    step = (WIDTH - LEFT) / max(1, len(labels))
    bars = tuple(bar for at in range(len(labels)) for bar in _column(at, series, step, floor, top))
    return Chart(
        WIDTH, HEIGHT, LEFT, floor, bars, _column_marks(labels, step), _scale(top, floor), tuple(series), tuple(labels)
    )


def nice_top(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not below `most` (at least 4, so that quarters are whole)."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= max(most, 4):
                return step * size
        size *= 10


def _column(at: int, series: Sequence[Series], step: float, floor: float, top: int) -> list[Bar]:
    bars, below = [], floor
    for one in series:
        height = one.values[at] / top * (floor - TOP)
        if height > 0:
            bars.append(Bar(round(LEFT + at * step + step * 0.1, 2), round(below - height, 2), round(step * 0.8, 2),
                            round(height, 2), one.tone))  # fmt: skip
        below -= height
    return bars


def _column_marks(labels: Sequence[str], step: float) -> tuple[Mark, ...]:
    every = max(1, -(-len(labels) // LABELS_MOST))
    return tuple(Mark(round(LEFT + (at + 0.5) * step, 2), label) for at, label in enumerate(labels) if at % every == 0)


def _scale(top: int, floor: float) -> tuple[Mark, ...]:
    return tuple(Mark(round(floor - share / 2 * (floor - TOP), 2), f"{top * share // 2:,}") for share in range(3))

"""The seam to the layouts: what a check of a file found, in the words of receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from harborline.kernel import Invalid, clock

_LINES = 1 << 20


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one file; `problem` is the code of what makes it unusable (empty: nothing)."""

    records: int
    bad: int
    totals: Mapping[str, int]
    problem: str
    layout: str
    layout_sha256: str


def must_know(layout: str) -> None:
    """Raise `Invalid` for a layout that is not published."""
    if layout:
        from harborline.exchange import layouts  # noqa: PLC0415 - numpy is loaded on use

        try:
            layouts.published(layout)
        except Invalid as unknown:
            raise Invalid(unknown.problem, "layout") from None


def known(layout: str) -> bool:
    """Whether a layout is published; none is."""
    try:
        must_know(layout)
    except Invalid:
        return False
    return True


def counted(layout: str, source: IO[bytes]) -> Counted:
    """Check a file by its layout, in the version valid today where none is named; without one its lines are counted."""
    if not layout:
        return _lines(source)
    from harborline.exchange import layouts  # noqa: PLC0415 - as above

    found = layouts.check(source, layouts.published(layout, on=clock.now().date()))
    problem = found.problems[0].code if found.problems else ""
    return Counted(found.records, found.bad_records, found.totals, problem, found.layout, found.layout_sha256)


def _lines(source: IO[bytes]) -> Counted:
    lines, last = 0, b"\n"
    while chunk := source.read(_LINES):
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    return Counted(lines + (last != b"\n"), 0, {}, "", "", "")

"""The seam to the layouts: what a check of a file found, in the words of receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from harborline.exchange.terms import Terms
from harborline.kernel import Invalid, clock

if TYPE_CHECKING:
    from harborline.exchange.layouts import Layout

_LINES = 1 << 20
WRONG_MOST: Final = 100
"""So many wrong records of a delivery are named; how many there are stands in its counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one file; `problem` is the code of what makes it unusable (empty: nothing).

    `wrong` are the first wrong records with no value in the clear: number, byte, field, code, masked; 0 and 0 where
    the file as a whole is meant.
    """

    records: int
    bad: int
    totals: Mapping[str, int]
    problem: str
    layout: str
    layout_sha256: str
    wrong: tuple[tuple[int, int, str, str, str], ...] = ()


def must_know(layout: str) -> None:
    """Raise `Invalid` for a layout that is not published."""
    if layout:
        from harborline.exchange import layouts  # noqa: PLC0415 - numpy is loaded on use

        try:
            layouts.published(layout)
        except Invalid as unknown:
            raise Invalid(unknown.problem, "layout") from None


def must_fit(terms: Terms) -> None:
    """Raise `Invalid` for a layout that is not published, or that has no column for a protected field that goes out."""
    must_know(terms.layout)
    if terms.tells is None:
        return
    missing = {column for _name, column in terms.tells.fields} - set(kinds_of(terms.layout))
    if missing:
        raise Invalid(f"{terms.layout} has no column '{min(missing)}'", "tells")


def kinds_of(layout: str) -> Mapping[str, str]:
    """The columns of a published layout, each with the kind of its field."""
    from harborline.exchange.layouts.shapes import columns_of  # noqa: PLC0415 - as above

    records = published(layout).records
    return {placed.name: placed.field.kind.value for record in records for placed in columns_of(record)}


def published(layout: str) -> Layout:
    """A published layout, in the version valid today where none is named."""
    from harborline.exchange import layouts  # noqa: PLC0415 - as above

    return layouts.published(layout, on=clock.now().date())


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

    found = layouts.check(source, published(layout))
    problem = found.problems[0].code if found.problems else ""
    wrong = [(0, 0, "", one.code, "") for one in found.problems]
    wrong += [(one.record, one.byte, one.field, one.code, one.masked) for one in found.findings if not one.warning]
    return Counted(
        found.records, found.bad_records, found.totals, problem, found.layout, found.layout_sha256,
        tuple(wrong[:WRONG_MOST]),
    )  # fmt: skip


def _lines(source: IO[bytes]) -> Counted:
    lines, last = 0, b"\n"
    while chunk := source.read(_LINES):
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    return Counted(lines + (last != b"\n"), 0, {}, "", "", "")

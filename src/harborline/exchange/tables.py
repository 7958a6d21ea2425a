"""The table a file with protected values is prepared from: one record a line, whose it is, and its other cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import IO, Final

from harborline.exchange.layouts.sheets import TYPE
from harborline.kernel import Invalid

PARTICIPANT: Final = "participant"
"""The column with the participant's number in the case system; it is not in the file."""
RECORDS_MAX: Final = 50_000
_BYTES_MAX: Final = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Line:
    """One record: whose it is, by number in the case system, and its cells by column of the layout."""

    participant: str
    cells: Mapping[str, str]


def read_lines(source: IO[bytes], *, columns: Collection[str], protected: Collection[str]) -> list[Line]:
    """The records of a CSV (UTF-8, a header, a column `participant`), in their order.

    Raises `Invalid` naming the column or row: for what is no column of the layout, for a `protected` one (its values
    are filled in when the file is made), for a record of nobody, and for none or too many records.
    """
    content = source.read(_BYTES_MAX + 1)
    if len(content) > _BYTES_MAX:
        raise Invalid(f"is larger than {_BYTES_MAX // 1024**2} MB", "table")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        _check_header(list(reader.fieldnames or ()), columns, protected)
        lines = [_line(row, number) for number, row in enumerate(reader, 1)]
    except (UnicodeDecodeError, csv.Error):
        raise Invalid("is no CSV in UTF-8 with commas and double quotes", "table") from None
    if not 0 < len(lines) <= RECORDS_MAX:
        raise Invalid(f"has 1 to {RECORDS_MAX} records", "table")
    return lines


def _check_header(header: list[str], columns: Collection[str], protected: Collection[str]) -> None:
    if PARTICIPANT not in header or len(set(header)) < len(header):
        raise Invalid(f"needs a header with a column '{PARTICIPANT}', and each column once", "table")
    for name in header:
        if name in protected:
            raise Invalid(f"'{name}' is protected and filled in later: leave the column out", "table")
        if name not in (PARTICIPANT, TYPE) and name not in columns:
            raise Invalid(f"'{name}' is no column of the layout", "table")


def _line(row: Mapping[str | None, str | None], number: int) -> Line:
    # More cells than the header has stand under no name, fewer leave an empty place.
    if None in row or None in row.values():
        raise Invalid("has another number of cells than the header", f"table, row {number}")
    cells = {str(name): str(value) for name, value in row.items()}
    whose = cells.pop(PARTICIPANT).strip()
    if not whose:
        raise Invalid("names nobody", f"table, row {number}")
    return Line(whose, {name: value for name, value in cells.items() if value})

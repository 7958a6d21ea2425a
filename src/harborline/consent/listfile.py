"""A list from an earlier vendor as a file: CSV with a fixed header, read into rows and named faults. No database.

Columns: `phone`, `status` (opt-in or opt-out), `date` (2025-03-04, or a moment such as 2025-03-04T15:30:00Z),
`participant` (number in the case system), `kind` (keyword unless given), `evidence` (where the proof is kept). An
opt-out needs only phone and status.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from harborline.consent.facts import ConsentKind
from harborline.kernel import Invalid

COLUMNS = ("phone", "status", "date", "participant", "kind", "evidence")
NEEDED = frozenset({"phone", "status"})
FIELD_SIGNS = 200
_OPT_IN = frozenset({"opt-in", "opted-in", "in"})
_OPT_OUT = frozenset({"opt-out", "opted-out", "out"})


@dataclass(frozen=True, slots=True)
class ListRow:
    """One usable row: E.164 number; for an opt-in also when, what kind, whose (may be empty) and the proof's place."""

    row_no: int
    number: str
    opted_in: bool
    at: datetime | None = None
    participant: str = ""
    kind: ConsentKind = ConsentKind.KEYWORD
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class BadListRow:
    """One row that cannot be used: its number in the file (the header is 1), column, what is wrong and what to do."""

    row_no: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a row is read by: how numbers are read (raises `Invalid`), kinds accepted, the state's zone, now."""

    number: Callable[[str], str]
    kinds: frozenset[str]
    zone: str
    now: datetime


def read_list(source: bytes, terms: Terms) -> tuple[list[ListRow], list[BadListRow]]:
    """Read the whole file; raises `Invalid` when it cannot be read as such a list at all."""
    rows: list[ListRow] = []
    bad: list[BadListRow] = []
    for row_no, fields in _records(source):
        found = _row(row_no, fields, terms)
        if isinstance(found, ListRow):
            rows.append(found)
        else:
            bad.append(found)
    if not rows and not bad:
        raise Invalid("holds no rows below its header", "file")
    return rows, bad


def _records(source: bytes) -> Iterator[tuple[int, dict[str, str] | None]]:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8; save it as CSV UTF-8", "file") from None
    if "\0" in text:
        raise Invalid("holds null bytes; it is not a CSV file", "file")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check(header)
        for number, values in enumerate(reader, 2):
            if any(value.strip() for value in values):
                whole = len(values) == len(header)
                yield (
                    number,
                    {name: value.strip() for name, value in zip(header, values, strict=False)} if whole else None,
                )
    except csv.Error:
        raise Invalid("is not CSV; a quotation mark may be open", f"file, line {reader.line_num}") from None


def _check(header: list[str]) -> None:
    if missing := NEEDED - set(header):
        raise Invalid(
            f"has no column {', '.join(sorted(missing))}; the columns are {', '.join(COLUMNS)}", "file, row 1"
        )
    if len(set(header)) != len(header) or not set(header) <= set(COLUMNS):
        raise Invalid(f"has a column nobody knows, or one twice; the columns are {', '.join(COLUMNS)}", "file, row 1")


def _row(row_no: int, fields: dict[str, str] | None, terms: Terms) -> ListRow | BadListRow:
    if fields is None:
        return BadListRow(row_no, "row", "has more or fewer fields than the header")
    if long := [name for name, value in fields.items() if len(value) > FIELD_SIGNS]:
        return BadListRow(row_no, long[0], f"is longer than {FIELD_SIGNS} signs")
    try:
        number = terms.number(fields["phone"])
    except Invalid as wrong:
        return BadListRow(row_no, "phone", wrong.problem)
    status = "-".join(fields["status"].lower().replace("_", " ").replace("-", " ").split())
    if status in _OPT_OUT:
        return ListRow(row_no, number, opted_in=False)
    if status not in _OPT_IN:
        return BadListRow(row_no, "status", "is neither opt-in nor opt-out; write one of them")
    return _opt_in(row_no, number, fields, terms)


def _opt_in(row_no: int, number: str, fields: dict[str, str], terms: Terms) -> ListRow | BadListRow:
    at = _moment(fields.get("date", ""), terms.zone)
    if at is None:
        return BadListRow(row_no, "date", "an opt-in needs the day it was given; write 2025-03-04")
    if at > terms.now:
        return BadListRow(row_no, "date", "lies in the future; write the day the person opted in")
    kind = fields.get("kind") or ConsentKind.KEYWORD.value
    if kind not in terms.kinds:
        return BadListRow(row_no, "kind", f"is not accepted in this program; it takes {', '.join(sorted(terms.kinds))}")
    if not fields.get("evidence"):
        return BadListRow(row_no, "evidence", "an opt-in needs the place where its proof is kept")
    whose = fields.get("participant", "")
    return ListRow(row_no, number, True, at, whose, ConsentKind(kind), fields["evidence"])  # noqa: FBT003 - its column


def _moment(written: str, zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if found.tzinfo is None:
        local = datetime.combine(found.date(), found.time() or time.min)
        found = local.replace(tzinfo=ZoneInfo(zone))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None

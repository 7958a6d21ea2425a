"""The files that tell what happened since: numbers that stopped, and the provider's record of texts. No database.

Both are read as CSV (with a header), as JSON lines, or, for numbers alone, one to a line. Columns are found by the
names that providers give them; a row that cannot be used is named, and the others count.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from harborline.kernel import Invalid
from harborline.recovery.facts import BadRecord, Direction, ProviderRecord

_NUMBER = ("number", "phone", "phone_number", "msisdn", "recipient", "to", "from")
_FROM, _TO = ("from", "source", "sender"), ("to", "destination", "recipient", "number", "phone")
_AT = ("sent_at", "date_sent", "sentdate", "sent", "date_created", "timestamp", "date", "at", "time")
_REFERENCE = ("sid", "message_sid", "messageid", "message_id", "id", "reference", "carrier_ref")
_WORDS = ("body", "text", "message", "words", "content")
_STATUS, _DIRECTION = ("status", "state", "messagestatus"), ("direction",)
# What a provider calls a text that surely reached nobody.
_NOT_GONE = frozenset({"failed", "undelivered", "canceled", "cancelled", "rejected", "scheduled", "draft"})
_LONGEST_REFERENCE = 80
_SHORTEST_NUMBER = 7

Number = Callable[[str], str]


def read_stops(content: bytes, number: Number) -> tuple[list[str], list[BadRecord]]:
    """The numbers of a list of stops (E.164, each once), and the rows that cannot be used.

    Raises `Invalid` for a file that is no such list at all.
    """
    found: dict[str, None] = {}
    bad: list[BadRecord] = []
    for row_no, row in _rows(content, single="number"):
        column, written = _first(row, _NUMBER)
        if not column:
            bad.append(BadRecord(row_no, "number", "has no number"))
            continue
        try:
            found[number(written)] = None
        except Invalid as wrong:
            bad.append(BadRecord(row_no, column, wrong.problem))
    return list(found), bad


def read_provider(content: bytes, number: Number) -> tuple[list[ProviderRecord], list[BadRecord]]:
    """The provider's records in the order of the file, and the rows that cannot be used.

    Raises `Invalid` for a file that is no such record at all.
    """
    found: list[ProviderRecord] = []
    bad: list[BadRecord] = []
    for row_no, row in _rows(content, single=""):
        try:
            found.append(_record(row_no, row, number))
        except Invalid as wrong:
            bad.append(BadRecord(row_no, wrong.where, wrong.problem))
    return found, bad


def _record(row_no: int, row: Mapping[str, str], number: Number) -> ProviderRecord:
    direction = Direction.IN if _first(row, _DIRECTION)[1].lower().startswith("in") else Direction.OUT
    theirs, ours = (_FROM, _TO) if direction is Direction.IN else (_TO, _FROM)
    column, written = _first(row, theirs)
    try:
        other = number(written)
    except Invalid as wrong:
        raise Invalid(wrong.problem, column or theirs[0]) from None
    column, spelled = _first(row, _AT)
    reference = _first(row, _REFERENCE)[1]
    if not reference or len(reference) > _LONGEST_REFERENCE:
        raise Invalid(f"needs the provider's reference, at most {_LONGEST_REFERENCE} signs", "reference")
    named, words = _first(row, _WORDS)
    return ProviderRecord(
        row_no=row_no,
        direction=direction,
        number=other,
        at=_moment(spelled, column or "sent_at"),
        reference=reference,
        words=words if named and words else None,
        ours=_first(row, ours)[1],
        gone=_first(row, _STATUS)[1].lower() not in _NOT_GONE,
    )


def _moment(spelled: str, column: str) -> datetime:
    found = _iso(spelled) or _mail(spelled) or _spaced(spelled)
    if found is None:
        raise Invalid("is not a moment; write 2026-11-21T14:05:09Z", column)
    if found.tzinfo is None:
        raise Invalid("has no time zone; write 2026-11-21T14:05:09Z", column)
    return found


def _iso(spelled: str) -> datetime | None:
    try:
        return datetime.fromisoformat(spelled)
    except ValueError:
        return None


def _mail(spelled: str) -> datetime | None:
    try:
        return parsedate_to_datetime(spelled)
    except (ValueError, TypeError, IndexError):
        return None


def _spaced(spelled: str) -> datetime | None:
    # `2026-11-21 14:05:09 UTC`, as some tables of providers have it.
    return _iso(f"{spelled.removesuffix(' UTC')}+00:00") if spelled.endswith(" UTC") else None


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, str]:
    """The first of these columns that the row fills, with its value; two empty strings when it fills none."""
    for name in names:
        if row.get(name):
            return name, row[name]
    return "", ""


def _rows(content: bytes, *, single: str) -> Iterator[tuple[int, dict[str, str]]]:
    text = _text(content)
    first = text.lstrip()[:1]
    if not first:
        raise Invalid("is empty", "file")
    if first in "{[":
        yield from _json_rows(text)
        return
    if single and _is_plain(text):
        for row_no, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield row_no, {single: line.strip()}
        return
    yield from _csv_rows(text)


def _is_plain(text: str) -> bool:
    # One number to a line, without a header: the first line has digits and no letters.
    line = next((line for line in text.splitlines() if line.strip()), "")
    digits = sum(sign.isdigit() for sign in line)
    return digits >= _SHORTEST_NUMBER and not any(sign.isalpha() for sign in line) and "," not in line


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8; save it as CSV (UTF-8)", "file") from None


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = [_name(name) for name in reader.fieldnames or []]
        if not {*_NUMBER} & {*names}:
            listed = ", ".join(_NUMBER)
            raise Invalid(f"the header names no column of numbers (one of {listed})", "row 1")
        reader.fieldnames = names
        for row_no, row in enumerate(reader, 2):
            yield row_no, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    except csv.Error as wrong:
        raise Invalid(f"cannot be read as CSV: {wrong}", f"row {reader.line_num}") from None


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    if text.lstrip().startswith("["):
        said = _json(text, 1)
        listed = enumerate(said, 1) if isinstance(said, list) else iter(())
        yield from ((row_no, _fields(each, row_no)) for row_no, each in listed)
        return
    for row_no, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield row_no, _fields(_json(line, row_no), row_no)


def _json(text: str, row_no: int) -> object:
    try:
        found: object = json.loads(text)
    except ValueError:
        raise Invalid("is not JSON", f"line {row_no}") from None
    return found


def _fields(said: object, row_no: int) -> dict[str, str]:
    if not isinstance(said, dict):
        raise Invalid("is not an object", f"line {row_no}")
    return {_name(name): str(value).strip() for name, value in said.items() if value is not None}


def _name(written: str | None) -> str:
    return (written or "").strip().lower().replace(" ", "_").replace("-", "_")

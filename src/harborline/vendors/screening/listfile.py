"""The file in which an agency brings a list in: a label, a header, rows; read whole or refused. Pure.

    harborline-list,mn-prohibited-technology,2026-01-31,2
    row,name,kind,aliases,identifiers,scope,added
    1,Example Company Ltd.,entity,Example Brand;Former Name,domain=company.example,All products,2026-01-15

The label names the list, the day of its version and how many rows follow, so that a cut file is noticed. Several
aliases or identifiers stand apart by semicolons. UTF-8.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from harborline.kernel import Invalid
from harborline.vendors.screening.facts import NAME_MAX, Entry, EntryKind, ScreeningList
from harborline.vendors.screening.folding import native_of, words_of
from harborline.vendors.screening.identifiers import identifier
from harborline.vendors.screening.lists import Imported, imported, refuse_twice, shipped

LABEL: Final = "harborline-list"
COLUMNS: Final = ("row", "name", "kind", "aliases", "identifiers", "scope", "added")
SIZE_MAX: Final = 20_000_000
ROWS_MAX: Final = 50_000
_LABEL_CELLS: Final = 4


def read_list_file(content: bytes, *, name: str, today: date) -> ScreeningList:
    """The list in a file; `verified_on` is `today`, the day a person brought it in.

    Raises `Invalid`, naming file and line, for anything that is not a whole list: not UTF-8, no label, an unknown
    list, a version in the future, no rows, fewer or more rows than the label says, a row that cannot be used.
    """
    if len(content) > SIZE_MAX:
        raise Invalid("is larger than {given} MB", name, given=SIZE_MAX // 1_000_000)
    rows = _rows(content, name)
    list_id, version, count = _label(rows, name, today)
    _header(rows, name)
    entries = tuple(_entry(list_id, row, f"{name}, line {line}", today) for line, row in rows)
    if not entries:
        raise Invalid("has no rows: a list without rows would clear everybody", name)
    if len(entries) != count:
        raise Invalid(
            "says it has {count} rows, but has {found}: it is cut or was changed",
            name,
            count=count,
            found=len(entries),
        )
    refuse_twice(entries, name)
    about = _about(list_id)
    return ScreeningList(
        list_id,
        about.title,
        about.jurisdiction,
        about.authority,
        about.source,
        version,
        today,
        hashlib.sha256(content).hexdigest(),
        entries,
    )


def read_path(path: Path, *, today: date) -> ScreeningList:
    """`read_list_file` of a file on disk; raises `Invalid` when it cannot be read."""
    try:
        if path.stat().st_size > SIZE_MAX:
            raise Invalid("is larger than {given} MB", path.name, given=SIZE_MAX // 1_000_000)
        content = path.read_bytes()
    except OSError as error:
        raise Invalid("cannot be read: {strerror}", path.name, strerror=error.strerror) from None
    return read_list_file(content, name=path.name, today=today)


def newer(offered: ScreeningList, loaded: ScreeningList | None) -> ScreeningList:
    """The offered version of a list; raises `Invalid` when it is older than, or of the same day as, the loaded one.

    The very same file again is no fault.
    """
    if loaded is None or offered.sha256 == loaded.sha256 or offered.version > loaded.version:
        return offered
    given, held = offered.version.isoformat(), loaded.version.isoformat()
    if offered.version == loaded.version:
        raise Invalid(
            "version {held} is in force with other rows: a changed list has a new version", offered.id, held=held
        )
    raise Invalid("is version {given}, but version {held} is in force and stays", offered.id, given=given, held=held)


def _rows(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8 text; save it as CSV UTF-8", name) from None
    if "\x00" in text:
        raise Invalid("is not a text file", name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as wrong:
        raise Invalid("is not CSV: {wrong}", f"{name}, line {reader.line_num}", wrong=wrong) from None


def _label(rows: Iterator[tuple[int, list[str]]], name: str, today: date) -> tuple[str, date, int]:
    line, label = next(rows, (1, []))
    where = f"{name}, line {line}"
    while label and not label[-1]:
        label.pop()  # spreadsheets fill a short first line with empty cells
    if len(label) != _LABEL_CELLS or label[0] != LABEL:
        raise Invalid(
            "must begin with {label},list,version,rows such as {label},x-list,2026-01-31,12", where, label=LABEL
        )
    if label[1] not in {**imported(), **shipped()}:
        raise Invalid(
            "there is no list '{given}'; known: {known}",
            where,
            given=label[1],
            known=", ".join({**imported(), **shipped()}),
        )
    version = _day(label[2], where)
    if version > today:
        raise Invalid("the version lies in the future", where)
    if not label[3].isdecimal() or not 0 < int(label[3]) <= ROWS_MAX:
        raise Invalid("the number of rows must be 1 to {most}", where, most=ROWS_MAX)
    return label[1], version, int(label[3])


def _header(rows: Iterator[tuple[int, list[str]]], name: str) -> None:
    line, header = next(rows, (2, []))
    if tuple(cell.lower() for cell in header) != COLUMNS:
        raise Invalid("the columns must be {known}", f"{name}, line {line}", known=",".join(COLUMNS))


def _entry(list_id: str, row: Sequence[str], where: str, today: date) -> Entry:
    if len(row) != len(COLUMNS):
        raise Invalid("has {count} columns instead of {found}", where, count=len(row), found=len(COLUMNS))
    cells = dict(zip(COLUMNS, row, strict=True))
    if cells["kind"] not in set(EntryKind):
        raise Invalid("kind must be one of {known}", where, known=", ".join(EntryKind))
    aliases = tuple(part.strip() for part in cells["aliases"].split(";") if part.strip())
    for said in (cells["name"], *aliases):
        if len(said) > NAME_MAX or not (words_of(said) or native_of(said)):
            raise Invalid("a name is empty, too long or has no letters", where)
    if not cells["row"]:
        raise Invalid("the row has no number or name of its own", where)
    added = _day(cells["added"], where) if cells["added"] else None
    if added is not None and added > today:
        raise Invalid("was added in the future", where)
    kind = EntryKind(cells["kind"])
    return Entry(
        list_id=list_id,
        row=cells["row"],
        name=cells["name"],
        kind=kind,
        scope=cells["scope"],
        added=added,
        aliases=aliases,
        identifiers=frozenset(_identifiers(cells["identifiers"], where)),
    )


def _identifiers(cell: str, where: str) -> Iterator[tuple[str, str]]:
    for part in (part.strip() for part in cell.split(";")):
        if not part:
            continue
        scheme, sign, value = part.partition("=")
        if not sign:
            raise Invalid("identifiers read kind=value, such as domain=company.example", where)
        try:
            yield identifier(scheme, value)
        except Invalid as wrong:
            raise Invalid(wrong.problem, where) from None


def _about(list_id: str) -> Imported:
    if list_id in imported():
        return imported()[list_id]
    ours = shipped()[list_id]
    return Imported(ours.id, ours.title, ours.jurisdiction, ours.authority, ours.source)


def _day(value: str, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid("'{given}' is not a day such as 2026-01-31", where, given=value[:20]) from None

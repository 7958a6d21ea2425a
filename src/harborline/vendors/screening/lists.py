"""The lists that come with Harborline: dated rows read strictly; an empty or unreadable one stops the start. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from harborline import law
from harborline.kernel import Invalid
from harborline.law.reading import Table, known, only, read_toml, text, words
from harborline.vendors.screening.facts import Category, Entry, EntryKind, ScreeningList
from harborline.vendors.screening.parties import parties

HERE: Final = Path(law.__file__).parent / "lists" / "vendors"
_HEAD = frozenset(
    {"list", "title", "jurisdiction", "authority", "clauses", "version", "verified_on", "source", "rows", "entry"}
)
_ROW = frozenset({"row", "name", "kind", "party", "parties", "category", "scope", "added", "updated"})
_PROGRAM = frozenset({"lists", "memorandum", "recertify_days", "checks"})
_IMPORTED = frozenset({"title", "jurisdiction", "authority", "source"})


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a program asks of every vendor: lists by id, the memorandum's version (empty: none), days, checks."""

    program: str
    lists: tuple[str, ...]
    memorandum: str
    recertify_days: int
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """A list whose rows an agency brings in itself."""

    id: str
    title: str
    jurisdiction: str
    authority: str
    source: str


@cache
def shipped() -> Mapping[str, ScreeningList]:
    """The lists that come with Harborline, by id.

    Raises `Invalid`, naming file and row, for a missing, malformed or empty list: a list without rows would clear
    everybody.
    """
    known_to_programs = {name for one in requirements().values() for name in one.lists}
    found = {name: read_list(HERE / f"{name}.toml") for name in sorted(known_to_programs - set(imported()))}
    _check_categories(found)
    return found


@cache
def requirements() -> Mapping[str, Requirements]:
    """What each program asks of a vendor, by program; raises `Invalid` naming the place."""
    table = read_toml(HERE / "programs.toml")
    return {name: _program(name, value) for name, value in table.items() if name != "imported"}


@cache
def imported() -> Mapping[str, Imported]:
    """The lists an agency brings in itself, by id."""
    table = read_toml(HERE / "programs.toml").get("imported", {})
    if not isinstance(table, Mapping):
        raise Invalid("'imported' must be a table", "programs.toml")
    return {name: _imported(name, value) for name, value in table.items()}


@cache
def categories() -> Mapping[str, Category]:
    """The classes of devices that are asked about, by name."""
    rows = read_toml(HERE / "categories.toml").get("category")
    if not isinstance(rows, list) or not rows:
        raise Invalid("there is no category: nobody would be asked", "categories.toml")
    return {one.name: one for one in (_category(row, f"categories.toml, row {at}") for at, row in enumerate(rows, 1))}


def requirements_of(program: str) -> Requirements:
    """What a program asks; raises `Invalid` for a program nothing is written for."""
    try:
        return requirements()[program]
    except KeyError:
        raise Invalid(f"nothing says what '{program}' asks of vendors; add it", "programs.toml") from None


def forget() -> None:
    """Read every file anew at the next question: for tests."""
    for each in (shipped, requirements, imported, categories):
        each.cache_clear()


def read_list(path: Path) -> ScreeningList:
    """One list file; raises `Invalid` naming file and row."""
    table, where = read_toml(path), path.name
    only(table, _HEAD, where)
    if text(table, "list", where) != path.stem:
        raise Invalid("'list' must be the name of the file", where)
    rows = table.get("entry")
    if not isinstance(rows, list) or not rows:
        raise Invalid("the list is empty: a list without rows would clear everybody", where)
    if table.get("rows") != len(rows):
        raise Invalid(
            f"'rows' says {table.get('rows')}, but there are {len(rows)}: the file is cut or has grown", where
        )
    entries = tuple(_entry(path.stem, row, f"{where}, row {at}") for at, row in enumerate(rows, 1))
    refuse_twice(entries, where)
    return ScreeningList(
        id=path.stem,
        title=text(table, "title", where),
        jurisdiction=text(table, "jurisdiction", where),
        authority=text(table, "authority", where),
        source=text(table, "source", where),
        version=_day(table, "version", where),
        verified_on=_day(table, "verified_on", where),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        entries=entries,
    )


def refuse_twice(entries: tuple[Entry, ...], where: str) -> None:
    """Raise `Invalid` when a row's name stands twice."""
    seen: set[str] = set()
    for entry in entries:
        if entry.row in seen:
            raise Invalid(f"row '{entry.row}' stands twice", where)
        seen.add(entry.row)


def _entry(list_id: str, row: Table, where: str) -> Entry:
    if not isinstance(row, Mapping):
        raise Invalid("a row must be a table", where)
    only(row, _ROW, where)
    kind = EntryKind(known(text(row, "kind", where), frozenset(EntryKind), "kind", where))
    named = words(row, "parties", where, empty=True) + ((text(row, "party", where),) if "party" in row else ())
    for party in named:
        known(party, frozenset(parties()), "party", where)
    category = text(row, "category", where) if "category" in row else ""
    if kind is EntryKind.CATEGORY and not category:
        raise Invalid("a category names its question", where)
    if kind is not EntryKind.CATEGORY and not named:
        raise Invalid("a company names its party", where)
    return Entry(
        list_id=list_id,
        row=text(row, "row", where),
        name=text(row, "name", where),
        kind=kind,
        parties=named,
        category=category,
        scope=text(row, "scope", where),
        added=_day(row, "added", where),
    )


def _check_categories(found: Mapping[str, ScreeningList]) -> None:
    for each in found.values():
        for entry in each.entries:
            if entry.category and entry.category not in categories():
                raise Invalid(f"category '{entry.category}' has no question", f"{each.id}, row {entry.row}")


def _program(name: str, value: object) -> Requirements:
    where = f"programs.toml, {name}"
    if not isinstance(value, Mapping):
        raise Invalid("must be a table", where)
    only(value, _PROGRAM, where)
    days, memorandum = value.get("recertify_days"), value.get("memorandum")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= 366:  # noqa: PLR2004 - yearly at least
        raise Invalid("'recertify_days' must be a number of days, 366 at most", where)
    if not isinstance(memorandum, str):
        raise Invalid("'memorandum' must be the version's name, or empty", where)
    return Requirements(name, words(value, "lists", where), memorandum, days, words(value, "checks", where))


def _imported(name: str, value: object) -> Imported:
    where = f"programs.toml, imported.{name}"
    if not isinstance(value, Mapping):
        raise Invalid("must be a table", where)
    only(value, _IMPORTED, where)
    said = [text(value, key, where) for key in ("title", "jurisdiction", "authority", "source")]
    return Imported(name, *said)


def _category(row: object, where: str) -> Category:
    if not isinstance(row, Mapping):
        raise Invalid("a category must be a table", where)
    only(row, frozenset({"name", "row", "device", "exceptions", "until"}), where)
    until = row.get("until", {})
    exceptions = words(row, "exceptions", where, empty=True)
    if not isinstance(until, Mapping) or not set(until) <= set(exceptions):
        raise Invalid("'until' names an exception that is not there", where)
    return Category(
        text(row, "name", where),
        text(row, "row", where),
        text(row, "device", where),
        exceptions,
        {name: _day(until, name, where) for name in until},
    )


def _day(table: Table, key: str, where: str) -> date:
    value = table.get(key)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Invalid(f"'{key}' must be a day such as 2026-07-28", where)
    return value

"""The companies behind the lists with all their names: aliases, subsidiaries, brands, each with its source. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from harborline.kernel import Invalid
from harborline.vendors.screening.facts import Mark, Use
from harborline.vendors.screening.folding import native_of, words_of
from harborline.vendors.screening.identifiers import identifier

_HERE = files("harborline.law") / "lists" / "vendors"
_COLUMNS: Final = ("party", "say", "use", "typos", "relation", "source", "confidence", "valid_from", "valid_to")
_RELATIONS: Final = frozenset(
    {"listed-name", "former", "trade-name", "subsidiary", "parent", "brand", "divested", "misspelling"}
)
_CONFIDENCES: Final = frozenset({"listed", "reported", "unverified"})


@cache
def parties() -> Mapping[str, tuple[Mark, ...]]:
    """Every party's names, by party; raises `Invalid` naming file and row."""
    found: dict[str, list[Mark]] = {}
    for where, row in _rows("parties.csv", _COLUMNS):
        mark = _mark(row, where)
        found.setdefault(mark.party, []).append(mark)
    if not found:
        raise Invalid("there is no party: no alias would be found", "parties.csv")
    return {party: tuple(marks) for party, marks in found.items()}


@cache
def party_identifiers() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The identifiers of parties, by party, in normal form."""
    found: dict[str, set[tuple[str, str]]] = {}
    for where, row in _rows("party_identifiers.csv", ("party", "scheme", "value")):
        if row["party"] not in parties():
            raise Invalid(f"there is no party '{row['party']}'", where)
        found.setdefault(row["party"], set()).add(identifier(row["scheme"], row["value"]))
    return {party: frozenset(values) for party, values in found.items()}


def _rows(name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    with (_HERE / name).open(encoding="utf-8") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != columns:
            raise Invalid(f"the columns must be {', '.join(columns)}", name)
        for row in reader:
            where = f"{name}, line {reader.line_num}"
            if None in row or None in row.values():
                raise Invalid("has too many or too few columns", where)
            yield where, row


def _mark(row: Mapping[str, str], where: str) -> Mark:
    if row["relation"] not in _RELATIONS or row["confidence"] not in _CONFIDENCES:
        raise Invalid("relation or confidence is not known", where)
    if row["use"] not in set(Use) or row["typos"] not in {"yes", "no"} or not row["source"]:
        raise Invalid("'use', 'typos' or 'source' is missing or not known", where)
    use = Use(row["use"])
    say = native_of(row["say"]) or row["say"] if use is Use.NATIVE else " ".join(words_of(row["say"]))
    if not say:
        raise Invalid("has no name", where)
    return Mark(
        party=row["party"],
        say=say,
        use=use,
        typos=row["typos"] == "yes",
        relation=row["relation"],
        source=row["source"],
        confidence=row["confidence"],
        valid_from=_day(row["valid_from"], where),
        valid_to=_day(row["valid_to"], where),
    )


def _day(value: str, where: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid(f"'{value}' is not a day such as 2022-02-01", where) from None

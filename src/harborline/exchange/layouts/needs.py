"""Reading what a record needs by its codes: a table of combinations, each with words for what it asks for.

The words: `order` (the section is there), `participant:2` (at least twice), `-order` (it is not there), `case_id` (a
field of the first section is filled), `case.case_status=O` (a field of another section has that value), `@name` (all
words of a set). A table's columns are the fields, `label`, and the words by how sure they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harborline.exchange.layouts.facts import Combination, Evidence, Field, Need, Needs, RecordType
from harborline.kernel import Invalid
from harborline.law.reading import Table, known, only, text, words

SIZE_MAX = 2_000_000
_WORD = re.compile(
    r"(?P<none>-?)(?:(?P<section>[a-z0-9_]+)\.)?(?P<name>[a-z0-9_]+)(?::(?P<least>[1-9]))?(?:=(?P<value>[!-~]+))?"
)
_LEVELS = tuple(Evidence)

Sets = Mapping[str, str]
"""Words by the name of their set."""
Row = Mapping[str, str]
"""The cells of one combination by their column."""


def needs_in(table: Table, record: RecordType, folder: Path, where: str) -> Needs:
    """The needs in `table` for `record`; a named table lies beside the layout. Raises `Invalid` with the place."""
    only(table, _KEYS, where)
    by, sets = words(table, "by", where), _sets(table, where)
    if ("table" in table) == ("combinations" in table):
        raise Invalid("needs have either 'table' (a CSV file) or 'combinations'", where)
    rows = _in_file(folder, text(table, "table", where), by) if "table" in table else _in_line(table, by, where)
    complete = text(table, "complete", where) if "complete" in table else ""
    parse = _parser(record)
    found = Needs(
        by=by,
        source=text(table, "source", where),
        complete=Evidence(known(complete, frozenset(_LEVELS), "evidence", where)) if complete else None,
        combinations=tuple(_combination(row, by, sets, parse, f"{where}, row {place}") for place, row in rows),
    )
    _check_combinations(found, record, where)
    return found


def _sets(table: Table, where: str) -> Sets:
    found = table.get("sets", {})
    if not isinstance(found, Mapping) or not all(isinstance(one, str) for one in found.values()):
        raise Invalid("'sets' is a table of words by name", where)
    return found


def _in_file(folder: Path, name: str, by: tuple[str, ...]) -> Sequence[tuple[int, Row]]:
    path = folder / name
    if path.name != name or not name.endswith(".csv"):
        raise Invalid("the table is a .csv file beside the layout", name)
    try:
        if path.stat().st_size > SIZE_MAX:
            raise Invalid(f"a table has at most {SIZE_MAX} bytes", name)
        with path.open(encoding="utf-8", newline="") as source:
            reader = csv.DictReader(source, strict=True, restkey="", restval="")
            rows = list(enumerate(reader, 2))
            columns = reader.fieldnames or []
    except OSError as error:
        raise Invalid(f"the table cannot be read: {error.strerror}", name) from None
    except (csv.Error, UnicodeDecodeError):
        raise Invalid("the table is not CSV in UTF-8", name) from None
    if not set(by) <= set(columns) <= {*by, "label", *_LEVELS}:
        raise Invalid(f"the columns are {', '.join((*by, 'label', *_LEVELS))}", name)
    if any("" in row for _, row in rows):
        raise Invalid("a row has more cells than the header", name)
    return rows


def _in_line(table: Table, by: tuple[str, ...], where: str) -> Sequence[tuple[int, Row]]:
    listed = table["combinations"]
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise Invalid("'combinations' is a list of tables", where)
    rows = []
    for place, one in enumerate(listed, 1):
        here = f"{where}, row {place}"
        only(one, frozenset({"is", "label", *_LEVELS}), here)
        values = words(one, "is", here)
        if len(values) != len(by):
            raise Invalid(f"'is' has one value for each of {', '.join(by)}", here)
        rest = {key: text(one, key, here) for key in one if key != "is"}
        rows.append((place, {**dict(zip(by, values, strict=True)), **rest}))
    return rows


def _combination(
    row: Row, by: tuple[str, ...], sets: Sets, parse: Callable[[str, str], Need], where: str
) -> Combination:
    needs = [
        replace(parse(word, where), evidence=level)
        for level in _LEVELS
        for word in _spelled(row.get(level, "").split(), sets, where)
    ]
    return Combination(tuple(row[name] for name in by), row.get("label", ""), tuple(needs))


def _spelled(listed: Iterable[str], sets: Sets, where: str) -> list[str]:
    found: list[str] = []
    for word in listed:
        if word.startswith("@") and word[1:] not in sets:
            raise Invalid(f"there is no set '{word[1:]}'", where)
        found += sets[word[1:]].split() if word.startswith("@") else [word]
    return found


def _parser(record: RecordType) -> Callable[[str, str], Need]:
    first = record.sections[0]
    counted = {section.name: section for section in record.sections if section.times}
    fields = {(section.name, field.name): field for section in record.sections for field in section.fields}

    def parse(word: str, where: str) -> Need:
        found = _WORD.fullmatch(word)
        if found is None:
            raise Invalid(f"'{word}' is not understood", where)
        name, value, least = found["name"], found["value"] or "", int(found["least"] or 1)
        if not found["section"] and name in counted and not value:
            if least > counted[name].most:
                raise Invalid(f"'{name}' stands at most {counted[name].most} times", where)
            return Need(name, least=0 if found["none"] else least)
        section = found["section"] or first.name
        field = fields.get((section, name))
        if field is None or found["none"] or found["least"]:
            raise Invalid(f"'{word}' names no field, and no section that is counted", where)
        _check_value(value, field, where)
        return Need(section, name, value)

    return parse


def _check_value(value: str, field: Field, where: str) -> None:
    if len(value) > field.width or not value.isascii():
        raise Invalid(f"'{value}' does not fit into '{field.name}'", where)


def _check_combinations(needs: Needs, record: RecordType, where: str) -> None:
    first = {field.name: field for field in record.sections[0].fields}
    for name in needs.by:
        if name not in first:
            raise Invalid(f"'{name}' is no field of the first section", where)
    seen: set[tuple[str, ...]] = set()
    for one in needs.combinations:
        for name, value in zip(needs.by, one.values, strict=True):
            _check_value(value, first[name], where)
        if one.values in seen:
            raise Invalid(f"the combination {' '.join(one.values)} stands twice", where)
        seen.add(one.values)


_KEYS = frozenset({"by", "source", "complete", "table", "combinations", "sets"})

"""Reading a layout file: TOML in, a `Layout` out, every complaint with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields as facts_of
from dataclasses import is_dataclass, replace
from datetime import date
from pathlib import Path

from harborline.exchange.layouts.facts import (
    Condition,
    Evidence,
    Field,
    Framing,
    Kind,
    Layout,
    Pair,
    Recognition,
    RecordType,
    Role,
    Section,
    Total,
)
from harborline.exchange.layouts.lists import named_list
from harborline.exchange.layouts.needs import needs_in
from harborline.exchange.layouts.pages import CODE_PAGES
from harborline.exchange.layouts.soundness import check_sound
from harborline.kernel import Invalid
from harborline.law.reading import Table, known, only, read_toml, text, words

SIZE_MAX = 2_000_000


def read_layout(path: Path) -> Layout:
    """The layout in `path`; raises `Invalid` naming the file, the record and the field for anything unsound."""
    where = path.name
    _check_size(path)
    table = read_toml(path)
    only(table, _LAYOUT_KEYS, where)
    layout = Layout(
        name=text(table, "name", where),
        version=_whole(table, "version", where, least=1),
        title=text(table, "title", where),
        valid_from=_date(table, "valid_from", where),
        valid_to=_date(table, "valid_to", where) if "valid_to" in table else None,
        source=text(table, "source", where),
        code_pages=tuple(known(page, CODE_PAGES, "code page", where) for page in words(table, "code_pages", where)),
        framings=tuple(Framing(known(one, _FRAMINGS, "framing", where)) for one in words(table, "framings", where)),
        end_mark=_yes(table, "end_mark", where),
        uniform=words(table, "uniform", where, empty=True),
        records=tuple(_record(one, path) for one in _tables(table, "record", where)),
        totals=tuple(_total(one, where) for one in _tables(table, "total", where, empty=True)),
        pairs=tuple(_pair(one, where) for one in _tables(table, "pair", where, empty=True)),
    )
    check_sound(layout, where)
    return replace(layout, sha256=_digest(layout))


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Invalid(f"the layout file cannot be read: {error.strerror}", path.name) from None
    if size > SIZE_MAX:
        raise Invalid(f"a layout file has at most {SIZE_MAX} bytes; is this one a layout?", path.name)


def _digest(layout: Layout) -> str:
    content = json.dumps(_plain(layout), sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(fact: object) -> object:
    if not is_dataclass(fact):
        return str(fact)
    told = {each.name: getattr(fact, each.name) for each in facts_of(fact)}
    # A layout without needs and pairs keeps the digest it had before there were any.
    return {name: value for name, value in told.items() if name not in {"needs", "pairs"} or value}


def _record(table: Table, path: Path) -> RecordType:
    where = path.name
    name = text(table, "name", where)
    place = f"{where}, record {name}"
    only(table, _RECORD_KEYS, place)
    if ("fields" in table) == ("section" in table):
        raise Invalid("a record has either 'fields' or [[record.section]]", place)
    listed = _tables(table, "section", place) if "section" in table else [{**_part(table), "name": ""}]
    record = RecordType(
        name=name,
        role=Role(known(text(table, "role", place), _ROLES, "role", place)),
        sections=tuple(_section(one, place, named="section" in table) for one in listed),
        when=_recognition(table["when"], place) if "when" in table else None,
        needed=_yes(table, "needed", place, otherwise=True),
    )
    needs = [needs_in(one, record, path.parent, place) for one in _tables(table, "needs", place, empty=True)]
    return replace(record, needs=tuple(needs))


def _part(table: Table) -> dict[str, object]:
    return {key: table[key] for key in ("fields", "length") if key in table}


def _section(table: Table, place: str, *, named: bool) -> Section:
    name = text(table, "name", place) if named else ""
    here = f"{place}, section {name}" if named else place
    only(table, _SECTION_KEYS, here)
    fields = tuple(_field(one, here) for one in _tables(table, "fields", here))
    length = _whole(table, "length", here, least=1) if "length" in table else max(one.end for one in fields)
    times, most = "", 1
    if "times" in table:
        counted = _mapping(table["times"], here)
        only(counted, frozenset({"field", "most"}), here)
        times, most = text(counted, "field", here), _whole(counted, "most", here, least=1)
    return Section(name=name, fields=fields, length=length, times=times, most=most)


def _field(table: Table, place: str) -> Field:
    name = text(table, "name", place)
    here = f"{place}, field {name}"
    only(table, _FIELD_KEYS, here)
    kind = Kind(known(text(table, "kind", here), _KINDS, "kind", here))
    start, end = _whole(table, "start", here, least=1), _whole(table, "end", here, least=1)
    return Field(
        name=name,
        start=start,
        end=end,
        kind=kind,
        evidence=Evidence(known(text(table, "evidence", here), _EVIDENCE, "evidence", here)),
        required=_required(table.get("required", kind is Kind.CONST), here),
        values=_values(table, kind, end - start + 1, here),
        scale=_whole(table, "scale", here, least=0) if "scale" in table else 0,
        unit=text(table, "unit", here) if "unit" in table else "",
        format=text(table, "format", here) if "format" in table else _FORMATS.get(kind, ""),
        itin=_yes(table, "itin", here),
        note=text(table, "note", here) if "note" in table else "",
    )


def _values(table: Table, kind: Kind, width: int, here: str) -> tuple[str, ...]:
    if "list" in table and "values" in table:
        raise Invalid("give 'values' or 'list', not both", here)
    if "list" in table:
        found = named_list(text(table, "list", here), here)
    else:
        found = words(table, "values", here, empty=kind not in (Kind.CONST, Kind.ENUM, Kind.CODES))
    if any(not value.isascii() or not value.isprintable() for value in found):
        raise Invalid("values are printable ASCII", here)
    longest = max((len(value) for value in found), default=0)
    if longest > width:
        raise Invalid(f"a value of {longest} characters does not fit into {width} bytes", here)
    return tuple(value.ljust(width) for value in found) if kind in (Kind.CONST, Kind.ENUM) else found


def _required(written: object, here: str) -> bool | Condition:
    if isinstance(written, bool):
        return written
    return _condition(written, here)


def _condition(written: object, here: str) -> Condition:
    table = _mapping(written, here)
    only(table, frozenset({"field", "is"}), here)
    return Condition(field=text(table, "field", here), values=words(table, "is", here))


def _recognition(written: object, place: str) -> Recognition:
    table = _mapping(written, place)
    only(table, frozenset({"start", "end", "is"}), place)
    start, end = _whole(table, "start", place, least=1), _whole(table, "end", place, least=1)
    values = words(table, "is", place)
    if any(len(value) != end - start + 1 or not value.isascii() for value in values):
        raise Invalid("'when' compares values as long as its positions", place)
    return Recognition(start=start, end=end, values=values)


def _total(table: Table, where: str) -> Total:
    name = text(table, "name", where)
    place = f"{where}, total {name}"
    only(table, _TOTAL_KEYS, place)
    if ("count" in table) == ("sum" in table):
        raise Invalid("a total has either 'count' (a record) or 'sum' (record.field)", place)
    record, summed = (
        (text(table, "count", place), "") if "count" in table else _dotted(text(table, "sum", place), place)
    )
    return Total(
        name=name,
        told=tuple(_dotted(one, place) for one in words(table, "told", place)),
        record=record,
        summed=summed,
        where=_condition(table["where"], place) if "where" in table else None,
        batch=_yes(table, "batch", place),
    )


def _pair(table: Table, where: str) -> Pair:
    only(table, frozenset({"of", "start", "end"}), f"{where}, pair")
    records = words(table, "of", f"{where}, pair")
    place = f"{where}, pair {' and '.join(records)}"
    return Pair(records, _whole(table, "start", place, least=1), _whole(table, "end", place, least=1))


def _dotted(written: str, place: str) -> tuple[str, str]:
    record, dot, name = written.partition(".")
    if not dot:
        raise Invalid(f"'{written}' should be record.field", place)
    return record, name


def _tables(table: Table, key: str, where: str, *, empty: bool = False) -> list[Table]:
    listed = table.get(key, [] if empty else None)
    if not isinstance(listed, list) or not (listed or empty) or not all(isinstance(one, Mapping) for one in listed):
        raise Invalid(f"'{key}' must be a list of tables", where)
    return listed


def _mapping(written: object, where: str) -> Table:
    if not isinstance(written, Mapping):
        raise Invalid("a table is expected here", where)
    return written


def _whole(table: Table, key: str, where: str, *, least: int) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _WHOLE_MAX:
        raise Invalid(f"'{key}' must be a whole number from {least} to {_WHOLE_MAX}", where)
    return value


def _date(table: Table, key: str, where: str) -> date:
    value = table.get(key)
    if type(value) is not date:
        raise Invalid(f"'{key}' must be a date such as 2026-01-01", where)
    return value


def _yes(table: Table, key: str, where: str, *, otherwise: bool = False) -> bool:
    value = table.get(key, otherwise)
    if not isinstance(value, bool):
        raise Invalid(f"'{key}' must be true or false", where)
    return value


_WHOLE_MAX = 32_000
_LAYOUT_KEYS = frozenset(
    {
        *("name", "version", "title", "valid_from", "valid_to", "source", "code_pages", "framings", "end_mark"),
        *("uniform", "record", "total", "pair"),
    }
)
_RECORD_KEYS = frozenset({"name", "role", "when", "needed", "length", "fields", "section", "needs"})
_SECTION_KEYS = frozenset({"name", "times", "length", "fields"})
_FIELD_KEYS = frozenset(
    {
        *("name", "start", "end", "kind", "evidence", "required", "values", "list", "scale", "unit", "format"),
        *("itin", "note"),
    }
)
_TOTAL_KEYS = frozenset({"name", "told", "count", "sum", "where", "batch"})
_FORMATS = {Kind.DATE: "yyyymmdd", Kind.TIME: "hhmmss", Kind.SIGNED: "overpunch", Kind.CODES: "3,"}
_KINDS, _ROLES, _FRAMINGS, _EVIDENCE = (
    frozenset(one.value for one in kind) for kind in (Kind, Role, Framing, Evidence)
)

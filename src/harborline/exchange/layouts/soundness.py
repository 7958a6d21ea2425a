"""What a layout must hold before it may read a single byte: checked once, when its file is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from harborline.exchange.layouts.facts import (
    FRAME,
    RAW,
    Condition,
    Field,
    Framing,
    Kind,
    Layout,
    Pair,
    RecordType,
    Role,
    Section,
    Total,
)
from harborline.exchange.layouts.pages import ASCII
from harborline.kernel import Invalid

LEAST, MOST = 8, 32_000
"""Shortest and longest record, in bytes."""

NUMBERS = frozenset({Kind.NUMBER, Kind.SIGNED, Kind.PACKED, Kind.BINARY, Kind.SEQUENCE})
DATE_FORMATS = {"yyyymmdd": 8, "mmddyyyy": 8, "yymmdd": 6, "yyyyddd": 7}
SIGNS = frozenset({"overpunch", "leading", "trailing"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LAYOUT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGITS_MAX = 18
WORD = 8
"""What is compared in one step, in bytes."""


def check_sound(layout: Layout, where: str) -> None:
    """Raise `Invalid`, naming the place, for gaps, overlaps, wrong sums, unknown names and impossible fields."""
    if not _LAYOUT_NAME.fullmatch(layout.name):
        raise Invalid("a layout's name has lower-case letters, digits and single dashes", where)
    if layout.valid_to is not None and layout.valid_to <= layout.valid_from:
        raise Invalid("'valid_to' is not after 'valid_from'", where)
    _once((record.name for record in layout.records), "record", where)
    _once((total.name for total in layout.totals), "total", where)
    for record in layout.records:
        _check_record(record, f"{where}, record {record.name}")
    _check_types(layout, where)
    _check_framings(layout, where)
    for total in layout.totals:
        _check_total(layout, total, f"{where}, total {total.name}")
    for pair in layout.pairs:
        _check_pair(layout, pair, f"{where}, pair {' and '.join(pair.records)}")


def _check_record(record: RecordType, place: str) -> None:
    if record.length < LEAST or record.longest > MOST:
        raise Invalid(f"a record has {LEAST} to {MOST} bytes, this one {record.length} to {record.longest}", place)
    if not _NAME.fullmatch(record.name):
        raise Invalid("a record's name has lower-case letters, digits and underscores", place)
    first = record.sections[0]
    if first.times:
        raise Invalid("the first section stands once", place)
    _once((section.name for section in record.sections), "section", place)
    for section in record.sections:
        _check_section(section, f"{place}, section {section.name}" if section.name else place)
        if section.times:
            _check_times(record, section, place)
    for field in (each for section in record.sections for each in section.fields):
        if isinstance(field.required, Condition):
            _check_condition(first, field.required, f"{place}, field {field.name}")
    if record.when is not None and record.when.end - record.when.start >= WORD:
        raise Invalid("'when' looks at no more than 8 bytes", place)


def _check_times(record: RecordType, section: Section, place: str) -> None:
    counter = next((each for each in record.sections[0].fields if each.name == section.times), None)
    if counter is None or counter.kind is not Kind.DIGITS or counter.width > len(str(MOST)):
        raise Invalid(f"'{section.times}' must be a field of digits of the first section", place)
    if section.most > 10**counter.width - 1:
        raise Invalid(f"{section.most} sections cannot be told in {counter.width} digits", place)


def _check_section(section: Section, place: str) -> None:
    _once((field.name for field in section.fields), "field", place)
    expected = 1
    for field in section.fields:
        here = f"{place}, field {field.name}"
        if field.start < expected:
            raise Invalid(
                f"starts at {field.start}, inside the field before it; the next free place is {expected}", here
            )
        if field.start > expected:
            raise Invalid(f"leaves bytes {expected} to {field.start - 1} to nobody; declare them as filler", here)
        if field.end < field.start:
            raise Invalid("ends before it starts", here)
        _check_field(field, here)
        expected = field.end + 1
    if expected - 1 != section.length:
        raise Invalid(f"the fields add up to {expected - 1} bytes, the length is {section.length}", place)


def _check_field(field: Field, here: str) -> None:
    if not _NAME.fullmatch(field.name):
        raise Invalid("a field's name has lower-case letters, digits and underscores", here)
    if field.scale and field.kind not in NUMBERS:
        raise Invalid("only numbers have decimals", here)
    if field.values and field.kind not in (Kind.CONST, Kind.ENUM, Kind.CODES):
        raise Invalid(f"a field of kind {field.kind} has no values", here)
    if field.required and field.kind in (Kind.FILLER, Kind.BLANK):
        raise Invalid(f"a field of kind {field.kind} cannot be required", here)
    if field.kind is Kind.CONST and (field.required is not True or len(field.values) != 1):
        raise Invalid("a constant is always there and has one value; use enum for several", here)
    check = _FIELD_CHECKS.get(field.kind)
    if check is not None:
        check(field, here)


def _check_number(field: Field, here: str) -> None:
    if field.width > _DIGITS_MAX:
        raise Invalid(f"a number has at most {_DIGITS_MAX} digits; use kind digits for an identifier", here)


def _check_signed(field: Field, here: str) -> None:
    _check_number(field, here)
    if field.format not in SIGNS or field.width < 2:  # noqa: PLR2004 - a sign of its own and a digit
        raise Invalid(f"a signed number has at least two bytes and its sign is one of {', '.join(sorted(SIGNS))}", here)


def _check_packed(field: Field, here: str) -> None:
    if field.width * 2 - 1 > _DIGITS_MAX:
        raise Invalid(f"a packed number has at most {_DIGITS_MAX} digits", here)


def _check_binary(field: Field, here: str) -> None:
    if field.width not in (2, 4, 8):
        raise Invalid("a binary number has 2, 4 or 8 bytes", here)


def _check_date(field: Field, here: str) -> None:
    if DATE_FORMATS.get(field.format) != field.width:
        orders = ", ".join(f"{order} ({width} bytes)" for order, width in DATE_FORMATS.items())
        raise Invalid(f"a date is one of {orders}", here)


def _check_codes(field: Field, here: str) -> None:
    size, separator = field.format[:-1], field.format[-1:]
    if size != "3" or separator != "," or any(len(value) != 3 for value in field.values):  # noqa: PLR2004 - as said
        raise Invalid("codes have three characters each and commas between them", here)
    if field.width < 4 or field.width % 4:  # noqa: PLR2004 - three characters and their comma
        raise Invalid("the width for codes is a multiple of four", here)


def _wide(width: int, what: str) -> Callable[[Field, str], None]:
    def check(field: Field, here: str) -> None:
        if field.width != width:
            raise Invalid(f"{what} has {width} bytes", here)

    return check


_FIELD_CHECKS: dict[Kind, Callable[[Field, str], None]] = {
    Kind.NUMBER: _check_number,
    Kind.SEQUENCE: _check_number,
    Kind.SIGNED: _check_signed,
    Kind.PACKED: _check_packed,
    Kind.BINARY: _check_binary,
    Kind.DATE: _check_date,
    Kind.TIME: _wide(6, "a time (hhmmss)"),
    Kind.SSN: _wide(9, "a Social Security number"),
    Kind.ZIP: _wide(9, "a ZIP code with its four more digits"),
    Kind.CODES: _check_codes,
}


def _check_types(layout: Layout, where: str) -> None:
    seen: dict[tuple[int, int, str], str] = {}
    defaults = [record.name for record in layout.records if record.when is None]
    if len(defaults) > 1:
        raise Invalid(f"records {' and '.join(defaults)} have no 'when'; only one type may be the rest", where)
    for record in layout.records:
        for value in record.when.values if record.when else ():
            assert record.when is not None
            key = (record.when.start, record.when.end, value)
            if key in seen:
                raise Invalid(f"records {seen[key]} and {record.name} are recognised by the same bytes", where)
            seen[key] = record.name
    shortest = min(record.length for record in layout.records)
    if any(record.when is not None and record.when.end > shortest for record in layout.records):
        raise Invalid("'when' looks beyond the end of the shortest record", where)
    for role in (Role.HEADER, Role.TRAILER, Role.CONTROL):
        if sum(record.role is role for record in layout.records) > 1:
            raise Invalid(f"only one record has the role {role}", where)
    for name in layout.uniform:
        _check_uniform(layout, name, where)


def _check_uniform(layout: Layout, name: str, where: str) -> None:
    found = [_field_of(record.sections[0], name) for record in layout.records]
    places = {(field.start, field.end) for field in found if field is not None}
    if None in found or len(places) != 1 or any(field is not None and field.width > WORD for field in found):
        raise Invalid(f"the uniform field '{name}' must stand at one place of at most 8 bytes in every record", where)


def _check_framings(layout: Layout, where: str) -> None:
    lines = [one for one in layout.framings if one in (Framing.LF, Framing.CRLF, Framing.NL)]
    raw = any(field.kind in RAW for record in layout.records for section in record.sections for field in section.fields)
    if raw and lines:
        raise Invalid(f"packed and binary fields may hold any byte, so that framing {lines[0]} is unsafe", where)
    if Framing.NL in layout.framings and set(layout.code_pages) == {ASCII}:
        raise Invalid("framing nl is the newline of EBCDIC; ascii files use lf", where)


def _check_total(layout: Layout, total: Total, place: str) -> None:
    counted = _record_of(layout, total.record, place)
    if total.summed:
        field = _field_of(counted.sections[0], total.summed)
        if field is None or field.kind not in NUMBERS:
            raise Invalid(f"'{total.summed}' is not a number of the first section of {total.record}", place)
    if total.where is not None:
        _check_condition(counted.sections[0], total.where, place)
    for record, name in total.told:
        told = _field_of(_record_of(layout, record, place).sections[0], name)
        if told is None or told.kind not in NUMBERS:
            raise Invalid(f"'{name}' is not a number of the first section of {record}", place)
        if told.scale != layout.scale_of(total):
            raise Invalid(f"'{name}' has {told.scale} decimals, what it tells has {layout.scale_of(total)}", place)


def _check_pair(layout: Layout, pair: Pair, place: str) -> None:
    _once(pair.records, "record", place)
    records = [_record_of(layout, name, place) for name in pair.records]
    if len(records) < 2 or any(record.role not in FRAME for record in records):  # noqa: PLR2004 - a pair
        raise Invalid("a pair names two or more headers, trailers or control records", place)
    if pair.end < pair.start or any(pair.end > record.length for record in records):
        raise Invalid(f"bytes {pair.start} to {pair.end} do not stand in each of them", place)


def _check_condition(section: Section, condition: Condition, place: str) -> None:
    field = _field_of(section, condition.field)
    if field is None or field.width > WORD:
        raise Invalid(f"a condition looks at a field of at most 8 bytes, not at '{condition.field}'", place)
    if any(len(value) > field.width or not value.isascii() for value in condition.values):
        raise Invalid(f"a value does not fit into '{condition.field}'", place)


def _record_of(layout: Layout, name: str, place: str) -> RecordType:
    for record in layout.records:
        if record.name == name:
            return record
    raise Invalid(f"there is no record '{name}'", place)


def _field_of(section: Section, name: str) -> Field | None:
    return next((field for field in section.fields if field.name == name), None)


def _once(names: Iterable[str], what: str, where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"the {what} '{name}' stands twice", where)
        seen.add(name)

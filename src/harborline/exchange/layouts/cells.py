"""One column as words a person can read, and back: the same bytes again, or the record is kept as it came.

Written for a whole column at once. Blanks after a text fall away and come back; an empty field is an empty cell; a
number has its decimals and no zeros before it; a date is 2026-03-15, an empty date of zeros 00000000; bytes nobody can
print are a backslash, x and two hexadecimal digits, a backslash among them two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np

from harborline.exchange.layouts.facts import RAW, Field, Kind, in_decimals
from harborline.exchange.layouts.pages import from_latin
from harborline.exchange.layouts.shapes import Placed
from harborline.exchange.layouts.soundness import NUMBERS
from harborline.exchange.layouts.tables import overpunched
from harborline.exchange.layouts.values import numbers_in
from harborline.exchange.layouts.words import Block, Flags
from harborline.kernel import Invalid

_PRINTED = re.compile(r"[ -\[\]-~]*")
_ESCAPED = re.compile(r"\\(?:\\|x[0-9a-f]{2})")
_SIGNED = re.compile(r"[-+ ]?[0-9]+[-+]?|[0-9]*[0-9{}A-R]")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def column_cells(block: Block, placed: Placed) -> list[str]:
    """The cells of one field, one a record; what does not fit its kind is shown as text."""
    texts = _texts(block, placed)
    kind = placed.field.kind
    if kind in NUMBERS:
        return _number_cells(block, placed, texts)
    if kind is Kind.DATE:
        return [_date_cell(written, placed.field.format) for written in texts]
    return [written if _PRINTED.fullmatch(written) else _escape(written) for written in texts]


def _texts(block: Block, placed: Placed) -> list[str]:
    width = placed.field.width
    flat = block.column(placed).tobytes().decode("latin-1")
    return [flat[at : at + width].rstrip(" ") for at in range(0, len(flat), width)]


def _escape(written: str) -> str:
    return "".join(
        "\\\\" if letter == "\\" else letter if " " <= letter <= "~" else f"\\x{ord(letter):02x}" for letter in written
    )


def _number_cells(block: Block, placed: Placed, texts: list[str]) -> list[str]:
    scale, raw = placed.field.scale, placed.field.kind in RAW
    values = numbers_in(block, placed).tolist()
    made = []
    for written, value in zip(texts, values, strict=True):
        plain = raw or written.isdigit() or (placed.field.kind is Kind.SIGNED and _SIGNED.fullmatch(written))
        made.append(in_decimals(value, scale) if plain else _escape(written))
    return made


_DATE_PLACES: dict[str, tuple[slice, slice, slice]] = {
    "yyyymmdd": (slice(0, 4), slice(4, 6), slice(6, 8)),
    "mmddyyyy": (slice(4, 8), slice(0, 2), slice(2, 4)),
}


def _date_cell(written: str, order: str) -> str:
    places = _DATE_PLACES.get(order)
    if places is None or len(written) != 8 or not written.isdigit() or written == "0" * 8:  # noqa: PLR2004 - a date
        return _escape(written)
    return "-".join(written[place] for place in places)


Spell = Callable[[str, Field], bytes]


def cell_bytes(cell: str, field: Field) -> bytes:
    """The bytes of one cell in Latin-1, as wide as the field (packed and binary as they are on file).

    Raises `Invalid` with what is wrong, without the value.
    """
    return _SPELL.get(field.kind, _spell_text)(cell, field)


def _spell_text(cell: str, field: Field) -> bytes:
    try:
        written = _ESCAPED.sub(_unescaped, cell).encode("latin-1") if "\\" in cell else cell.encode("latin-1")
    except UnicodeEncodeError:
        raise Invalid("has a character that no record can carry; write it in plain letters") from None
    if len(written) > field.width:
        raise Invalid(f"has {len(written)} characters, the field takes {field.width}")
    return written.ljust(field.width)


def _unescaped(found: re.Match[str]) -> str:
    return "\\" if found.group() == "\\\\" else chr(bytes.fromhex(found.group()[2:])[0])


def _spell_const(cell: str, field: Field) -> bytes:
    return _spell_text(cell, field) if cell else field.values[0].encode("ascii")


def _spell_date(cell: str, field: Field) -> bytes:
    if len(cell) == 10 and cell[4] == cell[7] == "-":  # noqa: PLR2004 - an ISO date
        year, month, day = cell[:4], cell[5:7], cell[8:]
        cell = month + day + year if field.format == "mmddyyyy" else year + month + day
    return _spell_text(cell, field)


def _spell_number(cell: str, field: Field) -> bytes:
    value = _units(cell, field)
    if value is None:
        return _spell_text(cell, field)
    if value < 0:
        raise Invalid("is below zero, and the field has no sign")
    return _fitting(value, field.width, field)


def _spell_signed(cell: str, field: Field) -> bytes:
    value = _units(cell, field)
    if value is None:
        return _spell_text(cell, field)
    if field.format == "overpunch":
        digits = _fitting(abs(value), field.width, field)
        return digits[:-1] + overpunched(digits[-1] - 0x30, negative=value < 0)
    digits, sign = _fitting(abs(value), field.width - 1, field), b"-" if value < 0 else b"+"
    return sign + digits if field.format == "leading" else digits + sign


def _spell_packed(cell: str, field: Field) -> bytes:
    value = _whole(cell, field)
    digits = _fitting(abs(value), field.width * 2 - 1, field).decode("ascii")
    return bytes.fromhex(digits + ("d" if value < 0 else "c"))


def _spell_binary(cell: str, field: Field) -> bytes:
    try:
        return _whole(cell, field).to_bytes(field.width, "big", signed=True)
    except OverflowError:
        raise Invalid(f"does not fit into {field.width} bytes") from None


def _whole(cell: str, field: Field) -> int:
    value = _units(cell, field)
    if value is None:
        raise Invalid("is no number")
    return value


def _fitting(value: int, width: int, field: Field) -> bytes:
    written = f"{value:0{width}d}".encode("ascii")
    if len(written) > width:
        raise Invalid(
            f"needs {len(written)} digits, the field takes {width}" + (" with decimals" if field.scale else "")
        )
    return written


def _units(cell: str, field: Field) -> int | None:
    """The number in units of the last decimal; None for a cell that is no number (which checking then names)."""
    if not _NUMBER.fullmatch(cell):
        return None
    try:
        value = Decimal(cell).scaleb(field.scale)
    except InvalidOperation:
        return None
    if value != int(value):
        raise Invalid(f"has more than {field.scale} decimals")
    return int(value)


_SPELL: dict[Kind, Spell] = {
    Kind.CONST: _spell_const,
    Kind.DATE: _spell_date,
    Kind.NUMBER: _spell_number,
    Kind.SEQUENCE: _spell_number,
    Kind.SIGNED: _spell_signed,
    Kind.PACKED: _spell_packed,
    Kind.BINARY: _spell_binary,
}


def faithful(block: Block, placed: Placed, cells: Sequence[str]) -> Flags | None:
    """Of each record, whether its cell gives the same bytes again; None when every one does."""
    kind, at, width = placed.field.kind, placed.at, placed.field.width
    if kind is Kind.CONST:
        return ~block.blank(at, width)
    if kind in (Kind.NUMBER, Kind.SEQUENCE):
        digits = block.digits(at, width) & (block.column(placed) <= _NINE).all(axis=1)
        return digits | block.blank(at, width)
    if kind in NUMBERS:
        came = np.ascontiguousarray((block.raw if kind in RAW else block.text)[:, at : at + width]).tobytes()
        pairs = enumerate(cells)
        return np.array([_same(cell, placed.field, came[n * width : (n + 1) * width]) for n, cell in pairs], np.bool_)
    return None


def _same(cell: str, field: Field, came: bytes) -> bool:
    try:
        return cell_bytes(cell, field) == came
    except Invalid:
        return False


def record_bytes(fields: Sequence[Placed], cells: Sequence[str], length: int, page: str) -> bytes:
    """One record in `page` from the cells of its fields; raises `Invalid` naming the field."""
    text, raw = bytearray(b" " * length), []
    for placed, cell in zip(fields, cells, strict=True):
        try:
            written = cell_bytes(cell, placed.field)
        except Invalid as wrong:
            raise Invalid(wrong.problem, placed.name) from None
        if placed.field.kind in RAW:
            raw.append((placed, written))
        else:
            text[placed.at : placed.end] = written
    made = bytearray(from_latin(page)[np.frombuffer(bytes(text), np.uint8)].tobytes())
    for placed, written in raw:
        made[placed.at : placed.end] = written
    return bytes(made)


_NINE = np.uint8(0x39)

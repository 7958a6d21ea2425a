"""What each kind of field allows: a range for every byte, and rules where a range is not enough.

A rule is a total function from a block to one answer per record, True where the record is good; None says that every
one is, which most blocks are: each rule first asks what is cheapest and usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harborline.exchange.layouts import segments
from harborline.exchange.layouts.facts import Condition, Field, Kind
from harborline.exchange.layouts.pages import Bytes
from harborline.exchange.layouts.shapes import Placed, Shape
from harborline.exchange.layouts.tables import day_table, overpunch, time_table
from harborline.exchange.layouts.words import ALL, BLANKS, HIGH, ONES, ZEROS, Block, Flags, Whole, Words, every
from harborline.kernel import Invalid

Good = Callable[[Block], Flags | None]

BLANK, ZERO, NINE, LOWEST, HIGHEST, UPPER_MOST, LOWER_MOST = 0x20, 0x30, 0x39, 0x20, 0x7E, 0x5A, 0x7A
DIGITAL = frozenset({Kind.DIGITS, Kind.NUMBER, Kind.SEQUENCE, Kind.DATE, Kind.TIME, Kind.SSN})
"""Kinds whose bytes are digits, or blanks where the field may be empty."""
NOTHING_IS_ZERO = frozenset({Kind.DIGITS, Kind.DATE, Kind.SSN, Kind.ZIP})
"""Kinds that zeros leave empty."""
LEFT = frozenset({Kind.UPPER, Kind.NAME})
"""Kinds whose first byte is filled when the field must be."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A rule of one field; `code` names what is wrong where it answers False."""

    code: str
    good: Good


def ranges(field: Field) -> tuple[Bytes, Bytes]:
    """The lowest and the highest byte allowed at each place of the field."""
    low, high = np.full(field.width, LOWEST, np.uint8), np.full(field.width, HIGHEST, np.uint8)
    if field.kind in (Kind.FILLER, Kind.PACKED, Kind.BINARY):
        low[:], high[:] = 0, 255
    elif field.kind is Kind.BLANK:
        high[:] = BLANK
    elif field.kind in DIGITAL:
        low[:], high[:] = (ZERO if field.required is True else BLANK), NINE
    elif field.kind is Kind.ZIP:
        high[:] = NINE
    elif field.kind in (Kind.UPPER, Kind.CODES) or field.format == "upper":
        high[:] = UPPER_MOST
    elif field.kind is Kind.NAME:
        high[:] = LOWER_MOST
    elif field.kind in (Kind.CONST, Kind.ENUM):
        spelled = np.array([list(value.encode("ascii")) for value in accepted(field)], np.uint8)
        low, high = spelled.min(axis=0), spelled.max(axis=0)
    elif field.kind is Kind.SIGNED:
        low, high = _signed_range(field)
    if field.kind in LEFT and field.required is True:
        low[0] = BLANK + 1
    return low, high


def accepted(field: Field) -> tuple[str, ...]:
    """The values a field may have, blanks among them where it may be empty."""
    blanks = " " * field.width
    return field.values if field.required is True or blanks in field.values else (*field.values, blanks)


def _signed_range(field: Field) -> tuple[Bytes, Bytes]:
    least = ZERO if field.required is True else BLANK
    low, high = np.full(field.width, least, np.uint8), np.full(field.width, NINE, np.uint8)
    if field.format == "overpunch":
        high[-1] = 0x7D
    else:
        low[0 if field.format == "leading" else -1] = BLANK
    return low, high


def rules_of(placed: Placed, shape: Shape) -> list[FieldRule]:
    """The rules a field needs beside its ranges, the plainest first."""
    made = _RULES.get(placed.field.kind)
    found = made(placed) if made is not None else []
    return found + _required(placed, shape)


def _required(placed: Placed, shape: Shape) -> list[FieldRule]:
    field, at, width = placed.field, placed.at, placed.field.width
    nothing_is_zero = field.kind in NOTHING_IS_ZERO
    if isinstance(field.required, Condition):
        looked_at = shape.of(field.required.field)
        values = tuple(value.ljust(looked_at.field.width) for value in field.required.values)

        def filled_when(block: Block) -> Flags | None:
            asked = block.equals(looked_at.at, looked_at.field.width, values)
            if not np.count_nonzero(asked):
                return None
            missing = block.blank(at, width)
            return ~(asked & (missing | block.zero(at, width) if nothing_is_zero else missing))

        return [FieldRule("required", filled_when)]
    if field.required and field.kind in (Kind.TEXT, Kind.CODES, Kind.ZIP, Kind.SEGMENT):
        return [FieldRule("required", lambda block: None if block.never_blank(at, width) else ~block.blank(at, width))]
    return []


def _digits(placed: Placed) -> list[FieldRule]:
    at, width = placed.at, placed.field.width
    if placed.field.required is True:
        return []

    def good(block: Block) -> Flags | None:
        if block.within(at, width, ZERO, NINE) or block.within(at, width, BLANK, BLANK):
            return None
        return block.digits(at, width) | block.blank(at, width)

    return [FieldRule("digits", good)]


def _date(placed: Placed) -> list[FieldRule]:
    at, width, order = placed.at, placed.field.width, placed.field.format
    lowest, table = day_table("yyyymmdd" if order == "mmddyyyy" else order)
    base, turn, month_day = np.int64(lowest), np.int64(10_000), order == "mmddyyyy"
    always = placed.field.required is True

    def good(block: Block) -> Flags | None:
        if not always and block.within(at, width, BLANK, BLANK):
            return None
        number = block.number(at, width).view(np.int64)
        if month_day:
            number = number % turn * turn + number // turn
        # What is too early or too late lands on the first or the last slot, which are no days.
        day = _looked_at(table, number - base)
        if not always and not block.within(at, width, ZERO, NINE):
            day &= block.digits(at, width)
        if every(day):
            return None
        if not always:
            day |= block.blank(at, width) | block.zero(at, width)
        return day

    return [FieldRule("date", good)]


def _looked_at(table: Flags, places: Whole) -> Flags:
    """What the table says at each place, its ends answering for what lies beyond."""
    found: Flags = table.take(places, mode="clip")
    return found


def _time(placed: Placed) -> list[FieldRule]:
    at, width, table = placed.at, placed.field.width, time_table()
    always = placed.field.required is True

    def good(block: Block) -> Flags:
        second = _looked_at(table, block.number(at, width).view(np.int64))
        return second if always else (second & block.digits(at, width)) | block.blank(at, width)

    return [FieldRule("time", good)]


_AREA, _GROUP, _SERIAL = np.uint64(0xFFFFFF), np.uint64(0xFFFF000000), np.uint64(0xFFFFFF0000000000)
_NO_AREA, _BEAST, _NO_GROUP = np.uint64(0x303030), np.uint64(0x363636), np.uint64(0x3030000000)
_NO_SERIAL, _FIRST, _NINE = np.uint64(0x3030300000000000), np.uint64(0xFF), np.uint64(0x39)


def _ssn(placed: Placed) -> list[FieldRule]:
    at, width, field = placed.at, placed.field.width, placed.field

    def sound(block: Block) -> Flags:
        # The first eight of the nine digits; the ninth is looked at only where the other three of its group are zero.
        word = block.word(at)
        area = word & _AREA
        bad = (area == _NO_AREA) | (area == _BEAST) | ((word & _GROUP) == _NO_GROUP)
        if not field.itin:
            bad |= (word & _FIRST) == _NINE
        serial = (word & _SERIAL) == _NO_SERIAL
        if np.count_nonzero(serial):
            bad |= serial & (block.byte(at + 8) == ZERO)
        good: Flags = ~bad
        if field.required is not True:
            good = (good & block.digits(at, width)) | block.blank(at, width) | block.zero(at, width)
        return good

    return [FieldRule("ssn", sound)]


def _zip(placed: Placed) -> list[FieldRule]:
    at, high, zeros = placed.at, np.uint64(HIGH), np.uint64(ZEROS)

    def good(block: Block) -> Flags | None:
        if block.within(at, 9, ZERO, NINE) or block.within(at, 9, BLANK, BLANK):
            return None
        usual = ((block.word(at) & high) == zeros) & (block.byte(at + 8) >= ZERO)
        if every(usual):
            return None
        rest = block.digits(at + 5, 4) | block.blank(at + 5, 4)
        return (block.digits(at, 5) & rest) | block.blank(at, 9)

    return [FieldRule("zip", good)]


def _enum(placed: Placed) -> list[FieldRule]:
    values = accepted(placed.field)
    at, width = placed.at, placed.field.width
    if width == 1:
        ordered = sorted(ord(value) for value in values)
        if ordered == list(range(ordered[0], ordered[-1] + 1)):
            return []
        return [FieldRule("value", lambda block: block.equals(at, 1, values))]
    if width <= 8:  # noqa: PLR2004 - one word
        if len(values) > 6:  # noqa: PLR2004 - from here on looking up is faster than comparing
            return [FieldRule("value", _unless_alone(at, width, values, _looked_up(at, width, values)))]
        return [FieldRule("value", lambda block: block.equals(at, width, values))]
    spelled = np.array([value.encode("ascii") for value in values])
    return [FieldRule("value", lambda block: np.isin(block.column(placed).view(f"S{width}")[:, 0], spelled))]


def _unless_alone(at: int, width: int, values: tuple[str, ...], rule: Good) -> Good:
    # Most files say the same in every record.
    spelled = {value.encode("ascii") for value in values}
    return lambda block: None if block.alone(at, width) in spelled else rule(block)


def _looked_up(at: int, width: int, values: tuple[str, ...]) -> Good:
    if width == 2:  # noqa: PLR2004 - a table of all pairs
        table = np.zeros(65_536, np.bool_)
        table[[int.from_bytes(value.encode("ascii"), "little") for value in values]] = True
        return lambda block: table[np.ndarray((block.records,), "<u2", block.text, at, (block.length,))]

    def good(block: Block) -> Flags:
        known = np.sort(np.array([block.key(at, width, value.encode("ascii")) for value in values], np.uint64))
        word = block.short(at, width)
        near = np.minimum(np.searchsorted(known, word), len(known) - 1)
        return np.asarray(known[near] == word, np.bool_)

    return good


NAME_MARKS = b"-'., "
"""What a name may have besides letters."""
# Added to eight bytes at once, or taken off, these set the highest bit of those above a blank, below A, above z.
_ABOVE_BLANK, _BELOW_A, _BELOW_SMALL_A, _ABOVE_SMALL_Z, _OTHER, _TOP = (
    np.uint64(byte * ONES) for byte in (0x5F, 0xC0, 0xE0, 0x05, 0x7F, 0x80)
)
_SMALL, _MARKS = np.uint64(BLANKS), tuple(np.uint64(mark * ONES) for mark in NAME_MARKS[:-1])


def _name(placed: Placed) -> list[FieldRule]:
    at, width = placed.at, placed.field.width
    strange = _no_capitals if placed.field.format == "upper" else _no_letters

    def good(block: Block) -> Flags | None:
        wrong = None
        for word, mask in block.parts(at, width):
            written = word if mask == ALL else word & np.uint64(mask)
            found = strange(written) & _TOP
            # Letters and blanks pass first, then the marks a name may have, one by one while anything is left.
            for mark in _MARKS:
                if not np.count_nonzero(found):
                    break
                found &= (written ^ mark) + _OTHER
            if np.count_nonzero(found):
                wrong = found if wrong is None else wrong | found
        return None if wrong is None else wrong == 0

    return [FieldRule("name", good)]


# Where a byte, of those that the ranges let through, is neither blank nor a letter: its highest bit.
def _no_capitals(word: Words) -> Words:
    return (_BELOW_A - word) & (word + _ABOVE_BLANK)


def _no_letters(word: Words) -> Words:
    small: Words = word | _SMALL
    outside: Words = (_BELOW_SMALL_A - small) | (small + _ABOVE_SMALL_Z)
    return outside & (small + _ABOVE_BLANK)


def _codes(placed: Placed) -> list[FieldRule]:
    at, width = placed.at, placed.field.width
    factor, known = _slots([int.from_bytes(value.encode("ascii"), "little") for value in placed.field.values])

    def group_good(group: Words, may: Flags) -> tuple[Flags, Flags]:
        # Four bytes: a code and what follows it. `may` says where the group before left a comma.
        code, after = group & _CODE, group >> _AFTER
        goes_on = after == _COMMA
        named = (known.take((code * factor & _HALF) >> _AFTER) == code) & may & (goes_on | (after == _SPACE))
        return named | (group == _EMPTY), goes_on

    met = _Met()

    def good(block: Block) -> Flags | None:
        answer, may = None, np.ones(block.records, np.bool_)
        for place in range(at, at + width, 8):
            if block.within(place, min(8, at + width - place), BLANK, BLANK):
                may = np.zeros(block.records, np.bool_)
                continue
            word = _pair(block, place, at + width)
            # Where none may stand a pair is judged anew, unless it is blank.
            some = np.flatnonzero(~(met.of(word) & (may | (word == _SMALL))))
            if len(some):
                written, there = word[some], may[some]
                first, goes_on = group_good(written & _HALF, there)
                second, _ = group_good(written >> _HALF_BITS, goes_on)
                met.keep(written[first & second & there])
                answer = np.ones(block.records, np.bool_) if answer is None else answer
                answer[some] &= first & second
            may = word >> _LAST == _COMMA
        return answer

    return [FieldRule("codes", good)]


class _Met:
    """Words that were good before: most files write the same few again and again."""

    def __init__(self) -> None:
        self._kept = np.full(_SLOTS, _SMALL, np.uint64)

    def of(self, words: Words) -> Flags:
        """Which of them were met."""
        return np.asarray(self._kept.take(words * _SPREAD >> _SLOT) == words)

    def keep(self, words: Words) -> None:
        """Remember some, in the place of others that share their slot."""
        self._kept[words * _SPREAD >> _SLOT] = words


def _pair(block: Block, place: int, end: int) -> Words:
    """Two groups of four bytes; the second is blank where the field has ended."""
    if place + 8 <= end:
        return block.word(place)
    [(word, mask)] = block.parts(place, 4)
    group = word & np.uint64(mask)
    return (group if mask <= int(_HALF) else group >> _HALF_BITS) | _EMPTY << _HALF_BITS


_CODE, _AFTER, _HALF, _HALF_BITS = np.uint64(0xFFFFFF), np.uint64(24), np.uint64(0xFFFFFFFF), np.uint64(32)
_COMMA, _SPACE, _EMPTY = np.uint64(0x2C), np.uint64(0x20), np.uint64(0x20202020)
_LAST = np.uint64(56)
_SLOTS, _SLOT, _SPREAD = 1024, np.uint64(54), np.uint64(0x9E3779B97F4A7C15)


def _slots(codes: list[int]) -> tuple[np.uint64, Words]:
    """A factor that sends each code to a slot of its own, and the slots; any other code finds a stranger there."""
    for factor in range(0x9E3779B1, 0x9E3779B1 + 2_000_000, 2):
        places = [(code * factor & 0xFFFFFFFF) >> 24 for code in codes]
        if len(set(places)) == len(codes):
            slots = np.full(256, 0xFFFFFFFF, np.uint64)
            slots[places] = codes
            return np.uint64(factor), slots
    raise Invalid(f"{len(codes)} codes are too many for one field")


def _signed(placed: Placed) -> list[FieldRule]:
    at, width, field = placed.at, placed.field.width, placed.field
    signs, _, _ = overpunch()
    separate = np.zeros(256, np.bool_)
    separate[list(b"+- 0")] = True
    if field.format == "overpunch":
        sign_at, table, rest = at + width - 1, signs, at
    else:
        sign_at, table, rest = (at, separate, at + 1) if field.format == "leading" else (at + width - 1, separate, at)

    def good(block: Block) -> Flags:
        written = table[block.byte(sign_at)] & block.digits(rest, width - 1)
        return written if field.required is True else written | block.blank(at, width)

    return [FieldRule("sign", good)]


_PACKED_SIGNS = np.array([sign in (0xC, 0xD, 0xF) for sign in range(16)])


def _packed(placed: Placed) -> list[FieldRule]:
    at, end = placed.at, placed.end

    def good(block: Block) -> Flags:
        column = np.ascontiguousarray(block.raw[:, at:end])
        digits = ((column >> 4) <= 9).all(axis=1) & ((column[:, :-1] & 15) <= 9).all(axis=1)  # noqa: PLR2004 - digits
        sign = column[:, -1] & 15
        return np.asarray(digits & _PACKED_SIGNS[sign], np.bool_)

    return [FieldRule("packed", good)]


def _segment(placed: Placed) -> list[FieldRule]:
    at, end, sound = placed.at, placed.end, segments.sound

    def good(block: Block) -> Flags:
        flat, length = block.text.tobytes(), block.length
        return np.array([sound(flat[n * length + at : n * length + end]) for n in range(block.records)], np.bool_)

    return [FieldRule("segment", good)]


_RULES: dict[Kind, Callable[[Placed], list[FieldRule]]] = {
    Kind.DIGITS: _digits,
    Kind.NUMBER: _digits,
    Kind.SEQUENCE: _digits,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.SSN: _ssn,
    Kind.ZIP: _zip,
    Kind.ENUM: _enum,
    Kind.NAME: _name,
    Kind.CODES: _codes,
    Kind.SIGNED: _signed,
    Kind.PACKED: _packed,
    Kind.SEGMENT: _segment,
}

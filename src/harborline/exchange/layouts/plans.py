"""A shape made ready to check: the range of every byte, and the rules of its fields.

A block is looked through once for the lowest and the highest byte at each place: they say whether any byte is out of
its range, and spare most rules the look at their column. Nothing is done record by record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harborline.exchange.layouts.facts import Kind
from harborline.exchange.layouts.needing import Asking
from harborline.exchange.layouts.pages import Bytes
from harborline.exchange.layouts.rulebook import BLANK, DIGITAL, HIGHEST, LEFT, LOWEST, FieldRule, ranges, rules_of
from harborline.exchange.layouts.shapes import Shape
from harborline.exchange.layouts.words import Block, Flags, Whole, every

_BYTE_CODES = {
    Kind.CONST: "constant",
    Kind.BLANK: "blank",
    Kind.ENUM: "value",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.SSN: "ssn",
    Kind.ZIP: "zip",
    Kind.CODES: "codes",
    Kind.SIGNED: "sign",
    Kind.NAME: "name",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What is wrong in a block: `keys` are record * fields + field, sorted, each pair once.

    `told` says which rule found which pairs; a pair that no rule names was found by its bytes. `warned` are the pairs
    of warnings, by their code, which are not among the keys.
    """

    keys: Whole
    told: tuple[tuple[str, Whole], ...]
    warned: tuple[tuple[str, Whole], ...] = ()

    def code_of(self, key: int) -> str:
        """The code of the first rule that found the pair, or nothing."""
        for code, keys in self.told:
            place = int(np.searchsorted(keys, key))
            if place < len(keys) and int(keys[place]) == key:
                return code
        return ""


_NONE = Marks(np.empty(0, np.int64), ())


def _together(keys: list[Whole]) -> Whole:
    """All of them, sorted, each once."""
    return np.unique(np.concatenate(keys)) if keys else _NONE.keys


class Plan:
    """Checks blocks of one shape whose records are followed by `tail` bytes that are no part of them."""

    def __init__(self, shape: Shape, tail: int) -> None:
        """Lay the ranges and gather the rules."""
        self.shape, self.length = shape, shape.length + tail
        low, high = np.zeros(self.length, np.uint8), np.full(self.length, 255, np.uint8)
        self._owner = [0] * self.length
        self.rules: list[tuple[int, FieldRule]] = []
        for number, placed in enumerate(shape.fields):
            low[placed.at : placed.end], high[placed.at : placed.end] = ranges(placed.field)
            self._owner[placed.at : placed.end] = [number] * placed.field.width
            self.rules += [(number, rule) for rule in rules_of(placed, shape)]
        self._asking = [Asking(needs, shape) for needs in shape.type.needs]
        self._ranges = low, high

    def marks(self, block: Block) -> Marks:
        """Everything wrong in the block."""
        found = self._bytes(block)
        told: list[tuple[str, Whole]] = []
        width = len(self.shape.fields)
        for number, rule in self.rules:
            good = rule.good(block)
            if good is not None and not every(good):
                keys = np.flatnonzero(~good) * width + number
                told.append((rule.code, keys))
                found.append(keys)
        if self._asking:
            return self._asked(block, found, told)
        return Marks(_together(found), tuple(told)) if found else _NONE

    def _asked(self, block: Block, found: list[Whole], told: list[tuple[str, Whole]]) -> Marks:
        """All of it, with what the records need by their codes."""
        width, before = len(self.shape.fields), _together(found)
        wrong: dict[str, list[Whole]] = {}
        unsure: dict[str, list[Whole]] = {}
        for asking in self._asking:
            # A code that is wrong by itself is told once, not again as an unknown combination.
            unread = np.zeros(block.records, np.bool_)
            unread[before[np.isin(before % width, asking.by_numbers)] // width] = True
            for each in asking.unmet(block, unread):
                keys = each.records * width + each.number
                (unsure if each.warning else wrong).setdefault(each.code, []).append(keys)
        told += [(code, _together(keys)) for code, keys in wrong.items()]
        all_wrong = _together([*found, *(keys for listed in wrong.values() for keys in listed)])
        left = [(code, np.setdiff1d(_together(keys), all_wrong)) for code, keys in unsure.items()]
        return Marks(all_wrong, tuple(told), tuple(one for one in left if len(one[1])))

    def _bytes(self, block: Block) -> list[Whole]:
        low, high = self._ranges
        lowest, highest = (np.frombuffer(bound, np.uint8) for bound in block.extent())
        found = []
        for place in np.flatnonzero((lowest < low) | (highest > high)).tolist():
            written = block.byte(place)
            records = np.flatnonzero((written < low[place]) | (written > high[place]))
            found.append(records * len(self.shape.fields) + self._owner[place])
        return found

    def byte_code(self, number: int, written: Bytes) -> str:
        """Why the bytes of a field are not allowed where they stand; nothing when each of them is."""
        placed = self.shape.fields[number]
        low, high = (bound[placed.at : placed.end] for bound in self._ranges)
        wrong: Flags = (written < low) | (written > high)
        if not wrong.any():
            return ""
        kind = placed.field.kind
        if (written == BLANK).all():
            return "required"
        strange = wrong & ((written < LOWEST) | (written > HIGHEST))
        if strange.any():
            return "character"
        if kind in LEFT and wrong[0] and written[0] == BLANK and not wrong[1:].any():
            return "justified"
        if kind in LEFT and ((written[wrong] >= 0x61) & (written[wrong] <= 0x7A)).all():  # noqa: PLR2004 - a to z
            return "lower-case"
        return _BYTE_CODES.get(kind, "digits" if kind in DIGITAL else "character")

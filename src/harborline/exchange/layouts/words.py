"""A block of records as machine words: digits, blanks and numbers of a whole column in a few operations.

A column is read as little-endian 64-bit words over the records' own bytes, without a copy of the record. A field
wider than eight bytes is several words, of which the last may overlap the one before it; one narrower than eight is a
word of which some bytes are masked away. Every function is total: any bytes in, one answer per record out.
"""

from __future__ import annotations

from operator import ge, le
from typing import Any

import numpy as np
import numpy.typing as npt

from harborline.exchange.layouts.pages import Bytes
from harborline.exchange.layouts.shapes import Placed

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

WORD = 8
ALL = 0xFFFF_FFFF_FFFF_FFFF
ONES = 0x0101010101010101
BLANKS, ZEROS, HIGH = 0x2020202020202020, 0x3030303030303030, 0xF0F0F0F0F0F0F0F0
_M1, _M2, _M3, _M4 = (
    np.uint64(mask) for mask in (0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0xFFFFFFFF)
)
_BLANK, _DIGIT_LOW, _DIGIT_HIGH = 0x20, 0x30, 0x39
_ROW = 4096
"""Bytes of a row of records of which the lowest and highest are looked for together."""
_EIGHT_PLACES = 100_000_000
_NINES = 28
"""So many nines fit into a byte."""
_POWERS = 10 ** np.arange(WORD - 1, -1, -1)
_TEN, _HUNDRED, _MYRIAD = np.uint64(10), np.uint64(100), np.uint64(10_000)
_S8, _S16, _S32 = np.uint64(8), np.uint64(16), np.uint64(32)


def eight_digits(word: Words) -> Words:
    """The number that eight ASCII digits write, read as a little-endian word; harmless for other bytes."""
    word = word & _M1
    word = (word * _TEN + (word >> _S8)) & _M2
    word = (word * _HUNDRED + (word >> _S16)) & _M3
    return (word * _MYRIAD + (word >> _S32)) & _M4


def digit_sum(words: Words) -> int:
    """The sum of the numbers that eight ASCII digits write in each of these little-endian words; blanks are zeros."""
    digits = words & _M1
    whole = len(digits) - len(digits) % _NINES
    # Bytes are added up side by side while they have room, and told apart afterwards.
    added = np.concatenate([digits[:whole].reshape(_NINES, -1).sum(axis=0), digits[whole:]])
    places = added.view(np.uint8).reshape(-1, WORD).sum(axis=0, dtype=np.int64)
    return int(places @ _POWERS)


class Block:
    """Whole records of one shape: `text` and `raw` are (records, length) bytes in Latin-1 and as they came.

    Both are contiguous; a record has at least eight bytes.
    """

    __slots__ = ("_cache", "_highest", "_lowest", "length", "raw", "records", "text")

    def __init__(self, text: Bytes, raw: Bytes) -> None:
        """Take the two views; nothing is copied."""
        self.text, self.raw = text, raw
        self.records, self.length = text.shape
        self._cache: dict[tuple[str, int, object], Any] = {}
        self._lowest = self._highest = b""

    def extent(self) -> tuple[bytes, bytes]:
        """At each place of a record the lowest and the highest byte that any of them has there."""
        if not self._lowest:
            # Several records make a row: the longer the rows, the fewer turns of the loop.
            beside = min(max(1, _ROW // self.length), self.records)
            whole = self.records - self.records % beside
            rows = self.text[:whole].reshape(-1, beside * self.length)
            self._lowest, self._highest = (
                bound.reduce(np.concatenate([bound.reduce(rows).reshape(beside, -1), self.text[whole:]])).tobytes()
                for bound in (np.minimum, np.maximum)
            )
        return self._lowest, self._highest

    def within(self, at: int, width: int, lowest: int, highest: int) -> bool:
        """Whether every byte of the column in every record is one of these."""
        low, high = self.extent()
        return min(low[at : at + width]) >= lowest and max(high[at : at + width]) <= highest

    def never_blank(self, at: int, width: int) -> bool:
        """Whether some place of the column is filled in every record; False says nothing."""
        return max(self.extent()[0][at : at + width]) > _BLANK

    def alone(self, at: int, width: int) -> bytes | None:
        """What stands in the column, if it is the same in every record."""
        low, high = self.extent()
        return low[at : at + width] if low[at : at + width] == high[at : at + width] else None

    def _may_hold(self, at: int, value: str) -> bool:
        low, high = self.extent()
        spelled = value.encode("latin-1")
        return all(map(le, low[at:], spelled)) and all(map(ge, high[at:], spelled))

    def word(self, at: int) -> Words:
        """The eight bytes from `at` of every record."""
        key = ("word", at, 0)
        found: Words | None = self._cache.get(key)
        if found is None:
            strided = np.ndarray((self.records,), "<u8", self.text, at, (self.length,))
            found = self._cache[key] = strided.copy()
        return found

    def parts(self, at: int, width: int) -> list[tuple[Words, int]]:
        """The words that cover a column, each with the mask of the bytes that belong to it."""
        if width >= WORD:
            places = [*range(at, at + width - WORD + 1, WORD)]
            if width % WORD:
                places.append(at + width - WORD)
            return [(self.word(place), ALL) for place in places]
        if at + WORD <= self.length:
            return [(self.word(at), (1 << (8 * width)) - 1)]
        return [(self.word(at + width - WORD), ALL ^ ((1 << (8 * (WORD - width))) - 1))]

    def blank(self, at: int, width: int) -> Flags:
        """Whether the column is all blanks."""
        return self._all(("blank", at, width), ALL, BLANKS)

    def zero(self, at: int, width: int) -> Flags:
        """Whether the column is all `0`."""
        return self._all(("zero", at, width), ALL, ZEROS)

    def digits(self, at: int, width: int) -> Flags:
        """Whether the column's high half-bytes are those of digits: exact where no byte is above 9."""
        if self.within(at, width, _DIGIT_LOW, _DIGIT_HIGH):
            return np.ones(self.records, np.bool_)
        return self._all(("digits", at, width), HIGH, ZEROS)

    def _all(self, key: tuple[str, int, int], looked_at: int, wanted: int) -> Flags:
        found: Flags | None = self._cache.get(key)
        if found is None:
            for word, mask in self.parts(key[1], key[2]):
                chosen = looked_at & mask
                here = (word if chosen == ALL else word & np.uint64(chosen)) == np.uint64(wanted & chosen)
                found = here if found is None else found & here
            assert found is not None
            self._cache[key] = found
        return found

    def number(self, at: int, width: int) -> Words:
        """The number that up to 18 digits write; blanks count as zeros."""
        key = ("number", at, width)
        found: Words | None = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._number(at, width)
        return found

    def _number(self, at: int, width: int) -> Words:
        if width > WORD:
            left = self.number(at, width - WORD)
            return left * np.uint64(10**WORD) + eight_digits(self.word(at + width - WORD))
        return eight_digits(self._last_digits(at, width))

    def _last_digits(self, at: int, width: int) -> Words:
        # A column of at most eight bytes at the end of a word, what stands before it zero.
        if width == WORD:
            return self.word(at)
        if at + WORD <= self.length:
            return self.word(at) << np.uint64(8 * (WORD - width))
        return self.word(at + width - WORD) & np.uint64(ALL ^ ((1 << (8 * (WORD - width))) - 1))

    def total(self, at: int, width: int, chosen: Flags) -> int:
        """The sum of the numbers that digits or blanks write in the chosen records."""
        if width > WORD:
            left = self.total(at, width - WORD, chosen)
            return left * _EIGHT_PLACES + self.total(at + width - WORD, WORD, chosen)
        return digit_sum(self._last_digits(at, width) * chosen)

    def byte(self, at: int) -> Bytes:
        """One byte of every record, contiguous."""
        key = ("byte", at, 1)
        found: Bytes | None = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self.text[:, at].copy()
        return found

    def short(self, at: int, width: int) -> Words:
        """A column of at most eight bytes as one word, other bytes zero; equal columns are equal words."""
        [(word, mask)] = self.parts(at, width)
        return word if mask == ALL else word & np.uint64(mask)

    def key(self, at: int, width: int, value: bytes) -> np.uint64:
        """The word that `short` gives for `value` in that column."""
        number = int.from_bytes(value, "little")
        return np.uint64(number if at + WORD <= self.length or width == WORD else number << (8 * (WORD - width)))

    def equals(self, at: int, width: int, values: tuple[str, ...]) -> Flags:
        """Whether the column is one of a few values of its width."""
        key = ("equals", at, values)
        found: Flags | None = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._equals(at, width, values)
        return found

    def _equals(self, at: int, width: int, values: tuple[str, ...]) -> Flags:
        possible = [value for value in values if self._may_hold(at, value)]
        if not possible:
            return np.zeros(self.records, np.bool_)
        if self.alone(at, width) is not None:  # and it may hold one of them
            return np.ones(self.records, np.bool_)
        if width == 1:
            written = self.byte(at)
            return _any([written == ord(value) for value in possible])
        word = self.short(at, width)
        return _any([word == self.key(at, width, value.encode("latin-1")) for value in possible])

    def column(self, placed: Placed) -> Bytes:
        """A contiguous copy of a column, (records, width)."""
        return np.ascontiguousarray(self.text[:, placed.at : placed.end])


def every(flags: Flags) -> bool:
    """Whether every record is flagged; several times faster than the method of the array."""
    return bool(np.count_nonzero(flags) == flags.size)


def _any(flags: list[Flags]) -> Flags:
    found = flags[0]
    for one in flags[1:]:
        found = found | one
    return found

"""The second opinion: a small linear model over words and their classes. It may make a text wait and never lets one go.

Its weights (`law/lists/guard/opinion.bin.gz`) are learnt from the labelled corpus by scripts/make_guard_opinion.py,
the same bytes from the same texts. A text's *features* are its words, pairs of neighbouring words, classes of the
lexicon, and pairs of classes near each other in a sentence; their weights for every kind are added up, one whole
number holding all sums side by side, so that a text costs a few additions a word.
"""

from __future__ import annotations

import gzip
import math
import struct
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE, lexicon
from harborline.messaging.words.guard.reader import Mark, Reader

BUCKETS = 1 << 15
COLUMNS = 1 + len(Kind)
_LANE = 4
_MIDDLE = 128
_WINDOW, _NEAR = 6, 4
_LONG_WORD, _STEM = 6, 5
_REMEMBERED = 50_000
_Telling = tuple[str, ...]


def word_features(word: str) -> list[str]:
    """The features of one word in small letters; numbers have their classes only."""
    if any(map(str.isdigit, word)):
        return ["w #"]
    return [f"w {word}", f"s {word[:_STEM]}"] if len(word) > _LONG_WORD else [f"w {word}"]


def neighbour_features(before: str, word: str) -> list[str]:
    """The feature of two words beside each other."""
    return [f"b {_bare(before)} {_bare(word)}"]


def _bare(word: str) -> str:
    return "#" if any(map(str.isdigit, word)) else word


def class_features(cell: str) -> list[str]:
    """The features of a unit's classes."""
    return [f"c {name}" for name in _names_in(cell)]


def pair_features(before: _Telling, after: _Telling) -> list[str]:
    """The features of two units' telling classes, near each other in a sentence."""
    return [f"p {one} {other}" for one in before for other in after]


@cache
def _class_names() -> dict[str, str]:
    book()  # the frames have classes of their own; all are known once they are read
    return lexicon().class_names()


def _names_in(cell: str) -> list[str]:
    known = _class_names()
    return sorted({known[sign] for sign in cell if sign in known})


class _Tellings(dict[str, _Telling]):
    """The classes of a cell that pairs are made of, worked out once and remembered (bounded)."""

    def __missing__(self, cell: str) -> _Telling:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[cell] = found = tuple(name for name in _names_in(cell) if name in words_of("guard/opinion_classes"))
        return found


_TELLING = _Tellings()


def features(reader: Reader) -> Iterator[str]:
    """Every feature of a text, as often as it is there."""
    before = ""
    for word in map(str.lower, reader.units):
        yield from word_features(word)
        yield from neighbour_features(before, word)
        before = word
    for cell in reader.cell_list:
        yield from class_features(cell)
    for earlier, later in _near(reader.cell_list):
        yield from pair_features(earlier, later)


def _near(cells: Iterable[str]) -> Iterator[tuple[_Telling, _Telling]]:
    recent: list[tuple[int, _Telling]] = []
    for place, cell in enumerate(cells):
        if telling := _TELLING[cell]:
            for at, earlier in recent:
                if place - at <= _WINDOW:
                    yield earlier, telling
            recent = [*recent[1 - _NEAR :], (place, telling)]
        if cell.endswith(END_OF_SENTENCE):
            recent = []


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, and the sum from which a text waits."""

    rows: bytes
    scale: float
    starts: tuple[float, ...]
    threshold: float


@cache
def _weights() -> _Weights:
    lists = files("harborline.law") / "lists" / "guard"
    told = tomllib.loads((lists / "opinion.toml").read_text(encoding="utf-8"))
    rows = gzip.decompress((lists / "opinion.bin.gz").read_bytes())
    return _Weights(rows, told["scale"], tuple(told["starts"]), told["threshold"])


def _summed(found: Iterable[str]) -> int:
    """Add the rows of features, a lane for every column and a last one that counts them."""
    rows, total = _weights().rows, 0
    for feature in found:
        at = bucket(feature) * COLUMNS
        total += int.from_bytes(struct.pack(f"<{COLUMNS}I", *rows[at : at + COLUMNS]), "little")
        total += 1 << (8 * _LANE * COLUMNS)
    return total


class _WordSums(dict[str, int]):
    """The sum of a word's features, worked out once and remembered (bounded)."""

    def __missing__(self, word: str) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = found = _summed(word_features(word))
        return found


class _ClassSums(dict[str, int]):
    """The sum of a cell's features, worked out once and remembered (bounded)."""

    def __missing__(self, cell: str) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[cell] = found = _summed(class_features(cell))
        return found


class _NeighbourSums(dict[tuple[str, str], int]):
    """The sum of two neighbours' features, worked out once and remembered (bounded)."""

    def __missing__(self, pair: tuple[str, str]) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[pair] = found = _summed(neighbour_features(*pair))
        return found


class _PairSums(dict[tuple[_Telling, _Telling], int]):
    """The sum of two units' pairs of classes, worked out once and remembered (bounded)."""

    def __missing__(self, pair: tuple[_Telling, _Telling]) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[pair] = found = _summed(pair_features(*pair))
        return found


_WORDS, _CLASSES, _NEIGHBOURS, _PAIRS = _WordSums(), _ClassSums(), _NeighbourSums(), _PairSums()


def scores(reader: Reader) -> list[float]:
    """How much speaks for stopping the text, then for each kind (logarithms of odds, about)."""
    words = [unit.lower() for unit in reader.units]
    total = sum(map(_WORDS.__getitem__, words)) + sum(map(_CLASSES.__getitem__, reader.cell_list))
    total += sum(map(_NEIGHBOURS.__getitem__, zip(["", *words], words, strict=False)))
    total += sum(map(_PAIRS.__getitem__, _near(reader.cell_list)))
    *sums, count = struct.unpack(f"<{COLUMNS + 1}I", total.to_bytes(_LANE * (COLUMNS + 1), "little"))
    weights = _weights()
    worth = weights.scale / math.sqrt(count + 1)
    return [(each - _MIDDLE * count) * worth + start for each, start in zip(sums, weights.starts, strict=True)]


def second_opinion(reader: Reader) -> Iterator[Mark]:
    """Make a text wait that reads like forbidden ones: its likeliest kind, at the sentence that says most of it."""
    stop, *kinds = scores(reader)
    most = max(kinds)
    if stop + most > _weights().threshold and reader.units:
        kind = kinds.index(most)
        yield reader.mark(list(Kind)[kind], _sentence(reader, kind + 1), "opinion", waits=True)


def _sentence(reader: Reader, column: int) -> tuple[int, int]:
    """The units of the sentence that speaks most for a column."""
    best, found, first, score = -math.inf, (0, len(reader.units)), 0, 0
    for place, (unit, cell) in enumerate(zip(reader.units, reader.cell_list, strict=True)):
        score += _column(_WORDS[unit.lower()], column) + _column(_CLASSES[cell], column)
        if cell.endswith(END_OF_SENTENCE) or place == len(reader.units) - 1:
            if score > best:
                best, found = score, (first, place + 1)
            first, score = place + 1, 0
    return found


def _column(total: int, column: int) -> int:
    bits = 8 * _LANE
    return (total >> (bits * column) & (1 << bits) - 1) - _MIDDLE * (total >> (bits * COLUMNS))

"""The second opinion: a small linear model over words and their classes.

It makes a text wait in which the rules found nothing and which reads like forbidden ones, and drops what the rules
found when all of it is doubtful (see `grammars`) and the text reads like allowed ones.

Its weights (`law/lists/guard/opinion.bin.gz`) are learnt from the labelled corpus by scripts/make_guard_opinion.py,
the same bytes from the same texts. A text's *features* are its words, pairs of words beside each other and with one
between, classes of the lexicon, and pairs of classes near each other in a sentence; their weights for every kind are
added up, one whole number holding all sums side by side, so that a text costs a few additions a word. Where a column
starts counts by how much evidence there is (`trust`): a text of a word or two is not stopped for being short.
"""

from __future__ import annotations

import gzip
import math
import struct
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeVar
from zlib import crc32

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE, lexicon
from harborline.messaging.words.guard.reader import Mark, Reader

BUCKETS = 1 << 16
COLUMNS = 1 + len(Kind)
_LANE = 4
_EVIDENCE, _FEWEST_UNITS = 60, 4
_MIDDLE = 128
_ONE_MORE = 1 << 32
_WINDOW, _NEAR = 6, 4
_LONG_WORD, _STEM = 6, 5
_REMEMBERED = 50_000
_Telling = tuple[str, ...]
_Pair = tuple[str, str]
_Tellings = tuple[_Telling, _Telling]
_Key = TypeVar("_Key")


def word_features(word: str) -> list[str]:
    """The features of one word in small letters; numbers have their classes only."""
    if any(map(str.isdigit, word)):
        return ["w #"]
    return [f"w {word}", f"s {word[:_STEM]}"] if len(word) > _LONG_WORD else [f"w {word}"]


def neighbour_features(pair: _Pair) -> list[str]:
    """The feature of two words beside each other."""
    return [f"b {_bare(pair[0])} {_bare(pair[1])}"]


def skipping_features(pair: _Pair) -> list[str]:
    """The feature of two words with one between them."""
    return [f"k {_bare(pair[0])} {_bare(pair[1])}"]


def _bare(word: str) -> str:
    return "#" if any(map(str.isdigit, word)) else word


def class_features(cell: str) -> list[str]:
    """The features of a unit's classes."""
    return [f"c {name}" for name in _names_in(cell)]


def pair_features(pair: _Tellings) -> list[str]:
    """The features of two units' telling classes, near each other in a sentence."""
    return [f"p {one} {other}" for one in pair[0] for other in pair[1]]


@cache
def _class_names() -> dict[str, str]:
    book()  # the frames have classes of their own; all are known once they are read
    return lexicon().class_names()


def _names_in(cell: str) -> list[str]:
    known = _class_names()
    return sorted({known[sign] for sign in cell if sign in known})


class _Told(dict[str, _Telling]):
    """The classes of a cell that pairs are made of, worked out once and remembered (bounded)."""

    def __missing__(self, cell: str) -> _Telling:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[cell] = found = tuple(name for name in _names_in(cell) if name in words_of("guard/opinion_classes"))
        return found


_TELLING = _Told()


def features(reader: Reader) -> Iterator[str]:
    """Every feature of a text, as often as it is there."""
    earlier, before = "", ""
    for word in map(str.lower, reader.units):
        yield from word_features(word)
        yield from neighbour_features((before, word))
        yield from skipping_features((earlier, word))
        earlier, before = before, word
    for cell in reader.cell_list:
        yield from class_features(cell)
    for pair in _near(reader.cell_list):
        yield from pair_features(pair)


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


def trust(count: int) -> float:
    """The share of its start that a column gets in a text of so many features: next to none for one word."""
    return count / (count + _EVIDENCE)


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, the sum from which a text waits, and goes."""

    rows: bytes
    scale: float
    starts: tuple[float, ...]
    threshold: float
    drop: float


@cache
def _weights() -> _Weights:
    lists = files("harborline.law") / "lists" / "guard"
    told = tomllib.loads((lists / "opinion.toml").read_text(encoding="utf-8"))
    rows = gzip.decompress((lists / "opinion.bin.gz").read_bytes())
    return _Weights(rows, told["scale"], tuple(told["starts"]), told["threshold"], told["drop"])


def _summed(found: Iterable[str]) -> int:
    """Add the rows of features, a lane for every column and a last one that counts them."""
    rows, total = _weights().rows, 0
    for feature in found:
        at = bucket(feature) * COLUMNS
        total += int.from_bytes(struct.pack(f"<{COLUMNS}I", *rows[at : at + COLUMNS]), "little")
        total += 1 << (8 * _LANE * COLUMNS)
    return total


def _stop_summed(found: Iterable[str]) -> int:
    """Add the first column of features, and count them above it."""
    rows = _weights().rows
    return sum(rows[bucket(feature) * COLUMNS] + _ONE_MORE for feature in found)


class _Sums(dict[_Key, int]):
    """What the features of one key add up to, worked out once and remembered (bounded)."""

    def __init__(self, features_of: Callable[[_Key], list[str]], add: Callable[[Iterable[str]], int]) -> None:
        """Take the features of a key, and how they are added."""
        super().__init__()
        self._features_of, self._add = features_of, add

    def __missing__(self, key: _Key) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[key] = found = self._add(self._features_of(key))
        return found


class _Adder:
    """Adds the features of a text in one way."""

    def __init__(self, add: Callable[[Iterable[str]], int]) -> None:
        """Remember nothing yet."""
        self.words, self.classes = _Sums(word_features, add), _Sums(class_features, add)
        self.neighbours, self.skipping = _Sums(neighbour_features, add), _Sums(skipping_features, add)
        self.pairs = _Sums(pair_features, add)

    def total(self, reader: Reader) -> int:
        """Add up a text."""
        words = [unit.lower() for unit in reader.units]
        total = sum(map(self.words.__getitem__, words)) + sum(map(self.classes.__getitem__, reader.cell_list))
        total += sum(map(self.neighbours.__getitem__, zip(["", *words], words, strict=False)))
        total += sum(map(self.skipping.__getitem__, zip(["", "", *words], words, strict=False)))
        return total + sum(map(self.pairs.__getitem__, _near(reader.cell_list)))


_ALL, _STOP = _Adder(_summed), _Adder(_stop_summed)


def scores(reader: Reader) -> list[float]:
    """How much speaks for stopping the text, then for each kind (logarithms of odds, about)."""
    total = _ALL.total(reader)
    *sums, count = struct.unpack(f"<{COLUMNS + 1}I", total.to_bytes(_LANE * (COLUMNS + 1), "little"))
    weights = _weights()
    worth = weights.scale / math.sqrt(count + 1)
    trusted = trust(count)
    return [
        (each - _MIDDLE * count) * worth + trusted * start for each, start in zip(sums, weights.starts, strict=True)
    ]


def stop_score(reader: Reader) -> float:
    """How much speaks for stopping the text: the first of `scores`, quicker."""
    count, total = divmod(_STOP.total(reader), _ONE_MORE)
    weights = _weights()
    return (total - _MIDDLE * count) * weights.scale / math.sqrt(count + 1) + trust(count) * weights.starts[0]


def weighed(reader: Reader, marks: Sequence[Mark]) -> list[Mark]:
    """Weigh what the rules marked: their marks, none when all are doubtful and the text reads allowed, or our own."""
    if not marks:
        return list(second_opinion(reader))
    if all(mark.doubtful for mark in marks) and stop_score(reader) < _weights().drop:
        return []
    return list(marks)


def second_opinion(reader: Reader) -> Iterator[Mark]:
    """Make a text wait that reads like forbidden ones: its likeliest kind, at the sentence that says most of it."""
    if len(reader.units) >= _FEWEST_UNITS and stop_score(reader) > _weights().threshold:
        kinds = scores(reader)[1:]
        kind = kinds.index(max(kinds))
        yield reader.mark(list(Kind)[kind], _sentence(reader, kind + 1), "opinion", waits=True)


def _sentence(reader: Reader, column: int) -> tuple[int, int]:
    """The units of the sentence that speaks most for a column."""
    best, found, first, score = -math.inf, (0, len(reader.units)), 0, 0
    for place, (unit, cell) in enumerate(zip(reader.units, reader.cell_list, strict=True)):
        score += _column(_ALL.words[unit.lower()], column) + _column(_ALL.classes[cell], column)
        if cell.endswith(END_OF_SENTENCE) or place == len(reader.units) - 1:
            if score > best:
                best, found = score, (first, place + 1)
            first, score = place + 1, 0
    return found


def _column(total: int, column: int) -> int:
    bits = 8 * _LANE
    return (total >> (bits * column) & (1 << bits) - 1) - _MIDDLE * (total >> (bits * COLUMNS))

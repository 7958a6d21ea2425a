"""The second opinion: a small linear model over words and their classes.

It makes a text wait in which the rules found nothing and which reads like forbidden ones, or which reads like violence
or tax information, whatever else the rules found; and it drops what the rules found when all of it is doubtful (see
`grammars`) and the text reads like allowed ones.

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
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import NamedTuple, TypeVar
from zlib import crc32

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE, lexicon
from harborline.messaging.words.guard.reader import Mark, Reader

BUCKETS = 1 << 16
_LAST = BUCKETS - 1
COLUMNS = 1 + len(Kind)
# What must not be missed has thresholds of its own and is asked about in every text.
GRAVE = (Kind.DV, Kind.FTI)
_GRAVE_COLUMNS = tuple(1 + list(Kind).index(kind) for kind in GRAVE)
_ASKED = (0, *_GRAVE_COLUMNS)
_LANES = f"<{len(_ASKED) + 1}I"
_EVIDENCE, _FEWEST_UNITS = 60, 5
_MIDDLE = 128
_WINDOW, _NEAR = 6, 4
_LONG_WORD, _STEM = 6, 5
_REMEMBERED = 50_000
_Telling = tuple[str, ...]
_Tellings = tuple[_Telling, _Telling]
_Key = TypeVar("_Key")


def word_features(word: str) -> list[str]:
    """The features of one word in small letters; numbers have their classes only."""
    if any(map(str.isdigit, word)):
        return ["w #"]
    return [f"w {word}", f"s {word[:_STEM]}"] if len(word) > _LONG_WORD else [f"w {word}"]


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


class _Told(dict[str, tuple[_Telling, bool]]):
    """The classes of a cell that pairs are made of, and whether it ends a sentence: remembered (bounded)."""

    def __missing__(self, cell: str) -> tuple[_Telling, bool]:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        telling = tuple(name for name in _names_in(cell) if name in words_of("guard/opinion_classes"))
        self[cell] = found = telling, cell.endswith(END_OF_SENTENCE)
        return found


_TOLD = _Told()


def features(reader: Reader) -> Iterator[str]:
    """Every feature of a text, as often as it is there."""
    earlier, before = "", ""
    for word in map(str.lower, reader.units):
        yield from word_features(word)
        bare = _bare(word)
        yield f"b {before} {bare}"
        yield f"k {earlier} {bare}"
        earlier, before = before, bare
    for cell in reader.cell_list:
        yield from class_features(cell)
    for pair in _near(reader.cell_list):
        yield from pair_features(pair)


def _near(cells: Iterable[str]) -> Iterator[_Tellings]:
    recent: list[tuple[int, _Telling]] = []
    for place, (telling, ends) in enumerate(map(_TOLD.__getitem__, cells)):
        if telling:
            for at, earlier in recent:
                if place - at <= _WINDOW:
                    yield earlier, telling
            recent = [*recent[1 - _NEAR :], (place, telling)]
        if ends:
            recent = []


def trust(count: int) -> float:
    """The share of its start that a column gets in a text of so many features: next to none for one word."""
    return count / (count + _EVIDENCE)


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class _Grave(NamedTuple):
    """Scores from which a text waits for a grave kind: that of stopping it, and the kind's, in a long text and a short.

    A text is long from so many features: a short one says too little to wait for not speaking against it.
    """

    stop: float
    long: float
    short: float
    long_from: int


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, the sum from which a text waits, and goes.

    `grave`: what a text must score to wait for a grave kind.
    """

    rows: bytes
    scale: float
    starts: tuple[float, ...]
    threshold: float
    drop: float
    grave: _Grave


@cache
def _weights() -> _Weights:
    lists = files("harborline.law") / "lists" / "guard"
    told = tomllib.loads((lists / "opinion.toml").read_text(encoding="utf-8"))
    rows = gzip.decompress((lists / "opinion.bin.gz").read_bytes())
    starts, grave = tuple(told["starts"]), _Grave(**told["grave"])
    return _Weights(rows, told["scale"], starts, told["threshold"], told["drop"], grave)


@cache
def _asked() -> list[int]:
    """What every text is asked about, of each row: its columns side by side, and a one that counts."""
    columns = (_weights().rows[column::COLUMNS] for column in _ASKED)
    return [int.from_bytes(struct.pack(_LANES, *each, 1), "little") for each in zip(*columns, strict=True)]


def _added(found: Iterable[str]) -> int:
    rows = _asked()
    return sum(rows[bucket(feature)] for feature in found)


class _Word(NamedTuple):
    """What a word adds by itself; what it is as the second of a pair, and as the first beside it or one word away."""

    adds: int
    tail: bytes
    beside: int
    apart: int


def _word(word: str) -> _Word:
    bare = _bare(word).encode()
    return _Word(_added(word_features(word)), b" " + bare, crc32(b"b " + bare), crc32(b"k " + bare))


class _Words(dict[str, _Word]):
    """What the model knows of a unit, worked out once and remembered (bounded)."""

    def __missing__(self, unit: str) -> _Word:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[unit] = found = _word(unit.lower())
        return found


class _Sums(dict[_Key, int]):
    """What the features of one key add up to, worked out once and remembered (bounded)."""

    def __init__(self, features_of: Callable[[_Key], list[str]]) -> None:
        """Take the features of a key."""
        super().__init__()
        self._features_of = features_of

    def __missing__(self, key: _Key) -> int:
        """Work out one more."""
        if len(self) > _REMEMBERED:
            self.clear()
        self[key] = found = _added(self._features_of(key))
        return found


_WORDS, _CLASSES, _PAIRS = _Words(), _Sums(class_features), _Sums(pair_features)
_BESIDE_NONE, _APART_FROM_NONE = crc32(b"b "), crc32(b"k ")


def _evidence(reader: Reader) -> tuple[list[float], int]:
    """How much speaks for each column every text is asked about, its start left out, and by how many features."""
    *sums, count = struct.unpack(_LANES, _total(reader).to_bytes(struct.calcsize(_LANES), "little"))
    worth, base = _weights().scale / math.sqrt(count + 1), _MIDDLE * count
    return [(each - base) * worth for each in sums], count


def _total(reader: Reader) -> int:
    if not reader.units:
        return 0
    adds, tails, besides, aparts = zip(*map(_WORDS.__getitem__, reader.units), strict=True)
    rows = _asked()
    # A pair's feature is hashed on from its first word's: "b one" is known, " other" follows.
    total = sum([rows[place & _LAST] for place in map(crc32, tails, (_BESIDE_NONE, *besides))])
    total += sum([rows[place & _LAST] for place in map(crc32, tails, (_APART_FROM_NONE, _APART_FROM_NONE, *aparts))])
    total += sum(adds) + sum(map(_CLASSES.__getitem__, reader.cell_list))
    return total + sum(map(_PAIRS.__getitem__, _near(reader.cell_list)))


def scores(reader: Reader) -> list[float]:
    """How much speaks for stopping the text, then for each kind (logarithms of odds, about)."""
    weights, places = _weights(), [bucket(feature) * COLUMNS for feature in features(reader)]
    sums = map(sum, zip(*(weights.rows[place : place + COLUMNS] for place in places), strict=True))
    worth, base, share = weights.scale / math.sqrt(len(places) + 1), _MIDDLE * len(places), trust(len(places))
    return [
        (each - base) * worth + share * start for each, start in zip_longest(sums, weights.starts, fillvalue=0)
    ]


class _Answer(NamedTuple):
    """What the model says of a text: how much speaks for stopping it, and the grave kinds it reads like."""

    stop: float
    grave: tuple[Kind, ...]


def _answer(reader: Reader) -> _Answer:
    (stop, *said), count = _evidence(reader)
    weights = _weights()
    stop += trust(count) * weights.starts[0]
    least = weights.grave.long if count >= weights.grave.long_from else weights.grave.short
    each = zip(GRAVE, _GRAVE_COLUMNS, said, strict=True)
    found = (kind for kind, column, evidence in each if evidence + weights.starts[column] > least)
    return _Answer(stop, tuple(found) if stop > weights.grave.stop else ())


def weighed(reader: Reader, marks: Sequence[Mark]) -> list[Mark]:
    """Weigh what the rules marked: their marks, none when all are doubtful and the text reads allowed, and our own."""
    answer = _answer(reader)
    dropped = all(mark.doubtful for mark in marks) and answer.stop < _weights().drop
    kept = [] if dropped else list(marks)
    return [*kept, *_own(reader, {mark.kind for mark in kept}, answer)]


def second_opinion(reader: Reader) -> Iterator[Mark]:
    """Make a text wait in which the rules found nothing and which reads like forbidden ones."""
    return _own(reader, set(), _answer(reader))


def _own(reader: Reader, known: Collection[Kind], answer: _Answer) -> Iterator[Mark]:
    """Mark grave kinds not yet known, or else the likeliest kind, at the sentence that says most of it."""
    if len(reader.units) < _FEWEST_UNITS:
        return
    kinds = [kind for kind in answer.grave if kind not in known]
    if not kinds and not known and answer.stop > _weights().threshold:
        each = scores(reader)[1:]
        kinds = [list(Kind)[each.index(max(each))]]
    for kind in kinds:
        yield reader.mark(kind, _sentence(reader, 1 + list(Kind).index(kind)), "opinion", waits=True)


def _sentence(reader: Reader, column: int) -> tuple[int, int]:
    """The units of the sentence that speaks most for a column."""
    best, found, first, score = -math.inf, (0, len(reader.units)), 0, 0
    rows = _weights().rows
    for place, (unit, cell) in enumerate(zip(reader.units, reader.cell_list, strict=True)):
        said = [*word_features(unit.lower()), *class_features(cell)]
        score += sum(rows[bucket(feature) * COLUMNS + column] - _MIDDLE for feature in said)
        if cell.endswith(END_OF_SENTENCE) or place == len(reader.units) - 1:
            if score > best:
                best, found = score, (first, place + 1)
            first, score = place + 1, 0
    return found

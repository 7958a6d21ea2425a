"""What the second opinion has learnt: features, and what each of them weighs (see `opinion`).

Its weights (`law/lists/guard/opinion.bin.gz`) are learnt from the labelled corpus by scripts/make_guard_opinion.py,
the same bytes from the same texts. The columns that every text is asked about stand side by side in one whole number,
and one more that counts, so that adding features is adding numbers.
"""

from __future__ import annotations

import gzip
import struct
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import lexicon
from harborline.messaging.words.guard.remembered import Remembered

BUCKETS = 1 << 16
LAST_BUCKET = BUCKETS - 1
COLUMNS = 1 + len(Kind)
# What must not be missed has thresholds of its own and is asked about in every text.
GRAVE = (Kind.DV, Kind.FTI)
GRAVE_COLUMNS = tuple(1 + list(Kind).index(kind) for kind in GRAVE)
LANES = f"<{2 + len(GRAVE)}I"
_LONG_WORD, _STEM = 6, 5
# Names of classes with a space between.
Telling = str
Tellings = tuple[Telling, Telling]


def word_features(word: str) -> list[str]:
    """The features of one word in small letters; numbers have their classes only."""
    if any(map(str.isdigit, word)):
        return ["w #"]
    return [f"w {word}", f"s {word[:_STEM]}"] if len(word) > _LONG_WORD else [f"w {word}"]


def bare(word: str) -> str:
    """The word as pairs know it: numbers are all alike."""
    return "#" if any(map(str.isdigit, word)) else word


def class_features(cell: str) -> list[str]:
    """The features of a unit's classes."""
    return [f"c {name}" for name in _names_in(cell)]


def pair_features(pair: Tellings) -> list[str]:
    """The features of two units' telling classes, near each other in a sentence."""
    return [f"p {one} {other}" for one in pair[0].split() for other in pair[1].split()]


@cache
def _class_names() -> dict[str, str]:
    book()  # the frames have classes of their own; all are known once they are read
    return lexicon().class_names()


def _names_in(cell: str) -> list[str]:
    known = _class_names()
    return sorted({known[sign] for sign in cell if sign in known})


def telling_classes(cell: str) -> Telling:
    """The classes of a cell that pairs are made of."""
    return " ".join(name for name in _names_in(cell) if name in words_of("guard/opinion_classes"))


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class Grave(NamedTuple):
    """Scores from which a text waits for a grave kind: that of stopping it, and the kind's, in a long text and a short.

    A text is long from so many features: a short one says too little to wait for not speaking against it.
    """

    stop: float
    long: float
    short: float
    long_from: int


class Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, the sum from which a text waits, and goes.

    `grave`: what a text must score to wait for a grave kind.
    """

    rows: bytes
    scale: float
    starts: tuple[float, ...]
    threshold: float
    drop: float
    grave: Grave


@cache
def weights() -> Weights:
    """What was learnt, read once."""
    lists = files("harborline.law") / "lists" / "guard"
    told = tomllib.loads((lists / "opinion.toml").read_text(encoding="utf-8"))
    rows = gzip.decompress((lists / "opinion.bin.gz").read_bytes())
    starts, grave = tuple(told["starts"]), Grave(**told["grave"])
    return Weights(rows, told["scale"], starts, told["threshold"], told["drop"], grave)


@cache
def asked() -> list[int]:
    """What every text is asked about, of each row: its columns side by side, and a one that counts."""
    columns = (weights().rows[column::COLUMNS] for column in (0, *GRAVE_COLUMNS))
    # Most rows are alike: one number for all that are takes little room, which is what makes it fast.
    number = Remembered[tuple[int, ...], int](lambda row: int.from_bytes(struct.pack(LANES, *row, 1), "little"))
    return [number[row] for row in zip(*columns, strict=True)]


def _places(features: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(bucket, features))


# Where the rows of a word in small letters, of a cell, and of two units near each other are.
WORD_PLACES = Remembered[str, tuple[int, ...]](lambda word: _places(word_features(word)))
CELL_PLACES = Remembered[str, tuple[int, ...]](lambda cell: _places(class_features(cell)))
PAIR_PLACES = Remembered[Tellings, tuple[int, ...]](lambda pair: _places(pair_features(pair)))


def added(places: Iterable[int]) -> int:
    """What the rows at these places add up to."""
    return sum(map(asked().__getitem__, places))


PAIR_ADDS = Remembered[Tellings, int](lambda pair: added(PAIR_PLACES[pair]))

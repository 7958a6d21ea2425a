"""The second opinion on inbound texts: two small linear models over plain words, for what the rules found nothing in.

One says that the text reads like those that ask for an end of the texts or tell of a wrong person: a person looks. The
other says that it reads like those of somebody in danger. They add, and never take away what a rule found, but for
one thing: where a phrase reads as a stop and the whole text like those that ask for nothing, a person looks too, and
the texts wait meanwhile. Beside the words themselves the model sees kinds of words (`dangers.toml`). The weights
(`law/lists/inbound/opinion.bin.gz`) are learnt from the labelled corpus by scripts/make_inbound_opinion.py.
"""

from __future__ import annotations

import gzip
import math
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.inbound.reading import Reading

BUCKETS = 1 << 14
COLUMNS = 2
_MIDDLE = 128
_LONG_WORD, _STEM = 6, 5
# A text of fewer words is little more than the phrase itself.
_DOUBTED_FROM = 6
# More words than any text it was learnt from.
_PIECE = 60


def features(reading: Reading) -> Iterator[str]:
    """Every feature of a text: its words, their stems, words beside each other and with one between."""
    return _features(_plain(reading))


def _plain(reading: Reading) -> list[str]:
    return ["#" if sign.isdigit() else sign for sign in reading.named.split()]


def _features(words: list[str]) -> Iterator[str]:
    for first, second, third in zip(["", "^", *words], ["^", *words, "$"], [*words, "$", ""], strict=True):
        yield f"w {second}"
        yield f"b {first} {second}"
        yield f"k {first} {third}"
        if len(second) > _LONG_WORD:
            yield f"s {second[:_STEM]}"
        for kind in kinds_of(second):
            yield f"c {kind}"


@lru_cache(maxsize=50_000)
def kinds_of(word: str) -> tuple[str, ...]:
    """The kinds of words that a plain word is of."""
    words, beginnings = _kinds()
    return (*words.get(word, ()), *(kind for begins, kind in beginnings if word.startswith(begins)))


@cache
def _kinds() -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    table: dict[str, str] = tomllib.loads(_list("dangers.toml").decode())
    all_words = [(word, kind) for kind, words in table.items() for word in dict.fromkeys(words.split())]
    whole: dict[str, tuple[str, ...]] = {}
    for word, kind in all_words:
        if not word.endswith("*"):
            whole[word] = (*whole.get(word, ()), kind)
    return whole, tuple((word[:-1], kind) for word, kind in all_words if word.endswith("*"))


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class _Danger(NamedTuple):
    """Scores from which a text reads like danger: a long one, a short one, and one with a figure of speech or a story.

    A text is long from so many words: a short one must say more than that nothing speaks against it.
    """

    long: float
    short: float
    figure: float
    long_from: int


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, and what a text must score.

    `ending`: from what it may be an end, `otherwise`: below what it is none.
    """

    rows: bytes
    scale: float
    starts: tuple[float, float]
    ending: float
    otherwise: float
    danger: _Danger


@cache
def _weights() -> _Weights:
    told = tomllib.loads(_list("opinion.toml").decode())
    rows = gzip.decompress(_list("opinion.bin.gz"))
    danger = _Danger(**told["danger"])
    return _Weights(rows, told["scale"], tuple(told["starts"]), told["ending"], told["otherwise"], danger)


def _list(name: str) -> bytes:
    return (files("harborline.law") / "lists" / "inbound" / name).read_bytes()


def scores(reading: Reading) -> tuple[float, float]:
    """How much speaks for an end of the texts, and for danger (logarithms of odds, about).

    Texts longer than those it was learnt from are read piece by piece, and what speaks most counts: said a hundred
    times, a harmless word weighs no more than once.
    """
    words = _plain(reading)
    pieces = [_scored(words[at : at + _PIECE]) for at in range(0, max(len(words), 1), _PIECE)]
    return max(ending for ending, _ in pieces), max(danger for _, danger in pieces)


def _scored(words: list[str]) -> tuple[float, float]:
    weights = _weights()
    places = [bucket(feature) * COLUMNS for feature in _features(words)]
    worth = weights.scale / math.sqrt(len(places) + 1)
    ending, danger = (
        sum(weights.rows[at + column] - _MIDDLE for at in places) * worth + weights.starts[column]
        for column in range(COLUMNS)
    )
    return ending, danger


def may_end(reading: Reading) -> bool:
    """Whether a text that no rule knows reads like an end of the texts, so that a person must look."""
    return scores(reading)[0] > _weights().ending


def may_be_danger(reading: Reading, *, figure: bool) -> bool:
    """Whether a text that no rule knows reads like present danger; `figure`: it has a known figure of speech."""
    danger = _weights().danger
    plain = danger.long if len(reading.words) >= danger.long_from else danger.short
    return scores(reading)[1] > (danger.figure if figure else plain)


def reads_otherwise(reading: Reading) -> bool:
    """Whether a text in which a phrase reads as a stop reads as a whole like those that ask for no end."""
    return len(reading.words) >= _DOUBTED_FROM and scores(reading)[0] < _weights().otherwise

"""The second opinion on inbound texts: three small linear models over plain words, beside what the rules found.

The first says that the text, or a sentence of it, reads like those that ask for an end of the texts, tell of a wrong
person or need somebody to look: a person looks. The second says that the whole text reads like a clear stop: it is
one. The third says that it reads like those of somebody in danger. They add, and never take away what a rule found,
but for one thing: where a phrase reads as a stop and every sentence like those that ask for nothing, a person looks,
and the texts wait meanwhile. Beside the words themselves the models see kinds of words (`dangers.toml` and the kinds of
`frames.toml`). The weights (`law/lists/inbound/opinion.bin.gz`) are learnt from the labelled corpus by
scripts/make_inbound_opinion.py.
"""

from __future__ import annotations

import gzip
import math
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.inbound.frames import kind_of, sentences_of
from harborline.messaging.inbound.reading import Reading

BUCKETS = 1 << 15
COLUMNS = 3
_MIDDLE = 128
_LONG_WORD, _STEM = 6, 5
# A text of fewer words is little more than the phrase itself.
_DOUBTED_FROM = 6
# More words than any text it was learnt from.
_PIECE = 60
# A sentence of fewer words is not asked about by itself.
_SENTENCE = 4


def features(reading: Reading) -> Iterator[str]:
    """Every feature of a text, once: its words, their stems and kinds, words beside each other and with one between."""
    return iter(dict.fromkeys(_features(_plain(reading))))


def _plain(reading: Reading) -> list[str]:
    return ["#" if sign.isdigit() else sign for sign in reading.named.split()]


def _features(words: Sequence[str]) -> Iterator[str]:
    for first, second, third in zip(["", "^", *words], ["^", *words, "$"], [*words, "$", ""], strict=True):
        yield f"w {second}"
        yield f"b {first} {second}"
        yield f"k {first} {third}"
        if len(second) > _LONG_WORD:
            yield f"s {second[:_STEM]}"
        for kind in kinds_of(second):
            yield f"c {kind}"
        if kind := kind_of(second):
            yield f"f {kind}"


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


class _Ending(NamedTuple):
    """Scores from which a text may be an end of the texts: a long one, from so many words, and a short one."""

    long: float
    short: float
    long_from: int


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start, and what a text must score.

    `ending`: from what it may be an end, `stopping`: from what it is a clear one, `otherwise`: below what it is none.
    """

    rows: bytes
    scale: float
    starts: tuple[float, float, float]
    ending: _Ending
    stopping: float
    otherwise: float
    danger: _Danger


class Scores(NamedTuple):
    """How much speaks for an end of the texts, for danger, and for a clear stop (logarithms of odds, about)."""

    ending: float
    danger: float
    stopping: float


@cache
def _weights() -> _Weights:
    told = tomllib.loads(_list("opinion.toml").decode())
    rows = gzip.decompress(_list("opinion.bin.gz"))
    danger, ending = _Danger(**told["danger"]), _Ending(**told["ending"])
    starts, scale = tuple(told["starts"]), told["scale"]
    return _Weights(rows, scale, starts, ending, told["stopping"], told["otherwise"], danger)


def _list(name: str) -> bytes:
    return (files("harborline.law") / "lists" / "inbound" / name).read_bytes()


def scores(reading: Reading) -> Scores:
    """How a text reads as a whole.

    Texts longer than those it was learnt from are read piece by piece, and what speaks most counts: said a hundred
    times, a harmless word weighs no more than once.
    """
    return _scores(tuple(_plain(reading)))


@lru_cache(maxsize=8)
def _scores(words: tuple[str, ...]) -> Scores:
    pieces = [_scored(words[at : at + _PIECE]) for at in range(0, max(len(words), 1), _PIECE)]
    return Scores(*map(max, zip(*pieces, strict=True)))


def _scored(words: Sequence[str]) -> tuple[float, ...]:
    weights = _weights()
    places = [bucket(feature) * COLUMNS for feature in dict.fromkeys(_features(words))]
    worth = weights.scale / math.sqrt(len(places) + 1)
    return tuple(
        sum(weights.rows[at + column] - _MIDDLE for at in places) * worth + weights.starts[column]
        for column in range(COLUMNS)
    )


def parts_of(reading: Reading) -> list[Reading]:
    """The sentences that are asked about by themselves."""
    sentences = (sentence for sentence in sentences_of(reading.named.split()) if len(sentence) >= _SENTENCE)
    return [reading._replace(named=" ".join(sentence)) for sentence in sentences]


def _most_ending(reading: Reading) -> float:
    """How much speaks for an end of the texts, in the whole or in the sentence that says most of it."""
    return max(scores(part).ending for part in [reading, *parts_of(reading)])


def may_end(reading: Reading) -> bool:
    """Whether a text that no rule knows reads like an end of the texts, so that a person must look."""
    ending = _weights().ending
    return _most_ending(reading) > (ending.long if len(reading.words) >= ending.long_from else ending.short)


def reads_like_stop(reading: Reading) -> bool:
    """Whether a text reads as a whole like a clear stop, whatever its words."""
    return scores(reading).stopping > _weights().stopping


def may_be_danger(reading: Reading, *, figure: bool) -> bool:
    """Whether a text that no rule knows reads like present danger; `figure`: it has a known figure of speech."""
    danger = _weights().danger
    plain = danger.long if len(reading.words) >= danger.long_from else danger.short
    return scores(reading).danger > (danger.figure if figure else plain)


def reads_otherwise(reading: Reading) -> bool:
    """Whether a text in which a phrase reads as a stop reads, as a whole and by sentences, like those without."""
    return len(reading.words) >= _DOUBTED_FROM and _most_ending(reading) < _weights().otherwise

"""The second opinion on inbound texts: two small linear models over plain words, for what the rules found nothing in.

One says that the text reads like those that ask for an end of the texts or tell of a wrong person: a person looks. The
other says that it reads like those of somebody in danger. They add, and never take away what a rule found. The
weights (`law/lists/inbound/opinion.bin.gz`) are learnt from the labelled corpus by scripts/make_inbound_opinion.py.
"""

from __future__ import annotations

import gzip
import math
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.inbound.reading import Reading

BUCKETS = 1 << 14
COLUMNS = 2
_MIDDLE = 128
_LONG_WORD, _STEM = 6, 5


def features(reading: Reading) -> Iterator[str]:
    """Every feature of a text: its words, their stems, words beside each other and with one between."""
    words = ["#" if sign.isdigit() else sign for sign in reading.named.split()]
    for first, second, third in zip(["", "^", *words], ["^", *words, "$"], [*words, "$", ""], strict=True):
        yield f"w {second}"
        yield f"b {first} {second}"
        yield f"k {first} {third}"
        if len(second) > _LONG_WORD:
            yield f"s {second[:_STEM]}"


def bucket(feature: str) -> int:
    """The row of a feature."""
    return crc32(feature.encode()) % BUCKETS


class _Weights(NamedTuple):
    """The rows of all weights, what a step is worth, each column's start and threshold."""

    rows: bytes
    scale: float
    starts: tuple[float, float]
    thresholds: tuple[float, float]


@cache
def _weights() -> _Weights:
    lists = files("harborline.law") / "lists" / "inbound"
    told = tomllib.loads((lists / "opinion.toml").read_text(encoding="utf-8"))
    rows = gzip.decompress((lists / "opinion.bin.gz").read_bytes())
    return _Weights(rows, told["scale"], tuple(told["starts"]), tuple(told["thresholds"]))


def scores(reading: Reading) -> tuple[float, float]:
    """How much speaks for an end of the texts, and for danger (logarithms of odds, about)."""
    weights = _weights()
    places = [bucket(feature) * COLUMNS for feature in features(reading)]
    worth = weights.scale / math.sqrt(len(places) + 1)
    ending, danger = (
        sum(weights.rows[at + column] - _MIDDLE for at in places) * worth + weights.starts[column]
        for column in range(COLUMNS)
    )
    return ending, danger


def may_end(reading: Reading) -> bool:
    """Whether a text that no rule knows reads like an end of the texts, so that a person must look."""
    return scores(reading)[0] > _weights().thresholds[0]


def may_be_danger(reading: Reading) -> bool:
    """Whether a text that no rule knows reads like present danger."""
    return scores(reading)[1] > _weights().thresholds[1]

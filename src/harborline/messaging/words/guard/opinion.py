"""The second opinion: a small linear model over words and their classes.

It makes a text wait in which the rules found nothing and which reads like forbidden ones, or which reads like violence
or tax information, whatever else the rules found; and it drops what the rules found when all of it is doubtful (see
`grammars`) and the text reads like allowed ones.

A text's *features* are its words, pairs of words beside each other and with one
between, classes of the lexicon, and pairs of classes near each other in a sentence; their weights for every kind are
added up (see `weights`). Where a column
starts counts by how much evidence there is (`trust`): a text of a word or two is not stopped for being short.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, count, zip_longest
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE
from harborline.messaging.words.guard.reader import Mark, Reader
from harborline.messaging.words.guard.weights import (
    CELL_PLACES,
    COLUMNS,
    GRAVE,
    GRAVE_COLUMNS,
    LANES,
    LAST_BUCKET,
    PAIR_ADDS,
    PAIR_PLACES,
    WORD_PLACES,
    Telling,
    Tellings,
    asked,
    bare,
    class_features,
    pair_features,
    weights,
    word_features,
)

_EVIDENCE, _FEWEST_UNITS = 60, 5
_MIDDLE = 128
_WINDOW, _NEAR = 6, 4
_BESIDE_NONE, _APART_FROM_NONE = crc32(b"b "), crc32(b"k ")


def features(reader: Reader) -> Iterator[str]:
    """Every feature of a text, as often as it is there."""
    earlier, before = "", ""
    for word in map(str.lower, reader.units):
        yield from word_features(word)
        other = bare(word)
        yield f"b {before} {other}"
        yield f"k {earlier} {other}"
        earlier, before = before, other
    for cell in reader.classes.signs:
        yield from class_features(cell)
    for pair in _near(reader):
        yield from pair_features(pair)


def _near(reader: Reader) -> list[Tellings]:
    found, recent = list[Tellings](), deque[tuple[int, Telling]](maxlen=_NEAR)
    for place, telling, ends in zip(count(), reader.classes.telling, reader.classes.ends, strict=False):
        if telling:
            for at, earlier in recent:
                if place - at <= _WINDOW:
                    found.append((earlier, telling))
            recent.append((place, telling))
        if ends:
            recent.clear()
    return found


def trust(count: int) -> float:
    """The share of its start that a column gets in a text of so many features: next to none for one word."""
    return count / (count + _EVIDENCE)


def _evidence(reader: Reader) -> tuple[list[float], int]:
    """How much speaks for each column every text is asked about, its start left out, and by how many features."""
    *sums, count = struct.unpack(LANES, _total(reader).to_bytes(struct.calcsize(LANES), "little"))
    worth, base = weights().scale / math.sqrt(count + 1), _MIDDLE * count
    return [(each - base) * worth for each in sums], count


def _total(reader: Reader) -> int:
    """What the rows at `_places` add up to, in one go."""
    rows, known, classes = asked(), reader.known, reader.classes
    before, earlier, next_earlier = _BESIDE_NONE, _APART_FROM_NONE, _APART_FROM_NONE
    total, recent = 0, deque[tuple[int, Telling]](maxlen=_NEAR)
    for place, adds, tail, beside, apart, more, telling, ends in zip(
        *(count(), known.adds, known.tail, known.beside, known.apart),
        *(classes.adds, classes.telling, classes.ends),
        strict=False,
    ):
        total += adds + more + rows[crc32(tail, before) & LAST_BUCKET] + rows[crc32(tail, earlier) & LAST_BUCKET]
        before, earlier, next_earlier = beside, next_earlier, apart
        if telling:
            for at, other in recent:
                if place - at <= _WINDOW:
                    total += PAIR_ADDS[other, telling]
            recent.append((place, telling))
        if ends:
            recent.clear()
    return total


def _beside(reader: Reader) -> Iterator[int]:
    # A pair's feature is hashed on from its first word's: "b one" is known, " other" follows.
    known = reader.known
    beside = map(crc32, known.tail, (_BESIDE_NONE, *known.beside))
    apart = map(crc32, known.tail, (_APART_FROM_NONE, _APART_FROM_NONE, *known.apart))
    return map(LAST_BUCKET.__and__, chain(beside, apart))


def scores(reader: Reader) -> list[float]:
    """How much speaks for stopping the text, then for each kind (logarithms of odds, about)."""
    learnt, places = weights(), [*_places(reader)]
    sums = map(sum, zip(*(learnt.rows[place * COLUMNS : (place + 1) * COLUMNS] for place in places), strict=True))
    worth, base, share = learnt.scale / math.sqrt(len(places) + 1), _MIDDLE * len(places), trust(len(places))
    return [(each - base) * worth + share * start for each, start in zip_longest(sums, learnt.starts, fillvalue=0)]


def _places(reader: Reader) -> Iterator[int]:
    """Where the rows of all features of a text are."""
    yield from _beside(reader)
    yield from chain.from_iterable(map(WORD_PLACES.__getitem__, reader.known.small))
    yield from chain.from_iterable(map(CELL_PLACES.__getitem__, reader.classes.signs))
    yield from chain.from_iterable(map(PAIR_PLACES.__getitem__, _near(reader)))


class _Answer(NamedTuple):
    """What the model says of a text: how much speaks for stopping it, and the grave kinds it reads like."""

    stop: float
    grave: tuple[Kind, ...]


def _answer(reader: Reader) -> _Answer:
    (stop, *said), count = _evidence(reader)
    learnt = weights()
    stop += trust(count) * learnt.starts[0]
    least = learnt.grave.long if count >= learnt.grave.long_from else learnt.grave.short
    each = zip(GRAVE, GRAVE_COLUMNS, said, strict=True)
    found = (kind for kind, column, evidence in each if evidence + learnt.starts[column] > least)
    return _Answer(stop, tuple(found) if stop > learnt.grave.stop else ())


def weighed(reader: Reader, marks: Sequence[Mark]) -> list[Mark]:
    """Weigh what the rules marked: their marks, none when all are doubtful and the text reads allowed, and our own."""
    answer = _answer(reader)
    dropped = all(mark.doubtful for mark in marks) and answer.stop < weights().drop
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
    if not kinds and not known and answer.stop > weights().threshold:
        each = scores(reader)[1:]
        kinds = [list(Kind)[each.index(max(each))]]
    for kind in kinds:
        yield reader.mark(kind, _sentence(reader, 1 + list(Kind).index(kind)), "opinion", waits=True)


def _sentence(reader: Reader, column: int) -> tuple[int, int]:
    """The units of the sentence that speaks most for a column."""
    best, found, first, score = -math.inf, (0, len(reader.units)), 0, 0
    rows = weights().rows
    for place, (unit, cell) in enumerate(zip(reader.known.small, reader.classes.signs, strict=True)):
        score += sum(rows[at * COLUMNS + column] - _MIDDLE for at in (*WORD_PLACES[unit], *CELL_PLACES[cell]))
        if cell.endswith(END_OF_SENTENCE) or place == len(reader.units) - 1:
            if score > best:
                best, found = score, (first, place + 1)
            first, score = place + 1, 0
    return found

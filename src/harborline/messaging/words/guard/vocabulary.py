"""What every detector wants to know of a unit and of its cell: a text costs one look-up a word.

`Unit` and `Cell` are what is known of one; `Units` and `Cells` are those of a text, column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import compress, count
from operator import contains
from typing import NamedTuple
from zlib import crc32

from harborline.messaging.words.guard.abbreviations import form_of
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import END_OF_SENTENCE, Node, cell_of, lexicon
from harborline.messaging.words.guard.remembered import Remembered
from harborline.messaging.words.guard.syllables import syllables
from harborline.messaging.words.guard.weights import CELL_PLACES, WORD_PLACES, Telling, added, bare, telling_classes


class Cell(NamedTuple):
    """The signs of a unit's classes and phrases; their bits for all frames; what the second opinion makes of them.

    `adds`: what the classes add by themselves; `telling`: those that pairs are made of; `ends`: it ends a sentence.
    """

    signs: str
    bits: int
    adds: int
    telling: Telling
    ends: bool


class Unit(NamedTuple):
    """A unit in small letters, its cell, and the words that may follow it in a phrase with where they lead.

    `form`: what short form it may be; `syllables`: how many it has. For the second opinion: what it adds by itself;
    what it is as the second of a pair, and as the first beside it or one word away.
    """

    small: str
    cell: Cell
    follow: Mapping[str, list[Node]]
    form: str
    syllables: int
    adds: int
    tail: bytes
    beside: int
    apart: int


class Cells(NamedTuple):
    """The cells of a text, by column."""

    signs: Sequence[str]
    bits: Sequence[int]
    adds: Sequence[int]
    telling: Sequence[Telling]
    ends: Sequence[bool]


class Units(NamedTuple):
    """The units of a text, by column."""

    small: Sequence[str]
    cell: Sequence[Cell]
    follow: Sequence[Mapping[str, list[Node]]]
    form: Sequence[str]
    syllables: Sequence[int]
    adds: Sequence[int]
    tail: Sequence[bytes]
    beside: Sequence[int]
    apart: Sequence[int]


def _cell(signs: str) -> Cell:
    adds = added(CELL_PLACES[signs])
    return Cell(signs, book().frames.bits(signs), adds, telling_classes(signs), signs.endswith(END_OF_SENTENCE))


_CELLS = Remembered(_cell)


def _unit(unit: str, *, spanish: bool) -> Unit:
    book()  # the frames have classes of their own; a cell has all of them
    small = unit.lower()
    word = bare(small).encode()
    return Unit(
        small,
        _CELLS[cell_of(unit, lexicon(), spanish=spanish)],
        _follow(small),
        form_of(unit),
        syllables(unit, spanish=spanish),
        added(WORD_PLACES[small]),
        b" " + word,
        crc32(b"b " + word),
        crc32(b"k " + word),
    )


class _Follow(dict[str, list[Node]]):
    """Where phrases lead after two words, where any that begins somehow may be the second."""

    def __init__(self, nodes: list[Node]) -> None:
        """Know nothing yet: every second word is asked about."""
        super().__init__()
        self._nodes = nodes

    def __contains__(self, word: object) -> bool:
        """Perhaps."""
        return True

    def __getitem__(self, word: str) -> list[Node]:
        """Where this one leads."""
        return [after for node in self._nodes for after in node.nexts(word)]


def _follow(word: str) -> Mapping[str, list[Node]]:
    nodes = lexicon().begins(word)
    follow = _Follow(nodes)
    return (
        follow
        if any(node.stems for node in nodes)
        else {after: follow[after] for node in nodes for after in node.exact}
    )


@cache
def _vocabulary(*, spanish: bool) -> Remembered[str, Unit]:
    return Remembered(lambda unit: _unit(unit, spanish=spanish))


def units_of(units: Iterable[str], *, spanish: bool) -> Units:
    """What is known of the units of a text; in Spanish, words such as `son` do not have their English meaning."""
    columns = [*zip(*map(_vocabulary(spanish=spanish).__getitem__, units), strict=True)]
    return Units._make(columns or [()] * len(Units._fields))


def cells_of(units: Units) -> Cells:
    """The cells of a text: with the signs of every phrase; the words of a fixed one lose theirs."""
    cells = [*units.cell]
    for place in compress(count(), map(contains, units.follow, units.small[1:])):
        found, fixed = _phrases_at(units, place)
        if fixed:
            cells[place : place + fixed] = [_CELLS[""]] * fixed
        if found:
            cells[place] = _CELLS[cells[place].signs + found]
    return Cells._make([*zip(*cells, strict=True)] or [()] * len(Cells._fields))


def _phrases_at(units: Units, place: int) -> tuple[str, int]:
    """The signs of the phrases that begin at `place`, and how many units the longest fixed one has."""
    nodes, at, found, fixed = units.follow[place][units.small[place + 1]], place + 2, "", 0
    while nodes:
        for node in nodes:
            found += node.signs
            fixed = at - place if node.fixed else fixed
        if at == len(units.small):
            break
        nodes = [after for node in nodes for after in node.nexts(units.small[at])]
        at += 1
    return found, fixed

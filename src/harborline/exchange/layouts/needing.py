"""What a record needs by its codes, made ready for one shape and judged a block at a time.

Records are sorted by their combination of codes; what the shape itself answers (which sections are there) is answered
once for a combination, the rest by one look at a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from harborline.exchange.layouts.facts import Combination, Evidence, Need, Needs
from harborline.exchange.layouts.rulebook import NOTHING_IS_ZERO
from harborline.exchange.layouts.shapes import Placed, Shape, named_in, times_of
from harborline.exchange.layouts.words import Block, Flags, Whole

COMBINATION = "combination"
Wrong = Callable[[Block, Whole], Flags | None]
"""Which of some records are wrong; None when every one is."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """Records that lack something: field `number` is where to look, `code` what is wrong."""

    number: int
    code: str
    warning: bool
    records: Whole


@dataclass(frozen=True, slots=True)
class _Asked:
    """One thing looked at in every record of a combination."""

    number: int
    code: str
    warning: bool
    wrong: Wrong


class Asking:
    """The needs of records of one shape."""

    def __init__(self, needs: Needs, shape: Shape) -> None:
        """Know the combinations; what each asks for is worked out when a file first shows it."""
        self._needs, self._shape = needs, shape
        self._by = [shape.of(name) for name in needs.by]
        self._numbers = {placed.name: number for number, placed in enumerate(shape.fields)}
        self.by_numbers = [self._numbers[name] for name in needs.by]
        self._known = {self._spelled(one): one for one in needs.combinations}
        self._ready: dict[bytes, list[_Asked]] = {}

    def unmet(self, block: Block, unread: Flags) -> Iterator[Unmet]:
        """What the block's records lack, by field and code; where a code is `unread` no combination is looked for."""
        written = np.concatenate([block.text[:, placed.at : placed.end] for placed in self._by], axis=1)
        keys, which, counts = np.unique(
            written.view(f"S{written.shape[1]}")[:, 0], return_inverse=True, return_counts=True
        )
        groups = np.split(np.argsort(which, kind="stable"), np.cumsum(counts)[:-1])
        for key, records in zip(keys.tolist(), groups, strict=True):
            for asked in self._asked(key):
                wrong = asked.wrong(block, records)
                lacking = records if wrong is None else records[wrong]
                if asked.code == COMBINATION:
                    lacking = lacking[~unread[lacking]]
                if len(lacking):
                    yield Unmet(asked.number, asked.code, asked.warning, lacking)

    def _asked(self, key: bytes) -> list[_Asked]:
        found = self._ready.get(key)
        if found is not None:
            return found
        one = self._known.get(key)
        if one is not None:
            # Only combinations of the table are kept: what a partner writes must not fill the memory.
            self._ready[key] = found = [asked for need in one.needs for asked in self._of(need)]
            return found
        if self._needs.complete is None:
            return []
        return [_Asked(self.by_numbers[-1], COMBINATION, _unsure(self._needs.complete), _always)]

    def _spelled(self, one: Combination) -> bytes:
        padded = (value.ljust(placed.field.width) for value, placed in zip(one.values, self._by, strict=True))
        return "".join(padded).encode("ascii")

    def _of(self, need: Need) -> Iterator[_Asked]:
        unsure = _unsure(need.evidence)
        if not need.field:
            times, counter = times_of(self._shape, need.section)
            if times < need.least or (times and not need.least):
                code = "missing-section" if need.least else "unwanted-section"
                yield _Asked(self._numbers[counter], code, unsure, _always)
            return
        for placed in named_in(self._shape, need.section, need.field):
            number = self._numbers[placed.name]
            zeros = not need.value and placed.field.kind in NOTHING_IS_ZERO
            yield _Asked(number, "required", unsure, _empty(placed, zeros=zeros))
            if need.value:
                yield _Asked(number, "fixed", unsure, _other_than(placed, need.value))


def _unsure(evidence: Evidence) -> bool:
    return evidence is Evidence.UNVERIFIED


def _always(block: Block, records: Whole) -> None:
    del block, records


def _empty(placed: Placed, *, zeros: bool) -> Wrong:
    at, width = placed.at, placed.field.width

    def wrong(block: Block, records: Whole) -> Flags:
        empty = block.blank(at, width)
        return (empty | block.zero(at, width) if zeros else empty)[records]

    return wrong


def _other_than(placed: Placed, value: str) -> Wrong:
    at, width = placed.at, placed.field.width
    spelled = np.frombuffer(value.ljust(width).encode("ascii"), np.uint8)

    def wrong(block: Block, records: Whole) -> Flags:
        other = (block.text[records, at : at + width] != spelled).any(axis=1)
        return np.asarray(other & ~block.blank(at, width)[records], np.bool_)

    return wrong

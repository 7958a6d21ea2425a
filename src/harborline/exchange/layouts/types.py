"""Which type a record is of, and which shape it has: from its own first bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harborline.exchange.layouts.facts import Layout, RecordType
from harborline.exchange.layouts.pages import Bytes
from harborline.exchange.layouts.shapes import Shape, counters_of, shape_of
from harborline.exchange.layouts.words import Block, Flags

_SHAPES_MAX = 64


@dataclass(frozen=True, slots=True)
class Unknown:
    """A record that no type recognises (`record-type`), or whose counter is no count (`counter`)."""

    code: str
    field: str = ""


class Typing:
    """Recognises the records of one layout."""

    def __init__(self, layout: Layout) -> None:
        """Note where the recognising bytes and the counters stand."""
        self._records = layout.records
        self._when = [record for record in layout.records if record.when is not None]
        self._default = next((record for record in layout.records if record.when is None), None)
        self._counters = {record.name: counters_of(record) for record in layout.records}
        self._shapes: dict[tuple[str, tuple[int, ...]], Shape] = {}
        places = {place for record in layout.records for place in self._places(record)}
        self._looked_at = np.array(sorted(places), np.intp)
        self.needed = max(places, default=-1) + 1
        """How many bytes of a record tell its shape."""

    def _places(self, record: RecordType) -> set[int]:
        counted = {place for start, end, _ in self._counters[record.name] for place in range(start, end)}
        return counted | (set(range(record.when.start - 1, record.when.end)) if record.when else set())

    def shape(self, record: RecordType, counts: tuple[int, ...] = ()) -> Shape:
        """The shape of a type with its counted sections; made once."""
        key = record.name, counts
        found = self._shapes.get(key)
        if found is None:
            if len(self._shapes) >= _SHAPES_MAX:
                self._shapes.clear()
            found = self._shapes[key] = shape_of(record, counts)
        return found

    def at(self, text: Bytes, at: int, end: int) -> Shape | Unknown | None:
        """The shape of the record that begins at `at`; None when too little of it is there."""
        if end - at < self.needed:
            return None
        record = self._record(text[at : at + self.needed].tobytes())
        if record is None:
            return Unknown("record-type")
        counts = []
        for start, stop, most in self._counters[record.name]:
            written = text[at + start : at + stop].tobytes()
            count = 0 if not written.strip(b" ") else int(written) if written.isdigit() else most + 1
            if count > most:
                return Unknown("counter", self._counter_name(record, start))
            counts.append(count)
        return self.shape(record, tuple(counts))

    def _record(self, head: bytes) -> RecordType | None:
        for record in self._when:
            when = record.when
            assert when is not None
            if head[when.start - 1 : when.end].decode("latin-1") in when.values:
                return record
        return self._default

    def _counter_name(self, record: RecordType, start: int) -> str:
        return next(field.name for field in record.sections[0].fields if field.start == start + 1)

    def alike(self, text: Bytes, model: int, start: int, stride: int, count: int) -> int:
        """How many of `count` records from `start` on look like the one at `model` where types are recognised."""
        if not len(self._looked_at):
            return count
        wanted = text[model + self._looked_at]
        places = start + np.arange(count)[:, None] * stride + self._looked_at
        same = (text[places] == wanted).all(axis=1)
        return count if same.all() else int(same.argmin())

    def sorted_out(self, block: Block) -> list[tuple[RecordType | None, Flags | None]]:
        """Which records of a block of one length are of which type; a flag of None means all of them."""
        if not self._when:
            return [(self._default, None)]
        found: list[tuple[RecordType | None, Flags | None]] = []
        rest: Flags | None = None
        for record in self._when:
            assert record.when is not None
            at, width = record.when.start - 1, record.when.end - record.when.start + 1
            mine = block.equals(at, width, record.when.values)
            if mine.all():
                return [(record, None)]
            rest = ~mine if rest is None else rest & ~mine
            if mine.any():
                found.append((record, mine))
        assert rest is not None
        if not found:
            return [(self._default, None)]
        return [*found, (self._default, rest)] if rest.any() else found

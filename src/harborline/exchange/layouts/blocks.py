"""A file read in blocks of memory that is used again: whole records by their shape, with everything wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from harborline.exchange.layouts.cutting import END_MARK, PREFIX, Cut, Cutter, Odd, Run, Window
from harborline.exchange.layouts.facts import Form, Framing, Layout, Problem
from harborline.exchange.layouts.forms import SAMPLE, contradiction, seen_form
from harborline.exchange.layouts.pages import ASCII, Bytes, from_latin, to_latin
from harborline.exchange.layouts.plans import Marks, Plan
from harborline.exchange.layouts.shapes import Shape, unknown_shape
from harborline.exchange.layouts.types import Typing
from harborline.exchange.layouts.words import Block, Flags, Whole

BUFFER = 2 * 1024 * 1024
_PLANS_MAX = 24


class Source(Protocol):
    """Where a file comes from: a plain file, a decryptor, anything that reads."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one shape in one block, in order: `numbers` in the file, `places` their first bytes there (from 0).

    `block` and `raw` are good until the next block is read.
    """

    plan: Plan
    block: Block
    numbers: Whole
    places: Whole
    marks: Marks

    @property
    def shape(self) -> Shape:
        """What these records are."""
        return self.plan.shape


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record that could not be cut to a shape: its bytes as they came, line end included.

    `length` is its own, without the line end; `wanted` says how long it ought to be, where one length is wanted.
    """

    number: int
    place: int
    code: str
    field: str
    written: bytes
    length: int
    wanted: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One block of a file: its parts by shape, its odd records, what ends the reading (see `Cut`)."""

    parts: tuple[Part, ...]
    odd: tuple[OddRecord, ...]
    problem: Problem | None
    end_mark: bool
    unended: bool


class Reader:
    """Reads one file by its layout; `form` is known once `stretches` has begun, `size_bytes` when it has ended."""

    def __init__(self, source: Source, layout: Layout, *, page: str = "", framing: Framing | None = None) -> None:
        """Take the source; the form is what is given, or what the first bytes show."""
        self._source, self._layout = source, layout
        self._page, self._framing = page, framing
        self._types = Typing(layout)
        self._capacity = max(BUFFER, 4 * max(record.longest for record in layout.records))
        self._slack = max(record.longest for record in layout.records) + PREFIX
        self._plans: dict[tuple[str, tuple[int, ...]], Plan] = {}
        self.form: Form = layout.form
        self.size_bytes = 0
        self.first_problem: Problem | None = None

    def stretches(self) -> Iterator[Stretch]:
        """The file, block by block; ends early with a problem after which nothing can be told apart."""
        memory = bytearray(self._capacity + self._slack)
        filled, last = self._fill(memory, 0)
        self._settle(bytes(memory[: min(filled, SAMPLE)]))
        cutter = Cutter(self._layout, self.form.framing, self._types)
        translated = memory if self.form.code_page == ASCII else bytearray(len(memory))
        raw = np.frombuffer(memory, np.uint8)
        text = raw if translated is memory else np.frombuffer(translated, np.uint8)
        table = None if self.form.code_page == ASCII else to_latin(self.form.code_page)
        place = 0
        while True:
            if table is not None:
                np.take(table, raw[: filled + PREFIX], out=text[: filled + PREFIX], mode="clip")
            cut = cutter.cut(Window(text, raw, translated, filled, last, place))
            yield self._stretch(cut, text, raw, cutter.tail, place)
            if last or cut.problem is not None:
                return
            memory[: filled - cut.consumed] = memory[cut.consumed : filled]
            place += cut.consumed
            filled, last = self._fill(memory, filled - cut.consumed)

    @property
    def end_mark(self) -> bytes:
        """The end mark as the file's code page writes it."""
        return from_latin(self.form.code_page)[[END_MARK]].tobytes()

    def _fill(self, memory: bytearray, filled: int) -> tuple[int, bool]:
        view = memoryview(memory)
        readinto = getattr(self._source, "readinto", None)
        while filled < self._capacity:
            if readinto is not None:
                count = readinto(view[filled : self._capacity]) or 0
            else:
                came = self._source.read(self._capacity - filled)
                count = len(came)
                view[filled : filled + count] = came
            if not count:
                return filled, True
            filled += count
            self.size_bytes += count
        return filled, False

    def _settle(self, sample: bytes) -> None:
        self.form = seen_form(sample, self._layout, self._types, self._page, self._framing)
        if self._page:
            self.first_problem = contradiction(sample, self.form)

    def _stretch(self, cut: Cut, text: Bytes, raw: Bytes, tail: int, place: int) -> Stretch:
        parts = [part for group in self._groups(cut.runs) for part in self._parts(group, text, raw, tail, place)]
        odd = tuple(self._odd(each, raw, place) for each in cut.odd)
        return Stretch(tuple(parts), odd, cut.problem, cut.end_mark, cut.unended)

    @staticmethod
    def _odd(each: Odd, raw: Bytes, place: int) -> OddRecord:
        written = raw[each.start : each.after].tobytes()
        length = each.stop - each.start
        return OddRecord(each.number, place + each.start, each.code, each.field, written, length, each.wanted)

    @staticmethod
    def _groups(runs: list[Run]) -> list[list[Run]]:
        """Runs of the same shape together."""
        grouped: dict[int, list[Run]] = {}
        for run in runs:
            grouped.setdefault(id(run.shape), []).append(run)
        return list(grouped.values())

    def _parts(self, runs: list[Run], text: Bytes, raw: Bytes, tail: int, place: int) -> Iterator[Part]:
        shape = runs[0].shape
        length = (shape.length if shape else self._layout.records[0].length) + tail
        starts = np.concatenate([run.start + np.arange(run.count, dtype=np.int64) * length for run in runs])
        numbers = np.concatenate([run.number + np.arange(run.count, dtype=np.int64) for run in runs])
        block = self._block(runs, starts, length, text, raw)
        if shape is not None:
            yield self._part(shape, block, numbers, place + starts, tail)
            return
        for record, mine in self._types.sorted_out(block):
            if record is None:
                # No type knows them: the plan of any type would judge them wrongly, so they are named as they are.
                yield from self._unknown(block, numbers, place + starts, mine, tail)
            elif mine is None:
                yield self._part(self._types.shape(record), block, numbers, place + starts, tail)
            else:
                chosen = np.flatnonzero(mine)
                yield self._part(
                    self._types.shape(record), _chosen(block, chosen), numbers[chosen], place + starts[chosen], tail
                )

    def _unknown(self, block: Block, numbers: Whole, places: Whole, mine: Flags | None, tail: int) -> Iterator[Part]:
        chosen = np.arange(block.records) if mine is None else np.flatnonzero(mine)
        plan = Plan(unknown_shape(self._layout, block.length - tail), tail)
        keys = np.arange(len(chosen), dtype=np.int64)
        marks = Marks(keys, (("record-type", keys),))
        yield Part(plan, _chosen(block, chosen), numbers[chosen], places[chosen], marks)

    @staticmethod
    def _block(runs: list[Run], starts: Whole, length: int, text: Bytes, raw: Bytes) -> Block:
        if len(runs) == 1:
            span = slice(runs[0].start, runs[0].start + runs[0].count * length)
            return Block(text[span].reshape(-1, length), raw[span].reshape(-1, length))
        places = starts[:, None] + np.arange(length)
        gathered = text[places]
        return Block(gathered, gathered if text is raw else raw[places])

    def _part(self, shape: Shape, block: Block, numbers: Whole, places: Whole, tail: int) -> Part:
        plan = self._plan(shape, tail)
        return Part(plan, block, numbers, places, plan.marks(block))

    def _plan(self, shape: Shape, tail: int) -> Plan:
        key = shape.type.name, shape.counts
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _PLANS_MAX:
                self._plans.pop(next(iter(self._plans)))
            found = self._plans[key] = Plan(shape, tail)
        return found


def _chosen(block: Block, places: Whole) -> Block:
    text = block.text[places]
    return Block(text, text if block.raw is block.text else block.raw[places])

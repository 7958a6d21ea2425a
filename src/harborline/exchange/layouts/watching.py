"""What only several records together can break: their order, the totals told, fields that must agree or count on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from harborline.exchange.layouts.facts import FRAME, Kind, Layout, Problem, RecordType, Role, Total, in_decimals
from harborline.exchange.layouts.shapes import Shape
from harborline.exchange.layouts.values import numbers_in
from harborline.exchange.layouts.words import Block, Flags, Whole

PROBLEMS_MAX = 100
_SAFE = 12
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Seen:
    """Records of one shape in one block: their `numbers` in the file and, of each field, which are unreadable."""

    shape: Shape
    block: Block
    numbers: Whole
    bad: Mapping[str, Whole]


@dataclass(slots=True)
class _Sum:
    """What was counted for a total, and what was told."""

    total: Total
    counted: int = 0
    unread: int = 0
    told: int | None = None
    where: list[int] = field(default_factory=list)


class Watch:
    """Follows a file from its first record to its last; `problems` says why it cannot be taken as a whole."""

    def __init__(self, layout: Layout, *, partial: bool) -> None:
        """Begin before the first record; a partial file needs neither frame nor totals."""
        self._layout, self._partial = layout, partial
        self._sums = [_Sum(total) for total in layout.totals]
        self._batches = any(record.role in (Role.BATCH_HEADER, Role.BATCH_TRAILER) for record in layout.records)
        self._batch_open = self._loose = False
        self._found: dict[str, int] = {}
        self._control_at = 0
        self._trailer_at = 0
        self._opened: dict[int, bytes] = {}
        self._totals: dict[str, int] = dict.fromkeys((total.name for total in layout.totals), 0)
        self.by_type: dict[str, int] = {record.name: 0 for record in layout.records}
        self.problems: list[Problem] = []

    @property
    def totals(self) -> dict[str, int]:
        """Every figure of the layout, as counted over the whole file."""
        return dict(self._totals)

    def problem(self, code: str, sentence: str) -> None:
        """Note why the file is refused; the first hundred reasons are kept."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(code, sentence))

    def take(self, parts: list[Seen]) -> None:
        """The records of one block, of all types."""
        specials: list[tuple[int, Seen, int]] = []
        for part in parts:
            name = part.shape.type.name
            self.by_type[name] = self.by_type.get(name, 0) + len(part.numbers)
            if part.shape.type.role in FRAME:
                specials += [(int(number), part, place) for place, number in enumerate(part.numbers)]
        plain = [part for part in parts if part.shape.type.role not in FRAME]
        specials.sort(key=lambda one: one[0])
        done = 0
        for number, part, place in specials:
            if self._batches:
                self._stretch(plain, done, number)
                done = number
            self._add([part], number, number + 1)
            self._place(part.shape.type, number)
            self._told(part, place, number)
            self._fit(part, place, number)
            self._turn(part.shape.type, number)
        self._stretch(plain, done, None)

    def _stretch(self, plain: list[Seen], after: int, before: int | None) -> None:
        # Plain records between two special ones; in a layout with batches they belong to the open one.
        count = self._add(plain, after, before)
        if self._batches and count and not self._batch_open and not self._partial and not self._loose:
            self._loose = True
            self.problem("outside-batch", f"records stand outside any batch after record {after}")

    def _add(self, parts: list[Seen], after: int, before: int | None) -> int:
        """Count the records numbered from `after` to below `before`; answers how many there are."""
        count = 0
        for part in parts:
            first = int(np.searchsorted(part.numbers, after)) if after else 0
            last = len(part.numbers) if before is None else int(np.searchsorted(part.numbers, before))
            if last > first:
                count += last - first
                for each in self._sums:
                    if part.shape.type.name == each.total.record:
                        self._count(each, part, first, last)
        return count

    def _count(self, each: _Sum, part: Seen, first: int, last: int) -> None:
        chosen = self._chosen(each.total, part)
        if each.total.summed:
            amount = self._amount(each, part, _between(part, chosen, first, last))
        else:
            amount = last - first if chosen is None else int(np.count_nonzero(chosen[first:last]))
        each.counted += amount
        self._totals[each.total.name] += amount

    def _amount(self, each: _Sum, part: Seen, chosen: Flags) -> int:
        placed, unread = part.shape.of(each.total.summed), part.bad.get(each.total.summed)
        if unread is not None:
            each.unread += int(np.count_nonzero(chosen[unread]))
            chosen = chosen.copy()
            chosen[unread] = False
        if placed.field.kind is Kind.NUMBER:
            return part.block.total(placed.at, placed.field.width, chosen)
        return _summed(numbers_in(part.block, placed)[chosen], placed.field.width)

    def _chosen(self, total: Total, part: Seen) -> Flags | None:
        if total.where is None:
            return None
        looked_at = part.shape.of(total.where.field)
        values = tuple(value.ljust(looked_at.field.width) for value in total.where.values)
        return part.block.equals(looked_at.at, looked_at.field.width, values)

    def _place(self, record: RecordType, number: int) -> None:
        self._found[record.name] = self._found.get(record.name, 0) + 1
        if self._partial:
            return
        if record.role in (Role.HEADER, Role.TRAILER, Role.CONTROL) and self._found[record.name] == 2:  # noqa: PLR2004
            self.problem("twice", f"record {number} is a second {record.name}; two files may have been joined")
        if record.role is Role.HEADER and number != 1:
            self.problem("not-first", f"the {record.name} is record {number}; it must be the first")
        if record.role is Role.TRAILER:
            self._trailer_at = number
        if record.role is Role.CONTROL:
            self._control_at = number

    def _turn(self, record: RecordType, number: int) -> None:
        if record.role is Role.BATCH_HEADER:
            if self._batch_open:
                self.problem("batch-open", f"record {number} opens a batch while another has no trailer yet")
            self._batch_open = True
            self._reset()
        if record.role is Role.BATCH_TRAILER:
            if not self._batch_open:
                self.problem("batch-closed", f"record {number} closes a batch that was never opened")
            self._batch_open = False
            self._compare(batch=True, place=f"the batch that ends with record {number}")
            self._reset()

    def _reset(self) -> None:
        for each in self._sums:
            if each.total.batch:
                each.counted, each.unread, each.told = 0, 0, None

    def _told(self, part: Seen, place: int, number: int) -> None:
        for each in self._sums:
            for record, name in each.total.told:
                if record != part.shape.type.name:
                    continue
                placed = part.shape.of(name)
                if place in part.bad.get(name, ()):
                    self.problem("unreadable-total", f"record {number}: the {name} of the {record} is no number")
                elif part.block.blank(placed.at, placed.field.width)[place]:
                    self._blank(number, f"{name} of the {record}")
                else:
                    value = int(numbers_in(part.block, placed)[place])
                    each.told = value if each.told is None else each.told + value

    def _blank(self, number: int, what: str) -> None:
        if not self._partial:
            self.problem("blank-total", f"record {number}: the {what} is blank; nothing shows that the file is whole")

    def _fit(self, part: Seen, place: int, number: int) -> None:
        """What stands around the others fits together: a trailer is that of its header."""
        name = part.shape.type.name
        for which, pair in enumerate(self._layout.pairs):
            if name not in pair.records or self._partial:
                continue
            written = part.block.text[place, pair.start - 1 : pair.end].tobytes()
            if name == pair.records[0]:
                self._opened[which] = written
            elif self._opened.get(which, written) != written:
                self.problem(
                    "pair",
                    f"record {number}: bytes {pair.start} to {pair.end} of the {name} are not those of the"
                    f" {pair.records[0]} before it; parts of several files may have been joined",
                )

    def _compare(self, *, batch: bool, place: str) -> None:
        for each in self._sums:
            if self._partial or each.total.batch is not batch or each.told is None or each.told == each.counted:
                continue
            kind = "total" if each.total.summed else "count"
            unread = f" ({each.unread} records have no readable amount)" if each.unread else ""
            told, counted = (in_decimals(one, self._layout.scale_of(each.total)) for one in (each.told, each.counted))
            self.problem(
                kind,
                f"{each.total.name} is told as {told}, {place} has {counted}{unread};"
                " nothing of it is taken: ask for the file again",
            )

    def finish(self, records: int) -> None:
        """Judge what is missing at the end of a file of `records` records."""
        self._compare(batch=False, place="the file")
        if self._partial:
            return
        if self._batch_open:
            self.problem("batch-open", "the last batch has no trailer; the file may have been cut short")
        if 1 < self._control_at < records:
            self.problem(
                "control", f"the control record is record {self._control_at}; it must be the first or the last"
            )
        if self._trailer_at and self._trailer_at != records:
            self.problem("not-last", f"the trailer is record {self._trailer_at} of {records}; it must be the last")
        for record in self._layout.records:
            if record.needed and record.role in FRAME and not self._found.get(record.name):
                self.problem(
                    "missing",
                    f"there is no {record.name} record; a file without it may have been cut short"
                    " (--partial checks a piece of a file)",
                )


class Threads:
    """Fields that must agree with the first record's, and numbers that count on from record to record."""

    def __init__(self, layout: Layout) -> None:
        """Nothing seen yet."""
        self._uniform: dict[str, str | None] = dict.fromkeys(layout.uniform)
        self._next: dict[str, int] = {}

    def differing(self, part: Seen) -> list[tuple[str, str, Whole]]:
        """Field, code and places of the records of a block that break a thread."""
        found = [("differs", name, self._unlike(part, name)) for name in self._uniform]
        counting = [placed.name for placed in part.shape.fields if placed.field.kind is Kind.SEQUENCE]
        found += [("sequence", name, self._out_of_step(part, name)) for name in counting]
        found = [one for one in found if len(one[2])]
        told = ((name, code, np.setdiff1d(places, part.bad.get(name, _NONE))) for code, name, places in found)
        return [one for one in told if len(one[2])]

    def _unlike(self, part: Seen, name: str) -> Whole:
        placed = part.shape.of(name)
        wanted = self._uniform[name]
        if wanted is not None and part.block.alone(placed.at, placed.field.width) == wanted.encode("latin-1"):
            return _NONE
        if wanted is None:
            if 0 in part.bad.get(name, ()):
                return _NONE
            wanted = self._uniform[name] = part.block.text[0, placed.at : placed.end].tobytes().decode("latin-1")
        return np.flatnonzero(~part.block.equals(placed.at, placed.field.width, (wanted,)))

    def _out_of_step(self, part: Seen, name: str) -> Whole:
        numbers = numbers_in(part.block, part.shape.of(name))
        expected = np.empty_like(numbers)
        key = f"{part.shape.type.name}.{name}"
        expected[0] = self._next.get(key, int(numbers[0]))
        expected[1:] = numbers[:-1] + 1
        self._next[key] = int(numbers[-1]) + 1
        return np.flatnonzero(numbers != expected)


def _between(part: Seen, chosen: Flags | None, first: int, last: int) -> Flags:
    # The chosen records from `first` to below `last`.
    if chosen is not None and last - first == len(part.numbers):
        return chosen
    here = np.zeros(len(part.numbers), np.bool_)
    here[first:last] = True if chosen is None else chosen[first:last]
    return here


def _summed(values: Whole, width: int) -> int:
    # In two halves where that many digits times a block of records would not fit into 64 bits.
    if width <= _SAFE:
        return int(values.sum())
    half = 1_000_000_000
    return int((values // half).sum()) * half + int((values % half).sum())

"""Telling records apart: runs of whole records at even distances, and the odd lines between them.

The rule for files with line ends is the same wherever a block happens to end: a record ends where its length says if
a line end stands there; if not, everything up to the next line end is one odd line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from harborline.exchange.layouts.facts import Framing, Layout, Problem
from harborline.exchange.layouts.pages import Bytes
from harborline.exchange.layouts.shapes import Shape, asked, even
from harborline.exchange.layouts.types import Typing, Unknown
from harborline.exchange.layouts.words import every

ENDINGS = {Framing.LF: b"\n", Framing.CRLF: b"\r\n", Framing.NL: b"\x85"}
"""Line ends as they are after translation to Latin-1."""
PREFIX = 4
END_MARK = 0x1A
_WIDEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """`count` records from `start`, one stride apart, the first of them record `number` of the file.

    Without a shape all record types have one length and are told apart later, a whole block at once.
    """

    shape: Shape | None
    start: int
    count: int
    number: int


@dataclass(frozen=True, slots=True)
class Odd:
    """Record `number` cannot be read: `start` to `stop` are its bytes, `after` is where the next one begins.

    `wanted` says how long it ought to be, where one length is wanted.
    """

    number: int
    start: int
    stop: int
    after: int
    code: str
    field: str = ""
    wanted: str = ""


@dataclass(slots=True)
class Cut:
    """What one filling of the buffer gives: `consumed` bytes are done with, `problem` ends the reading.

    `unended` says that the last record of the file has no line end.
    """

    runs: list[Run] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)
    consumed: int = 0
    problem: Problem | None = None
    end_mark: bool = False
    unended: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The filled part of the buffer: text in Latin-1, the bytes as they came, and whether the file ends here."""

    text: Bytes
    raw: Bytes
    memory: bytearray
    end: int
    last: bool
    place: int

    def find(self, ending: int, start: int) -> int:
        """Where the next byte `ending` is, or -1."""
        return self.memory.find(ending, start, self.end)


class Cutter:
    """Cuts one file by its layout and framing; keeps count of the records."""

    def __init__(self, layout: Layout, framing: Framing, typing: Typing) -> None:
        """Know the lengths; nothing is read."""
        self._layout, self._framing, self._types = layout, framing, typing
        self.number = 0
        self._ending = ENDINGS.get(framing, b"")
        self._even = even(layout)
        self._block_left = 0
        self._wide = _WIDEST
        self.tail = PREFIX if framing in (Framing.RDW, Framing.VB) else len(self._ending)

    def cut(self, window: Window) -> Cut:
        """The records in the window; what does not yet make a whole record is left unconsumed."""
        made = Cut()
        if self.tail == PREFIX:
            self._prefixed(window, made)
        else:
            at = self._even_runs(window, made) if self._even else self._uneven_runs(window, made)
            if window.last and made.problem is None:
                at = self._rest(window, made, at)
            made.consumed = at
        return made

    def _even_runs(self, window: Window, made: Cut) -> int:
        at, stride = 0, self._even + self.tail
        while (count := (window.end - at) // stride) > 0:
            asked = min(count, self._wide) if self._ending else count
            good = self._well_ended(window.text, at, self._even, asked) if self._ending else asked
            if good:
                made.runs.append(self._run(None, at, good))
                at += good * stride
            if good == asked:
                self._wide = min(self._wide * 2, _WIDEST)
                continue
            # After an odd line the look ahead starts small again: many odd lines must not cost a block each.
            self._wide = 1
            after = self._odd_line(window, made, at, self._even)
            if after < 0:
                return at
            at = after
        return at

    def _well_ended(self, text: Bytes, at: int, length: int, count: int) -> int:
        # How many records from here on are followed by their line end.
        stride = length + self.tail
        for place, byte in enumerate(self._ending):
            good = np.ndarray((count,), np.uint8, text, at + length + place, (stride,)) == byte
            count = count if every(good) else int(good.argmin())
        return count

    def _run(self, shape: Shape | None, at: int, count: int) -> Run:
        made = Run(shape, at, count, self.number + 1)
        self.number += count
        return made

    def _odd_line(self, window: Window, made: Cut, at: int, expected: int | Shape | Unknown | None) -> int:
        """Record the line from `at` as odd; answers where the next begins, or -1 when its end is not in sight."""
        end = window.find(self._ending[-1], at)
        if end < 0:
            if at == 0 and not window.last:
                made.problem = Problem(
                    "line-too-long",
                    f"record {self.number + 1} (byte {window.place + 1}) has no line end within {window.end} bytes;"
                    " check the layout and the framing (--framing)",
                )
            return -1
        stop = end - 1 if end > at and window.text[end - 1] == 0x0D else end  # noqa: PLR2004 - carriage return
        self.number += 1
        made.odd.append(self._odd(at, stop, end + 1, expected))
        return end + 1

    def _odd(self, start: int, stop: int, after: int, expected: int | Shape | Unknown | None) -> Odd:
        if isinstance(expected, Unknown):
            return Odd(self.number, start, stop, after, expected.code, expected.field)
        if stop - start == (expected.length if isinstance(expected, Shape) else expected):
            return Odd(self.number, start, stop, after, "line-end")
        return Odd(self.number, start, stop, after, "length", wanted=self._wanted(expected, stop - start))

    def _wanted(self, expected: int | Shape | None, length: int) -> str:
        # What a shape asks for counts only where the record is long enough to have told its shape.
        if isinstance(expected, Shape):
            return asked(expected) if length >= self._types.needed else ""
        return f"{expected} wanted" if expected else ""

    def _uneven_runs(self, window: Window, made: Cut) -> int:
        at = 0
        while at < window.end:
            found = self._types.at(window.text, at, window.end)
            if found is None:
                return at
            if isinstance(found, Unknown):
                after = self._lost(window, made, at, found)
                if after < 0:
                    return at
                at = after
                continue
            stride = found.length + self.tail
            room = (window.end - at) // stride
            if room and self._well_ended(window.text, at, found.length, 1):
                count = self._alike(window, at, found, room)
                made.runs.append(self._run(found, at, count))
                at += count * stride
                continue
            after = self._odd_line(window, made, at, found) if self._ending and room else -1
            if after < 0:
                return at
            at = after
        return at

    def _alike(self, window: Window, at: int, shape: Shape, room: int) -> int:
        # How many records from here on have the same shape; looked for in growing steps.
        stride, count = shape.length + self.tail, 1
        while count < room:
            more = min(count, room - count)
            start = at + count * stride
            good = self._types.alike(window.text, at, start, stride, more)
            if self._ending and good:
                good = self._well_ended(window.text, start, shape.length, good)
            count += good
            if good < more:
                break
        return count

    def _lost(self, window: Window, made: Cut, at: int, unknown: Unknown) -> int:
        if self._ending:
            return self._odd_line(window, made, at, unknown)
        made.problem = Problem(
            unknown.code,
            f"record {self.number + 1} (byte {window.place + at + 1}) is of no known type, so that nothing tells where"
            " the next begins; check the layout, the code page and the framing",
        )
        return -1

    def _rest(self, window: Window, made: Cut, at: int) -> int:
        """The end of the file: a last record without a line end, a permitted end mark, or a torn record."""
        while at < window.end and made.problem is None:
            left = window.end - at
            if left == 1 and self._layout.end_mark and window.text[at] == END_MARK:
                made.end_mark = True
                return at + 1
            shape = self._last_shape(window, at)
            expected = self._even or shape
            # A line end is no last byte of a record: one short line more is not a whole record without its line end.
            cut_open = self._ending and window.text[window.end - 1] != self._ending[-1]
            if cut_open and left == (shape.length if shape else self._even):
                made.runs.append(self._run(shape, at, 1))
                made.unended = True
                return window.end
            after = self._odd_line(window, made, at, expected) if self._ending else -1
            if after < 0:
                wanted = self._wanted(expected, left)
                made.problem = made.problem or Problem(
                    "torn",
                    f"the file ends inside record {self.number + 1}, {left} bytes after byte {window.place + at}"
                    f"{f', {wanted}' if wanted else ''};"
                    " it was cut short or the record length is another: ask for it again",
                )
                return at
            at = after
        return at

    def _last_shape(self, window: Window, at: int) -> Shape | None:
        if self._even:
            return None
        found = self._types.at(window.text, at, window.end)
        return found if isinstance(found, Shape) else None

    def _prefixed(self, window: Window, made: Cut) -> None:
        at = 0
        for start, stop in self._bodies(window, made):
            found: Shape | Unknown | None = self._types.at(window.text, start, stop)
            self.number += 1
            if isinstance(found, Shape) and found.length == stop - start:
                made.runs.append(Run(found, start, 1, self.number))
            else:
                made.odd.append(self._odd(start, stop, stop, found))
            at = stop
            made.consumed = at
        made.consumed = max(made.consumed, at)

    def _bodies(self, window: Window, made: Cut) -> Iterator[tuple[int, int]]:
        # Where each record lies by its prefix: a length in two bytes that counts the four of the prefix itself.
        at, raw = 0, window.raw
        while window.end - at >= PREFIX:
            length = int(raw[at]) << 8 | int(raw[at + 1])
            opens = self._framing is Framing.VB and not self._block_left
            spanned = bool(raw[at + 2]) or bool(raw[at + 3])
            if length < PREFIX or spanned or (self._block_left and length > self._block_left):
                made.problem = self._bad_prefix(window, at)
                return
            if opens:
                self._block_left = length - PREFIX
                at += PREFIX
                made.consumed = at
                continue
            if window.end - at < length:
                break
            self._block_left -= length if self._framing is Framing.VB else 0
            yield at + PREFIX, at + length
            at += length
        if window.last and at < window.end:
            made.problem = Problem(
                "torn",
                f"the file ends inside record {self.number + 1}, {window.end - at} bytes after byte"
                f" {window.place + at}; it was cut short: ask for it again",
            )

    def _bad_prefix(self, window: Window, at: int) -> Problem:
        return Problem(
            "prefix",
            f"the length before record {self.number + 1} (byte {window.place + at + 1}) cannot be one;"
            " check that the file was sent with its record prefixes (--framing)",
        )

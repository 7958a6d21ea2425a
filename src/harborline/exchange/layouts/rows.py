"""A file as rows of cells, in the order of its records, checked on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from harborline.exchange.layouts.blocks import OddRecord, Part, Source
from harborline.exchange.layouts.cells import column_cells, faithful
from harborline.exchange.layouts.checking import Checking, Hash
from harborline.exchange.layouts.cutting import ENDINGS
from harborline.exchange.layouts.facts import Checked, Finding, Framing, Layout
from harborline.exchange.layouts.shapes import UNKNOWN, columns_of
from harborline.exchange.layouts.words import Flags


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells by field, in the order of the layout.

    `written` is the record as it came, `ended` the same with its line end; `kept` is that when it must be written
    instead of the cells to give the file's bytes again, and empty when the cells do. A record that could not be read
    has no type and no cells.
    """

    number: int
    type: str
    cells: Mapping[str, str]
    findings: tuple[Finding, ...]
    written: bytes
    ended: bytes
    kept: bytes


class Reading:
    """One file being read as rows; `checked` tells the verdict after the last row."""

    def __init__(
        self,
        source: Source,
        layout: Layout,
        *,
        page: str = "",
        framing: Framing | None = None,
        partial: bool = False,
        digest: Hash | None = None,
    ) -> None:
        """Take the file and how it is to be read."""
        self._checking = Checking(source, layout, page=page, framing=framing, partial=partial, digest=digest)

    @property
    def form(self) -> str:
        """The form of the file, in words; known with the first row."""
        return str(self._checking.reader.form)

    def checked(self) -> Checked:
        """The verdict; nothing of the rows may be used when it is `refused`."""
        return self._checking.checked()

    def rows(self) -> Iterator[Row]:
        """Every record, good or bad, one after the other."""
        for stretch, findings in self._checking.stretches():
            made: list[Row] = []
            for part in stretch.parts:
                made += self._rows(part, findings)
            made += [_odd_row(odd, findings) for odd in stretch.odd]
            made.sort(key=lambda row: row.number)
            if stretch.unended and made:
                made[-1] = replace(made[-1], ended=made[-1].written, kept=made[-1].written)
            yield from made
            if stretch.end_mark:
                mark = self._checking.reader.end_mark
                yield Row(0, "", {}, (), mark, mark, mark)

    def _rows(self, part: Part, findings: Mapping[int, list[Finding]]) -> Iterator[Row]:
        fields, length, kind = part.shape.fields, part.shape.length, part.shape.type.name
        known = kind != UNKNOWN
        columns = [column_cells(part.block, placed) for placed in fields] if known else []
        same = self._same(part, columns)
        names = [placed.name for placed in fields]
        lines = self._checking.reader.form.framing in ENDINGS
        flat, stride = part.block.raw.tobytes(), part.block.length
        for place, number in enumerate(part.numbers.tolist()):
            found = tuple(findings.get(number, ()))
            at = place * stride
            written = flat[at : at + length]
            keep = any(not each.warning for each in found) or not known or not same[place]
            ended = flat[at : at + stride] if lines else written
            cells = dict(zip(names, (column[place] for column in columns), strict=True)) if known else {}
            yield Row(number, kind if known else "", cells, found, written, ended, ended if keep else b"")

    @staticmethod
    def _same(part: Part, columns: list[list[str]]) -> Flags:
        same = np.ones(part.block.records, np.bool_)
        # What the findings' list has no room for is still bad, and must still come back as it was.
        same[part.marks.keys // len(part.shape.fields)] = False
        for placed, cells in zip(part.shape.fields, columns, strict=False):
            here = faithful(part.block, placed, cells)
            if here is not None:
                same &= here
        return same


def _odd_row(odd: OddRecord, findings: Mapping[int, list[Finding]]) -> Row:
    return Row(odd.number, "", {}, tuple(findings.get(odd.number, ())), odd.written, odd.written, odd.written)


def column_names(layout: Layout) -> tuple[str, ...]:
    """The columns of a table of such files: every field of every record type, a name of several types once."""
    return tuple(dict.fromkeys(placed.name for record in layout.records for placed in columns_of(record)))

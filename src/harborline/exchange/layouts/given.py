"""A row of a table that is to become a record: which type it is, which shape, and whether its cells may be written."""

from __future__ import annotations

import numpy as np

from harborline.exchange.layouts.cells import column_cells
from harborline.exchange.layouts.facts import Layout, RecordType, Role
from harborline.exchange.layouts.pages import to_latin
from harborline.exchange.layouts.shapes import Shape, counters_of
from harborline.exchange.layouts.sheets import KEPT, OURS, TYPE, Cells, plain, shown
from harborline.exchange.layouts.types import Typing
from harborline.exchange.layouts.words import Block
from harborline.kernel import Invalid
from harborline.kernel.natural import natural


def type_of_row(layout: Layout, cells: Cells) -> RecordType:
    """The type a row names, or that its cells show; raises `Invalid` when neither does."""
    named = cells.get(TYPE, "")
    known = ", ".join(record.name for record in layout.records)
    if named:
        found = next((record for record in layout.records if record.name == named), None)
        if found is None:
            raise Invalid(f"[{shown(named)}] is no record of {layout.label}; known: {known}", TYPE)
        return found
    for record in layout.records:
        if _recognised(record, cells):
            return record
    rest = [record for record in layout.records if record.when is None]
    left = rest or [record for record in layout.records if record.role is Role.DETAIL]
    if len(left) != 1:
        raise Invalid(f"which record is this? Name it: {known}", TYPE)
    return left[0]


def _recognised(record: RecordType, cells: Cells) -> bool:
    when = record.when
    if when is None:
        return False
    names = [one.name for one in record.sections[0].fields if (one.start, one.end) == (when.start, when.end)]
    return any(cells.get(name, "") in when.values for name in names)


def shape_of_row(layout: Layout, typing: Typing, cells: Cells) -> Shape:
    """The shape of a row by its counters; raises `Invalid` naming one that is no count."""
    record = type_of_row(layout, cells)
    counts = []
    for section in record.sections:
        if section.times:
            written = cells.get(section.times, "").strip()
            if written and natural(written, most=section.most) is None:
                raise Invalid(f"is a number from 0 to {section.most}", section.times)
            counts.append(int(written or 0))
    return typing.shape(record, tuple(counts))


def check_beyond(shape: Shape, cells: Cells) -> None:
    """Raise `Invalid` for a cell that is filled and has no place in the record."""
    for name, cell in cells.items():
        if cell and name not in shape.by_name and name not in OURS:
            counted = "its counter says the section is not there"
            why = counted if counters_of(shape.type) else f"a {shape.type.name} record has no such field"
            raise Invalid(f"is filled, but {why}", name)


def check_unchanged(shape: Shape, cells: Cells, written: bytes, page: str) -> None:
    """Raise `Invalid` for a changed cell of a row with its own bytes: the change would be lost without a word."""
    raw = np.frombuffer(written[: shape.length].ljust(shape.length), np.uint8).reshape(1, -1)
    block = Block(to_latin(page)[raw], raw)
    for placed in shape.fields:
        here, there = cells.get(placed.name, ""), column_cells(block, placed)[0]
        if here != there and (here or plain(there, placed.field) is not None):
            raise Invalid(f"was changed, but {KEPT} still holds the record as it came; empty {KEPT}", placed.name)

"""Numbers of a whole column: unsigned, with a sign in any of its places, packed, binary."""

from __future__ import annotations

import numpy as np

from harborline.exchange.layouts.facts import Kind
from harborline.exchange.layouts.shapes import Placed
from harborline.exchange.layouts.tables import overpunch
from harborline.exchange.layouts.words import Block, Whole

_BINARY = {2: ">i2", 4: ">i4", 8: ">i8"}
_MINUS = 0x2D


def numbers_in(block: Block, placed: Placed) -> Whole:
    """The column's numbers in units of its last decimal; blanks are 0, unreadable ones any number."""
    read = {Kind.SIGNED: _signed, Kind.PACKED: _packed, Kind.BINARY: _binary}.get(placed.field.kind, _unsigned)
    return read(block, placed)


def _unsigned(block: Block, placed: Placed) -> Whole:
    return block.number(placed.at, placed.field.width).view(np.int64)


def _signed(block: Block, placed: Placed) -> Whole:
    at, width = placed.at, placed.field.width
    if placed.field.format == "overpunch":
        _, digit, sign = overpunch()
        last = block.byte(at + width - 1)
        return (block.number(at, width - 1).view(np.int64) * 10 + digit[last]) * sign[last]
    leading = placed.field.format == "leading"
    written = block.byte(at if leading else at + width - 1)
    amount = block.number(at + 1 if leading else at, width - 1).view(np.int64)
    return np.where(written == _MINUS, -amount, amount)


def _packed(block: Block, placed: Placed) -> Whole:
    column = np.ascontiguousarray(block.raw[:, placed.at : placed.end]).astype(np.int64)
    amount = np.zeros(block.records, np.int64)
    for place in range(placed.field.width):
        amount = amount * 10 + (column[:, place] >> 4)
        if place < placed.field.width - 1:
            amount = amount * 10 + (column[:, place] & 15)
    return np.where((column[:, -1] & 15) == 0xD, -amount, amount)  # noqa: PLR2004 - the negative sign


def _binary(block: Block, placed: Placed) -> Whole:
    column = np.ascontiguousarray(block.raw[:, placed.at : placed.end])
    return column.view(_BINARY[placed.field.width])[:, 0].astype(np.int64)

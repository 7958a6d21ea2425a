"""Writing a file from a table: every cell judged before it is written, the finished file read back before it is given.

Rows that carry their own bytes (`_kept`) are written as they came, if their cells still say the same. A header or a
control record that the table does not have is made from what was written.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from harborline.exchange.layouts.appearing import appearing
from harborline.exchange.layouts.cells import record_bytes
from harborline.exchange.layouts.checking import check
from harborline.exchange.layouts.cutting import ENDINGS, PREFIX
from harborline.exchange.layouts.facts import Checked, Form, Framing, Layout, RecordType, Role, in_decimals
from harborline.exchange.layouts.forms import parse_form
from harborline.exchange.layouts.given import check_beyond, check_unchanged, shape_of_row, type_of_row
from harborline.exchange.layouts.pages import from_latin
from harborline.exchange.layouts.shapes import Placed, Shape, counters_of
from harborline.exchange.layouts.sheets import FORM, KEPT, TYPE, Cells
from harborline.exchange.layouts.types import Typing
from harborline.kernel import Invalid

BLOCK_BYTES = 32_760
"""The longest block of variable records, its own length included."""
_LONGEST = {Framing.RDW: 0xFFFF, Framing.VB: BLOCK_BYTES - PREFIX}


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be written.

    The form is what is asked for, else what the rows say (`_form`), else the layout's own; `given` fills fields (by
    `field`, or `record.field` where several records have it) of a header, trailer or control record that is made; a
    partial file gets none.
    """

    page: str = ""
    framing: Framing | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False


def write_file(target: Path, layout: Layout, rows: Iterable[Cells], asked: Asked) -> Checked:
    """Write the rows as a file of `layout` and answer its verdict; the file appears whole or not at all.

    Raises `Invalid` naming row and field for anything that cannot be written, and for every finding in a row that did
    not come with its own bytes.
    """
    with appearing(target) as place:
        with place.open("wb") as out:
            draft = _Draft(out, layout, asked, lambda: place.open("rb", buffering=0))
            draft.take_all(rows)
        checked = draft.checked(partial=asked.partial)
        draft.judge(checked)
    return checked


def written(layout: Layout, rows: Iterable[Cells], asked: Asked) -> bytes:
    """The rows as a file of `layout`, in memory only: nothing of it touches the disk in the clear.

    Raises `Invalid` as `write_file` does.
    """
    out = io.BytesIO()
    draft = _Draft(out, layout, asked, lambda: io.BytesIO(out.getvalue()))
    draft.take_all(rows)
    draft.judge(draft.checked(partial=asked.partial))
    return out.getvalue()


def unfit(layout: Layout, rows: Iterable[Cells]) -> dict[int, str]:
    """The rows, counted from 1, that cannot be written, each with the fields that are wrong between blanks.

    Each row is judged for itself, in memory only. Raises `Invalid` where more is wrong than is listed.
    """
    out = io.BytesIO()
    draft = _Draft(out, layout, Asked(partial=True), lambda: io.BytesIO(out.getvalue()))
    wrong: dict[int, str] = {}
    taken: list[int] = []
    for number, cells in enumerate(rows, 1):
        try:
            draft.take(cells)
            taken.append(number)
        except Invalid as refused:
            wrong[number] = refused.where or "_"
    checked = draft.checked(partial=True)
    if checked.found > len(checked.findings):
        raise Invalid(f"more than {len(checked.findings)} values do not fit {layout.label}")
    for finding in checked.findings:
        row = taken[finding.record - 1]
        wrong[row] = f"{wrong.get(row, '')} {finding.field or '_'}".strip()
    return wrong


class _Draft:
    """A file being written: how far it is, which records came with their own bytes, which types were seen."""

    def __init__(self, out: IO[bytes], layout: Layout, asked: Asked, again: Callable[[], IO[bytes]]) -> None:
        """`again` opens what was written so far, to be read back."""
        self._out, self._layout, self._asked, self._again = out, layout, asked, again
        self._types = Typing(layout)
        self._form = layout.form
        self._said: str | None = None
        self._records = 0
        self._kept: set[int] = set()
        self._seen: set[str] = set()
        self._framed: set[str] = set()
        self._first: Mapping[str, str] = {}
        self._block = bytearray()
        self._ungiven = set(asked.given)

    def take_all(self, rows: Iterable[Cells]) -> None:
        """Write every row, and what frames them; raises `Invalid` naming the row."""
        for number, cells in enumerate(rows, 1):
            try:
                self.take(cells)
            except Invalid as wrong:
                raise Invalid(wrong.problem, f"row {number}{', ' + wrong.where if wrong.where else ''}") from None
        self.close()

    def take(self, cells: Cells) -> None:
        """Write one row."""
        here = cells.get(FORM, "")
        if self._said is None:
            self._settle(here)
            self._first = {name: cells.get(name, "") for name in self._layout.uniform}
            self._open(cells)
        elif here != self._said:
            raise Invalid("rows of one file have one form; these come from several", FORM)
        kept = cells.get(KEPT, "")
        shape = shape_of_row(self._layout, self._types, cells) if cells.get(TYPE) or not kept else None
        if kept:
            self._put_kept(_from_hex(kept), shape, cells)
        elif shape is not None:
            check_beyond(shape, cells)
            values = [cells.get(placed.name, "") for placed in shape.fields]
            self._put(record_bytes(shape.fields, values, shape.length, self._form.code_page), shape.type.name)

    def _settle(self, said: str) -> None:
        self._said = said
        form = _form_of(said) if said else self._layout.form
        self._form = Form(self._asked.page or form.code_page, self._asked.framing or form.framing)

    def _open(self, cells: Cells) -> None:
        came = cells.get(KEPT) and not cells.get(TYPE)
        if not came and type_of_row(self._layout, cells).role is not Role.HEADER:
            self._frame(Role.HEADER, {})

    def _put_kept(self, written: bytes, shape: Shape | None, cells: Cells) -> None:
        if shape is not None:
            check_unchanged(shape, cells, written, self._form.code_page)
        self._kept.add(self._records + 1)
        self._put(written, shape.type.name if shape else "", ended=True)

    def _put(self, written: bytes, kind: str, *, ended: bool = False) -> None:
        framing = self._form.framing
        if framing in _LONGEST:
            written = _prefixed(written, _LONGEST[framing])
        if framing is Framing.VB:
            self._put_into_block(written)
        else:
            self._out.write(written)
        if not ended and framing in ENDINGS:
            self._out.write(from_latin(self._form.code_page)[np.frombuffer(ENDINGS[framing], np.uint8)].tobytes())
        self._records += 1
        self._seen.add(kind)

    def _put_into_block(self, written: bytes) -> None:
        # A record goes into the block before it when it fits, as a mainframe fills its blocks.
        if len(self._block) + len(written) + PREFIX > BLOCK_BYTES:
            self._end_block()
        self._block += written

    def _end_block(self) -> None:
        if self._block:
            self._out.write(_prefixed(bytes(self._block), BLOCK_BYTES))
            self._block.clear()

    def _frame(self, role: Role, told: Mapping[str, int]) -> None:
        """Write the one record of a role that a file needs, from its constants, the totals and what was given."""
        record = next((each for each in self._layout.records if each.role is role and each.needed), None)
        if record is None or self._asked.partial or record.name in self._seen:
            return
        shape = self._types.shape(record, tuple(0 for _ in counters_of(record)))
        self._framed.add(record.name)
        cells = [self._frame_cell(record, placed, told) for placed in shape.fields]
        self._put(record_bytes(shape.fields, cells, shape.length, self._form.code_page), record.name)

    def _frame_cell(self, record: RecordType, placed: Placed, told: Mapping[str, int]) -> str:
        name, when = placed.name, record.when
        for said in (f"{record.name}.{name}", name):
            if said in self._asked.given:
                self._ungiven.discard(said)
                return self._asked.given[said]
        if f"{record.name}.{name}" in told:
            return in_decimals(told[f"{record.name}.{name}"], placed.field.scale)
        if when is not None and placed.field.start == when.start and len(when.values) == 1:
            return when.values[0]
        return self._first.get(name, "")

    def close(self) -> None:
        """Write the control record or trailer that the rows did not bring, from what was written."""
        if not self._records:
            raise Invalid("the table has no row")
        so_far = self.checked(partial=True)
        told = {
            ".".join(total.told[0]): so_far.totals[total.name]
            for total in self._layout.totals
            if len(total.told) == 1 and not total.batch
        }
        for role in (Role.CONTROL, Role.TRAILER):
            self._frame(role, told)
        if self._ungiven:
            raise Invalid(f"no record was made that has a field '{min(self._ungiven)}'; {self._made()}", "--set")
        self._flush()

    def _made(self) -> str:
        made = [record for record in self._layout.records if record.name in self._framed]
        if not made:
            return "the table has every header, trailer and control record itself, or needs none"
        names = [f"{record.name}.{field.name}" for record in made for field in record.sections[0].fields]
        return f"those made have {', '.join(names)}"

    def checked(self, *, partial: bool) -> Checked:
        """Read back what was written."""
        if not self._out.closed:
            self._flush()
        with self._again() as source:
            return check(source, self._layout, page=self._form.code_page, framing=self._form.framing, partial=partial)

    def _flush(self) -> None:
        self._end_block()
        self._out.flush()

    def judge(self, checked: Checked) -> None:
        """Raise `Invalid` for what may not leave the house."""
        for finding in checked.findings:
            if finding.record not in self._kept and not finding.warning:
                raise Invalid(
                    f"{finding.code} [{finding.masked}]; put it right, nothing was written",
                    f"record {finding.record}, {finding.field or 'the whole'}",
                )
        listed = sum(not finding.warning for finding in checked.findings)
        if checked.found > listed and checked.bad_records > len(self._kept):
            raise Invalid("more records are bad than came with their own bytes; nothing was written")
        if checked.refused:
            raise Invalid(f"the file would be refused: {checked.problems[0].sentence}")


def _prefixed(written: bytes, longest: int) -> bytes:
    # The length counts its own four bytes.
    length = len(written) + PREFIX
    if length > longest:
        raise Invalid(f"is {len(written)} bytes long; at most {longest - PREFIX} go into this framing", "--framing")
    return length.to_bytes(2, "big") + b"\0\0" + written


def _form_of(cell: str) -> Form:
    try:
        return parse_form(cell)
    except Invalid:
        raise Invalid("is a code page and a framing, such as 'cp037 none'", FORM) from None


def _from_hex(kept: str) -> bytes:
    try:
        return bytes.fromhex(kept)
    except ValueError:
        raise Invalid("is not hexadecimal", KEPT) from None

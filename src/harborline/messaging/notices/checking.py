"""Check a whole caseload in one pass: usable rows by group, bad rows by reason. Needs no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from harborline.messaging.notices.badrows import BadRowFile
from harborline.messaging.notices.caseload import BadRow, CaseloadReader, Known, Row
from harborline.messaging.notices.grouping import Groups

FIRST_BAD_SHOWN = 10


@dataclass(slots=True)
class Checked:
    """What one pass over a caseload found: usable rows by group, bad rows by reason."""

    groups: Groups = field(default_factory=Groups)
    rows: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    first_bad: list[BadRow] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        """How many rows cannot be used."""
        return self.bad.total()


def check_rows(stream: IO[bytes], source: str, known: Known, bad_rows: BadRowFile | None = None) -> Checked:
    """Read the whole file once: group the usable rows, list the bad ones, find rows that stand twice.

    Streams: memory is some 30 bytes a row. Raises `Invalid` when the file as a whole cannot be used.
    """
    checked = Checked()
    for row in usable(CaseloadReader(known).read(stream, source), checked, bad_rows):
        checked.groups.add(row)
    return checked


def usable(rows: Iterator[Row | BadRow], checked: Checked, bad_rows: BadRowFile | None = None) -> Iterator[Row]:
    """The usable rows; bad ones, and those that repeat an earlier row, are counted and listed."""
    seen: set[int] = set()
    for row in rows:
        checked.rows += 1
        found = row if isinstance(row, BadRow) else _repeated(row, seen)
        if found is None:
            yield row  # type: ignore[misc]  # a bad row is always found
            continue
        checked.bad[found.code] += 1
        if len(checked.first_bad) < FIRST_BAD_SHOWN:
            checked.first_bad.append(found)
        if bad_rows is not None:
            bad_rows.add(found)


def _repeated(row: Row, seen: set[int]) -> BadRow | None:
    key = hash((row.participant_ref, row.case_ref, row.appointment, row.office))
    if key in seen:
        return BadRow(
            row.row_no, "participant_id", "repeated-row", "repeats an earlier row: same person, case, time, office"
        )
    seen.add(key)
    return None

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

    def tell(self, row: BadRow, listed: BadRowFile | None) -> None:
        """Count and list one bad row; the first ones of the file are kept for showing."""
        self.bad[row.code] += 1
        self.first_bad = sorted([*self.first_bad, row])[:FIRST_BAD_SHOWN]
        if listed is not None:
            listed.add(row)


def check_rows(stream: IO[bytes], source: str, known: Known, bad_rows: BadRowFile | None = None) -> Checked:
    """Read the whole file once: group the usable rows, list the bad ones, find rows that stand twice.

    Streams: memory is 20 bytes a row. Raises `Invalid` when the file as a whole cannot be used.
    """
    checked = Checked()
    for row in CaseloadReader(known).read(stream, source):
        checked.rows += 1
        if isinstance(row, BadRow):
            checked.tell(row, bad_rows)
        else:
            checked.groups.add(row)
    for row_no in sorted(checked.groups.repeats()):
        problem = "repeats an earlier row: same person, case, time, office"
        checked.tell(BadRow(row_no, "participant_id", "repeated-row", problem), bad_rows)
    return checked


def usable(rows: Iterator[Row | BadRow]) -> Iterator[Row]:
    """The rows that were added to the groups, when the file is read again."""
    return (row for row in rows if not isinstance(row, BadRow))

"""One text per phone and appointment group: which rows belong together.

A group is the rows of a file with the same number, office and day; the earliest row that may be texted speaks for
it, so three children seen at 9:00, 9:15 and 9:30 make one text that says 9:00. Memory: 8 bytes a row while
reading, plus the rows of groups that are not complete yet.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from harborline.messaging.notices.caseload import Row


class Groups:
    """Collects rows in file order; afterwards gathers the rows of each group."""

    def __init__(self) -> None:
        self._keys = array("q")

    def add(self, row: Row) -> None:
        """Remember the next usable row."""
        # A row without a number is a group of its own: there is no phone to share. The hash is Python's keyed one,
        # 64 bits, different in every process: two of a million groups fall together once in some ten million files.
        place = row.number or row.row_no
        self._keys.append(hash((place, row.appointment.toordinal(), row.office)))

    def __len__(self) -> int:
        return len(self._keys)

    def gather(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """Each group's rows as soon as its last row was read; `rows` are those that were added, in that order."""
        numbers, sizes = self._settled()
        waiting: dict[int, list[Row]] = {}
        for row, number in zip(rows, numbers, strict=True):
            if sizes[number] == 1:
                yield [row]
                continue
            members = waiting.setdefault(number, [])
            members.append(row)
            if len(members) == sizes[number]:
                yield waiting.pop(number)

    def _settled(self) -> tuple[array[int], array[int]]:
        if not self._keys:
            return array("q"), array("q")
        keys = np.frombuffer(self._keys, np.int64)
        _, numbers, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        return array("q", numbers.tobytes()), array("q", sizes.tobytes())

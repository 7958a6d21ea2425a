"""One text per phone and appointment group: which rows belong together.

A group is the rows of a file with the same number, office and day; the earliest row that may be texted speaks for
it, so three children seen at 9:00, 9:15 and 9:30 make one text that says 9:00. Memory: 16 bytes a row while
reading, plus the rows of groups that are not complete yet.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from harborline.messaging.notices.caseload import Row


class Groups:
    """Collects rows in file order; afterwards gathers the rows of each group."""

    def __init__(self) -> None:
        self._high, self._low = array("Q"), array("Q")

    def add(self, row: Row) -> None:
        """Remember the next usable row."""
        digest = _group_digest(row)
        self._high.append(int.from_bytes(digest[:8], "big"))
        self._low.append(int.from_bytes(digest[8:], "big"))

    def __len__(self) -> int:
        return len(self._high)

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
        if not self._high:
            return array("q"), array("q")
        pairs = np.empty(len(self._high), dtype=[("high", np.uint64), ("low", np.uint64)])
        pairs["high"], pairs["low"] = np.frombuffer(self._high, np.uint64), np.frombuffer(self._low, np.uint64)
        _, numbers, sizes = np.unique(pairs, return_inverse=True, return_counts=True)
        return array("q", numbers.tobytes()), array("q", sizes.tobytes())


def _group_digest(row: Row) -> bytes:
    # A row without a number is a group of its own: there is no phone to share.
    place = row.number or f"row {row.row_no}"
    key = f"{place}|{row.appointment:%Y-%m-%d}|{row.office}"
    return hashlib.blake2b(key.encode(), digest_size=16).digest()

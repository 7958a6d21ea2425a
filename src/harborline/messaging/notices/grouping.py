"""One text per phone and appointment group: which rows belong together.

A group is the rows of a file with the same number, office and day; the earliest row that may be texted speaks for
it, so three children seen at 9:00, 9:15 and 9:30 make one text that says 9:00. Memory: 20 bytes a row while
reading, 8 afterwards, plus the rows of groups that are not complete yet.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from harborline.messaging.notices.caseload import Row

_BLOCK = 4096
_Keys = npt.NDArray[np.int64]


class Groups:
    """Collects rows in file order; afterwards gathers the rows of each group, leaving out those that repeat one."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._contents = array("q")
        self._row_nos = array("i")
        self._repeats: frozenset[int] | None = None

    def add(self, row: Row) -> None:
        """Remember the next usable row."""
        # A row without a number is a group of its own: there is no phone to share. The hash is Python's keyed one,
        # 64 bits, different in every process: two of a million rows fall together once in some ten million files.
        self._keys.append(hash((row.number or row.row_no, row.appointment.toordinal(), row.office)))
        self._contents.append(hash((row.participant_ref, row.case_ref, row.appointment, row.office)))
        self._row_nos.append(row.row_no)

    def __len__(self) -> int:
        return len(self._keys) - len(self.repeats())

    def repeats(self) -> frozenset[int]:
        """The numbers of rows that say the same as an earlier one; asked once all rows were added."""
        if self._repeats is None:
            places = {place: self._row_nos[place] for place in _later_ones(self._contents)}
            for place, row_no in places.items():
                # It belongs to no group: its key becomes one that nobody shares.
                self._keys[place] = hash(("repeated", row_no))
            self._repeats = frozenset(places.values())
            self._contents, self._row_nos = array("q"), array("i")
        return self._repeats

    def gather(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """Each group's rows as soon as its last row was read; `rows` are those that were added, in that order."""
        repeats, waiting = self.repeats(), dict[int, list[Row]]()
        for row, (key, size) in zip(rows, self._sized(), strict=True):
            if row.row_no in repeats:
                continue
            if size == 1:
                yield [row]
                continue
            members = waiting.setdefault(key, [])
            members.append(row)
            if len(members) == size:
                yield waiting.pop(key)

    def _sized(self) -> Iterator[tuple[int, int]]:
        """The key of every row and how many rows share it, some thousands of rows at a time."""
        if not self._keys:
            return
        keys = np.frombuffer(self._keys, np.int64)
        shared, sizes = _shared(keys)
        for start in range(0, len(keys), _BLOCK):
            block = keys[start : start + _BLOCK]
            found = np.ones(len(block), np.int64)
            if len(shared):
                at = np.searchsorted(shared, block).clip(max=len(shared) - 1)
                found = np.where(shared[at] == block, sizes[at], 1)
            yield from zip(block.tolist(), found.tolist(), strict=True)


def _shared(keys: _Keys) -> tuple[_Keys, _Keys]:
    """The keys that stand more than once, sorted, and how often each."""
    ordered = np.sort(keys)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(starts, len(ordered)))
    several = sizes > 1
    return ordered[starts[several]], sizes[several]


def _later_ones(contents: array[int]) -> Iterator[int]:
    """The places of values that stood before."""
    if not contents:
        return
    keys = np.frombuffer(contents, np.int64)
    shared, _ = _shared(keys)
    seen: set[int] = set()
    for place in np.flatnonzero(np.isin(keys, shared)).tolist() if len(shared) else ():
        if contents[place] in seen:
            yield place
        seen.add(contents[place])

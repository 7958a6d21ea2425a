"""The slots of one group's records in one file: a table with open addressing that can forget.

Layout: a first block of 4096 bytes (`HLS1`, log2 of the number of places, at byte 8 how many are in use), then places
of 128 bytes: record id (16), state (1: empty, kept, erased), 15 bytes unused, slot (96). A record's first place is its
id's last eight bytes modulo the number of places, the next ones follow. A place never crosses a sector of 512 bytes, so
a crash leaves it old or new. Erasing overwrites the slot where it lies and keeps the id, so that nothing is sealed for
it again.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harborline.adapters.keys.files import destroy, sync_names
from harborline.kernel import Broken
from harborline.vault.ports import SLOT_BYTES

MAGIC = b"HLS1"
_HEAD, _PLACE = 4096, 128
_STATE, _SLOT = 16, 32
_EMPTY, _KEPT, _ERASED = 0, 1, 2
_SMALLEST = 6
_FULL = 0.6


class _Table:
    """The open file."""

    def __init__(self, memory: mmap.mmap, descriptor: int, name: str) -> None:
        if memory[:4] != MAGIC or len(memory) != _HEAD + (_PLACE << memory[4]):
            raise Broken(f"the shelf {name} is not whole: restore the keys from their backup")
        self._memory = memory
        self._descriptor = descriptor
        self.places = 1 << memory[4]

    @property
    def used(self) -> int:
        """How many places are in use; a crash may leave it a little too low, which costs speed only."""
        return int.from_bytes(self._memory[8:16])

    @used.setter
    def used(self, count: int) -> None:
        os.pwrite(self._descriptor, count.to_bytes(8), 8)

    def rows(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Id, state and slot of every place in use."""
        memory = self._memory
        for at in range(_HEAD, len(memory), _PLACE):
            if memory[at + _STATE]:
                yield memory[at : at + 16], memory[at + _STATE], memory[at + _SLOT : at + _PLACE]

    def find(self, key: bytes) -> tuple[int, int]:
        """Where a record is or would be, and its state there."""
        memory, mask = self._memory, self.places - 1
        place = int.from_bytes(key[8:]) & mask
        for _ in range(self.places):
            at = _HEAD + place * _PLACE
            state = memory[at + _STATE]
            if state == _EMPTY or memory[at : at + 16] == key:
                return at, state
            place = (place + 1) & mask
        raise Broken("a shelf has no empty place left: restore the keys from their backup")

    def slot(self, record: uuid.UUID) -> bytes | None:
        """The slot of a record."""
        at, state = self.find(record.bytes)
        return self._memory[at + _SLOT : at + _PLACE] if state == _KEPT else None

    def write(self, at: int, key: bytes, state: int, slot: bytes) -> None:
        """Write a whole place."""
        os.pwrite(self._descriptor, key + bytes((state,)) + bytes(_SLOT - _STATE - 1) + slot, at)

    def flush(self) -> None:
        """Make it durable."""
        os.fdatasync(self._descriptor)


class FileShelf:
    """A `Shelf` in one file of mode 0600; readers share a lock, a writer holds it alone, across processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._old = path.with_name(f".{path.name}.old")

    def get(self, records: Sequence[uuid.UUID]) -> list[bytes | None]:
        """The slot of each record, or None."""
        with self._locked(fcntl.LOCK_SH), self._table() as table:
            return [table.slot(record) for record in records] if table else [None] * len(records)

    def put(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Keep new slots; the file grows when it gets full."""
        with self._locked(fcntl.LOCK_EX):
            self._make_room(len(slots))
            with self._table() as table:
                assert table is not None
                for record, slot in slots.items():
                    at, state = table.find(record.bytes)
                    if state != _EMPTY:
                        raise Broken("a record that has a slot, or was erased, gets no other: take a fresh id")
                    table.write(at, record.bytes, _KEPT, slot)
                table.used += len(slots)
                table.flush()

    def erase(self, records: Sequence[uuid.UUID]) -> int:
        """Overwrite slots where they lie."""
        with self._locked(fcntl.LOCK_EX), self._table() as table:
            if table is None:
                return 0
            found = [(record.bytes, *table.find(record.bytes)) for record in records]
            kept = [(key, at) for key, at, state in found if state == _KEPT]
            for key, at in kept:
                table.write(at, key, _ERASED, bytes(SLOT_BYTES))
            table.flush()
            return len(kept)

    def erased(self, records: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Those whose slot was erased."""
        with self._locked(fcntl.LOCK_SH), self._table() as table:
            return {record for record in records if table.find(record.bytes)[1] == _ERASED} if table else set()

    def rewrite(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """A new file with these slots and the erased ids; the old one is overwritten and deleted."""
        with self._locked(fcntl.LOCK_EX):
            rows = self._rows()
            kept = [(record.bytes, _KEPT, slot) for record, slot in slots.items()]
            self._renew([*kept, *(row for row in rows if row[1] == _ERASED)])

    def items(self) -> Iterator[tuple[uuid.UUID, bytes]]:
        """Every kept slot."""
        with self._locked(fcntl.LOCK_SH):
            rows = self._rows()
        yield from ((uuid.UUID(bytes=key), slot) for key, state, slot in rows if state == _KEPT)

    def content(self) -> bytes:
        """The bytes of the whole file at one moment, for a backup of the keys; empty before the first slot."""
        with self._locked(fcntl.LOCK_SH):
            return self._path.read_bytes() if self._path.exists() else b""

    def _rows(self) -> list[tuple[bytes, int, bytes]]:
        with self._table() as table:
            return list(table.rows()) if table else []

    def _make_room(self, more: int) -> None:
        destroy(self._old)  # left behind by a crash
        with self._table() as table:
            roomy = table is not None and table.used + more <= table.places * _FULL
        if not roomy:
            self._renew(self._rows(), more)

    def _renew(self, rows: Sequence[tuple[bytes, int, bytes]], more: int = 0) -> None:
        draft = self._path.with_name(f".{self._path.name}.draft")
        draft.unlink(missing_ok=True)
        _fill(draft, max(_SMALLEST, int((len(rows) + more) * 2 / _FULL).bit_length()), rows)
        if self._path.exists():
            # The old bytes keep a name until they are overwritten, so that a crash cannot lose them undestroyed.
            self._old.unlink(missing_ok=True)
            os.link(self._path, self._old)
        draft.replace(self._path)
        sync_names(self._path.parent)
        destroy(self._old)

    @contextmanager
    def _table(self) -> Iterator[_Table | None]:
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            yield None
            return
        try:
            with mmap.mmap(descriptor, 0) as memory:
                yield _Table(memory, descriptor, self._path.name)
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        # Beside the shelf, not on it: a shelf is replaced when it grows.
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


def _fill(path: Path, log2_places: int, rows: Sequence[tuple[bytes, int, bytes]]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.truncate(descriptor, _HEAD + (_PLACE << log2_places))
        os.pwrite(descriptor, MAGIC + bytes((log2_places,)), 0)
        with mmap.mmap(descriptor, 0) as memory:
            table = _Table(memory, descriptor, path.name)
            for key, state, slot in rows:
                table.write(table.find(key)[0], key, state, slot)
            table.used = len(rows)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Keys that end with the process: for tests of other rooms, and the measure of the real holders."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from harborline.adapters.keys.files import KEY_BYTES, unwrap, wrap
from harborline.kernel import Broken, NotFound
from harborline.vault.ports import SLOT_BYTES


class MemoryRoot:
    """A `KeyProvider` in memory."""

    def __init__(self) -> None:
        self._keys: dict[int, bytes] = {}
        self._highest = 0

    def numbers(self) -> list[int]:
        """Versions held."""
        return sorted(self._keys)

    def make(self, above: int = 0) -> int:
        """The next version."""
        self._highest = max([above, self._highest, *self._keys]) + 1
        self._keys[self._highest] = os.urandom(KEY_BYTES)
        return self._highest

    def wrap(self, number: int, key: bytes, bound: bytes) -> bytes:
        """Wrap."""
        return wrap(key, self._key(number), bound)

    def unwrap(self, number: int, wrapped: bytes, bound: bytes) -> bytes:
        """Open."""
        return unwrap(wrapped, self._key(number), bound)

    def retire(self, number: int) -> None:
        """Forget."""
        self._keys.pop(number, None)

    def _key(self, number: int) -> bytes:
        if number not in self._keys:
            raise NotFound(f"root key {number} is not held")
        return self._keys[number]


class MemoryShelf:
    """A `Shelf` in memory."""

    def __init__(self) -> None:
        self._slots: dict[uuid.UUID, bytes] = {}
        self._erased: set[uuid.UUID] = set()

    def get(self, records: Sequence[uuid.UUID]) -> list[bytes | None]:
        """The slots."""
        return [self._slots.get(record) for record in records]

    def put(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Keep."""
        if any(record in self._slots or record in self._erased for record in slots):
            raise Broken("a record that has a slot, or was erased, gets no other: take a fresh id")
        assert all(len(slot) == SLOT_BYTES for slot in slots.values())
        self._slots.update(slots)

    def erase(self, records: Sequence[uuid.UUID]) -> int:
        """Forget."""
        found = {record for record in records if self._slots.pop(record, None) is not None}
        self._erased |= found
        return len(found)

    def erased(self, records: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Those that were erased."""
        return self._erased & set(records)

    def rewrite(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Put anew."""
        self._slots = dict(slots)

    def items(self) -> Iterator[tuple[uuid.UUID, bytes]]:
        """Every slot."""
        yield from list(self._slots.items())


class MemoryStore:
    """A `KeyStore` in memory, for one process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._shelves: dict[str, MemoryShelf] = {}
        self._locks: dict[str, threading.Lock] = {}

    def read(self, name: str) -> bytes:
        """The content."""
        try:
            return self._kept[name]
        except KeyError:
            raise NotFound(f"{name} is not held") from None

    def replace(self, name: str, content: bytes) -> None:
        """Keep."""
        self._kept[name] = content

    def remove(self, name: str) -> None:
        """Forget."""
        self._kept.pop(name, None)

    def names(self, folder: str) -> list[str]:
        """Names of a folder."""
        prefix = f"{folder}/"
        return sorted(name.removeprefix(prefix) for name in self._kept if name.startswith(prefix))

    @contextmanager
    def locked(self, group: str = "") -> Iterator[None]:
        """One thread at a time."""
        with self._locks.setdefault(group, threading.Lock()):
            yield

    def shelf(self, group: str) -> MemoryShelf:
        """The shelf."""
        return self._shelves.setdefault(group, MemoryShelf())

    def shelves(self) -> list[str]:
        """Groups with slots."""
        return sorted(group for group, shelf in self._shelves.items() if any(shelf.items()))


class MemoryJournal:
    """An `ErasureJournal` in memory."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def append(self, lines: Sequence[str]) -> None:
        """Add."""
        self._lines += lines

    def read(self) -> list[str]:
        """Every line."""
        return list(self._lines)

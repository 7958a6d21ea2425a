"""What the vault needs from outside: the holder of the root key, a store of wrapped keys, a journal of erasures."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

SLOT_BYTES = 96


class KeyProvider(Protocol):
    """Holds the root key in numbered versions and never gives it away: it wraps and opens office keys.

    `bound` is associated data: what was wrapped for one purpose does not open for another.
    """

    def numbers(self) -> list[int]:
        """The versions held, ascending; empty before the first `make`."""

    def make(self, above: int = 0) -> int:
        """Make a new version, durable on return; answers its number, higher than any held and than `above`."""

    def wrap(self, number: int, key: bytes, bound: bytes) -> bytes:
        """Wrap 32 bytes under a version; raises `NotFound` when it is not held."""

    def unwrap(self, number: int, wrapped: bytes, bound: bytes) -> bytes:
        """Open what `wrap` made; raises `NotFound` when the version is not held, `Broken` when it does not open."""

    def retire(self, number: int) -> None:
        """Destroy a version for good; harmless when it is gone."""


class Shelf(Protocol):
    """The slots of one group's records: 96 opaque bytes each. Every change is durable on return."""

    def get(self, records: Sequence[uuid.UUID]) -> list[bytes | None]:
        """The slot of each record, in order; None where there is none, or no more."""

    def put(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Keep slots of records that have none; raises `Broken` for a record that has one or was erased."""

    def erase(self, records: Sequence[uuid.UUID]) -> int:
        """Overwrite the slots and remember that they were erased; answers how many there were."""

    def erased(self, records: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the records whose slot was erased."""

    def rewrite(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Put every standing slot anew, whole or not at all; what was erased stays known, the old bytes go."""

    def items(self) -> Iterator[tuple[uuid.UUID, bytes]]:
        """Every standing record with its slot, in no order."""


class KeyStore(Protocol):
    """Keeps wrapped keys by name, and shelves of record slots, apart from PostgreSQL and its backups.

    A name is a folder and a key: `offices/<office>.<number>`, or `groups/<group>.<number>` with `__` for each slash of
    the group; `gone/…` marks a class key that was destroyed.
    """

    def read(self, name: str) -> bytes:
        """The content kept under a name; raises `NotFound`."""

    def replace(self, name: str, content: bytes) -> None:
        """Keep content under a name, in the place of what it held: whole or not at all, durable on return."""

    def remove(self, name: str) -> None:
        """Overwrite and delete; harmless when it is gone."""

    def names(self, folder: str) -> list[str]:
        """Every name in a folder (`groups`), sorted."""

    def locked(self, group: str = "") -> AbstractContextManager[None]:
        """Be the only writer of a group's slots, or with no group of the keys, across processes."""

    def shelf(self, group: str) -> Shelf:
        """The shelf of a group, empty before its first slot."""

    def shelves(self) -> list[str]:
        """The groups that have a shelf, sorted."""


class ErasureJournal(Protocol):
    """An append-only list of what was destroyed, kept apart from keys and database: it outlives a restore of both."""

    def append(self, lines: Sequence[str]) -> None:
        """Add lines (JSON, no line breaks), durable on return."""

    def read(self) -> list[str]:
        """Every line, oldest first."""


class BlobsInUse(Protocol):
    """Every name of a sealed blob that some table of some program holds."""

    def names(self) -> Iterator[str]:
        """Each name, once or more."""

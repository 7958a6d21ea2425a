"""Rotation: new root and office keys by re-wrapping what hangs on them; no sealed content is touched.

Every step leaves each wrapped key openable: it is replaced whole, by a form that names the key above it, and the old
key above goes only when nothing names it any more. Killed anywhere, everything still opens, and the next rotation ends
what this one left. Rotating an office also gives every shelf of its records a new class key: whatever old bytes of
erased slots a disk may have kept hang on keys that are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from os import urandom

from harborline.kernel import Invalid, NotFound
from harborline.vault.keyring import INDEX, SLOTS, Keyring, closed_slot, office_name, office_of
from harborline.vault.ports import KeyProvider, KeyStore
from harborline.vault.wrapping import KEY_BYTES


class Moving:
    """A `KeyProvider` of two: opens what either wrapped and wraps with the newer one, to move between providers."""

    def __init__(self, newer: KeyProvider, older: KeyProvider) -> None:
        self._newer = newer
        self._older = older

    def numbers(self) -> list[int]:
        """The versions of both."""
        return sorted({*self._older.numbers(), *self._newer.numbers()})

    def make(self, above: int = 0) -> int:
        """A version of the newer one, above every version of the older."""
        return self._newer.make(max([above, *self._older.numbers()]))

    def wrap(self, number: int, key: bytes, bound: bytes) -> bytes:
        """Wrap by whoever holds the version."""
        return self._holder(number).wrap(number, key, bound)

    def unwrap(self, number: int, wrapped: bytes, bound: bytes) -> bytes:
        """Open by whoever holds the version."""
        return self._holder(number).unwrap(number, wrapped, bound)

    def retire(self, number: int) -> None:
        """Destroy a version of both."""
        self._older.retire(number)
        self._newer.retire(number)

    def _holder(self, number: int) -> KeyProvider:
        return self._newer if number in self._newer.numbers() else self._older


class Rotation:
    """Changes keys in place. `tell` hears a line for each step."""

    def __init__(
        self, provider: KeyProvider, store: KeyStore, tell: Callable[[str], None] = lambda _line: None
    ) -> None:
        self._provider = provider
        self._store = store
        self._tell = tell

    def root(self) -> int:
        """Make a new root key, re-wrap every office key under it, retire the older ones; answers its number."""
        with self._store.locked():
            ring, number = self._ring(), self._provider.make()
            self._out_of_first_form(ring)
            for office in ring.offices():
                for held in ring.office_numbers(office):
                    ring.make_office_key(office, held, ring.office(office, held), root=number)
                    self._tell(f"office {office}, key {held}: under root key {number}")
            for old in self._provider.numbers():
                if old < number:
                    self._provider.retire(old)
                    self._tell(f"root key {old}: retired")
        return number

    def office(self, office: str) -> int:
        """Make a new office key, re-wrap its class keys and record secrets, retire older ones; answers its number.

        Raises `NotFound` for an office without keys.
        """
        with self._store.locked():
            ring = self._ring()
            if office not in ring.offices() and not self._groups(ring, office):
                raise NotFound(f"there is no key of the office {office}; `harborline keys list` shows all")
            number = max([0, *ring.office_numbers(office)]) + 1
            ring.make_office_key(office, number, urandom(KEY_BYTES))
            for group in self._groups(ring, office):
                for held in ring.numbers(group):
                    month = ring.wrapped(group, held).month
                    ring.keep_class_key(group, held, ring.key(group, held), month)
                    self._tell(f"{group}, key {held}: under office key {number}")
            for old in ring.office_numbers(office):
                if old < number:
                    self._store.remove(office_name(office, old))
                    self._tell(f"office {office}, key {old}: retired")
        for group in self._store.shelves():
            if office_of(group) == office:
                self.records(group)
        return number

    def group(self, group: str, month: int) -> int:
        """Make a new class key for what will be sealed from now on; answers its number. Older values keep theirs.

        Raises `Invalid` for the index and for slots, `NotFound` for an unknown group.
        """
        if group == INDEX:
            raise Invalid("the index key serves every blind index and is never changed", group)
        if group.endswith(SLOTS):
            raise Invalid("the keys of slots change with their office: rotate that", group)
        with self._store.locked():
            ring = self._ring()
            if not ring.numbers(group):
                raise NotFound(f"there is no key of {group}; `harborline keys list` shows all")
            return ring.make_class_key(group, month)[0]

    def records(self, group: str) -> int:
        """Give a group's slots a new class key and destroy the older ones; answers how many secrets were re-wrapped."""
        with self._store.locked(group):
            ring = self._ring()
            with self._store.locked():
                number, under = ring.make_class_key(group + SLOTS, 0)
            shelf, keys = ring.shelf(group), dict[int, bytes]()
            slots = {
                record: closed_slot(group, record, ring.open_slot(group, record, slot, keys), number, under)
                for record, slot in shelf.items()
            }
            shelf.rewrite(slots)
            with self._store.locked():
                for old in ring.numbers(group + SLOTS):
                    if old < number:
                        ring.remove_class_key(group + SLOTS, old)
        self._tell(f"{group}, {len(slots)} records: under slot key {number}")
        return len(slots)

    def _out_of_first_form(self, ring: Keyring) -> None:
        # Class keys of the first form hang on root key 1 itself, which is about to go.
        for group in ring.groups():
            for held in ring.numbers(group):
                if not ring.wrapped(group, held).wrapped_by:
                    ring.keep_class_key(group, held, ring.key(group, held), 0)
                    self._tell(f"{group}, key {held}: under its office")

    def _ring(self) -> Keyring:
        return Keyring(self._provider, self._store)

    @staticmethod
    def _groups(ring: Keyring, office: str) -> list[str]:
        return [group for group in ring.groups() if office_of(group) == office]

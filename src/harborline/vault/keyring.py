"""The hierarchy: record secret → class key → office key → root key, over a key provider and a key store.

A *group* is `<office>/<class>`, such as `nc-css/people`; its keys are numbered, a new one begins with each calendar
month, and a sealed value says under which it is. The office is the first part of the name. The group `index` is the
one whose key never changes: every blind index hangs on it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import uuid
from collections.abc import Sequence

from harborline.kernel import Broken, NotFound
from harborline.vault.facts import KeyStanding, Secret
from harborline.vault.ports import KeyProvider, KeyStore, Shelf
from harborline.vault.wrapping import KEY_BYTES, Wrapped, head, unwrap, wrap

OFFICES, GROUPS, GONE = "offices", "groups", "gone"
INDEX = "index"
SLOTS = "/slots"
_GROUP = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")
_NUMBER_BYTES = 4


class Keyring:
    """Opens and makes the keys of one installation. Office keys stay in memory; class keys are cached by `services`."""

    def __init__(self, provider: KeyProvider, store: KeyStore) -> None:
        self._provider = provider
        self._store = store
        self._offices: dict[tuple[str, int], bytes] = {}

    def current(self, group: str, month: int) -> tuple[int, bytes]:
        """The number and key under which `group` seals in `month` (yyyymm); made when the month has none yet."""
        numbers = self.numbers(group)
        if numbers and not self._is_over(group, numbers[-1], month):
            return numbers[-1], self.key(group, numbers[-1])
        with self._store.locked():
            numbers = self.numbers(group)
            if numbers and not self._is_over(group, numbers[-1], month):
                return numbers[-1], self.key(group, numbers[-1])
            return self.make_class_key(group, month)

    def key(self, group: str, number: int) -> bytes:
        """One class key; `NotFound` once it was destroyed, `Broken` when it does not open."""
        wrapped = self.wrapped(group, number)
        try:
            return self._opened(group, number, wrapped)
        except NotFound:
            # A rotation may have re-wrapped it between the two readings.
            return self._opened(group, number, self.wrapped(group, number))

    def index_key(self, kind: str) -> bytes:
        """The key of a kind's blind indexes, derived from the index group's only key."""
        _, key = self.current(INDEX, 0)
        return hmac.digest(key, b"harborline/index/" + kind.encode(), hashlib.sha256)

    def secrets(self, group: str, records: Sequence[uuid.UUID]) -> list[Secret | None]:
        """The secret of each record, in order; None where it has none, or no more."""
        try:
            return self._secrets(group, records)
        except NotFound:
            # The office was rotated between the two readings: the slots hang on another key now.
            return self._secrets(group, records)

    def ensured_secrets(self, group: str, records: Sequence[uuid.UUID]) -> list[Secret]:
        """The secret of each record, made where there is none; raises `Broken` for a record that was erased."""
        found = dict(zip(records, self.secrets(group, records), strict=True))
        missing = [record for record, secret in found.items() if secret is None]
        if missing:
            found.update(self._made(group, missing))
        return [secret for record in records if (secret := found[record])]

    def _secrets(self, group: str, records: Sequence[uuid.UUID]) -> list[Secret | None]:
        keys: dict[int, bytes] = {}
        pairs = zip(records, self.shelf(group).get(records), strict=True)
        return [self.open_slot(group, record, slot, keys) if slot else None for record, slot in pairs]

    def _made(self, group: str, records: Sequence[uuid.UUID]) -> dict[uuid.UUID, Secret]:
        with self._store.locked(group):
            standing = zip(records, self.secrets(group, records), strict=True)
            known = {record: secret for record, secret in standing if secret}
            fresh = [record for record in records if record not in known]
            number, under = self.current(group + SLOTS, 0)
            noise = os.urandom(2 * KEY_BYTES * len(fresh))
            spans = range(0, len(noise), 2 * KEY_BYTES)
            made = {
                record: Secret(noise[at : at + KEY_BYTES], noise[at + KEY_BYTES : at + 2 * KEY_BYTES])
                for record, at in zip(fresh, spans, strict=True)
            }
            slots = {record: closed_slot(group, record, secret, number, under) for record, secret in made.items()}
            self.shelf(group).put(slots)
            return known | made

    def open_slot(self, group: str, record: uuid.UUID, slot: bytes, keys: dict[int, bytes]) -> Secret:
        """Open one slot; `keys` remembers the class keys of one call."""
        number = int.from_bytes(slot[:_NUMBER_BYTES])
        if number not in keys:
            keys[number] = self.key(group + SLOTS, number)
        both = unwrap(slot[_NUMBER_BYTES:], keys[number], _slot_bound(group, record, number), "a record's slot")
        return Secret(both[:KEY_BYTES], both[KEY_BYTES:])

    def shelf(self, group: str) -> Shelf:
        """The slots of a group's records."""
        return self._store.shelf(_checked(group))

    def numbers(self, group: str) -> list[int]:
        """The numbers of a group's keys that are held, ascending."""
        return self._numbers(GROUPS, _file(group))

    def office_numbers(self, office: str) -> list[int]:
        """The numbers of an office's keys that are held, ascending."""
        return self._numbers(OFFICES, office)

    def offices(self) -> list[str]:
        """Every office that has a key, sorted."""
        return sorted({name.rsplit(".", 1)[0] for name in self._store.names(OFFICES)})

    def groups(self) -> list[str]:
        """Every group that has a key, sorted."""
        return sorted({name.rsplit(".", 1)[0].replace("__", "/") for name in self._store.names(GROUPS)})

    def wrapped(self, group: str, number: int) -> Wrapped:
        """A class key as it is stored."""
        name = class_name(group, number)
        try:
            return Wrapped.parse(self._store.read(name), name)
        except NotFound:
            raise NotFound(f"key {number} of {group} is not held (destroyed, or other keys)") from None

    def office(self, office: str, number: int) -> bytes:
        """One office key, opened by the key provider."""
        if (office, number) not in self._offices:
            name = office_name(office, number)
            wrapped = Wrapped.parse(self._store.read(name), name)
            bound = _bound("office-key", office, number, wrapped.head)
            self._offices[office, number] = self._provider.unwrap(wrapped.wrapped_by, wrapped.body, bound)
        return self._offices[office, number]

    def newest_office(self, office: str) -> tuple[int, bytes]:
        """The newest key of an office, made on first use; the caller holds the lock of the keys."""
        numbers = self.office_numbers(office)
        if numbers:
            return numbers[-1], self.office(office, numbers[-1])
        return 1, self.make_office_key(office, 1, os.urandom(KEY_BYTES))

    def make_office_key(self, office: str, number: int, key: bytes, *, root: int = 0) -> bytes:
        """Keep an office key under the newest root key (or `root`), in the place of what its name holds."""
        root = root or self.newest_root()
        above = head(root, 0)
        body = self._provider.wrap(root, key, _bound("office-key", office, number, above))
        self._store.replace(office_name(office, number), above + body)
        self._offices[office, number] = key
        return key

    def newest_root(self) -> int:
        """The newest version of the root key, made on first use."""
        numbers = self._provider.numbers()
        return numbers[-1] if numbers else self._provider.make()

    def make_class_key(self, group: str, month: int) -> tuple[int, bytes]:
        """A new key of a group under a number never used before; the caller holds the lock of the keys."""
        used = [0, *self.numbers(group), *self._numbers(GONE, _file(group))]
        number, key = max(used) + 1, os.urandom(KEY_BYTES)
        self.keep_class_key(group, number, key, month)
        return number, key

    def keep_class_key(self, group: str, number: int, key: bytes, month: int) -> None:
        """Wrap a class key under its office's newest key, in the place of what its name holds."""
        above, under = self.newest_office(office_of(group))
        before = head(above, month)
        body = wrap(key, under, _bound("class-key", group, number, before))
        self._store.replace(class_name(group, number), before + body)

    def remove_class_key(self, group: str, number: int) -> None:
        """Destroy one class key: what was sealed under it is gone for good. Its number is never used again."""
        self._store.replace(f"{GONE}/{_file(group)}.{number}", b"")
        self._store.remove(class_name(group, number))

    def is_gone(self, group: str, number: int) -> bool:
        """Whether a class key was destroyed on purpose."""
        return number in self._numbers(GONE, _file(group))

    def standings(self) -> list[KeyStanding]:
        """Every key that is held, from the root down."""
        found = [KeyStanding("root", "root", number) for number in self._provider.numbers()]
        for office in self.offices():
            for number in self.office_numbers(office):
                name = office_name(office, number)
                above = Wrapped.parse(self._store.read(name), name).wrapped_by
                found.append(KeyStanding("office", office, number, above))
        for group in self.groups():
            for number in self.numbers(group):
                wrapped = self.wrapped(group, number)
                found.append(KeyStanding("class", group, number, wrapped.wrapped_by, wrapped.month))
        for group in self._store.shelves():
            newest = (self.numbers(group + SLOTS) or [0])[-1]
            count = sum(1 for _ in self.shelf(group).items())
            found.append(KeyStanding("records", group, newest, count=count))
        return found

    def _opened(self, group: str, number: int, wrapped: Wrapped) -> bytes:
        if not wrapped.wrapped_by:
            return self._provider.unwrap(1, wrapped.body, f"harborline/group-key/{group}/{number}".encode())
        under = self.office(office_of(group), wrapped.wrapped_by)
        bound = _bound("class-key", group, number, wrapped.head)
        return unwrap(wrapped.body, under, bound, f"key {number} of {group}")

    def _is_over(self, group: str, number: int, month: int) -> bool:
        return bool(month) and group != INDEX and self.wrapped(group, number).month != month

    def _numbers(self, folder: str, name: str) -> list[int]:
        prefix = f"{name}."
        return sorted(int(each[len(prefix) :]) for each in self._store.names(folder) if each.startswith(prefix))


def closed_slot(group: str, record: uuid.UUID, secret: Secret, number: int, under: bytes) -> bytes:
    """A record's secret under class key `number` of the group's slots: 96 bytes, number first."""
    body = wrap(secret.key + secret.salt, under, _slot_bound(group, record, number))
    return number.to_bytes(_NUMBER_BYTES) + body


def office_of(group: str) -> str:
    """The office whose key wraps a group's keys."""
    return _checked(group).split("/", 1)[0]


def office_name(office: str, number: int) -> str:
    """Under which name the store keeps an office key."""
    return f"{OFFICES}/{_checked(office)}.{number}"


def class_name(group: str, number: int) -> str:
    """Under which name the store keeps a class key."""
    return f"{GROUPS}/{_file(group)}.{number}"


def _file(group: str) -> str:
    return _checked(group).replace("/", "__")


def _checked(group: str) -> str:
    if not _GROUP.fullmatch(group):
        raise Broken(f"{group!r} is not the name of a key group")
    return group


def _bound(level: str, name: str, number: int, head: bytes) -> bytes:
    return f"harborline/{level}/{name}/{number}".encode() + b"\x00" + head


def _slot_bound(group: str, record: uuid.UUID, number: int) -> bytes:
    return f"harborline/record/{group}/{number}".encode() + b"\x00" + record.bytes

"""Mailboxes that forget everything with the process: for tests of protocol engines."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncssh

from harborline.exchange.facts import Box, Entry, Guest, Limits
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, clock
from harborline.kernel.decision import refuse

_TEMPORARY = (".part", ".tmp", ".filepart")


@dataclass(slots=True)
class Held:
    """One name: its bytes, whether it landed, when it changed last, whether a handle closed it as complete."""

    at: datetime
    content: bytearray = field(default_factory=bytearray)
    landed: bool = False
    closed: bool = False


class MemoryUpload:
    """A file on its way in."""

    def __init__(self, held: Held, room: Callable[[int], None]) -> None:
        self._held = held
        self._room = room

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self._held.content)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Take bytes at the end, or the same bytes again."""
        held = self._held.content
        if offset > len(held):
            raise Refused(refuse("gap-in-the-bytes"))
        again = bytes(held[offset : offset + len(data)])
        if again != data[: len(again)]:
            raise Refused(refuse("other-bytes-at-the-same-place"))
        self._room(len(data) - len(again))
        held += data[len(again) :]

    def flush(self) -> None:
        """Nothing is durable here."""

    def close(self, complete: bool) -> None:  # noqa: FBT001 - the port's signature
        """Remember how it ended."""
        self._held.closed = complete


class MemoryDownload:
    """A finished file."""

    def __init__(self, content: bytes, ended: Callable[[bool], None]) -> None:
        self._content = content
        self._ended = ended

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._content)

    def read(self, offset: int, length: int) -> bytes:
        """A slice."""
        return self._content[offset : offset + length]

    def close(self, sent_all: bool) -> None:  # noqa: FBT001 - the port's signature
        """Remember whether it was picked up."""
        self._ended(sent_all)


class MemoryMailboxes:
    """Mailboxes of partners whose keys are registered with `let_in`; every folder of an agreement stands open."""

    def __init__(self) -> None:
        self.landed: list[tuple[str, str, int]] = []
        self.picked_up: list[str] = []
        self.notes: list[tuple[str, str, str]] = []
        self.attempts: list[tuple[str, bool]] = []
        self.space_bytes: int | None = None
        self._names: dict[str, Held] = {}
        self._guests: dict[tuple[str, bytes], Guest] = {}
        self._agreements: dict[uuid.UUID, set[str]] = {}
        self._lock = threading.Lock()
        self._host_keys = [
            asyncssh.generate_private_key("ssh-ed25519").export_private_key(),
            asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_private_key(),
        ]

    def let_in(self, login: str, key: bytes, agreements: set[str], limits: Limits | None = None) -> Guest:
        """Put a key on file for a partner with these agreements."""
        found = limits or Limits(sessions=16, open_files=64, file_bytes=1 << 40, day_bytes=1 << 40)
        guest = Guest(uuid.uuid4(), uuid.uuid4(), login, "nc-css", found)
        self._guests[login, key] = guest
        self._agreements[guest.partner_id] = agreements
        return guest

    def put_out(self, path: str, content: bytes) -> None:
        """Lay a finished file into an `out` or `receipts` box."""
        self._names[path] = Held(clock.now(), bytearray(content), landed=True)

    def admit(self, login: str, key: bytes, remote: str) -> Guest:
        """Whoever was let in."""
        del remote
        guest = self._guests.get((login, key))
        self.attempts.append((login, guest is not None))
        if guest is None:
            raise Refused(refuse("not-admitted"))
        return guest

    def host_keys(self) -> Sequence[bytes]:
        """Fresh ones."""
        return self._host_keys

    def entries(self, guest: Guest, path: str) -> Sequence[Entry]:
        """Folders down to a box, then the guest's names."""
        parts = self._allowed(guest, path)
        at = clock.now()
        if not parts:
            names = sorted(self._agreements[guest.partner_id])
            return [Entry(name, folder=True, size=0, at=at, writable=False) for name in names]
        if len(parts) == 1:
            return [Entry(box.value, folder=True, size=0, at=at, writable=box in _IN) for box in Box]
        inside = f"{path}/"
        return [
            _entry(name.removeprefix(inside), held)
            for name, held in sorted(self._names.items())
            if name.startswith(inside)
        ]

    def entry(self, guest: Guest, path: str) -> Entry:
        """One name."""
        parts = self._allowed(guest, path)
        if len(parts) <= 2:  # noqa: PLR2004 - an agreement, a box
            name = parts[-1] if parts else "/"
            writable = name in {box.value for box in _IN}
            return Entry(name, folder=True, size=0, at=clock.now(), writable=writable)
        return _entry(parts[-1], self._held(path))

    def begin(self, guest: Guest, path: str, *, resume: bool) -> MemoryUpload:
        """Only in a box that takes files; a landed name is not written again."""
        parts = self._allowed(guest, path)
        if len(parts) != 3 or Box(parts[1]) not in _IN:  # noqa: PLR2004 - agreement, box, name
            raise Refused(refuse("not-a-mailbox-for-files"))
        with self._lock:
            held = self._names.get(path)
            if held is not None and held.landed:
                raise Refused(refuse("landed-files-stay"))
            if held is None or not resume:
                held = self._names[path] = Held(clock.now())
        held.closed = False
        return MemoryUpload(held, lambda more: self._room(guest, held, more))

    def fetch(self, guest: Guest, path: str) -> MemoryDownload:
        """A finished file."""
        parts = self._allowed(guest, path)
        if len(parts) != 3:  # noqa: PLR2004 - as above
            raise Invalid("is a folder; list it instead", "path")
        held = self._held(path)
        if not held.landed or Box(parts[1]) in _IN:
            raise Refused(refuse("not-a-mailbox-to-read"))

        def ended(sent_all: bool) -> None:  # noqa: FBT001 - as the port has it
            if sent_all:
                self.picked_up.append(path)

        return MemoryDownload(bytes(held.content), ended)

    def rename(self, guest: Guest, old: str, new: str) -> None:
        """From a temporary name to a final one: landed."""
        before, after = self._allowed(guest, old), self._allowed(guest, new)
        if len(after) != 3:  # noqa: PLR2004 - as above
            raise Refused(refuse("not-a-mailbox-for-files"))
        held = self._held(old)
        if held.landed or before[:2] != after[:2] or not old.endswith(_TEMPORARY) or new.endswith(_TEMPORARY):
            raise Refused(refuse("rename-to-a-final-name"))
        if not held.closed:
            raise Refused(refuse("still-being-written"))
        with self._lock:
            if new in self._names:
                raise Refused(refuse("landed-files-stay"))
            self._names[new] = self._names.pop(old)
            held.landed = True
        self.landed.append((new, hashlib.sha256(held.content).hexdigest(), len(held.content)))

    def remove(self, guest: Guest, path: str) -> None:
        """Only what did not land."""
        self._allowed(guest, path)
        if self._held(path).landed:
            raise Refused(refuse("landed-files-stay"))
        del self._names[path]

    def settle(self, guest: Guest) -> None:
        """Nothing is durable here."""

    def settle_old(self) -> None:
        """Nor here."""

    def note(self, guest: Guest, what: str, path: str, detail: str) -> None:
        """Remember it."""
        del guest
        self.notes.append((what, path, detail))

    def _allowed(self, guest: Guest, path: str) -> list[str]:
        parts = [part for part in path.split("/") if part]
        if parts and parts[0] not in self._agreements[guest.partner_id]:
            raise NotFound
        if len(parts) > 3 or (len(parts) > 1 and parts[1] not in {box.value for box in Box}):  # noqa: PLR2004 - as above
            raise NotFound
        return parts

    def _held(self, path: str) -> Held:
        try:
            return self._names[path]
        except KeyError:
            raise NotFound from None

    def _room(self, guest: Guest, held: Held, more: int) -> None:
        if len(held.content) + more > guest.limits.file_bytes:
            raise Refused(refuse("file-too-large"))
        if self.space_bytes is not None:
            if more > self.space_bytes:
                raise Unavailable("no space left")
            self.space_bytes -= more


_IN = (Box.IN, Box.TEST)


def _entry(name: str, held: Held) -> Entry:
    return Entry(name, folder=False, size=len(held.content), at=held.at, writable=not held.landed)

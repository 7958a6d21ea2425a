"""The log's signing keys in a file that only the sequencer's account can read.

The first line is the key that signs. Further lines are keys it replaced: a moment (`2026-12-01T00:00:00.000000Z`), a
space, the key; until that moment both sign, so that everybody has the time to learn the new key. The last key that
was replaced stays in the file after its moment as well, to recognise what it signed; it signs nothing any more.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harborline.kernel import Broken, Invalid, clock
from harborline.ledger.note import SigningKey, VerifierKey

_OTHERS = 0o077
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Retiring:
    """A key that was replaced; it signs beside its successor until a moment (aware, UTC)."""

    key: SigningKey
    until_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key that signs, and those it replaced, newest first; all are of one log."""

    current: SigningKey
    retiring: tuple[Retiring, ...] = ()

    @property
    def name(self) -> str:
        """The log's name."""
        return self.current.name

    @property
    def verifier(self) -> VerifierKey:
        """The public half of the key that signs."""
        return self.current.verifier

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """The public halves of all keys, the current one first."""
        return (self.current.verifier, *(one.key.verifier for one in self.retiring))

    def signing(self, now: datetime) -> list[SigningKey]:
        """The keys that sign at `now`, the current one first."""
        return [self.current, *(one.key for one in self.retiring if now < one.until_at)]

    def replaced_by(self, key: SigningKey, *, until_at: datetime) -> KeyRing:
        """The ring after `key` took over; of the keys before, only the last one is kept."""
        return KeyRing(key, (Retiring(self.current, until_at),))


def signing_key(path: Path, origin: str) -> SigningKey:
    """The key in `path` that signs now, made with mode 0600 when there is none; raises as `key_ring` does."""
    return key_ring(path, origin).current


def key_ring(path: Path, origin: str) -> KeyRing:
    """The keys in `path`, one made with mode 0600 when there is no file.

    Raises `Broken` when others can read the file, when it holds no key, or the key of another log.
    """
    if not path.exists():
        _make(path, SigningKey.generate(origin))
    if path.stat().st_mode & _OTHERS:
        raise Broken(f"{path} can be read by others: chmod 600 it, and make a new key if anybody did")
    try:
        ring = _read(path.read_text().splitlines())
    except (Invalid, UnicodeDecodeError, ValueError):
        raise Broken(f"{path} does not hold a signing key") from None
    for name in {key.name for key in ring.verifiers}:
        if name != origin:
            raise Broken(f"{path} holds the key of {name}, but this database keeps the log {origin}")
    return ring


def replace_keys(path: Path, ring: KeyRing) -> None:
    """Write the ring in the place of the file, whole and durable."""
    lines = [
        ring.current.secret_line(),
        *(f"{clock.iso(one.until_at)} {one.key.secret_line()}" for one in ring.retiring),
    ]
    draft = _draft(path, "".join(f"{line}\n" for line in lines))
    draft.replace(path)
    _sync_directory(path.parent)


def _read(lines: Sequence[str]) -> KeyRing:
    if not lines:
        raise Invalid("empty", "key file")
    retiring = []
    for line in lines[1:]:
        moment, _, secret = line.partition(" ")
        until_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        retiring.append(Retiring(SigningKey.parse(secret), until_at))
    return KeyRing(SigningKey.parse(lines[0]), tuple(retiring))


def _make(path: Path, key: SigningKey) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, key.secret_line() + "\n")
    try:
        # A link never replaces: of two makers the first wins, and both read the winner's key.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _sync_directory(path.parent)


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

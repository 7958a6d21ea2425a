"""What a witness remembers, in files: of each log the newest checkpoint, and requests that accuse a log."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harborline.kernel import Broken, Invalid
from harborline.ledger.cosignature import CosigningKey

MAX_EVIDENCE = 100
_OTHERS = 0o077


class WitnessFiles:
    """The memory of a witness in a directory (mode 0700): `<digest of the log's name>.checkpoint` and its lock.

    Losing it means losing the promise: a witness whose memory is gone is retired, not started again.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def turn(self, origin: str) -> Iterator[LogFile]:
        """The log's file, for one request of one process at a time."""
        name = hashlib.sha256(origin.encode()).hexdigest()
        with (self._directory / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield LogFile(self._directory / f"{name}.checkpoint")


class LogFile:
    """Of one log the newest cosigned checkpoint."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def latest(self) -> bytes | None:
        """The signed note, None before the first."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, note: bytes) -> None:
        """Write a newer one down, whole and durable."""
        _write(self._path, note)

    def accuse(self, request: bytes) -> None:
        """Keep a request as evidence, each once, at most a hundred of a log."""
        folder = self._path.with_suffix(".evidence")
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / hashlib.sha256(request).hexdigest()
        if not path.exists() and len(list(folder.iterdir())) < MAX_EVIDENCE:
            _write(path, request)


def cosigning_key(path: Path, name: str) -> CosigningKey:
    """The witness's key in a file of mode 0600, made under `name` when there is none.

    Raises `Broken` when others can read the file, when it holds no such key, or that of another name.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, f"{CosigningKey.generate(name).secret_line()}\n".encode())
    if path.stat().st_mode & _OTHERS:
        raise Broken(f"{path} can be read by others: chmod 600 it, and make a new key if anybody did")
    try:
        key = CosigningKey.parse(path.read_text())
    except (Invalid, UnicodeDecodeError):
        raise Broken(f"{path} does not hold a witness's key") from None
    if name and key.name != name:
        raise Broken(f"{path} holds the key of {key.name}, not of {name}")
    return key


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

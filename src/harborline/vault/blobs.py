"""Sealed blobs: files of any length, each a sealed stream (vault.streams) under a random key of its own.

Layout: `HLB1` ‖ length of the sealed blob key (2, big endian) ‖ the blob's key, sealed (vault.sealed, context
`blob:<name>`) ‖ the sealed stream.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from harborline.kernel import Broken, NotFound
from harborline.vault.services import seal, seal_record, unseal, unseal_record
from harborline.vault.spool import IN_MEMORY_BYTES, SealedSpool
from harborline.vault.streams import CHUNK_BYTES, OpenedStream, seal_stream

__all__ = ["CHUNK_BYTES", "FREE_FLOOR", "IN_MEMORY_BYTES", "MAGIC", "BlobDirectory", "SealedSpool", "room_in"]

MAGIC = b"HLB1"
FREE_FLOOR: Final = 256 * 1024**2
"""Below this much free space (bytes) nothing new is taken: the database needs it."""
ORPHAN_AFTER_S: Final = 24 * 3600.0
ASIDE_S: Final = 30 * 24 * 3600.0
"""How long a blob that nobody knows is kept aside."""
DRAFT_AFTER_S: Final = 3600.0
ORPHANS_MAX: Final = 1000
"""More blobs nobody knows than this are no leftovers of crashes: then nothing is deleted."""
_BUFFER = 64 * 1024
_LENGTH = struct.Struct(">H")
_SUFFIX: Final = ".sealed"
_ASIDE: Final = ".aside"
_NAME = re.compile(r"[0-9a-f-]{8,64}")


def room_in(directory: Path, size: int) -> bool:
    """Whether so many bytes fit into a directory of blobs beside the floor of free space."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(directory).free - size > FREE_FLOOR


class BlobDirectory:
    """Blobs as files named by a random identifier, mode 0600, written whole or not at all."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, name: str, source: IO[bytes], *, group: str, record: uuid.UUID | None = None) -> int:
        """Seal `source` to its end under `name`; answers the plaintext's size in bytes.

        With a `record` the blob's key is a piece of that erasable record: shredding the record ends the blob too.
        """
        final = self._path(name)
        draft = final.with_suffix(f".{os.getpid()}.draft")
        try:
            size = _written(str(draft), os.O_TRUNC, source, _head(name, group, record))
            draft.rename(final)
        finally:
            draft.unlink(missing_ok=True)
        return size

    def put_untold(self, name: str, source: IO[bytes], *, group: str) -> int:
        """Seal `source` to its end under a new name that nobody is told before this returns; answers its size in bytes.

        Without a draft there is no rename, and so one flush less: what a crash cuts short is a blob that no table
        knows. Raises `FileExistsError` for a name that is taken.
        """
        path = self._path(name)
        try:
            return _written(str(path), os.O_EXCL, source, _head(name, group, None))
        except FileExistsError:
            raise
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def open(self, name: str, *, group: str, record: uuid.UUID | None = None) -> io.BufferedReader:
        """A readable, rewindable-to-start stream of the plaintext.

        Raises `NotFound` when there is no such blob or its key was destroyed, `Broken` when it was changed; a change in
        a chunk is found when that chunk is read.
        """
        path = self._path(name)
        if not path.exists():
            raise NotFound("no such blob")
        return io.BufferedReader(_opened(path, name, group, record), CHUNK_BYTES)

    def remove(self, name: str) -> None:
        """Delete a blob's file; its key dies with it."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, known: Callable[[], Iterable[str]], *, now_s: float) -> int:
        """Put aside what a crash left, and delete it a month later; answers how many were put aside.

        Drafts older than an hour are deleted; blobs older than a day that nobody knows are put aside, and come back
        when a table knows them again, as after the restore of a newer backup. `known` gives every name in use; it is
        asked after the old names were read, so that a name it does not know was given up. `now_s` is Unix seconds.
        Raises `Broken`, and puts nothing aside, when far too many are unknown.
        """
        for draft in self._older("*.draft", now_s - DRAFT_AFTER_S):
            draft.unlink(missing_ok=True)
        old = {path.name.removesuffix(_SUFFIX): path for path in self._older(f"*{_SUFFIX}", now_s - ORPHAN_AFTER_S)}
        aside = {path.name.removesuffix(_ASIDE): path for path in self._directory.glob(f"*{_ASIDE}")}
        if not old and not aside:
            return 0
        for name in known():
            old.pop(name, None)
            if name in aside:
                aside.pop(name).replace(self._path(name))
        if len(old) > ORPHANS_MAX:
            raise Broken(f"{len(old)} sealed blobs that no table knows: were tables restored, or a profile taken away?")
        for name, path in old.items():
            os.utime(path, (now_s, now_s))
            path.replace(path.with_name(name + _ASIDE))
        for path in aside.values():
            if path.stat().st_mtime < now_s - ASIDE_S:
                path.unlink(missing_ok=True)
        return len(old)

    def _older(self, pattern: str, than_s: float) -> Iterator[Path]:
        for path in self._directory.glob(pattern):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < than_s:
                    yield path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Broken("not the name of a blob")
        return self._directory / f"{name}{_SUFFIX}"


def _written(path: str, how: int, source: IO[bytes], made: tuple[bytes, bytes]) -> int:
    # Durable on return, its name not yet; a buffer of a given size spares the questions what kind of file it is.
    key, head = made
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb", _BUFFER) as sink:
        sink.write(MAGIC + _LENGTH.pack(len(head)) + head)
        size = seal_stream(source, sink, key)
        sink.flush()
        os.fsync(sink.fileno())
    return size


def _head(name: str, group: str, record: uuid.UUID | None) -> tuple[bytes, bytes]:
    # A fresh blob key, and its sealed form.
    key = os.urandom(32)
    context = f"blob:{name}"
    if record is None:
        return key, seal(key, group=group, context=context)
    return key, seal_record(key, record=record, group=group, context=context)


def _opened(path: Path, name: str, group: str, record: uuid.UUID | None) -> OpenedStream:
    file = path.open("rb")
    try:
        key = _blob_key(file, f"blob:{name}", group, record)
    except BaseException:
        file.close()
        raise
    return OpenedStream(file, path.stat().st_size, key)


def _blob_key(file: IO[bytes], context: str, group: str, record: uuid.UUID | None) -> bytes:
    start = file.read(len(MAGIC) + _LENGTH.size)
    if len(start) != len(MAGIC) + _LENGTH.size or not start.startswith(MAGIC):
        raise Broken("not a sealed blob")
    head = file.read(_LENGTH.unpack_from(start, len(MAGIC))[0])
    if record is None:
        return unseal(head, group=group, context=context)
    return unseal_record(head, record=record, group=group, context=context)

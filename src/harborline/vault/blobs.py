"""Sealed blobs: streams of any length in chunks, each chunk bound to its number and to whether it is the last.

Layout: `HLB1` ‖ sealed blob key (vault.sealed, context `blob:<name>`) with a two-byte length ‖ chunks of 1 MiB, the
last one shorter or empty, as ciphertext ‖ tag. The nonce is the chunk number (12 bytes, big endian); the associated
data is the number (8) and the final flag (1), so a chunk cut off, swapped, repeated or added does not open. The blob
key is random for every blob, so no nonce meets the same key twice. Memory stays at a few chunks whatever the size.
Source: Hoang, Reyhanitabar, Rogaway, Vizar, "Online Authenticated-Encryption" (STREAM); SP 800-38D.
"""

from __future__ import annotations

import io
import os
import re
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken, NotFound
from harborline.vault.services import seal, seal_record, unseal, unseal_record

MAGIC = b"HLB1"
CHUNK_BYTES = 1 << 20
_TAG = 16
_BOUND, _LENGTH = struct.Struct(">QB"), struct.Struct(">H")
_NAME = re.compile(r"[0-9a-f-]{8,64}")


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
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
                size = _seal_stream(source, sink, _head(name, group, record))
                sink.flush()
                os.fsync(sink.fileno())
            draft.rename(final)
        finally:
            draft.unlink(missing_ok=True)
        return size

    def open(self, name: str, *, group: str, record: uuid.UUID | None = None) -> io.BufferedReader:
        """A readable, rewindable-to-start stream of the plaintext.

        Raises `NotFound` when there is no such blob or its key was destroyed, `Broken` when it was changed; a change in
        a chunk is found when that chunk is read.
        """
        path = self._path(name)
        if not path.exists():
            raise NotFound("no such blob")
        return io.BufferedReader(_Opened(path, name, group, record), CHUNK_BYTES)

    def remove(self, name: str) -> None:
        """Delete a blob's file; its key dies with it."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Broken("not the name of a blob")
        return self._directory / f"{name}.sealed"


def _head(name: str, group: str, record: uuid.UUID | None) -> tuple[bytes, bytes]:
    # A fresh blob key, and its sealed form.
    key = os.urandom(32)
    context = f"blob:{name}"
    if record is None:
        return key, seal(key, group=group, context=context)
    return key, seal_record(key, record=record, group=group, context=context)


def _seal_stream(source: IO[bytes], sink: IO[bytes], keys: tuple[bytes, bytes]) -> int:
    key, head = keys
    sink.write(MAGIC + _LENGTH.pack(len(head)) + head)
    cipher, size, number = AESGCM(key), 0, 0
    chunk = source.read(CHUNK_BYTES)
    while True:
        following = source.read(CHUNK_BYTES) if chunk else b""
        final = not following
        sink.write(cipher.encrypt(_nonce(number), chunk, _BOUND.pack(number, final)))
        size += len(chunk)
        if final:
            return size
        chunk, number = following, number + 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class _Opened(io.RawIOBase):
    def __init__(self, path: Path, name: str, group: str, record: uuid.UUID | None) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        try:
            key = self._blob_key(f"blob:{name}", group, record)
        except BaseException:
            self._file.close()
            raise
        self._start = self._file.tell()
        self._cipher = AESGCM(key)
        self._chunks = self._read_chunks()
        self._left = memoryview(b"")

    def _blob_key(self, context: str, group: str, record: uuid.UUID | None) -> bytes:
        start = self._file.read(len(MAGIC) + _LENGTH.size)
        if len(start) != len(MAGIC) + _LENGTH.size or not start.startswith(MAGIC):
            raise Broken("not a sealed blob")
        head = self._file.read(_LENGTH.unpack_from(start, len(MAGIC))[0])
        if record is None:
            return unseal(head, group=group, context=context)
        return unseal_record(head, record=record, group=group, context=context)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset != 0 or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a blob is read from its start")
        self._file.seek(self._start)
        self._chunks, self._left = self._read_chunks(), memoryview(b"")
        return 0

    def tell(self) -> int:
        raise io.UnsupportedOperation("a blob does not tell its place")

    def _read_chunks(self) -> Iterator[bytes]:
        number, final = 0, False
        while not final:
            sealed = self._file.read(CHUNK_BYTES + _TAG)
            final = self._file.tell() >= self._size
            try:
                yield self._cipher.decrypt(_nonce(number), sealed, _BOUND.pack(number, final))
            except InvalidTag:
                raise Broken(f"chunk {number} of a blob does not open: changed or cut off") from None
            number += 1

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer; io passes a memoryview
        while not self._left:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._left = memoryview(following)
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken

    def close(self) -> None:
        self._file.close()
        super().close()

"""Sealed streams: chunks of 1 MiB, each bound to its number and to whether it is the last.

The last chunk is shorter or empty; each is AES-256-GCM ciphertext ‖ tag. The nonce is the chunk number (12 bytes, big
endian), the associated data the number (8) and the final flag (1), so a chunk cut off, swapped, repeated or added does
not open. A key seals one stream only, so no nonce meets the same key twice. Memory stays at a few chunks.
Source: Hoang, Reyhanitabar, Rogaway, Vizar, "Online Authenticated-Encryption" (STREAM); SP 800-38D.
"""

from __future__ import annotations

import io
import struct
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken

CHUNK_BYTES = 1 << 20
_TAG = 16
_BOUND = struct.Struct(">QB")


def seal_stream(source: IO[bytes], sink: IO[bytes], key: bytes) -> int:
    """Seal `source` to its end into `sink` under a fresh 32-byte key; answers the plaintext's size in bytes.

    `source.read(n)` must give n bytes until the end (files and buffered pipes do).
    """
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


class SealingSink(io.RawIOBase):
    """What is written here goes sealed into `sink`, under a fresh 32-byte key; `finish` writes the last chunk.

    Without `finish` the stream does not open: a writer that died leaves nothing that could be taken for whole.
    """

    def __init__(self, sink: IO[bytes], key: bytes) -> None:
        self._sink = sink
        self._cipher = AESGCM(key)
        self._held = bytearray()
        self._number = 0
        self.size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - any buffer, as io has it
        """Take bytes; a full chunk goes out once it is known not to be the last."""
        self._held += content
        self.size += len(content)
        while len(self._held) > CHUNK_BYTES:
            self._emit(bytes(self._held[:CHUNK_BYTES]), final=False)
            del self._held[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> None:
        """Write the last chunk; nothing may be written afterwards."""
        self._emit(bytes(self._held), final=True)
        self._held.clear()

    def _emit(self, chunk: bytes, *, final: bool) -> None:
        self._sink.write(self._cipher.encrypt(_nonce(self._number), chunk, _BOUND.pack(self._number, final)))
        self._number += 1


class OpenedStream(io.RawIOBase):
    """The plaintext of a sealed stream that begins where `file` stands and goes to the file's end (`size` bytes).

    Owns the file. Reading raises `Broken` at the first chunk that does not open.
    """

    def __init__(self, file: IO[bytes], size: int, key: bytes) -> None:
        self._file = file
        self._size = size
        self._start = file.tell()
        self._cipher = AESGCM(key)
        # Used again for every chunk: memory of that size costs more than opening what is read into it.
        self._sealed = memoryview(bytearray(min(CHUNK_BYTES + _TAG, max(_TAG, size - self._start))))
        self._plain = memoryview(b"")
        self._rewind()

    def _rewind(self) -> None:
        self._number, self._final, self._left = 0, False, memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """To its start."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To the start and nowhere else."""
        if offset != 0 or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a sealed stream is read from its start")
        self._file.seek(self._start)
        self._rewind()
        return 0

    def tell(self) -> int:
        """Not known."""
        raise io.UnsupportedOperation("a sealed stream does not tell its place")

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer; io passes a memoryview
        """Bytes of the plaintext."""
        while not self._left:
            if self._final:
                return 0
            if len(buffer) >= CHUNK_BYTES:
                opened = self._open_into(buffer)
                if opened:
                    return opened
                continue
            if not self._plain:
                self._plain = memoryview(bytearray(max(1, len(self._sealed) - _TAG)))
            self._left = self._plain[: self._open_into(self._plain)]
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken

    def _open_into(self, buffer: memoryview) -> int:
        # The next chunk into memory that has room for it; nothing of one that does not open stays there.
        number, size = self._number, self._file.readinto(self._sealed)  # type: ignore[attr-defined]  # typeshed's IO has none
        self._number, self._final = number + 1, self._file.tell() >= self._size
        room = buffer[: max(0, size - _TAG)]
        try:
            self._cipher.decrypt_into(_nonce(number), self._sealed[:size], _BOUND.pack(number, self._final), room)
        except (InvalidTag, ValueError):
            room[:] = bytes(len(room))
            raise Broken(f"chunk {number} of a sealed stream does not open: changed or cut off") from None
        return len(room)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

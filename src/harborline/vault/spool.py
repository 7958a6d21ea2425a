"""A file on its way in that is never plaintext on the disk: sealed with a key that is kept in memory only.

The file has no name (unlinked as soon as it is open); with the process, its key is gone.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import IO

from harborline.vault.streams import CHUNK_BYTES, OpenedStream, SealingSink

IN_MEMORY_BYTES = 2 * CHUNK_BYTES


class SealedSpool:
    """Takes bytes; up to `in_memory` stay in memory, more goes sealed into a nameless file in `directory`."""

    def __init__(self, directory: Path, *, in_memory: int = IN_MEMORY_BYTES) -> None:
        self._directory = directory
        self._in_memory = in_memory
        self._held: io.BytesIO | None = io.BytesIO()
        self._key = b""
        self._file: IO[bytes] | None = None
        self._sink: SealingSink | None = None
        self.size = 0

    def write(self, content: bytes) -> None:
        """Take bytes at the end."""
        self.size += len(content)
        if self._held is not None:
            self._held.write(content)
            if self.size > self._in_memory:
                self._move()
        elif self._sink is not None:
            self._sink.write(content)

    def _move(self) -> None:
        assert self._held is not None
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = os.urandom(32)
        self._file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 - closed by whoever reads it
        self._sink = SealingSink(self._file, self._key)
        self._sink.write(self._held.getbuffer())
        self._held = None

    def opened(self) -> IO[bytes]:
        """What was written, from its start; once. Larger files can be read forward and rewound to their start only."""
        if self._held is not None:
            self._held.seek(0)
            return self._held
        assert self._sink is not None
        assert self._file is not None
        self._sink.finish()
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        return io.BufferedReader(OpenedStream(self._file, size, self._key), CHUNK_BYTES)

    def close(self) -> None:
        """Give up what was taken."""
        if self._file is not None:
            self._file.close()

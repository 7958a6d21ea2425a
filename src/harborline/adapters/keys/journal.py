"""The journal of erasures as a file of lines, and as many copies of it as the operator names."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from harborline.kernel import Unavailable


class FileJournal:
    """An `ErasureJournal` of JSON lines: a file of ours, and copies elsewhere that get every line too.

    A copy that cannot be written stops an erasure before any key is gone: an erasure nobody remembers comes back with
    the next restore.
    """

    def __init__(self, path: Path, copies: Sequence[Path] = ()) -> None:
        self._paths = (path, *copies)

    def append(self, lines: Sequence[str]) -> None:
        """Add lines to every copy that does not end with them already; raises `Unavailable` naming the copy."""
        for path in self._paths:
            try:
                _append(path, lines)
            except OSError as wrong:
                raise Unavailable(f"the journal of erasures {path} cannot be written: {wrong.strerror}") from None

    def read(self) -> list[str]:
        """The lines of every copy, each once, in the order of the first copy that has them."""
        found: dict[str, None] = {}
        for path in self._paths:
            found.update(dict.fromkeys(lines_of(path)))
        return list(found)


def lines_of(path: Path) -> list[str]:
    """The whole lines of one journal file; a line cut off by a crash was never acted on and does not count."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    return [line.decode() for line in content.split(b"\n")[:-1] if line]


def _append(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        file.write((b"\n" if torn else b"") + "".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(descriptor)

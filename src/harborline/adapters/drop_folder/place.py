"""The folders of one agreement, and files in them: written whole, read only when they are what they say."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from harborline.adapters.marks import sync_folder
from harborline.kernel import Invalid

DONE: Final = ".done"
RESULT: Final = ".result"
RECEIPT: Final = ".receipt"
_FOLDERS: Final = ("to-partner", "from-partner", "results", "receipts", "refused")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FIELD = re.compile(r"\s*([a-z0-9_-]{1,20})\s*[=:]\s*(.{0,400}?)\s*")
_SHORT: Final = 1_000_000
_MODE: Final = 0o660


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of one agreement are handed over."""

    root: Path

    @classmethod
    def of(cls, base: Path, agreement: str, folder: str) -> Place:
        """The place of an agreement below `base`: the folder its terms name, else its key; made where missing.

        Raises `Invalid` for a folder that would leave the base.
        """
        parts = (folder or agreement).strip("/").split("/")
        if not all(_PART.fullmatch(part) for part in parts):
            raise Invalid("is a folder below the drop folder: letters, digits, dot, dash and underscore", "folder")
        root = base.joinpath(*parts)
        for name in _FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True, mode=0o770)
        return cls(root)

    @property
    def giving(self) -> Path:
        """What the client takes."""
        return self.root / "to-partner"

    @property
    def taking(self) -> Path:
        """What the client brings."""
        return self.root / "from-partner"

    @property
    def results(self) -> Path:
        """What the client says about what it took."""
        return self.root / "results"

    @property
    def receipts(self) -> Path:
        """Our receipts for what came in."""
        return self.root / "receipts"

    @property
    def refused(self) -> Path:
        """What was brought and not taken in, each with the reason."""
        return self.root / "refused"


def write_whole(folder: Path, name: str, chunks: Iterable[bytes]) -> int:
    """Write a file that is there whole or not at all, durable on return; answers its bytes."""
    draft, size = folder / f".{name}.part", 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _MODE), "wb") as file:
        for chunk in chunks:
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    sync_folder(folder)
    return size


def open_plain(path: Path) -> IO[bytes] | None:
    """A regular file for reading; None for what is absent, a link, a folder, a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def read_short(path: Path) -> bytes | None:
    """A short regular file whole; None for what is absent, no regular file, or too long."""
    file = open_plain(path)
    if file is None:
        return None
    with file:
        content = file.read(_SHORT + 1)
    return content if len(content) <= _SHORT else None


def said_in(content: bytes) -> dict[str, str]:
    """The fields of a done-file or a result: a JSON object, or lines such as `size=245000`; unknown ones too."""
    text = content.decode("utf-8", "replace").lstrip("\ufeff")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return {str(name).lower(): str(value) for name, value in found.items()}
    matched = (_FIELD.fullmatch(line) for line in text.splitlines())
    return {one[1]: one[2] for one in matched if one}


def fields(**said: object) -> bytes:
    """The same, as we write it."""
    return "".join(f"{name}={value}\n" for name, value in said.items()).encode()

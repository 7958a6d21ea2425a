"""A directory on another machine (a mounted share, a medium that only adds) that keeps every checkpoint it got."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import NotFound, Unavailable
from harborline.ledger.facts import Differs, Receipt, SignedHead
from harborline.ledger.ports import LogTiles

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_FOLDER_DIGITS = 14
_NAME = re.compile(r"([0-9]{20})\.checkpoint")


@dataclass(frozen=True, slots=True)
class CheckpointDirectory:
    """One file for each checkpoint, named by its size with 20 digits, written once and never again.

    They lie in folders by millions of entries: `<log>/00000000000001/00000000000001234567.checkpoint`. The directory
    must exist: when the share is not mounted nothing is written beside its mount point. To keep the machine that
    writes from changing what it wrote, export the share so that it may only add files.
    """

    root: Path
    every_s: float = 60.0

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Write the file; raises `Unavailable` when it cannot be written, `Differs` when a larger one is there."""
        del log
        folder = self._folder(checkpoint.origin)
        try:
            if not self.root.is_dir():
                raise Unavailable(f"{self.root} is not there; is it mounted?")
            newest = _newest(folder)
            if newest is not None and newest.name > _path(checkpoint.size).name:
                raise Differs("holds a larger checkpoint of this log than the one that is signed now", newest.name)
            path = folder / _path(checkpoint.size)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_once(path, checkpoint)
        except OSError as wrong:
            raise Unavailable(f"{folder} cannot be written ({wrong.strerror})") from None
        return Receipt()

    def newest(self, origin: str) -> bytes | None:
        """The checkpoint of the largest size."""
        folder = self._folder(origin)
        try:
            if not self.root.is_dir():
                raise Unavailable(f"{self.root} is not there; is it mounted?")
            newest = _newest(folder)
            return None if newest is None else newest.read_bytes()
        except OSError as wrong:
            raise Unavailable(f"{folder} cannot be read ({wrong.strerror})") from None

    def at(self, origin: str, size: int) -> bytes:
        """The checkpoint of one size; raises `NotFound`."""
        try:
            return (self._folder(origin) / _path(size)).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"no checkpoint of {size} entries is kept in {self.root}") from None

    def _folder(self, origin: str) -> Path:
        return self.root / _UNSAFE.sub("_", origin)


def _path(size: int) -> Path:
    name = f"{size:020}"
    return Path(name[:_FOLDER_DIGITS]) / f"{name}.checkpoint"


def _newest(folder: Path) -> Path | None:
    # Names have a fixed length, so the greatest name is that of the largest size.
    if not folder.is_dir():
        return None
    for millions in sorted((one for one in folder.iterdir() if one.is_dir()), reverse=True):
        found = max((one.name for one in os.scandir(millions) if _NAME.fullmatch(one.name)), default=None)
        if found is not None:
            return millions / found
    return None


def _write_once(path: Path, checkpoint: SignedHead) -> None:
    if path.exists():
        # The same tree may be signed again (a second key, more cosignatures): the text must be the same.
        if path.read_bytes().partition(b"\n\n")[0] != checkpoint.note.partition(b"\n\n")[0]:
            raise Differs(f"holds another checkpoint of {checkpoint.size} entries of this log", str(path))
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(checkpoint.note)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

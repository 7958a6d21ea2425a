"""The published log as a directory: whole files only, the checkpoint last.

The first epoch lies in the directory itself, each later one in a directory of its number below it, as its name says
(`…/log`, `…/log/2`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from harborline.kernel import Broken, NotFound, Unavailable
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.tiles import WIDTH, Edge, Tile, bundle, entries_path, tile_path

CHECKPOINT = "checkpoint"
VKEY = "vkey"
CITATION = "citation"
_LOCK = ".lock"


def statement_path(number: int) -> str:
    """Where the handing-over of keys with this number (from 1) is published."""
    return f"keys/{number}"


def epoch_origin(first: str, number: int) -> str:
    """The name of an epoch, given that of the first one."""
    return first if number == 1 else f"{first}/{number}"


class Directory:
    """One published log. Nothing is ever changed in it but the checkpoint; every file appears whole."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsynced: set[Path] = set()

    def epoch(self, number: int) -> Directory:
        """The published log of an epoch."""
        return self if number == 1 else type(self)(self.root / str(number))

    def read(self, path: str) -> bytes:
        """The bytes of a published file; raises `NotFound` naming its path."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotFound(f"{path} is missing") from None
        except OSError as wrong:
            raise Unavailable(f"{path} cannot be read: {wrong.strerror}", permanent=True) from None

    def checkpoint(self, key: VerifierKey, *others: VerifierKey) -> Checkpoint | None:
        """The published checkpoint, signed by one of the log's keys, or None in a new directory."""
        try:
            return checkpoints.verified(self.read(CHECKPOINT), key, *others)
        except NotFound:
            return None

    def edge(self, checkpoint: Checkpoint) -> Edge:
        """The right edge of the published tree; raises `Broken` when the tiles do not lead to the checkpoint."""
        edge = Edge.read(checkpoint.size, self.tile)
        if edge.root() != checkpoint.root:
            raise Broken("the published tiles do not lead to the published checkpoint: restore the log directory")
        return edge

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile, from the partial file or the full one that took its place."""
        try:
            return self.read(tile_path(level, index, width))
        except NotFound:
            if width == WIDTH:
                raise
            return self.read(tile_path(level, index))[: width * 32]

    def entries(self, index: int, width: int) -> bytes:
        """A bundle of at least `width` entries, from the partial file or the full one that took its place."""
        try:
            return self.read(entries_path(index, width))
        except NotFound:
            return self.read(entries_path(index))

    def write_tile(self, tile: Tile) -> None:
        """Publish a tile."""
        self._write(tile.path, tile.hashes)

    def write_bundle(self, index: int, entries: list[bytes]) -> None:
        """Publish the entries of bundle `index`, up to 256."""
        self._write(entries_path(index, len(entries)), bundle(entries))

    def write_vkey(self, key: VerifierKey, replaced: Collection[VerifierKey] = ()) -> None:
        """Publish the verifier key line; raises `Broken` when the line of a key is there that it did not replace."""
        path = self.root / VKEY
        if path.exists():
            found = path.read_text().strip()
            if found == str(key):
                return
            if found not in {str(one) for one in replaced}:
                raise Broken(f"{path} is of another key than the one that signs")
        self._write(VKEY, f"{key}\n".encode())

    def write_once(self, path: str, content: bytes) -> None:
        """Publish a file that never changes (a key statement, a citation); raises `Broken` when another is there."""
        if not (self.root / path).exists():
            self._write(path, content)
        elif self.read(path) != content:
            raise Broken(f"{self.root / path} is not what this log published")

    def statements(self) -> Iterator[bytes]:
        """Every published handing-over of keys, oldest first."""
        number = 1
        while (self.root / statement_path(number)).exists():
            yield self.read(statement_path(number))
            number += 1

    def settle(self) -> None:
        """Make the names of all files written so far durable."""
        self._sync_names()

    def write_checkpoint(self, note: Note) -> None:
        """Publish a signed checkpoint: the last step, taken when all before it is durable."""
        self._sync_names()
        self._write(CHECKPOINT, bytes(note))
        self._sync_names()

    def drop_partials(self, level: int, index: int) -> None:
        """Remove the partial files of a tile that has become full (allowed by C2SP tlog-tiles)."""
        shutil.rmtree(self.root / f"{tile_path(level, index)}.p", ignore_errors=True)
        if level == 0:
            shutil.rmtree(self.root / f"{entries_path(index)}.p", ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else publishes into this directory during the block."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / _LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _write(self, path: str, content: bytes) -> None:
        target = self.root / path
        self._have(target.parent)
        draft = target.with_name(f".{target.name}.draft")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        self._unsynced.add(target.parent)

    def _have(self, directory: Path) -> None:
        if not directory.exists():
            self._have(directory.parent)
            directory.mkdir(exist_ok=True)
            self._unsynced.add(directory.parent)

    def _sync_names(self) -> None:
        # A file's bytes are durable after its own fsync, its name only after that of its directory.
        for directory in self._unsynced:
            descriptor = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._unsynced.clear()

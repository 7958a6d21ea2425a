"""Verify a whole published log from its files alone: signature, every entry, every tile, the root, older promises.

Works on every log in the C2SP tlog-tiles layout. Nothing here needs a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from harborline.kernel import Invalid, NotFound
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.entry import is_entry, prefix
from harborline.ledger.facts import Differs
from harborline.ledger.note import VerifierKey
from harborline.ledger.tiles import HEIGHT, WIDTH, Edge, Tile, entries_path, spans, tile_path, unbundled
from harborline.ledger.tree import HASH_BYTES, leaf_hashes


class Source(Protocol):
    """Where the files of a log are read: a directory or an address."""

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises `NotFound` when it is missing."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found true: the checkpoint, how many entries were read, how many carry this log's name.

    `older` is the older checkpoint that was kept, `first` the log's first entry.
    """

    checkpoint: Checkpoint
    entries: int
    named: int
    older: Checkpoint | None
    first: bytes | None = None


def verify_log(
    source: Source,
    key: VerifierKey,
    *,
    older: bytes | None = None,
    older_keys: Sequence[VerifierKey] = (),
    promises: Sequence[Checkpoint] = (),
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Verified:
    """Check a published log in these steps; raises `Differs` at the first difference, naming its place.

    1. The checkpoint is signed by `key` for the key's own name (tlog-checkpoint).
    2. The older checkpoint, when given, is signed by the same key (or one of `older_keys`, which it replaced) and not
       larger (no rollback); the same for `promises`, checkpoints that were believed before.
    3. Every entry hashes to its place in the level 0 tiles; an entry that begins like ours must have our form.
    4. Every tile of every level is what the level below makes it.
    5. The tiles lead to the signed root.
    6. The first entries, as many as an older checkpoint counts, lead to its root (no fork, no rewriting).
    `told(done, all)` hears the number of entries read, for a progress bar.
    """
    checkpoint = _signed(source.read("checkpoint"), "checkpoint", key)
    kept = _signed(older, "older checkpoint", key, *older_keys) if older is not None else None
    held = [*([kept] if kept else []), *promises]
    for promise in held:
        if promise.origin != checkpoint.origin:
            raise Differs(f"is of the log {promise.origin}, not of {checkpoint.origin}", "older checkpoint")
        if promise.size > checkpoint.size:
            raise Differs(
                f"has {checkpoint.size} entries, the older one {promise.size}: entries were taken away", "checkpoint"
            )
    walk = _Walk(source, checkpoint, held, told)
    walk.run()
    return Verified(checkpoint, checkpoint.size, walk.named, kept, walk.first)


def files_of(size: int) -> Iterator[str]:
    """The files of a log of so many entries in the order in which `verify_log` reads them, but for the checkpoint."""
    for index, width in spans(size):
        yield entries_path(index, width)
        yield tile_path(0, index, width)


def _signed(content: bytes, where: str, *keys: VerifierKey) -> Checkpoint:
    try:
        return checkpoints.verified(content, *keys)
    except (Differs, Invalid) as wrong:
        raise Differs(str(wrong), where) from None


class _Walk:
    """One pass over the entries from the left, rebuilding the tree and comparing every tile on the way."""

    def __init__(
        self,
        source: Source,
        checkpoint: Checkpoint,
        promises: Sequence[Checkpoint],
        told: Callable[[int, int], None],
    ) -> None:
        self.named = 0
        self.first: bytes | None = None
        self._source = source
        self._checkpoint = checkpoint
        self._promises = promises
        self._told = told
        self._beginning = prefix(checkpoint.origin)
        self._edge = Edge()

    def run(self) -> None:
        """Read everything; raises `Differs`."""
        size = self._checkpoint.size
        self._keep_promises([])
        for index, width in spans(size):
            hashes = self._hashes(index, width)
            self._compare_leaves(index, hashes)
            self._keep_promises(hashes)
            for tile in self._edge.append(hashes):
                if tile.level:
                    self._compare(tile)
            self._told(self._edge.size, size)
        for tile in self._edge.partial_tiles():
            if tile.level:
                self._compare(tile)
        if self._edge.root() != self._checkpoint.root:
            raise Differs("its root is not that of the entries", "checkpoint")

    def _hashes(self, index: int, width: int) -> list[bytes]:
        path = entries_path(index, width)
        content, held = self._read(path, entries_path(index), width)
        try:
            entries = unbundled(content)
        except Invalid as wrong:
            raise Differs(wrong.problem, path) from None
        if len(entries) != held:
            raise Differs(f"holds {len(entries)} entries, not {held}", path)
        del entries[width:]
        if index == 0:
            self.first = entries[0]
        for place, entry in enumerate(entries):
            if entry.startswith(self._beginning):
                if not is_entry(entry, self._beginning):
                    raise Differs(f"entry {index * WIDTH + place} has not the form of this log's entries", path)
                self.named += 1
        return leaf_hashes(entries)

    def _compare_leaves(self, index: int, hashes: list[bytes]) -> None:
        path = tile_path(0, index, len(hashes))
        stored = self._tile(0, index, len(hashes))
        for place, found in enumerate(hashes):
            if stored[place * HASH_BYTES : (place + 1) * HASH_BYTES] != found:
                raise Differs(f"entry {index * WIDTH + place} is not the one whose hash is there", path)

    def _compare(self, tile: Tile) -> None:
        stored = self._tile(tile.level, tile.index, tile.width)
        if stored == tile.hashes:
            return
        place = next(i for i in range(0, len(stored), HASH_BYTES) if stored[i : i + 32] != tile.hashes[i : i + 32])
        first = (tile.index * WIDTH + place // HASH_BYTES) << (HEIGHT * tile.level)
        raise Differs(f"hash {place // HASH_BYTES} is not over the entries from {first} on", tile.path)

    def _tile(self, level: int, index: int, width: int) -> bytes:
        path = tile_path(level, index, width)
        stored, held = self._read(path, tile_path(level, index), width)
        if len(stored) != held * HASH_BYTES:
            raise Differs(f"holds {len(stored)} bytes, not {held} hashes", path)
        return stored[: width * HASH_BYTES]

    def _keep_promises(self, hashes: list[bytes]) -> None:
        # Compares with an older checkpoint at the moment the walk passes its size.
        before = self._edge.size
        for promise in self._promises:
            if not before <= promise.size <= before + len(hashes):
                continue
            then = Edge(before, [list(row) for row in self._edge.rows])
            then.append(hashes[: promise.size - before])
            if then.root() != promise.root:
                raise Differs(
                    f"the first {promise.size} entries are not those the older checkpoint was signed for",
                    "older checkpoint",
                )

    def _read(self, path: str, full: str, width: int) -> tuple[bytes, int]:
        # The file and how much it must hold; a log may remove a partial file once the full one is there (tlog-tiles).
        for place, held in ((path, width), (full, WIDTH)):
            try:
                return self._source.read(place), held
            except NotFound:
                continue
        raise Differs("is missing", path)

"""C2SP tlog-tiles: where hashes and entries of a log lie, and the growing right edge of its tree.

A tile holds up to 256 hashes of one level; level 0 are leaf hashes, each hash of level L+1 is the root over one full
tile of level L. A bundle holds up to 256 entries, each preceded by its length as two bytes, big endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from harborline.kernel import Invalid
from harborline.ledger.tree import HASH_BYTES, Node, folded, paired, peaks_of

WIDTH = 256
HEIGHT = 8
MAX_ENTRY_BYTES = 0xFFFF
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile number `index` of a level, with its hashes one after the other (32 bytes each)."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        """How many hashes it holds, 1 to 256."""
        return len(self.hashes) // HASH_BYTES

    @property
    def path(self) -> str:
        """Where it is published."""
        return tile_path(self.level, self.index, self.width)


def index_path(index: int) -> str:
    """`1234067` → `x001/x234/067`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _placed(index: int, width: int) -> str:
    if not 1 <= width <= WIDTH or index < 0:
        raise Invalid(f"no tile {index} of width {width}", "tile")
    return index_path(index) if width == WIDTH else f"{index_path(index)}.p/{width}"


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """`tile/<level>/<index>` with `.p/<width>` for a partial tile."""
    return f"tile/{level}/{_placed(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """`tile/entries/<index>` with `.p/<width>` for a partial bundle."""
    return f"tile/entries/{_placed(index, width)}"


def spans(size: int, level: int = 0) -> Iterator[tuple[int, int]]:
    """Index and width of every tile of one level in a tree of `size` entries, from the left."""
    count = size >> (HEIGHT * level)
    for index in range(count // WIDTH):
        yield index, WIDTH
    if count % WIDTH:
        yield count // WIDTH, count % WIDTH


def levels(size: int) -> int:
    """How many levels of tiles a tree of `size` entries has."""
    count = 0
    while size >> (HEIGHT * count):
        count += 1
    return count


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle; raises `Invalid` for an entry beyond 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise Invalid(f"an entry of {len(entry)} bytes; at most {MAX_ENTRY_BYTES} fit", "entry")
        parts += (_LENGTH.pack(len(entry)), entry)
    return b"".join(parts)


def unbundled(content: bytes) -> list[bytes]:
    """The entries of a bundle; raises `Invalid` when a length and the bytes do not fit."""
    entries: list[bytes] = []
    place, end = 0, len(content)
    while place < end:
        start = place + 2
        if start > end:
            raise Invalid(f"cut off after {len(entries)} entries", "bundle")
        place = start + (content[place] << 8 | content[place + 1])
        entries.append(content[start:place])
    if place != end:
        raise Invalid(f"cut off within entry {len(entries) - 1} of it", "bundle")
    return entries


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile; raises `Invalid` when it is not a whole number of them."""
    if len(hashes) % HASH_BYTES:
        raise Invalid("not a whole number of 32-byte hashes", "tile")
    return [hashes[place : place + HASH_BYTES] for place in range(0, len(hashes), HASH_BYTES)]


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a full tile."""
    row = hashes
    while len(row) > 1:
        row = paired(row)
    return row[0]


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: per level the hashes of its unfinished tile. All that appending needs to know."""

    size: int = 0
    rows: list[list[bytes]] = field(default_factory=list)

    @classmethod
    def read(cls, size: int, tile: Callable[[int, int, int], bytes]) -> Edge:
        """The edge of a stored tree; `tile(level, index, width)` gives the hashes of a partial tile."""
        edge = cls(size)
        for level in range(levels(size)):
            count = size >> (HEIGHT * level)
            width = count % WIDTH
            hashes = split(tile(level, count // WIDTH, width)) if width else []
            if len(hashes) != width:
                raise Invalid(f"{len(hashes)} hashes, not {width}", tile_path(level, count // WIDTH, width))
            edge.rows.append(hashes)
        return edge

    def append(self, hashes: Sequence[bytes]) -> list[Tile]:
        """Add leaf hashes; answers the tiles that became full, lower levels first."""
        finished: list[Tile] = []
        before, level, arriving = self.size, 0, list(hashes)
        self.size += len(arriving)
        while arriving:
            if level == len(self.rows):
                self.rows.append([])
            row = self.rows[level] + arriving
            first = (before >> (HEIGHT * level)) // WIDTH
            arriving = []
            full = len(row) // WIDTH
            for number in range(full):
                chunk = row[number * WIDTH : (number + 1) * WIDTH]
                finished.append(Tile(level, first + number, b"".join(chunk)))
                arriving.append(tile_root(chunk))
            self.rows[level] = row[full * WIDTH :]
            level += 1
        return finished

    def partial_tiles(self) -> list[Tile]:
        """The unfinished tiles, lower levels first."""
        return [
            Tile(level, (self.size >> (HEIGHT * level)) // WIDTH, b"".join(row))
            for level, row in enumerate(self.rows)
            if row
        ]

    def root(self) -> bytes:
        """The root of the tree."""
        return folded([peak for row in reversed(self.rows) for peak in peaks_of(row)])


def node_from_tiles(size: int, tile: Callable[[int, int, int], bytes]) -> Node:
    """A node reader over the tiles of a tree of `size`; `tile(level, index, width)` gives their hashes."""

    @lru_cache(maxsize=64)
    def rows(level: int, index: int) -> list[list[bytes]]:
        width = min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH)
        made = [split(tile(level, index, width))]
        if len(made[0]) != width:
            raise Invalid(f"{len(made[0])} hashes, not {width}", tile_path(level, index, width))
        while len(made[-1]) > 1:
            row = made[-1]
            made.append(paired(row[: len(row) & ~1]))
        return made

    def node(level: int, index: int) -> bytes:
        tall, short = divmod(level, HEIGHT)
        first = index << short
        return rows(tall, first // WIDTH)[short][(first % WIDTH) >> short]

    return node

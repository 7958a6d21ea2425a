"""From the queue into the tree: one bounded batch per transaction, all in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg

from harborline.kernel import Broken, Invalid
from harborline.ledger.facts import EpochFacts
from harborline.ledger.tiles import Edge, Tile
from harborline.ledger.tree import EMPTY_ROOT, HASH_BYTES

Connection: TypeAlias = "psycopg.Connection[Any]"
BATCH = 8_192

_TAKE = (
    "DELETE FROM ledger_pending WHERE number IN"
    " (SELECT number FROM ledger_pending WHERE number > %s ORDER BY number LIMIT %s) RETURNING number, leaf_hash"
)
_TAKE_CITATION = "DELETE FROM ledger_pending WHERE number = %s RETURNING number, leaf_hash"
_TILES = (
    "INSERT INTO ledger_storedtile (epoch, level, index, hashes)"
    " SELECT %b, * FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[])"
    " ON CONFLICT (epoch, level, index) DO UPDATE SET hashes = EXCLUDED.hashes"
)
_HEAD = (
    "INSERT INTO ledger_head (number, size, root, low_water, highest) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (number) DO UPDATE SET size = EXCLUDED.size, root = EXCLUDED.root, low_water = EXCLUDED.low_water,"
    " highest = greatest(ledger_head.highest, EXCLUDED.highest)"
)
_SNAPSHOT = (
    "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s"
)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Size and root of the tree in the database, and the number below which the queue need not be searched."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    low_water: int = 0


@dataclass(slots=True)
class Integrator:
    """Takes pending entries into the tree, in the order of their numbers.

    The queue is searched above a low-water mark only: while a long snapshot is open, deleted rows stay in the way
    and searching from the beginning gets slower with every batch. The mark follows the highest number taken, as soon
    as every transaction that was running then has ended. A search from the beginning (`sweep`) finds what a
    transaction may have inserted below the mark all the same.
    """

    connection: Connection
    epoch: EpochFacts
    _mark: tuple[int, int] | None = None

    def integrate(self, limit: int = BATCH, *, sweep: bool = False) -> int:
        """Integrate up to `limit` entries in one transaction; answers how many. Raises `Broken` on a torn tree."""
        with self.connection.transaction():
            head = read_head(self.connection, self.epoch.number, lock=True)
            first = self._first(head)
            taken = self._take(0 if sweep else head.low_water, limit)
            if first or taken:
                self._extend(head, [*first, *taken], taken[-1][0] if taken else 0)
        return len(taken)

    def _first(self, head: TreeHead) -> list[tuple[int, bytes]]:
        # A later epoch begins with the entry that cites the one before.
        if head.size or self.epoch.citation is None:
            return []
        rows = self.connection.execute(_TAKE_CITATION, [self.epoch.citation], binary=True).fetchall()
        if not rows:
            raise Broken("the entry that begins this epoch of the log is not waiting for its place")
        return [(number, bytes(leaf_hash)) for number, leaf_hash in rows]

    def _take(self, low_water: int, limit: int) -> list[tuple[int, bytes]]:
        rows = self.connection.execute(_TAKE, [low_water, limit], binary=True).fetchall()
        return sorted((number, bytes(leaf_hash)) for number, leaf_hash in rows)

    def _extend(self, head: TreeHead, taken: Sequence[tuple[int, bytes]], highest: int) -> None:
        edge = read_edge(self.connection, self.epoch.number, head)
        tiles = edge.append([leaf_hash for _, leaf_hash in taken]) + edge.partial_tiles()
        with (
            self.connection.cursor() as cursor,
            cursor.copy("COPY ledger_leaf (epoch, seq, number) FROM STDIN (FORMAT binary)") as copy,
        ):
            copy.set_types(["int2", "int8", "int8"])
            for seq, (number, _) in enumerate(taken, head.size):
                copy.write_row((self.epoch.number, seq, number))
        self._store(tiles)
        low_water = self._advanced(head.low_water, highest)
        self.connection.execute(_HEAD, [self.epoch.number, edge.size, edge.root(), low_water, highest])

    def _store(self, tiles: Sequence[Tile]) -> None:
        columns = [[one.level for one in tiles], [one.index for one in tiles], [one.hashes for one in tiles]]
        self.connection.execute(_TILES, [self.epoch.number, *columns])

    def _advanced(self, low_water: int, highest: int) -> int:
        row = self.connection.execute(_SNAPSHOT).fetchone()
        oldest, newest = row or (0, 0)
        if self._mark is not None and oldest >= self._mark[1]:
            low_water = max(low_water, self._mark[0])
            self._mark = None
        if self._mark is None:
            self._mark = (highest, newest)
        return low_water


def read_head(connection: Connection, epoch: int, *, lock: bool = False) -> TreeHead:
    """The head of an epoch's tree; an empty one before its first entry."""
    query = "SELECT size, root, low_water FROM ledger_head WHERE number = %s"
    row = connection.execute(f"{query} FOR UPDATE" if lock else query, [epoch]).fetchone()
    return TreeHead(row[0], bytes(row[1]), row[2]) if row else TreeHead()


def stored_tiles(connection: Connection, epoch: int) -> Callable[[int, int, int], bytes]:
    """A reader of the tiles in the database: level, index, width → their hashes, empty when there are none."""

    def tile(level: int, index: int, width: int) -> bytes:
        found = connection.execute(
            "SELECT hashes FROM ledger_storedtile WHERE epoch = %s AND level = %s AND index = %s",
            [epoch, level, index],
            binary=True,
        ).fetchone()
        return bytes(found[0])[: width * HASH_BYTES] if found else b""

    return tile


def read_edge(connection: Connection, epoch: int, head: TreeHead) -> Edge:
    """The right edge of the tree in the database; raises `Broken` when its tiles do not lead to the head."""
    try:
        edge = Edge.read(head.size, stored_tiles(connection, epoch))
    except Invalid:
        edge = Edge()
    if edge.root() != head.root:
        raise Broken("the tree in the database does not lead to its own head: stop and restore")
    return edge


def current_epoch(connection: Connection, origin: str) -> EpochFacts:
    """The newest epoch in this database; the first one is begun under the name `origin` when there is none yet."""
    connection.execute("INSERT INTO ledger_epoch (number, origin) VALUES (1, %s) ON CONFLICT DO NOTHING", [origin])
    query = "SELECT number, origin, citation, opening FROM ledger_epoch ORDER BY number DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    if row is None:
        raise Broken("the log has no name")
    return EpochFacts(row[0], row[1], row[2], None if row[3] is None else bytes(row[3]))

"""The sequencer: the one process that orders entries, recomputes what it is about to sign, signs, publishes.

It holds an advisory lock in the database and a file lock in the log's directory; a standby waits for both. Killed at
any step and started again, it goes on without gap, fork or loss: integrating is one transaction, the same entries
give the same tiles, and the checkpoint is renamed into place last.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from harborline.kernel import Broken, clock
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.integrating import BATCH, Connection, Integrator, TreeHead, read_head
from harborline.ledger.keyfile import signing_key
from harborline.ledger.note import SigningKey
from harborline.ledger.published import Directory
from harborline.ledger.tiles import WIDTH, Edge
from harborline.ledger.tree import HASH_BYTES, leaf_hashes

ADVISORY_LOCK = 0x6861_7262_6F72_6C67
INTERVAL_S = 0.25
STANDBY_S = 1.0
RETRY_S = 2.0
SWEEP_S = 60.0
PUBLISH_S = 1.0
_BUNDLES_AT_ONCE = 64

_log = logging.getLogger(__name__)

_RANGE = (
    "SELECT l.seq, e.leaf FROM ledger_leaf l JOIN ledger_entry e ON e.number = l.number"
    " WHERE l.seq >= %s AND l.seq < %s ORDER BY l.seq"
)


@dataclass(slots=True)
class Sequencer:
    """Integrates and publishes over one connection (autocommit) as the role `hl_sequencer`, into one directory."""

    connection: Connection
    directory: Directory
    key: SigningKey
    _integrator: Integrator = field(init=False)
    _swept_s: float = float("-inf")

    def __post_init__(self) -> None:
        """Make the integrator of this connection."""
        self._integrator = Integrator(self.connection)

    def integrate_once(self, limit: int = BATCH) -> int:
        """Take up to `limit` waiting entries into the tree; answers how many. Once a minute it searches all."""
        now_s = clock.monotonic_s()
        sweep = now_s - self._swept_s >= SWEEP_S
        count = self._integrator.integrate(limit, sweep=sweep)
        if sweep and count < limit:
            self._swept_s = now_s
        return count

    def publish_once(self) -> Checkpoint | None:
        """Publish the tree as it stands and answer its checkpoint; None when it is published already.

        Everything is read again and recomputed before it is signed. Raises `Broken`, and signs nothing, when the
        published log is ahead of the database (it was restored), when both hold different histories, or when an
        entry is no longer what was recorded.
        """
        head = read_head(self.connection)
        published = self.directory.checkpoint(self.key.verifier)
        if published is not None and _is_published(head, published):
            return None
        edge = self.directory.edge(published) if published else Edge()
        finished = self._write_full(edge, head)
        self._write_partial(edge)
        checkpoint = Checkpoint(self.key.name, edge.size, edge.root())
        self._sign(checkpoint)
        for index in finished:
            self.directory.drop_partials(*index)
        return checkpoint

    def catch_up(self) -> Checkpoint | None:
        """Integrate all that waits, then publish."""
        while self.integrate_once() == BATCH:
            pass
        return self.publish_once()

    def _write_full(self, edge: Edge, head: TreeHead) -> list[tuple[int, int]]:
        # Extends the published edge to the head from re-read entries; writes bundles and full tiles on the way.
        finished: list[tuple[int, int]] = []
        while edge.size < head.size:
            start = edge.size - edge.size % WIDTH
            end = min(head.size, start + WIDTH * _BUNDLES_AT_ONCE)
            entries = self._entries(start, end)
            fresh = entries[edge.size - start :]
            for tile in edge.append(leaf_hashes(fresh)):
                self.directory.write_tile(tile)
                finished.append((tile.level, tile.index))
            for place in range(0, len(entries), WIDTH):
                self.directory.write_bundle((start + place) // WIDTH, entries[place : place + WIDTH])
        if edge.root() != head.root:
            raise Broken(f"{self._first_difference(head)}; nothing was signed")
        return finished

    def _write_partial(self, edge: Edge) -> None:
        for tile in edge.partial_tiles():
            self.directory.write_tile(tile)

    def _sign(self, checkpoint: Checkpoint) -> None:
        note = checkpoint.signed(self.key)
        self.connection.execute(
            "INSERT INTO ledger_signedcheckpoint (size, note, signed_at) VALUES (%s, %s, %s)",
            [checkpoint.size, bytes(note), clock.now()],
        )
        self.directory.write_vkey(self.key.verifier)
        self.directory.write_checkpoint(note)

    def _entries(self, start: int, end: int) -> list[bytes]:
        rows = self.connection.execute(_RANGE, [start, end], binary=True).fetchall()
        if [seq for seq, _ in rows] != list(range(start, end)):
            raise Broken(f"an entry between places {start} and {end} of the log is missing; nothing was signed")
        return [bytes(leaf) for _, leaf in rows]

    def _first_difference(self, head: TreeHead) -> str:
        for start in range(0, head.size, WIDTH):
            end = min(start + WIDTH, head.size)
            row = self.connection.execute(
                "SELECT hashes FROM ledger_storedtile WHERE level = 0 AND index = %s", [start // WIDTH], binary=True
            ).fetchone()
            stored = bytes(row[0]) if row else b""
            for place, found in enumerate(leaf_hashes(self._entries(start, end))):
                if stored[place * HASH_BYTES : (place + 1) * HASH_BYTES] != found:
                    return f"the entry at place {start + place} of the log is not what was recorded"
        return "the tree in the database is not the continuation of the published log"


def _is_published(head: TreeHead, published: Checkpoint) -> bool:
    if published.size > head.size:
        raise Broken(
            f"the published log has {published.size} entries, the database only {head.size}:"
            " the database was set back. Nothing is signed until the restore ceremony is done"
        )
    if published.size == head.size and published.root != head.root:
        raise Broken(f"the published log and the database hold different histories of {head.size} entries")
    return published.size == head.size


def run_sequencer(
    stop: threading.Event, log_dir: Path, *, dsn: str, key_file: Path, origin: str, interval_s: float = INTERVAL_S
) -> None:
    """Sequence until `stop` is set, then publish what is left and return.

    `dsn` is of the role `hl_sequencer`; `origin` names the log when the database has no name for it yet. Waits as a
    standby while another sequencer holds the locks, reconnects when the database goes away, tries again when the
    directory cannot be written. Raises `Broken` when signing would be wrong: a person must look.
    """
    directory = Directory(log_dir)
    while not stop.is_set():
        try:
            with (
                psycopg.connect(dsn, autocommit=True) as connection,
                _leading(stop, connection, directory) as leads,
            ):
                if leads:
                    key = signing_key(key_file, kept_origin(connection, origin))
                    _work(stop, Sequencer(connection, directory, key), interval_s)
        except (psycopg.OperationalError, OSError) as wrong:
            _log.warning("the sequencer tries again in %s s: %s", RETRY_S, type(wrong).__name__)
            stop.wait(RETRY_S)


def catch_up(log_dir: Path, *, dsn: str, key_file: Path, origin: str) -> Checkpoint | None:
    """Integrate and publish everything that waits, once. Raises `Broken` when another sequencer is at work."""
    directory = Directory(log_dir)
    with psycopg.connect(dsn, autocommit=True) as connection, directory.alone() as alone:
        if not (alone and _locked(connection)):
            raise Broken("another sequencer is at work on this log")
        return Sequencer(connection, directory, signing_key(key_file, kept_origin(connection, origin))).catch_up()


def kept_origin(connection: Connection, origin: str) -> str:
    """The name of the log in this database; `origin` becomes it when there is none yet."""
    connection.execute("INSERT INTO ledger_epoch (number, origin) VALUES (1, %s) ON CONFLICT DO NOTHING", [origin])
    row = connection.execute("SELECT origin FROM ledger_epoch ORDER BY number DESC LIMIT 1").fetchone()
    return str(row[0]) if row else origin


@contextmanager
def _leading(stop: threading.Event, connection: Connection, directory: Directory) -> Iterator[bool]:
    # Waits as a standby; True once both locks are held, False when told to stop first.
    while not stop.is_set():
        with directory.alone() as alone:
            if alone and _locked(connection):
                yield True
                return
        stop.wait(STANDBY_S)
    yield False


def _work(stop: threading.Event, sequencer: Sequencer, interval_s: float) -> None:
    published_s = float("-inf")
    while not stop.is_set():
        busy = sequencer.integrate_once() == BATCH
        now_s = clock.monotonic_s()
        if now_s - published_s >= PUBLISH_S:
            sequencer.publish_once()
            published_s = now_s
        if not busy:
            stop.wait(interval_s)
    sequencer.catch_up()


def _locked(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
    return bool(row and row[0])

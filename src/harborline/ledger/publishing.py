"""From the tree to the signed files: read again, recompute, sign, keep the signature, publish, the checkpoint last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harborline.kernel import Broken, clock
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import EpochFacts
from harborline.ledger.integrating import Connection, TreeHead, read_head, stored_tiles
from harborline.ledger.keyfile import KeyRing
from harborline.ledger.note import Note
from harborline.ledger.promises import Keeper, Promise, SignedLast
from harborline.ledger.published import CHECKPOINT, CITATION, Directory, statement_path
from harborline.ledger.tiles import WIDTH, Edge, node_from_tiles
from harborline.ledger.tree import HASH_BYTES, leaf_hashes

_BUNDLES_AT_ONCE = 64
_RANGE = (
    "SELECT l.seq, e.leaf FROM ledger_leaf l JOIN ledger_entry e ON e.number = l.number"
    " WHERE l.epoch = %s AND l.seq >= %s AND l.seq < %s ORDER BY l.seq"
)


@dataclass(slots=True)
class Publisher:
    """Publishes one epoch of the log from the database into its directory.

    `keys` is asked anew for each checkpoint, so that a replaced key is seen; `outside` are checkpoints read back from
    those who hold them.
    """

    connection: Connection
    directory: Directory
    epoch: EpochFacts
    keys: Callable[[], KeyRing]
    signed_last: SignedLast
    outside: Sequence[Promise] = ()
    _keeper: Keeper = field(default_factory=Keeper)
    _finished: list[tuple[int, int]] = field(default_factory=list)

    def check(self) -> None:
        """Pass when the tree may be extended at all; raises `Broken` where `prepare` would, before anything is done."""
        ring = self.keys()
        head = read_head(self.connection, self.epoch.number)
        self._keep_promises(ring, head, self.directory.checkpoint(*ring.verifiers))

    def prepare(self) -> Note | None:
        """Write entries and tiles, recompute everything, sign; None when the tree is published already.

        The signature is kept and stored, but not yet published. Raises `Broken`, and signs nothing, when what was
        signed before is ahead of the database (it was restored), when both hold different histories, or when an
        entry is no longer what was recorded.
        """
        ring = self.keys()
        head = read_head(self.connection, self.epoch.number)
        published = self.directory.checkpoint(*ring.verifiers)
        self._keep_promises(ring, head, published)
        self._state_beginnings()
        if published is not None and published.size == head.size:
            return None
        edge = self.directory.edge(published) if published else Edge()
        self._write_full(edge, head)
        for tile in edge.partial_tiles():
            self.directory.write_tile(tile)
        return self._sign(ring, Checkpoint(ring.name, edge.size, edge.root()))

    def publish(self, note: Note) -> None:
        """Let the world see a prepared checkpoint."""
        ring = self.keys()
        self.directory.write_vkey(ring.verifier, ring.verifiers)
        self.directory.write_checkpoint(note)
        for index in self._finished:
            self.directory.drop_partials(*index)
        self._finished.clear()

    def stands(self, note: Note) -> bool:
        """Whether this is the checkpoint the world sees now, whatever signatures are under it."""
        return Note.parse(self.directory.read(CHECKPOINT)).text == note.text

    def _keep_promises(self, ring: KeyRing, head: TreeHead, published: Checkpoint | None) -> None:
        promises = [Promise(published, "the published log")] if published else []
        last = self.signed_last.read(ring.verifiers)
        promises += [last] if last else []
        node = node_from_tiles(head.size, stored_tiles(self.connection, self.epoch.number))
        self._keeper.check(head, [*promises, *self.outside], node)

    def _state_beginnings(self) -> None:
        # How the keys came to be, and what this epoch continues.
        if self.epoch.opening is not None:
            self.directory.write_once(CITATION, self.epoch.opening)
        rows = self.connection.execute("SELECT number, note FROM ledger_keystatement ORDER BY number").fetchall()
        for number, note in rows:
            self.directory.write_once(statement_path(number), bytes(note))

    def _write_full(self, edge: Edge, head: TreeHead) -> None:
        # Extends the published edge to the head from re-read entries; writes bundles and full tiles on the way.
        while edge.size < head.size:
            start = edge.size - edge.size % WIDTH
            end = min(head.size, start + WIDTH * _BUNDLES_AT_ONCE)
            entries = self._entries(start, end)
            hashes = leaf_hashes(entries)
            self._check_again(start, hashes, edge)
            for tile in edge.append(hashes[edge.size - start :]):
                self.directory.write_tile(tile)
                self._finished.append((tile.level, tile.index))
            for place in range(0, len(entries), WIDTH):
                self.directory.write_bundle((start + place) // WIDTH, entries[place : place + WIDTH])
        if edge.root() != head.root:
            raise Broken(f"{self._first_difference(head)}; nothing was signed")

    @staticmethod
    def _check_again(start: int, hashes: Sequence[bytes], edge: Edge) -> None:
        # The unfinished bundle is written anew with its published beginning, which must still be what was published.
        published = edge.rows[0] if edge.size > start else []
        for place, (found, stood) in enumerate(zip(hashes, published, strict=False)):
            if found != stood:
                raise Broken(
                    f"the entry at place {start + place} of the log is not what was recorded; nothing was signed"
                )

    def _sign(self, ring: KeyRing, checkpoint: Checkpoint) -> Note:
        now = clock.now()
        note = checkpoint.signed(*ring.signing(now))
        # Everything the signature stands for is durable before it exists, and the signature before it is seen.
        self.directory.settle()
        self.signed_last.write(note)
        self.connection.execute(
            "INSERT INTO ledger_signedcheckpoint (epoch, size, note, signed_at) VALUES (%s, %s, %s, %s)",
            [self.epoch.number, checkpoint.size, bytes(note), now],
        )
        self._keeper.proved(checkpoint)
        return note

    def _entries(self, start: int, end: int) -> list[bytes]:
        rows = self.connection.execute(_RANGE, [self.epoch.number, start, end], binary=True).fetchall()
        if [seq for seq, _ in rows] != list(range(start, end)):
            raise Broken(f"an entry between places {start} and {end} of the log is missing; nothing was signed")
        return [bytes(leaf) for _, leaf in rows]

    def _first_difference(self, head: TreeHead) -> str:
        tile = stored_tiles(self.connection, self.epoch.number)
        for start in range(0, head.size, WIDTH):
            end = min(start + WIDTH, head.size)
            stored = tile(0, start // WIDTH, WIDTH)
            for place, found in enumerate(leaf_hashes(self._entries(start, end))):
                if stored[place * HASH_BYTES : (place + 1) * HASH_BYTES] != found:
                    return f"the entry at place {start + place} of the log is not what was recorded"
        return "the tree in the database is not the continuation of the published log"

"""The projection check: every stored value that repeats what the entries say is computed again and compared.

Three passes. 1. The tree: every leaf from its entry, every tile, the head, every signed checkpoint; every entry stands
in the tree or waits for its place. 2. The contents, program by program: both commitments, and the columns by which
entries are found. 3. The tables of other rooms, by the projections they serve.
It reads, it never mends: what differs was changed past the product, and a person must look.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from django.db import transaction

from harborline.kernel import Broken, Invalid, NotFound, clock, ports
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.canonical import canonical
from harborline.ledger.commitments import commit_fields, commit_subject
from harborline.ledger.contents import Kept, items_field
from harborline.ledger.entry import Entry, read_entry
from harborline.ledger.facts import Difference, Differs, EpochFacts
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.ports import Projection, Sealer
from harborline.ledger.services import SUBJECT_INDEX, sealing_group
from harborline.ledger.tiles import WIDTH, Edge, tile_path
from harborline.ledger.tree import HASH_BYTES, leaf_hash
from harborline.walls.cursor import bulk_cursor

CHUNK = 8_192
LONGEST_LIST = 1_000
Told = Callable[[str, int], None]
Unit = Callable[[str], AbstractContextManager[object]]

_LEAVES = (
    "SELECT l.seq, e.entry_id, e.leaf FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.number = l.number"
    " WHERE l.epoch = %b AND l.seq >= %b ORDER BY l.seq LIMIT %b"
)
_TILES = 'SELECT level, "index", hashes FROM ledger_storedtile WHERE epoch = %b AND level = %b AND "index" = %b'
_NOWHERE = (
    "SELECT e.entry_id FROM ledger_entry e WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.number = e.number)"
    " AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.number = e.number) ORDER BY e.number LIMIT %b"
)
_WAITING = (
    "SELECT p.number, p.leaf_hash, e.leaf FROM ledger_pending p LEFT JOIN ledger_entry e ON e.number = p.number"
    " WHERE p.number > %b ORDER BY p.number LIMIT %b"
)
_CONTENTS = (
    "SELECT c.number, e.entry_id, e.leaf, c.subject_index, c.kind, c.recorded_at, c.commit_key, c.subject_salt,"
    " c.sealed, c.sealed_items FROM ledger_content c LEFT JOIN ledger_entry e ON e.number = c.number"
    " WHERE c.program = %b AND c.number > %b ORDER BY c.number LIMIT %b"
)


@dataclass(slots=True)
class Found:
    """What the check saw: how many entries, waiting ones, contents, destroyed contents; and what differs."""

    entries: int = 0
    waiting: int = 0
    contents: int = 0
    destroyed: int = 0
    without_subject: int = 0
    differences: list[Difference] = field(default_factory=list)
    more: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def tell(self, where: str, what: str) -> None:
        """Note a difference; beyond a thousand they are only counted."""
        self.take([Difference(where, what)])

    def take(self, found: Iterable[Difference]) -> None:
        """Note several."""
        for one in found:
            if len(self.differences) < LONGEST_LIST:
                self.differences.append(one)
            else:
                self.more += 1


def check(
    epochs: Sequence[EpochFacts],
    keys: Sequence[VerifierKey],
    unit: Unit,
    programs: Sequence[str],
    told: Told = lambda _what, _count: None,
) -> Found:
    """Compare everything with the entries.

    `keys` are all the keys the log went through; `unit(program)` opens a context that sees the whole program; `told`
    hears what is being checked and how many rows were.
    """
    found = Found()
    with transaction.atomic(), bulk_cursor() as cursor:
        for epoch in epochs:
            _Tree(cursor, epoch, keys, found, told).run()
        _check_places(cursor, found)
    for program in programs:
        with unit(program), bulk_cursor() as cursor:
            _Contents(cursor, program, found, told).run()
        for room, projection in sorted(ports.serving_all(Projection).items()):
            told(f"{program}: {room}", 0)
            with unit(program):
                found.take(projection.differences(program))
    return found


class _Tree:
    """One epoch: leaves, tiles, head, checkpoints."""

    def __init__(
        self,
        cursor: psycopg.Cursor[Any],
        epoch: EpochFacts,
        keys: Sequence[VerifierKey],
        found: Found,
        told: Told,
    ) -> None:
        self._cursor, self._epoch, self._found, self._told = cursor, epoch, found, told
        self._keys = [key for key in keys if key.name == epoch.origin]
        self._edge = Edge()
        self._promised = self._checkpoints()

    def run(self) -> None:
        """Read every leaf from the left and rebuild everything above."""
        place = 0
        while rows := self._rows(place):
            hashes = [self._leaf(place + number, row) for number, row in enumerate(rows)]
            self._keep_promises(hashes)
            for tile in self._edge.append(hashes):
                self._compare(tile.level, tile.index, tile.hashes)
            place += len(rows)
            self._found.entries += len(rows)
            self._told(self._epoch.origin, self._found.entries)
        for tile in self._edge.partial_tiles():
            self._compare(tile.level, tile.index, tile.hashes)
        for size, _, number in self._promised:
            self._found.tell(f"ledger_signedcheckpoint {number}", f"is of {size} entries, of which {place} are here")
        self._check_head()

    def _rows(self, place: int) -> list[Any]:
        return self._cursor.execute(_LEAVES, [self._epoch.number, place, CHUNK]).fetchall()

    def _leaf(self, place: int, row: Any) -> bytes:  # noqa: ANN401 - a database row
        seq, entry_id, leaf = row
        where = f"ledger_leaf {self._epoch.number}/{place}"
        if seq != place:
            self._found.tell(where, f"is missing; the next one is {seq}")
        if leaf is None:
            self._found.tell(where, "its entry is missing")
            return bytes(HASH_BYTES)
        header = _header(bytes(leaf))
        if header is None or header.id != entry_id:
            self._found.tell(f"ledger_entry {entry_id}", "its public bytes are not those of this entry")
        return leaf_hash(bytes(leaf))

    def _compare(self, level: int, index: int, hashes: bytes) -> None:
        row = self._cursor.execute(_TILES, [self._epoch.number, level, index]).fetchone()
        stored = bytes(row[2]) if row else b""
        if stored == hashes:
            return
        path = f"ledger_storedtile {self._epoch.number}: {tile_path(level, index)}"
        place = next((i for i in range(0, len(hashes), HASH_BYTES) if stored[i : i + 32] != hashes[i : i + 32]), None)
        if place is None:
            self._found.tell(path, f"holds {len(stored)} bytes, not {len(hashes)}")
            return
        number = index * WIDTH + place // HASH_BYTES
        about = f"the entry at place {number}" if level == 0 else "the level below"
        self._found.tell(path, f"hash {place // HASH_BYTES} is not that of {about}")

    def _checkpoints(self) -> list[tuple[int, bytes, int]]:
        rows = self._cursor.execute(
            "SELECT number, size, note FROM ledger_signedcheckpoint WHERE epoch = %b ORDER BY size, number",
            [self._epoch.number],
        ).fetchall()
        promised = []
        for number, size, note in rows:
            try:
                signed = checkpoints.verified(bytes(note), *self._keys) if self._keys else _unsigned(bytes(note))
            except (Invalid, Differs) as wrong:
                self._found.tell(f"ledger_signedcheckpoint {number}", f"is not signed by this log: {wrong}")
                continue
            if signed.size != size:
                self._found.tell(f"ledger_signedcheckpoint {number}.size", f"is {size}, the note says {signed.size}")
            promised.append((signed.size, signed.root, number))
        return promised

    def _keep_promises(self, hashes: Sequence[bytes]) -> None:
        before = self._edge.size
        while self._promised and self._promised[0][0] <= before + len(hashes):
            size, root, number = self._promised.pop(0)
            then = Edge(before, [list(row) for row in self._edge.rows])
            then.append(hashes[: size - before])
            if then.root() != root:
                self._found.tell(f"ledger_signedcheckpoint {number}", f"was not signed over the first {size} entries")

    def _check_head(self) -> None:
        row = self._cursor.execute(
            "SELECT size, root FROM ledger_head WHERE number = %b", [self._epoch.number]
        ).fetchone()
        size, root = (row[0], bytes(row[1])) if row else (0, Edge().root())
        if (size, root) != (self._edge.size, self._edge.root()):
            self._found.tell(f"ledger_head {self._epoch.number}", "size and root are not those of the entries")


def _check_places(cursor: psycopg.Cursor[Any], found: Found) -> None:
    for (entry_id,) in cursor.execute(_NOWHERE, [LONGEST_LIST]).fetchall():
        found.tell(f"ledger_entry {entry_id}", "neither stands in the tree nor waits for its place")
    after = 0
    while rows := cursor.execute(_WAITING, [after, CHUNK]).fetchall():
        for number, hash_, leaf in rows:
            if leaf is None or leaf_hash(bytes(leaf)) != bytes(hash_):
                found.tell(f"ledger_pending {number}.leaf_hash", "is not that of its entry")
        found.waiting += len(rows)
        after = rows[-1][0]


class _Contents:
    """The contents of one program: commitments, and the columns that repeat what is sealed."""

    def __init__(self, cursor: psycopg.Cursor[Any], program: str, found: Found, told: Told) -> None:
        self._cursor, self._program, self._found, self._told = cursor, program, found, told
        self._sealer = ports.serving(Sealer)
        self._group = sealing_group(program)
        self._indexes: dict[str, bytes] = {}

    def run(self) -> None:
        """Open and compare every row."""
        after = 0
        while rows := self._cursor.execute(_CONTENTS, [self._program, after, CHUNK]).fetchall():
            for row in rows:
                self._found.take(self._differences(row))
            after = rows[-1][0]
            self._found.contents += len(rows)
            self._told(self._program, self._found.contents)

    def _differences(self, row: Any) -> Iterator[Difference]:  # noqa: ANN401 - a database row
        number, entry_id, leaf, index, kind, recorded_at, key, salt, sealed, items = row
        where = f"ledger_content {number}"
        header = _header(bytes(leaf)) if leaf is not None else None
        if header is None:
            yield Difference(where, "has no entry")
            return
        try:
            opened = self._sealer.unseal(bytes(sealed), group=self._group, context=f"entry:{entry_id}")
            kept = Kept.read(opened, key=_bytes(key), salt=_bytes(salt))
            fields = _fields(kept, header)
        except NotFound as missing:
            # Only a key that was destroyed on purpose explains a closed content; else it was moved, or keys are lost.
            if self._sealer.key_is_gone(bytes(sealed), group=self._group):
                self._found.destroyed += 1
            else:
                yield Difference(f"{where}.sealed", str(missing))
            return
        except (Broken, Differs) as wrong:
            yield Difference(f"{where}.sealed", str(wrong))
            return
        yield from self._columns(where, fields["event"], kind, recorded_at)
        yield from self._subject(where, kept, header, bytes(index))
        yield from self._items(where, entry_id, fields, items)

    def _columns(self, where: str, event: Any, kind: str, recorded_at: datetime) -> Iterator[Difference]:  # noqa: ANN401 - parsed JSON
        if event["kind"] != kind:
            yield Difference(f"{where}.kind", f"is {kind}, the entry says {event['kind']}")
        if event["at"] != clock.iso(recorded_at):
            yield Difference(f"{where}.recorded_at", f"is {clock.iso(recorded_at)}, the entry says {event['at']}")
        if event["program"] != self._program:
            yield Difference(f"{where}.program", f"is {self._program}, the entry says {event['program']}")

    def _subject(self, where: str, kept: Kept, header: Entry, index: bytes) -> Iterator[Difference]:
        if kept.subject is None:
            self._found.without_subject += 1
            return
        if commit_subject(kept.subject_salt, kept.subject) != header.subject:
            yield Difference(f"{where}.sealed", "is about another subject than the entry commits to")
        if self._index(kept.subject) != index:
            yield Difference(f"{where}.subject_index", "is not that of the entry's subject")

    def _index(self, subject: str) -> bytes:
        # Entries about one subject come in crowds; the table of them is emptied before it gets large.
        if len(self._indexes) > CHUNK:
            self._indexes.clear()
        if subject not in self._indexes:
            self._indexes[subject] = self._sealer.blind_index(SUBJECT_INDEX, f"{self._program}/{subject}")
        return self._indexes[subject]

    def _items(self, where: str, entry_id: object, fields: dict[str, Any], items: Any) -> Iterator[Difference]:  # noqa: ANN401 - a column
        said = fields.get("content/items")
        if items is None:
            if isinstance(said, dict) and set(said) == {"count", "root"}:
                yield Difference(f"{where}.sealed_items", "is missing, the entry commits to items")
            return
        try:
            joined = self._sealer.unseal(bytes(items), group=self._group, context=f"entry:{entry_id}:items")
        except (Broken, NotFound) as wrong:
            yield Difference(f"{where}.sealed_items", str(wrong))
            return
        if items_field([joined[i : i + HASH_BYTES] for i in range(0, len(joined), HASH_BYTES)]) != said:
            yield Difference(f"{where}.sealed_items", "are not the items the entry commits to")


def _fields(kept: Kept, header: Entry) -> dict[str, Any]:
    """The fields of a content, when the entry commits to them; raises `Differs`."""
    try:
        pairs = json.loads(kept.content)
        spelled = [canonical(pair) for pair in pairs]
        fields: dict[str, Any] = {name: value for name, value in pairs}  # noqa: C416 - checks that each is a pair
    except (ValueError, TypeError, Invalid, RecursionError):
        raise Differs("is not in the form of a content", "content") from None
    if commit_fields(kept.commit_key, spelled) != header.content or "event" not in fields:
        raise Differs("is not the content the entry commits to", "content")
    return fields


def _header(leaf: bytes) -> Entry | None:
    try:
        return read_entry(leaf, leaf[: leaf.index(b"\n") + 1])
    except (Invalid, ValueError):
        return None


def _unsigned(note: bytes) -> checkpoints.Checkpoint:
    return checkpoints.Checkpoint.parse(Note.parse(note).text)


def _bytes(column: Any) -> bytes | None:  # noqa: ANN401 - a column
    return None if column is None else bytes(column)

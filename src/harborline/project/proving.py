"""Entries of the log in bulk: what oversight's `RecordProver` and `LogKeys` ask, over the ledger's own records."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harborline.kernel import Broken, NotFound, Unavailable, ports
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import open_fields
from harborline.ledger.contents import Kept, fields_of, own_fields
from harborline.ledger.models import Content, Entry, Leaf, SignedCheckpoint, StoredTile
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.ports import Sealer
from harborline.ledger.proof import Proof
from harborline.ledger.published import VKEY, Directory
from harborline.ledger.services import sealing_group, subject_index
from harborline.ledger.tiles import HEIGHT, levels, node_from_tiles
from harborline.ledger.tree import HASH_BYTES, Node, inclusion_proof
from harborline.oversight.ports import EntryEvidence, OpenedEntry
from harborline.walls import current

CHUNK = 2_000
_ITEMS = "content/items"
_STATEMENTS = 100


class LedgerProver:
    """The ledger as `oversight.ports.RecordProver`: one question a chunk, every proof under one checkpoint."""

    def evidence(self, wanted: Collection[uuid.UUID]) -> dict[uuid.UUID, EntryEvidence]:
        """The evidence of entries; those hidden or destroyed are left out. Raises `Unavailable`."""
        ids = sorted(wanted)
        entries = [row for part in _parts(ids) for row in Entry.objects.filter(entry_id__in=part)]
        numbers = [row.number for row in entries]
        contents = {row.number: row for part in _parts(numbers) for row in _contents().filter(number__in=part)}
        proofs = _proofs([row.number for row in entries if row.number in contents])
        return {
            row.entry_id: _evidence(row, contents[row.number], proofs[row.number])
            for row in entries
            if row.number in contents
        }

    def about(self, subjects: Sequence[str], kinds: Collection[str]) -> list[OpenedEntry]:
        """The entries of some kinds about some subjects, in the order of time."""
        program = current().program
        indexes = [subject_index(program, subject) for subject in subjects]
        rows = [
            row for part in _parts(indexes) for row in _contents().filter(subject_index__in=part, kind__in=list(kinds))
        ]
        rows.sort(key=lambda row: row.number)
        ids: dict[int, uuid.UUID] = {}
        for part in _parts([row.number for row in rows]):
            ids.update(Entry.objects.filter(number__in=part).values_list("number", "entry_id"))
        return [_opened(ids[row.number], row) for row in rows]


def _parts(listed: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(listed), CHUNK):
        yield list(listed[start : start + CHUNK])


def _contents() -> Any:  # noqa: ANN401 - a query
    return Content.objects.filter(program=current().program)


def _kept(entry_id: uuid.UUID, row: Content) -> Kept:
    opened = ports.serving(Sealer).unseal(
        bytes(row.sealed), group=sealing_group(row.program), context=f"entry:{entry_id}"
    )
    key = bytes(row.commit_key) if row.commit_key is not None else None
    salt = bytes(row.subject_salt) if row.subject_salt is not None else None
    return Kept.read(opened, key=key, salt=salt)


def _evidence(entry: Entry, row: Content, proof: Proof) -> EntryEvidence:
    kept = _kept(entry.entry_id, row)
    fields = fields_of(kept.content)
    # Who acted stays closed: a bundle names workers by their numbers, not by ids of ours.
    names = ["event", _ITEMS] if _ITEMS in fields else [name for name in fields if name != "actor"]
    opening = open_fields(kept.commit_key, fields, names)
    return EntryEvidence(bytes(entry.leaf), opening, proof, _items(entry.entry_id, row))


def _items(entry_id: uuid.UUID, row: Content) -> tuple[bytes, ...]:
    if row.sealed_items is None:
        return ()
    group = sealing_group(row.program)
    joined = ports.serving(Sealer).unseal(bytes(row.sealed_items), group=group, context=f"entry:{entry_id}:items")
    return tuple(joined[place : place + HASH_BYTES] for place in range(0, len(joined), HASH_BYTES))


def _opened(entry_id: uuid.UUID, row: Content) -> OpenedEntry:
    fields: dict[str, Any] = dict(fields_of(_kept(entry_id, row).content))
    actor, event = fields["actor"], fields["event"]
    at = datetime.strptime(event["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return OpenedEntry(
        entry_id, event["kind"], at, f"{actor['kind']}:{actor['id']}", actor["purpose"], own_fields(fields)
    )


def _proofs(numbers: Sequence[int]) -> dict[int, Proof]:
    places: dict[int, list[tuple[int, int]]] = {}
    for part in _parts(numbers):
        for number, epoch, seq in Leaf.objects.filter(number__in=part).values_list("number", "epoch", "seq"):
            places.setdefault(epoch, []).append((seq, number))
    if sum(map(len, places.values())) < len(set(numbers)):
        raise Unavailable("something in it is not in a signed checkpoint yet; try again", retry_after_s=1)
    return {number: proof for epoch, each in places.items() for number, proof in _epoch_proofs(epoch, sorted(each))}


def _epoch_proofs(epoch: int, places: list[tuple[int, int]]) -> Iterator[tuple[int, Proof]]:
    newest = SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values_list("note", flat=True).first()
    size = Checkpoint.parse(Note.parse(bytes(newest)).text).size if newest is not None else 0
    if newest is None or places[-1][0] >= size:
        raise Unavailable("something in it is not in a signed checkpoint yet; try again", retry_after_s=1)
    node = _node(epoch, size, {seq for seq, _ in places} | {size - 1})
    for seq, number in places:
        yield number, Proof(seq, tuple(inclusion_proof(seq, size, node)), bytes(newest))


def _node(epoch: int, size: int, seqs: set[int]) -> Node:
    wanted = sorted({(level, seq >> (HEIGHT * (level + 1))) for level in range(levels(size)) for seq in seqs})
    tiles: dict[tuple[int, int], bytes] = {}
    for part in _parts([(epoch, *each) for each in wanted]):
        for level, index, hashes in StoredTile.objects.filter(pk__in=part).values_list("level", "index", "hashes"):
            tiles[level, index] = bytes(hashes)
    return node_from_tiles(size, lambda level, index, width: tiles[level, index][: width * HASH_BYTES])


class PublishedKeys:
    """The verifier key lines of the log published in a folder as `oversight.ports.LogKeys`."""

    def __init__(self, place: Path) -> None:
        """Remember the folder."""
        self._place = place

    def lines(self) -> list[str]:
        """The key that signs now, then those that signed before it."""
        directory = Directory(self._place)
        try:
            found = [directory.read(VKEY).decode().strip()]
        except NotFound:
            raise Unavailable("the log was not published yet; try again", retry_after_s=1) from None
        for number in range(_STATEMENTS, 0, -1):
            found += self._named(directory, number)
        return list(dict.fromkeys(str(VerifierKey.parse(line)) for line in found))

    @staticmethod
    def _named(directory: Directory, number: int) -> list[str]:
        try:
            text = Note.parse(directory.read(f"keys/{number}")).text
        except NotFound:
            return []
        lines = [line for line in text.split("\n") if line.startswith(("from ", "to "))]
        if not lines:
            raise Broken(f"the published file keys/{number} names no key")
        return [line.partition(" ")[2] for line in reversed(lines)]

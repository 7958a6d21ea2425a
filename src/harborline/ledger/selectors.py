"""Read the record: what was recorded about whom, and the proof that it was."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import cast

from harborline.kernel import Broken, Invalid, NotFound, Unavailable, ports
from harborline.ledger.backlog import BULK_BOUND
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import Opening, commit_content, commit_subject, open_fields
from harborline.ledger.contents import Kept, fields_of, items_field, own_fields
from harborline.ledger.entry import read_entry
from harborline.ledger.facts import Json, PartState, Recorded, Standing
from harborline.ledger.models import Content, Entry, Epoch, Head, Leaf, Pending, SignedCheckpoint, StoredTile, Watch
from harborline.ledger.note import Note
from harborline.ledger.ports import Sealer
from harborline.ledger.proof import Proof
from harborline.ledger.services import sealing_group, subject_index
from harborline.ledger.tiles import HEIGHT, levels, node_from_tiles
from harborline.ledger.tree import HASH_BYTES, inclusion_proof
from harborline.ledger.watching import SEQUENCER
from harborline.walls import current

__all__ = ["check_commitments", "entries_of", "items_of", "leaf_of", "opened", "opening_of", "proof_of", "standing"]


def entries_of(subject: str, *, limit: int = 100, before: int | None = None) -> list[Recorded]:
    """The newest entries about a subject in this context's program, newest first; `before` pages by `number`."""
    program = current().program
    rows = Content.objects.filter(program=program, subject_index=subject_index(program, subject))
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[:limit])
    ids = dict(Entry.objects.filter(number__in=[row.number for row in found]).values_list("number", "entry_id"))
    return [_recorded(ids[row.number], row) for row in found]


def opened(entry_id: uuid.UUID) -> Recorded:
    """One entry of this context's program, opened; raises `NotFound` when absent, hidden or destroyed."""
    return _recorded(entry_id, _content(entry_id))


def items_of(entry_id: uuid.UUID) -> list[bytes]:
    """The 32-byte item commitments of a batch entry, checked against what the entry commits to."""
    row = _content(entry_id)
    if row.sealed_items is None:
        return []
    group = sealing_group(row.program)
    joined = ports.serving(Sealer).unseal(bytes(row.sealed_items), group=group, context=f"entry:{entry_id}:items")
    items = [joined[place : place + HASH_BYTES] for place in range(0, len(joined), HASH_BYTES)]
    if own_fields(_fields(entry_id, row)).get("items") != items_field(items):
        raise Broken(f"the items kept beside entry {entry_id} are not those it commits to")
    return items


def opening_of(entry_id: uuid.UUID, names: list[str]) -> Opening:
    """What shows some fields of an entry to somebody who holds its proof.

    Names are `event` (kind, time, program, profile), `actor` (who and for what) and `content/<name>`.
    """
    kept = _kept(entry_id, _content(entry_id))
    return open_fields(kept.commit_key, fields_of(kept.content), names)


def leaf_of(entry_id: uuid.UUID) -> bytes:
    """The public bytes of an entry, whose hash is its leaf; raises `NotFound`."""
    return bytes(_entry(entry_id).leaf)


def proof_of(entry_id: uuid.UUID) -> Proof:
    """The proof that an entry is in the log, under the newest checkpoint (C2SP tlog-proof; `str()` is the file).

    Raises `NotFound` for an unknown entry, `Unavailable` while its checkpoint is not signed yet (seconds).
    """
    entry = _entry(entry_id)
    place = Leaf.objects.filter(number=entry.number).values_list("epoch", "seq").first()
    epoch, seq = place or (0, 0)
    newest = SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values_list("note", flat=True).first()
    if newest is None:
        raise Unavailable("the entry is not in a signed checkpoint yet", retry_after_s=1)
    note = bytes(newest)
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if seq >= checkpoint.size:
        raise Unavailable("the entry is not in a signed checkpoint yet", retry_after_s=1)
    tiles = _tiles_around(epoch, seq, checkpoint.size)
    node = node_from_tiles(checkpoint.size, lambda level, index, width: tiles[level, index][: width * HASH_BYTES])
    return Proof(seq, tuple(inclusion_proof(seq, checkpoint.size, node)), note)


def _tiles_around(epoch: int, seq: int, size: int) -> dict[tuple[int, int], bytes]:
    # A path needs, on each level, the tile above the entry and the last one: one question for all of them.
    places = {seq, size - 1}
    wanted = [(epoch, level, place >> (HEIGHT * (level + 1))) for level in range(levels(size)) for place in places]
    rows = StoredTile.objects.filter(pk__in=wanted).values_list("level", "index", "hashes")
    return {(level, index): bytes(hashes) for level, index, hashes in rows}


def standing() -> Standing:
    """How far the newest epoch of the log is: waiting, in the tree, signed; and whether the sequencer stopped itself.

    More than the limit are counted only so far.
    """
    epoch = Epoch.objects.order_by("-number").values_list("number", flat=True).first() or 1
    newest = SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values("size", "signed_at").first()
    watch = Watch.objects.filter(part=SEQUENCER).first()
    stopped = watch if watch and watch.state == PartState.STOPPED else None
    return Standing(
        pending=Pending.objects.all()[: BULK_BOUND + 1].count(),
        integrated=Head.objects.filter(number=epoch).values_list("size", flat=True).first() or 0,
        signed=newest["size"] if newest else 0,
        signed_at=newest["signed_at"] if newest else None,
        waiting_limit=BULK_BOUND,
        stopped=stopped.why if stopped else "",
        stopped_at=stopped.since_at if stopped else None,
        seen_at=watch.seen_at if watch else None,
    )


def _entry(entry_id: uuid.UUID) -> Entry:
    entry = Entry.objects.filter(entry_id=entry_id).first()
    if entry is None:
        raise NotFound("no such entry")
    return entry


def _content(entry_id: uuid.UUID) -> Content:
    # The program is named beside the wall, so that the index serves and a wider role sees no more.
    row = Content.objects.filter(number=_entry(entry_id).number, program=current().program).first()
    if row is None:
        raise NotFound("no such entry")
    return row


def _kept(entry_id: uuid.UUID, row: Content) -> Kept:
    group = sealing_group(row.program)
    opened = ports.serving(Sealer).unseal(bytes(row.sealed), group=group, context=f"entry:{entry_id}")
    return Kept.read(opened, key=_bytes(row.commit_key), salt=_bytes(row.subject_salt))


def _bytes(column: bytes | memoryview | None) -> bytes | None:
    return None if column is None else bytes(column)


def _fields(entry_id: uuid.UUID, row: Content) -> dict[str, Json]:
    return fields_of(_kept(entry_id, row).content)


def _recorded(entry_id: uuid.UUID, row: Content) -> Recorded:
    fields = _fields(entry_id, row)
    actor, event = cast("dict[str, str]", fields["actor"]), cast("dict[str, str]", fields["event"])
    return Recorded(
        number=row.number,
        entry_id=entry_id,
        kind=event["kind"],
        recorded_at=datetime.strptime(event["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
        actor=f"{actor['kind']}:{actor['id']}",
        purpose=actor["purpose"],
        profile=event["profile"],
        content=own_fields(fields),
    )


def check_commitments(entry_id: uuid.UUID, subject: str) -> None:
    """Pass when the entry's public bytes commit to this subject and to the content kept for it; else `Broken`."""
    entry, row = _entry(entry_id), _content(entry_id)
    leaf = bytes(entry.leaf)
    try:
        public = read_entry(leaf, leaf[: leaf.index(b"\n") + 1])
    except (Invalid, ValueError):
        raise Broken(f"entry {entry_id} has not the form of an entry") from None
    kept = _kept(entry_id, row)
    content = commit_content(kept.commit_key, fields_of(kept.content))
    if (public.subject, public.content) != (commit_subject(kept.subject_salt, subject), content):
        raise Broken(f"what is kept for entry {entry_id} is not what it commits to")

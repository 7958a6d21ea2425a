"""Read the record: what was recorded about whom, and the proof that it was."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from django.db import connection

from harborline.kernel import Broken, Invalid, NotFound, Unavailable, clock, ports
from harborline.ledger.backlog import bound
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import Opening, commit_content, commit_subject, open_fields
from harborline.ledger.contents import Kept, fields_of, items_field, own_fields
from harborline.ledger.drawing import drawn
from harborline.ledger.entry import read_entry
from harborline.ledger.facts import (
    LONGEST_UNHELD,
    EpochFacts,
    HolderStanding,
    Json,
    OutsideStanding,
    PartState,
    Recorded,
    Standing,
)
from harborline.ledger.keychain import Statement
from harborline.ledger.models import (
    Content,
    Entry,
    Epoch,
    Head,
    HeldCheckpoint,
    KeyStatement,
    Pending,
    SignedCheckpoint,
    Watch,
)
from harborline.ledger.note import Note
from harborline.ledger.ports import Sealer
from harborline.ledger.proof import Proof
from harborline.ledger.services import sealing_group, subject_index
from harborline.ledger.tiles import HEIGHT, levels, node_from_tiles
from harborline.ledger.tree import HASH_BYTES, inclusion_proof
from harborline.ledger.watching import NOT_SET_UP, SEQUENCER, SINK, WITNESS
from harborline.walls import current

__all__ = [
    "check_commitments",
    "current_checkpoint",
    "drawn",
    "entries_of",
    "epochs",
    "held_checkpoints",
    "items_of",
    "key_statements",
    "leaf_of",
    "opened",
    "opened_many",
    "opening_of",
    "outside_standing",
    "proof_of",
    "standing",
]

# An entry that a restore left in the tree of an old epoch counts in the newest.
_PLACE = (
    "SELECT l.epoch, l.seq, (SELECT note FROM ledger_signedcheckpoint c WHERE c.epoch = l.epoch ORDER BY number DESC"
    " LIMIT 1) FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.number = e.number WHERE e.entry_id = %s"
    " ORDER BY l.epoch DESC LIMIT 1"
)
# OFFSET keeps it a look at a time along the key, whatever the statistics say of a table that grows while it is read.
_TILES = (
    "SELECT wanted.level, wanted.index, t.hashes FROM unnest(%s::smallint[], %s::bigint[]) AS wanted(level, index),"
    " LATERAL (SELECT hashes FROM ledger_storedtile WHERE epoch = %s AND level = wanted.level"
    " AND index = wanted.index OFFSET 0) t"
)


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


def opened_many(entry_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Recorded]:
    """Many entries of this context's program, opened, by id; absent, hidden and destroyed ones are left out."""
    numbers = dict(Entry.objects.filter(entry_id__in=set(entry_ids)).values_list("number", "entry_id"))
    found: dict[uuid.UUID, Recorded] = {}
    for row in Content.objects.filter(program=current().program, number__in=numbers):
        with suppress(NotFound):
            found[numbers[row.number]] = _recorded(numbers[row.number], row)
    return found


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


def proof_of(entry_id: uuid.UUID, *, witnessed: bool = False) -> Proof:
    """The proof that an entry is in the log, under the newest checkpoint (C2SP tlog-proof; `str()` is the file).

    With `witnessed`, under the newest checkpoint that witnesses cosigned, with their cosignatures. Raises `NotFound`
    for an unknown entry, `Unavailable` while its checkpoint is not signed (or cosigned) yet.
    """
    epoch, seq, newest = _place_of(entry_id)
    note = _cosigned_note(epoch) if witnessed else newest
    if note is None:
        raise Unavailable("the entry is not in a signed checkpoint yet", retry_after_s=1)
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if seq >= checkpoint.size:
        raise Unavailable("the entry is not in a signed checkpoint yet", retry_after_s=1)
    tiles = _tiles_around(epoch, seq, checkpoint.size)
    node = node_from_tiles(checkpoint.size, lambda level, index, width: tiles[level, index][: width * HASH_BYTES])
    return Proof(seq, tuple(inclusion_proof(seq, checkpoint.size, node)), note)


def current_checkpoint() -> bytes:
    """The newest signed checkpoint of the log as it is published: for receipts, manifests and letters to partners.

    Raises `Unavailable` before the first one. Tell `services.note_held` once the partner has it.
    """
    note = _newest_note(_epoch())
    if note is None:
        raise Unavailable("no checkpoint of the log is signed yet", retry_after_s=1)
    return note


def _place_of(entry_id: uuid.UUID) -> tuple[int, int, bytes | None]:
    """Epoch and place of an entry (0 and 0 before it has one), and the epoch's newest checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [entry_id])
        found = cursor.fetchone()
    if found is None:
        raise NotFound("no such entry")
    epoch, seq, note = found
    return epoch or 0, seq or 0, None if note is None else bytes(note)


def _newest_note(epoch: int) -> bytes | None:
    found = SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values_list("note", flat=True).first()
    return None if found is None else bytes(found)


def _cosigned_note(epoch: int) -> bytes | None:
    cosigned = HeldCheckpoint.objects.filter(epoch=epoch, holder__startswith=WITNESS)
    size = cosigned.order_by("-size").values_list("size", flat=True).first()
    if size is None:
        return None
    signed = SignedCheckpoint.objects.filter(epoch=epoch, size=size).order_by("-number")
    note = signed.values_list("note", flat=True).first()
    if note is None:
        return None
    lines = {bytes(line) for line in cosigned.filter(size=size).values_list("receipt", flat=True) if line}
    return bytes(note) + b"".join(sorted(lines))


def _tiles_around(epoch: int, seq: int, size: int) -> dict[tuple[int, int], bytes]:
    # A path needs, on each level, the tile above the entry and the last one: one question for all of them.
    places = {seq, size - 1}
    wanted = [(level, place >> (HEIGHT * (level + 1))) for level in range(levels(size)) for place in places]
    with connection.cursor() as cursor:
        cursor.execute(_TILES, [*(list(column) for column in zip(*wanted, strict=True)), epoch])
        return {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}


def standing() -> Standing:
    """How far the newest epoch of the log is: waiting, in the tree, signed; and whether the sequencer stopped itself.

    More than the limit are counted only so far.
    """
    epoch, limit = _epoch(), bound()
    newest = SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values("size", "signed_at").first()
    watch = Watch.objects.filter(part=SEQUENCER).first()
    stopped = watch if watch and watch.state == PartState.STOPPED else None
    return Standing(
        pending=Pending.objects.all()[: limit + 1].count(),
        integrated=Head.objects.filter(number=epoch).values_list("size", flat=True).first() or 0,
        signed=newest["size"] if newest else 0,
        signed_at=newest["signed_at"] if newest else None,
        waiting_limit=limit,
        stopped=stopped.why if stopped else "",
        stopped_at=stopped.since_at if stopped else None,
        seen_at=watch.seen_at if watch else None,
    )


def outside_standing() -> OutsideStanding:
    """Who outside holds checkpoints of this log, how new they are, and whether that must alarm."""
    epoch, now = _epoch(), clock.now()
    newest = {row.holder: row for row in _newest_held(epoch)}
    watched = {row.part.removeprefix(SINK): row for row in Watch.objects.filter(part__startswith=SINK)}
    signed = (
        SignedCheckpoint.objects.filter(epoch=epoch).order_by("-number").values_list("size", flat=True).first() or 0
    )
    held_at = max((row.held_at for row in newest.values()), default=None)
    size = max((row.size for row in newest.values()), default=None)
    old = held_at is not None and now - held_at > LONGEST_UNHELD and (size or 0) < signed
    return OutsideStanding(
        holders=tuple(_holder(name, newest.get(name), watched.get(name)) for name in sorted({*newest, *watched})),
        set_up=any(row.why != NOT_SET_UP for row in watched.values()),
        size=size,
        held_at=held_at,
        signed=signed,
        alarm="never" if held_at is None else "old" if old else "",
    )


def _newest_held(epoch: int) -> list[HeldCheckpoint]:
    # One row for each holder, found by the index however many checkpoints each of them holds.
    query = """
        WITH RECURSIVE holders(holder) AS (
          (SELECT min(holder) FROM ledger_heldcheckpoint)
          UNION ALL
          SELECT (SELECT min(h.holder) FROM ledger_heldcheckpoint h WHERE h.holder > holders.holder)
          FROM holders WHERE holders.holder IS NOT NULL
        )
        SELECT newest.* FROM holders, LATERAL (
          SELECT number, holder, epoch, size, held_at FROM ledger_heldcheckpoint h
          WHERE h.holder = holders.holder AND h.epoch = %s ORDER BY number DESC LIMIT 1
        ) AS newest
    """
    return list(HeldCheckpoint.objects.raw(query, [epoch]))


def _holder(name: str, held: HeldCheckpoint | None, watch: Watch | None) -> HolderStanding:
    state = PartState(watch.state) if watch else PartState.WORKING
    return HolderStanding(
        name=name,
        state=state,
        since_at=watch.since_at if watch else None,
        why=watch.why if watch else "",
        size=held.size if held else None,
        held_at=held.held_at if held else None,
    )


def held_checkpoints(*, holder: str = "", limit: int = 100) -> list[HeldCheckpoint]:
    """What is held outside, newest first, with the receipts (cosignatures, time-stamp tokens)."""
    rows = HeldCheckpoint.objects.filter(holder__startswith=holder) if holder else HeldCheckpoint.objects.all()
    return list(rows.order_by("-number")[:limit])


def epochs() -> list[EpochFacts]:
    """Every life of the log, oldest first; more than one means it was restored."""
    return [
        EpochFacts(row.number, row.origin, row.citation, _bytes(row.opening))
        for row in Epoch.objects.order_by("number")
    ]


def key_statements() -> list[tuple[datetime, Statement]]:
    """Every handing-over from key to key, oldest first, with its moment."""
    rows = KeyStatement.objects.order_by("number")
    return [(row.made_at, Statement.parse(Note.parse(bytes(row.note)).text)) for row in rows]


def _epoch() -> int:
    return Epoch.objects.order_by("-number").values_list("number", flat=True).first() or 1


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
    kept = _kept(entry_id, row)
    fields = fields_of(kept.content)
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
        subject=kept.subject or "",
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

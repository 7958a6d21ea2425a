"""Record what happened: the writing door of the ledger.

Recording is part of the caller's transaction and takes no lock: both stand or fall together. Only `record_apart`
stands when the caller rolls back.
"""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import psycopg
from django.conf import settings
from django.db import connections

from harborline.kernel import Invalid, clock, ports
from harborline.law import profile
from harborline.ledger import columns
from harborline.ledger.backlog import BULK, hold_back
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.contents import Circumstances, Made, check_kind, common_fields, items_field, make_entries
from harborline.ledger.entry import origin_of, prefix
from harborline.ledger.facts import Json
from harborline.ledger.note import Note
from harborline.ledger.ports import Sealer
from harborline.walls import acting, current
from harborline.walls.cursor import bulk_cursor

Cursor: TypeAlias = "psycopg.Cursor[Any]"
Entries: TypeAlias = "Sequence[tuple[str, Mapping[str, Json]]]"

__all__ = [
    "append_many",
    "forget_origin",
    "hold_back",
    "log_origin",
    "note_held",
    "record",
    "record_apart",
    "record_batch",
]

# Numbers are drawn in the order of the arrays, so the order of a call is the order of the log.
_NUMBERS = "SELECT array(SELECT nextval('ledger_entry_number_seq') FROM generate_series(1, %b))"
_APPEND = """
WITH entered AS (
  INSERT INTO ledger_entry (number, entry_id, leaf) SELECT * FROM unnest(%(numbers)b, %(ids)b, %(leaves)b)
), waiting AS (
  INSERT INTO ledger_pending (number, leaf_hash) SELECT * FROM unnest(%(numbers)b, %(hashes)b)
)
INSERT INTO ledger_content (number, program, kind, recorded_at, subject_index, sealed)
SELECT number, %(program)b, %(kind)b, %(now)b, subject_index, sealed
FROM unnest(%(numbers)b, %(indexes)b, %(sealed)b) AS a(number, subject_index, sealed)
"""
# The same for one entry: one question instead of two.
_APPEND_ONE = """
WITH entered AS (
  INSERT INTO ledger_entry (entry_id, leaf) VALUES (%b, %b) RETURNING number
), waiting AS (
  INSERT INTO ledger_pending (number, leaf_hash) SELECT number, %b FROM entered
)
INSERT INTO ledger_content (number, program, kind, recorded_at, sealed_items, subject_index, sealed)
SELECT number, %b, %b, %b, %b, %b, %b FROM entered
"""
_CHUNK = 500
SUBJECT_INDEX = "ledger-subject"
_HOLDER = re.compile(r"[a-z]+:[a-z0-9.-]{1,60}")
# The name of each database's log, once read: it never changes while a process runs.
_ORIGINS: dict[str, str] = {}


def record(kind: str, *, subject: str, content: Mapping[str, Json]) -> uuid.UUID:
    """Append one entry in the caller's transaction; answers its public id.

    `kind` is like `consent.permission-recorded`, `subject` like `participant:<id>`. Actor, purpose, program, time
    and the profile's hash come from the context. Raises `Broken` outside a context, `Invalid` for a content that has
    no canonical form.
    """
    return append_many(kind, [(subject, content)])[0]


def record_batch(kind: str, *, subject: str, items: Sequence[bytes], content: Mapping[str, Json]) -> uuid.UUID:
    """Append one entry for many items, given as 32-byte commitments; answers its public id.

    The entry commits to their number and Merkle root (field `items`); the items themselves are kept beside, sealed.
    """
    made = {**content, "items": items_field(items)}
    return _append(kind, [(subject, made)], b"".join(items), "default")[0]


def record_apart(kind: str, *, subject: str, content: Mapping[str, Json]) -> uuid.UUID:
    """Append one entry on a connection of its own, committed at once: it stays when the caller's work is undone.

    For refused disclosures and failed sign-ins. Runs in the caller's context.
    """
    outer = current()
    if connections["apart"].in_atomic_block:  # inside `acting` on that connection already: one commit for all of it
        return _append(kind, [(subject, content)], None, "apart")[0]
    with acting(
        outer.actor,
        program=outer.program,
        counties=outer.counties,
        purpose=outer.purpose,
        own=outer.own,
        using="apart",
    ):
        return _append(kind, [(subject, content)], None, "apart")[0]


def append_many(kind: str, entries: Sequence[tuple[str, Mapping[str, Json]]]) -> list[uuid.UUID]:
    """Append many entries of one kind, given as pairs of subject and content, in order; answers their public ids.

    Raises `Unavailable` for bulk work (500 entries or more) while too many wait for their place: try again later.
    """
    if len(entries) >= BULK:
        hold_back()
    return _append(kind, entries, None, "default")


def record_beginning(origin: str, *, subject: str, content: Mapping[str, Json]) -> tuple[int, Made]:
    """Append the entry that begins an epoch of the log, under the new epoch's name; answers its number and itself."""
    with bulk_cursor() as cursor:
        entries = [(subject, content)]
        made = _append_in(cursor, origin, "ledger.epoch-begun", entries)
        cursor.execute("SELECT number FROM ledger_entry WHERE entry_id = %b", [made.entry_id])
        return int(cursor.fetchall()[0][0]), made


def note_held(holder: str, checkpoint: bytes) -> None:
    """Write down that somebody outside (a partner, an addressee) now holds a checkpoint of this log.

    `holder` names the organisation, such as `partner:wake-county`; never a person. Raises `Invalid` when the note is
    no checkpoint that this log signed: what a partner shows us is believed only when we find it here.
    """
    if not _HOLDER.fullmatch(holder):
        raise Invalid("a holder is named like partner:wake-county", "holder")
    text = Note.parse(checkpoint).text
    size = Checkpoint.parse(text).size
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT epoch, note FROM ledger_signedcheckpoint WHERE size = %s ORDER BY number DESC", [size])
        epochs = [epoch for epoch, note in cursor.fetchall() if Note.parse(bytes(note)).text == text]
        if not epochs:
            raise Invalid("is not a checkpoint that this log signed", "checkpoint")
        cursor.execute(
            "INSERT INTO ledger_heldcheckpoint (holder, epoch, size, held_at) VALUES (%s, %s, %s, %s)",
            [holder, epochs[0], size, clock.now()],
        )


def log_origin(using: str = "default") -> str:
    """The name of this installation's log, kept in the database from the first record on.

    It begins as the public address without its scheme, followed by `/log` (C2SP tlog-tiles), and then stays, even
    when the address changes.
    """
    return _kept_origin(using) or _first_origin()


def forget_origin() -> None:
    """Read the log's name from the database again: after a restore, or between tests."""
    _ORIGINS.clear()


def _append(kind: str, entries: Entries, items: bytes | None, using: str) -> list[uuid.UUID]:
    if not entries:
        return []
    make, same = _circumstances(kind, log_origin(using))
    with bulk_cursor(using) as cursor:
        if len(entries) == 1:
            return [_append_one(cursor, make(entries)[0], entries[0][0], items, same).entry_id]
        return _append_many(cursor, make, entries, same)


def _append_in(cursor: Cursor, origin: str, kind: str, entries: Entries) -> Made:
    make, same = _circumstances(kind, origin)
    return _append_one(cursor, make(entries)[0], entries[0][0], None, same)


def _circumstances(kind: str, origin: str) -> tuple[Callable[[Entries], list[Made]], tuple[str, str, datetime]]:
    check_kind(kind)
    now, context = clock.now(), current()
    law = profile(context.program).sha256
    at = Circumstances(now, context.actor.kind, context.actor.id, context.program, context.purpose, law)
    make = functools.partial(make_entries, prefix(origin), common_fields(kind, at))
    return make, (context.program, kind, now)


def _append_one(cursor: Cursor, made: Made, subject: str, items: bytes | None, same: tuple[str, str, datetime]) -> Made:
    program, sealer = same[0], ports.serving(Sealer)
    place, group = f"entry:{made.name}", sealing_group(program)
    beside = None if items is None else sealer.seal(items, group=group, context=f"{place}:items")
    sealed = sealer.seal(made.kept, group=group, context=place)
    index = subject_index(program, subject)
    cursor.execute(_APPEND_ONE, [made.entry_id, made.leaf, made.leaf_hash, *same, beside, index, sealed])
    return made


def _append_many(
    cursor: Cursor, make: Callable[[Entries], list[Made]], entries: Entries, same: tuple[str, str, datetime]
) -> list[uuid.UUID]:
    sealer, (program, kind, now) = ports.serving(Sealer), same
    columns.takes_columns(cursor)
    drawn = columns.drawn(cursor, _NUMBERS, len(entries))
    ids: list[uuid.UUID] = []
    # In a pipeline the server stores one chunk while the next is being sealed.
    with cursor.connection.pipeline():
        for start in range(0, len(entries), _CHUNK):
            chunk = entries[start : start + _CHUNK]
            fresh, names, leaves, hashes, kept = zip(*make(chunk), strict=True)
            indexes = sealer.blind_indexes(SUBJECT_INDEX, [f"{program}/{subject}" for subject, _ in chunk])
            places = [f"entry:{name}" for name in names]
            sealed = sealer.seal_many(kept, group=sealing_group(program), contexts=places)
            cursor.execute(
                _APPEND,
                {
                    "numbers": columns.numbers(drawn, start, len(chunk)),
                    "ids": columns.ids([one.bytes for one in fresh]),
                    "leaves": columns.uneven(leaves),
                    "hashes": columns.even(hashes),
                    "indexes": columns.even(indexes),
                    "sealed": columns.uneven(sealed),
                    "program": program,
                    "kind": kind,
                    "now": now,
                },
            )
            ids += fresh
    return ids


def sealing_group(program: str) -> str:
    """The key class under which the contents of a program's entries are sealed."""
    return f"{program}/ledger"


def subject_index(program: str, subject: str) -> bytes:
    """How the entries about a subject are found again; differs between programs."""
    if not subject:
        raise Invalid("a record needs a subject", "subject")
    return ports.serving(Sealer).blind_index(SUBJECT_INDEX, f"{program}/{subject}")


def _kept_origin(using: str) -> str | None:
    database = connections[using].settings_dict["NAME"]
    if database not in _ORIGINS:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT origin FROM ledger_epoch ORDER BY number DESC LIMIT 1")
            found = cursor.fetchone()
        if found is None:
            return None
        _ORIGINS[database] = found[0]
    return _ORIGINS[database]


def _first_origin() -> str:
    # Committed at once, apart from the caller's work: nobody waits for it, and it stays when that is undone.
    origin = origin_of(settings.PUBLIC_URL)
    with connections["apart"].cursor() as cursor:
        cursor.execute("INSERT INTO ledger_epoch (number, origin) VALUES (1, %s) ON CONFLICT DO NOTHING", [origin])
    return _kept_origin("apart") or origin

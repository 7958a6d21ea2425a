"""Record what happened: the writing door of the ledger.

Recording is part of the caller's transaction and takes no lock: both stand or fall together. Only `record_apart`
stands when the caller rolls back.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from harborline.kernel import Invalid, clock, ports
from harborline.law import profile
from harborline.ledger.contents import Circumstances, Made, check_kind, common_fields, items_field, make_entries
from harborline.ledger.entry import origin_of, prefix
from harborline.ledger.facts import Json
from harborline.ledger.ports import Sealer
from harborline.walls import acting, current
from harborline.walls.cursor import bulk_cursor

__all__ = ["append_many", "forget_origin", "log_origin", "record", "record_apart", "record_batch"]

# Numbers are drawn in the order of the arrays, so the order of a call is the order of the log.
_APPEND = """
WITH arriving AS MATERIALIZED (
  SELECT nextval('ledger_entry_number_seq') AS number, a.*
  FROM unnest(%b::uuid[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])
    AS a(entry_id, leaf, leaf_hash, subject_index, commit_key, subject_salt, sealed, sealed_items)
), entered AS (
  INSERT INTO ledger_entry (number, entry_id, leaf) SELECT number, entry_id, leaf FROM arriving
), waiting AS (
  INSERT INTO ledger_pending (number, leaf_hash) SELECT number, leaf_hash FROM arriving
)
INSERT INTO ledger_content
  (number, program, subject_index, kind, recorded_at, commit_key, subject_salt, sealed, sealed_items)
SELECT number, %b, subject_index, %b, %b, commit_key, subject_salt, sealed, sealed_items FROM arriving
"""
_CHUNK = 500
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
    with acting(outer.actor, program=outer.program, counties=outer.counties, purpose=outer.purpose, using="apart"):
        return _append(kind, [(subject, content)], None, "apart")[0]


def append_many(kind: str, entries: Sequence[tuple[str, Mapping[str, Json]]]) -> list[uuid.UUID]:
    """Append many entries of one kind, given as pairs of subject and content, in order; answers their public ids."""
    return _append(kind, entries, None, "default")


def log_origin(using: str = "default") -> str:
    """The name of this installation's log, kept in the database from the first record on.

    It begins as the public address without its scheme, followed by `/log` (C2SP tlog-tiles), and then stays, even
    when the address changes.
    """
    return _kept_origin(using) or _first_origin()


def forget_origin() -> None:
    """Read the log's name from the database again: after a restore, or between tests."""
    _ORIGINS.clear()


def _append(
    kind: str, entries: Sequence[tuple[str, Mapping[str, Json]]], items: bytes | None, using: str
) -> list[uuid.UUID]:
    check_kind(kind)
    now, context = clock.now(), current()
    law = profile(context.program).sha256
    at = Circumstances(now, context.actor.kind, context.actor.id, context.program, context.purpose, law)
    common, beginning = common_fields(kind, at), prefix(log_origin(using))
    ids: list[uuid.UUID] = []
    # In a pipeline the server stores one chunk while the next is being sealed.
    with bulk_cursor(using) as cursor, _pipeline(cursor, len(entries)):
        for start in range(0, len(entries), _CHUNK):
            chunk = entries[start : start + _CHUNK]
            made = make_entries(beginning, common, chunk)
            columns = _columns(made, [subject for subject, _ in chunk], context.program, items)
            cursor.execute(_APPEND, [*columns, context.program, kind, now])
            ids += columns[0]
    return ids


def _pipeline(cursor: psycopg.Cursor[Any], count: int) -> AbstractContextManager[object]:
    return cursor.connection.pipeline() if count > _CHUNK else nullcontext()


def _columns(made: Sequence[Made], subjects: Sequence[str], program: str, items: bytes | None) -> list[list[Any]]:
    sealer, group = ports.serving(Sealer), sealing_group(program)
    index = functools.cache(functools.partial(subject_index, program))
    places = [f"entry:{one.entry_id}" for one in made]
    sealed = [sealer.seal(one.content, group=group, context=place) for one, place in zip(made, places, strict=True)]
    beside = None if items is None else sealer.seal(items, group=group, context=f"{places[0]}:items")
    return [
        [one.entry_id for one in made],
        [one.leaf for one in made],
        [one.leaf_hash for one in made],
        [index(subject) for subject in subjects],
        [one.commit_key for one in made],
        [one.subject_salt for one in made],
        sealed,
        [beside] * len(made),
    ]


def sealing_group(program: str) -> str:
    """The key class under which the contents of a program's entries are sealed."""
    return f"{program}/ledger"


def subject_index(program: str, subject: str) -> bytes:
    """How the entries about a subject are found again; differs between programs."""
    if not subject:
        raise Invalid("a record needs a subject", "subject")
    return ports.serving(Sealer).blind_index("ledger-subject", f"{program}/{subject}")


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

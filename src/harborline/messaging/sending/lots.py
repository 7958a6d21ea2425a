"""Lots: which texts are due when; put together with their dispatches, taken by the dispatcher that attempts them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from harborline.messaging import columns
from harborline.messaging.columns import Id, raw
from harborline.messaging.facts import DispatchState

LOT_SIZE = 64

_PUT = """
INSERT INTO messaging_lot (program, sender_id, run_id, due_at, message_ids)
SELECT %(program)b, %(sender)b, %(run)b, due, array_agg(m ORDER BY n)
  FROM (SELECT m, due, n, (row_number() OVER (PARTITION BY due ORDER BY n) - 1) / %(size)b AS part
          FROM unnest(%(ids)b::uuid[], %(dues)b::timestamptz[]) WITH ORDINALITY AS t(m, due, n)) q
 GROUP BY due, part
 ORDER BY due, part
"""

# Whoever locks a lot owns its texts: nobody else attempts, puts off or cancels them before this transaction ends. The
# run is held too: who cancels or pauses it waits for this claim, and the next claim finds the run changed or held. So
# the rest of a lot, put back by a claim, is never taken while its texts are being cancelled.
_TAKE = """
DELETE FROM messaging_lot
 WHERE id = ANY (ARRAY(
       SELECT id FROM messaging_lot
        WHERE sender_id = %(sender)b AND run_id = %(run)b AND due_at <= %(now)b
          AND cardinality(message_ids) <= %(most)b
          AND (SELECT state = 'running' FROM messaging_noticerun WHERE id = %(run)b FOR KEY SHARE SKIP LOCKED)
        ORDER BY due_at, id LIMIT %(lots)b FOR UPDATE SKIP LOCKED))
RETURNING id, due_at, message_ids
"""
_TAKE_WITHOUT_RUN = """
DELETE FROM messaging_lot
 WHERE id = ANY (ARRAY(
       SELECT id FROM messaging_lot
        WHERE sender_id = %(sender)b AND run_id IS NULL AND due_at <= %(now)b
          AND cardinality(message_ids) <= %(most)b
        ORDER BY due_at, id LIMIT %(lots)b FOR UPDATE SKIP LOCKED))
RETURNING id, due_at, message_ids
"""

_PUT_BACK = """
INSERT INTO messaging_lot (id, program, sender_id, run_id, due_at, message_ids)
VALUES (%(id)b, %(program)b, %(sender)b, %(run)b, %(due)b, %(ids)b::uuid[])
"""

# A queued text that stands in no lot would wait for ever; none should exist.
_FORGOTTEN = """
SELECT message_id, coalesce(due_at, %(now)b) FROM messaging_dispatch
 WHERE run_id = %(run)b AND state = %(queued)b
   AND NOT EXISTS (SELECT 1 FROM messaging_lot WHERE sender_id = %(sender)b AND run_id = %(run)b)
"""


class Queue(NamedTuple):
    """Whose lots: a program's sender, and a run (None: answers and tests, which belong to no run)."""

    program: str
    sender_id: Id
    run_id: Id | None


class _Lot(NamedTuple):
    id: int
    due_at: datetime
    message_ids: list[bytes]


def put(cursor: psycopg.Cursor[Any], queue: Queue, due: Sequence[tuple[Id, datetime]]) -> None:
    """Let these texts be taken from their moments on, in the order given."""
    if not due:
        return
    columns.takes_columns(cursor).execute(
        _PUT,
        {
            "program": queue.program,
            "sender": _uuid(queue.sender_id),
            "run": _uuid(queue.run_id),
            "size": LOT_SIZE,
            "ids": columns.ids([message_id for message_id, _ in due]),
            "dues": columns.moments([moment for _, moment in due]),
        },
    )


def take(cursor: psycopg.Cursor[Any], queue: Queue, *, limit: int, now: datetime) -> list[bytes]:
    """Take at most `limit` due texts of a queue: the next lot, and smaller ones that fit beside a small one.

    Of a lot that is too large the rest stays at its place. A run that is not running gives nothing. `cursor` is a
    `hot_cursor`.
    """
    (taken, rest) = _cut(_take(cursor, queue, 1, LOT_SIZE, now), limit)
    if taken and 2 * len(taken) < limit and not rest:
        # Texts put off one by one leave small lots behind: as many more as fit.
        more, rest = _cut(_take(cursor, queue, LOT_SIZE, limit - len(taken), now), limit - len(taken))
        taken += more
    for lot in rest:
        _put_back(cursor, queue, lot)
    return taken


def _cut(found: list[_Lot], limit: int) -> tuple[list[bytes], list[_Lot]]:
    """The texts of these lots up to the limit, and what is left of them."""
    taken: list[bytes] = []
    rest: list[_Lot] = []
    for lot in found:
        room = limit - len(taken)
        taken += lot.message_ids[:room]
        if lot.message_ids[room:]:
            rest.append(lot._replace(message_ids=lot.message_ids[room:]))
    return taken, rest


def _take(cursor: psycopg.Cursor[Any], queue: Queue, lots: int, most: int, now: datetime) -> list[_Lot]:
    facts = {"sender": _uuid(queue.sender_id), "run": _uuid(queue.run_id), "now": now, "lots": lots, "most": most}
    if queue.run_id is None:
        del facts["run"]
        cursor.execute(_TAKE_WITHOUT_RUN, facts, binary=True)
    else:
        cursor.execute(_TAKE, facts, binary=True)
    return sorted(map(_Lot._make, cursor.fetchall()), key=lambda lot: (lot.due_at, lot.id))


def _put_back(cursor: psycopg.Cursor[Any], queue: Queue, lot: _Lot) -> None:
    facts = {
        "id": lot.id,
        "program": queue.program,
        "sender": _uuid(queue.sender_id),
        "run": _uuid(queue.run_id),
        "due": lot.due_at,
        "ids": columns.ids(lot.message_ids),
    }
    cursor.execute(_PUT_BACK, facts)


def drop(cursor: psycopg.Cursor[Any], run_id: uuid.UUID) -> None:
    """Take every lot of a run away; waits for a claim that holds one."""
    cursor.execute("DELETE FROM messaging_lot WHERE run_id = %s", [run_id])


def find_forgotten(cursor: psycopg.Cursor[Any], queue: Queue, now: datetime) -> int:
    """Put queued texts of a run without any lot back into lots; answers how many there were."""
    facts = {
        "sender": _uuid(queue.sender_id),
        "run": _uuid(queue.run_id),
        "queued": int(DispatchState.QUEUED),
        "now": now,
    }
    cursor.execute(_FORGOTTEN, facts, binary=True)
    found = [(row[0], row[1]) for row in cursor]
    put(cursor, queue, found)
    return len(found)


def _uuid(identifier: Id | None) -> uuid.UUID | None:
    return uuid.UUID(bytes=raw(identifier)) if identifier is not None else None

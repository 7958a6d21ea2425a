"""Move runs on: scheduled ones start, emptied ones finish."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import psycopg

from harborline.ledger.services import record
from harborline.messaging.columns import raw
from harborline.messaging.facts import DispatchState
from harborline.messaging.sending.lots import Queue, find_forgotten

_START = """
UPDATE messaging_noticerun SET state = 'running'
 WHERE program = %(program)b AND sender_id = %(sender)b AND state = 'scheduled' AND scheduled_at <= %(now)b
RETURNING id
"""

_EMPTIED = """
SELECT r.id FROM messaging_noticerun r
 WHERE r.program = %(program)b AND r.sender_id = %(sender)b AND r.state = 'running' AND r.planned_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM messaging_lot l WHERE l.run_id = r.id)
   AND NOT EXISTS (SELECT 1 FROM messaging_flight f, unnest(f.message_ids) AS m(id)
                     JOIN messaging_dispatch d ON d.message_id = m.id
                    WHERE d.run_id = r.id)
"""

_FINISH = """
UPDATE messaging_noticerun r SET state = 'finished', finished_at = %(now)b
 WHERE r.id = %(run)b AND r.state = 'running'
   AND NOT EXISTS (SELECT 1 FROM messaging_dispatch d WHERE d.run_id = r.id AND d.state = ANY (%(open)b))
"""

_WITH_LOTS = """
SELECT r.id FROM messaging_noticerun r
 WHERE r.program = %(program)b AND r.state = 'running'
   AND EXISTS (SELECT 1 FROM messaging_lot l WHERE l.sender_id = %(sender)b AND l.run_id = r.id)
 ORDER BY r.created_at
"""


def advance_runs(cursor: psycopg.Cursor[Any], program: str, sender_id: uuid.UUID, now: datetime) -> None:
    """Start what is due, finish what has nothing left to hand over; each with its record."""
    facts = {"program": program, "sender": sender_id, "now": now}
    cursor.execute(_START, facts)
    started = [_run(row) for row in cursor.fetchall()]
    cursor.execute(_EMPTIED, {"program": program, "sender": sender_id}, binary=True)
    emptied = [_run(row) for row in cursor.fetchall()]
    finished = [run for run in emptied if _finish(cursor, program, sender_id, run, now)]
    for kind, runs in (("notice.run-started", started), ("notice.run-finished", finished)):
        for run_id in runs:
            record(kind, subject=f"run:{run_id}", content={"run": str(run_id)})


def _finish(cursor: psycopg.Cursor[Any], program: str, sender_id: uuid.UUID, run: uuid.UUID, now: datetime) -> bool:
    still_open = [int(DispatchState.QUEUED), int(DispatchState.ATTEMPTED)]
    cursor.execute(_FINISH, {"run": run, "now": now, "open": still_open})
    if cursor.rowcount:
        return True
    find_forgotten(cursor, Queue(program, sender_id, run), now)
    return False


def runs_with_lots(cursor: psycopg.Cursor[Any], program: str, sender_id: uuid.UUID) -> tuple[bytes, ...]:
    """The running runs that have texts queued at this sender, the first to be opened first."""
    cursor.execute(_WITH_LOTS, {"program": program, "sender": sender_id}, binary=True)
    return tuple(raw(row[0]) for row in cursor)


def _run(row: tuple[Any, ...]) -> uuid.UUID:
    return uuid.UUID(bytes=raw(row[0]))

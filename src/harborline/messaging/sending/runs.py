"""Move runs on: scheduled ones start, emptied ones finish."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import psycopg

from harborline.ledger.services import record
from harborline.messaging.facts import DispatchState

_START = """
UPDATE messaging_noticerun SET state = 'running'
 WHERE program = %(program)s AND sender_id = %(sender)s AND state = 'scheduled' AND scheduled_at <= %(now)s
RETURNING id
"""

_FINISH = """
UPDATE messaging_noticerun r SET state = 'finished', finished_at = %(now)s
 WHERE r.program = %(program)s AND r.sender_id = %(sender)s AND r.state = 'running' AND r.planned_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM messaging_dispatch d WHERE d.run_id = r.id AND d.state = ANY (%(open)s))
RETURNING r.id
"""


def advance_runs(cursor: psycopg.Cursor[Any], program: str, sender_id: uuid.UUID, now: datetime) -> None:
    """Start what is due, finish what has nothing left to hand over; each with its record."""
    facts = {"program": program, "sender": sender_id, "now": now}
    cursor.execute(_START, facts)
    started = [row[0] for row in cursor]
    cursor.execute(_FINISH, {**facts, "open": [int(DispatchState.QUEUED), int(DispatchState.ATTEMPTED)]})
    finished = [row[0] for row in cursor]
    for kind, runs in (("notice.run-started", started), ("notice.run-finished", finished)):
        for run_id in runs:
            record(kind, subject=f"run:{run_id}", content={"run": str(run_id)})

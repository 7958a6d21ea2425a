"""Put off what may not go at this moment: until later, or for good; each with its decision on record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg

from harborline.kernel import Decision, Outcome
from harborline.kernel.clock import iso
from harborline.ledger.services import record_batch
from harborline.messaging import columns
from harborline.messaging.columns import spelled
from harborline.messaging.commitments import commit
from harborline.messaging.facts import DispatchState
from harborline.messaging.sending import lots
from harborline.messaging.sending.due import Due
from harborline.messaging.sending.lots import Queue

ASK_AGAIN = timedelta(minutes=15)

_MOVE = """
UPDATE messaging_dispatch d
   SET state = t.s, due_at = t.due, reason = t.r, changed_at = %(now)b,
       dedupe_key = CASE WHEN t.s = %(queued)b THEN d.dedupe_key END
  FROM unnest(%(messages)b::uuid[], %(states)b::smallint[], %(dues)b::timestamptz[], %(reasons)b::text[])
       AS t(m, s, due, r)
 WHERE d.message_id = t.m
"""


class Whose(Protocol):
    """The program and sender whose texts these are."""

    @property
    def program(self) -> str:
        """The program."""

    @property
    def sender_id(self) -> uuid.UUID:
        """The sender."""


def put_off(cursor: psycopg.Cursor[Any], whose: Whose, judged: Sequence[tuple[Due, Decision]], now: datetime) -> None:
    """Record why each did not go, and queue again what may go later; their lots were taken before."""
    if not judged:
        return
    placed = [_place(item, decision, now) for item, decision in judged]
    cursor.execute(
        _MOVE,
        {
            "now": now,
            "queued": int(DispatchState.QUEUED),
            "messages": columns.ids([item.message_id for item, _ in judged]),
            "states": columns.smalls([int(state) for state, _ in placed]),
            "dues": columns.moments([due_at for _, due_at in placed]),
            "reasons": columns.texts([decision.reason for _, decision in judged]),
        },
    )
    _queue_again(cursor, whose, [(item, due_at) for (item, _), (_, due_at) in zip(judged, placed, strict=True)])
    entry_id = record_batch(
        "message.set-aside",
        subject="dispatch",
        items=[_commitment(item, decision, now) for item, decision in judged],
        content={"count": len(judged)},
    )
    # Rare beside the attempts, and each with clauses of its own: row by row.
    cursor.executemany(
        "INSERT INTO messaging_setaside (program, county, message_id, outcome, reason, rule, clauses, until_at, at,"
        " entry_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                whose.program, item.county, uuid.UUID(bytes=item.message_id), decision.outcome.value, decision.reason,
                decision.rule, list(decision.clauses), decision.until, now, entry_id,
            )
            for item, decision in judged
        ],
    )  # fmt: skip


def _queue_again(cursor: psycopg.Cursor[Any], whose: Whose, placed: Sequence[tuple[Due, datetime | None]]) -> None:
    by_run: dict[bytes | None, list[tuple[bytes, datetime]]] = {}
    for item, due_at in placed:
        if due_at is not None:
            by_run.setdefault(item.run_id, []).append((item.message_id, due_at))
    for run_id, later in by_run.items():
        lots.put(cursor, Queue(whose.program, whose.sender_id, run_id), later)


def _place(item: Due, decision: Decision, now: datetime) -> tuple[DispatchState, datetime | None]:
    if decision.reason == "too-late":
        return DispatchState.LAPSED, None
    if decision.outcome is Outcome.HOLD:
        again = decision.until or now + ASK_AGAIN
        return (DispatchState.QUEUED, again) if again < item.last_due_at else (DispatchState.LAPSED, None)
    return DispatchState.WITHHELD, None


def _commitment(item: Due, decision: Decision, now: datetime) -> bytes:
    return commit(
        item.commit_key,
        {
            "kind": "message.set-aside",
            "message": spelled(item.message_id),
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "clauses": list(decision.clauses),
            "at": iso(now),
        },
    )

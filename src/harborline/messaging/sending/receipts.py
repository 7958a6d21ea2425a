"""Take receipts: told twice they stand once, out of order they never move a message back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from harborline.kernel.clock import iso
from harborline.ledger.services import record_batch
from harborline.messaging.commitments import commit
from harborline.messaging.facts import RECEIPT_RANK, DispatchState, ReceiptEvent
from harborline.messaging.ports import Receipt

_STATES = {
    Receipt.SENT.value: DispatchState.SENT,
    Receipt.DELIVERED.value: DispatchState.DELIVERED,
    Receipt.FAILED.value: DispatchState.FAILED,
    Receipt.EXPIRED.value: DispatchState.EXPIRED,
}

_KNOWN = """
SELECT a.id, a.message_id, a.county, c.commit_key
  FROM messaging_attempt a JOIN messaging_messagecontent c ON c.message_id = a.message_id
 WHERE a.id = ANY (%(attempts)s::uuid[])
"""

_RECEIPTS = """
INSERT INTO messaging_receiptrecord (program, county, attempt_id, receipt, code, at, entry_id)
SELECT %(program)s, c, a, r, co, w, %(entry)s
FROM unnest(%(counties)s::text[], %(attempts)s::uuid[], %(receipts)s::text[], %(codes)s::text[],
            %(ats)s::timestamptz[]) AS t(c, a, r, co, w)
ON CONFLICT (attempt_id, receipt) DO NOTHING
"""

_MOVE = """
UPDATE messaging_dispatch d
   SET state = t.s, changed_at = %(now)s, reason = t.r
  FROM (SELECT m, s, r, k FROM unnest(%(messages)s::uuid[], %(states)s::smallint[], %(reasons)s::text[],
                                      %(ranks)s::smallint[]) AS u(m, s, r, k)) t
 WHERE d.message_id = t.m
   AND t.k > coalesce((%(rank_of)s::jsonb ->> d.state::text)::int, 99)
"""

_RANKS = {str(int(state)): rank for state, rank in RECEIPT_RANK.items()}


def record_receipts(cursor: psycopg.Cursor[Any], program: str, events: Sequence[ReceiptEvent], *, now: datetime) -> int:
    """Append what is new, bind it, move the messages; answers how many attempts were known.

    Events about attempts of another program or none are left out: a forged or foreign receipt changes nothing.
    """
    cursor.execute(_KNOWN, {"attempts": list({event.attempt_id for event in events})}, binary=True)
    known: dict[uuid.UUID, tuple[uuid.UUID, str, bytes]] = {row[0]: (row[1], row[2], row[3]) for row in cursor}
    told = [event for event in events if event.attempt_id in known]
    if not told:
        return 0
    entry_id = record_batch(
        "message.receipts",
        subject="receipts",
        items=[_commitment(event, *known[event.attempt_id]) for event in told],
        content={"count": len(told)},
    )
    cursor.execute(
        _RECEIPTS,
        {
            "program": program,
            "entry": entry_id,
            "counties": [known[event.attempt_id][1] for event in told],
            "attempts": [event.attempt_id for event in told],
            "receipts": [event.receipt for event in told],
            "codes": [event.code for event in told],
            "ats": [event.at for event in told],
        },
    )
    _move(cursor, _highest(told, known), now)
    return len(known)


def _highest(
    told: Sequence[ReceiptEvent], known: dict[uuid.UUID, tuple[uuid.UUID, str, bytes]]
) -> dict[uuid.UUID, tuple[DispatchState, str]]:
    highest: dict[uuid.UUID, tuple[DispatchState, str]] = {}
    for event in told:
        message_id, state = known[event.attempt_id][0], _STATES[event.receipt]
        standing = highest.get(message_id)
        if standing is None or RECEIPT_RANK[state] > RECEIPT_RANK[standing[0]]:
            highest[message_id] = (state, event.code)
    return highest


def _move(cursor: psycopg.Cursor[Any], highest: dict[uuid.UUID, tuple[DispatchState, str]], now: datetime) -> None:
    cursor.execute(
        _MOVE,
        {
            "now": now,
            "rank_of": Jsonb(_RANKS),
            "messages": list(highest),
            "states": [int(state) for state, _ in highest.values()],
            "reasons": [
                "" if state in (DispatchState.SENT, DispatchState.DELIVERED) else f"network-{state.word}"
                for state, _ in highest.values()
            ],
            "ranks": [RECEIPT_RANK[state] for state, _ in highest.values()],
        },
    )


def _commitment(event: ReceiptEvent, message_id: uuid.UUID, _county: str, key: bytes) -> bytes:
    return commit(
        key,
        {
            "kind": "message.receipt",
            "message": str(message_id),
            "attempt": str(event.attempt_id),
            "receipt": event.receipt,
            "code": event.code,
            "at": iso(event.at),
        },
    )

"""Take receipts: durable before the carrier is answered, folded into the record many at a time.

Told twice they stand once, out of order they never move a message back. While one fold is at work, what comes in
meanwhile only lands in the table of arrivals; the next fold takes all of it at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from harborline.kernel.clock import iso
from harborline.ledger.services import record_batch
from harborline.messaging import columns
from harborline.messaging.columns import raw, spelled
from harborline.messaging.commitments import Form, spelled_value
from harborline.messaging.facts import RECEIPT_RANK, DispatchState, ReceiptEvent, ReceiptNews
from harborline.messaging.ports import Receipt
from harborline.messaging.sending.news import hear

FOLD = 500

_STATES = {
    Receipt.SENT.value: DispatchState.SENT,
    Receipt.DELIVERED.value: DispatchState.DELIVERED,
    Receipt.FAILED.value: DispatchState.FAILED,
    Receipt.EXPIRED.value: DispatchState.EXPIRED,
}

_ARRIVE = """
INSERT INTO messaging_receiptarrival (program, attempt_id, receipt, code, carrier_ref, news, at)
SELECT %(program)b, a, r, co, ref, n, w
FROM unnest(%(attempts)b::uuid[], %(receipts)b::text[], %(codes)b::text[], %(refs)b::text[], %(news)b::text[],
            %(ats)b::timestamptz[]) AS t(a, r, co, ref, n, w)
"""

# One fold of a program at a time: whoever finds another at work leaves its arrivals to it or to the next.
_MAY_FOLD = "SELECT pg_try_advisory_xact_lock(hashtextextended('harborline/receipts/' || %b, 0))"

_ARRIVED = """
DELETE FROM messaging_receiptarrival
 WHERE id = ANY (ARRAY(SELECT id FROM messaging_receiptarrival WHERE program = %(program)b ORDER BY id LIMIT %(most)b))
RETURNING id, attempt_id, receipt, code, carrier_ref, news, at
"""

_KNOWN = """
SELECT a.id, a.message_id, a.county, c.commit_key
  FROM messaging_attempt a JOIN messaging_messagecontent c ON c.message_id = a.message_id
 WHERE a.id = ANY (%(attempts)b::uuid[])
"""

_RECEIPTS = """
INSERT INTO messaging_receiptrecord (program, county, attempt_id, receipt, code, at, entry_id)
SELECT %(program)b, c, a, r, co, w, %(entry)b
FROM unnest(%(counties)b::text[], %(attempts)b::uuid[], %(receipts)b::text[], %(codes)b::text[],
            %(ats)b::timestamptz[]) AS t(c, a, r, co, w)
ON CONFLICT (attempt_id, receipt) DO NOTHING
"""

_MOVE = """
UPDATE messaging_dispatch d
   SET state = t.s, changed_at = %(now)b, reason = t.r
  FROM unnest(%(messages)b::uuid[], %(states)b::smallint[], %(reasons)b::text[], %(ranks)b::smallint[])
       AS t(m, s, r, k)
 WHERE d.message_id = t.m
   AND t.k > coalesce((%(rank_of)b::jsonb ->> d.state::text)::int, 99)
"""

_RANKS = {str(int(state)): rank for state, rank in RECEIPT_RANK.items()}

_Known = dict[bytes, tuple[bytes, str, bytes]]


def take_in(cursor: psycopg.Cursor[Any], program: str, events: Sequence[ReceiptEvent]) -> None:
    """Keep receipts as they came; once the caller has committed, the carrier may be told that they are kept."""
    columns.takes_columns(cursor).execute(
        _ARRIVE,
        {
            "program": program,
            "attempts": columns.ids([event.attempt_id for event in events]),
            "receipts": columns.texts([event.receipt for event in events]),
            "codes": columns.texts([event.code for event in events]),
            "refs": columns.unique_texts([event.carrier_ref for event in events]),
            "news": columns.texts([event.news.value for event in events]),
            "ats": columns.moments([event.at for event in events]),
        },
    )


def fold(cursor: psycopg.Cursor[Any], program: str, *, now: datetime) -> int:
    """Record what has arrived, `FOLD` receipts at most; 0 when there is nothing or another fold is at work.

    `cursor` is a `hot_cursor`. Answers how many arrivals were taken.
    """
    cursor.execute(_MAY_FOLD, [program])
    row = cursor.fetchone()
    if row is None or not row[0]:
        return 0
    cursor.execute(_ARRIVED, {"program": program, "most": FOLD}, binary=True)
    rows = sorted(cursor.fetchall())
    events = [
        ReceiptEvent(uuid.UUID(bytes=attempt_id), receipt, code, at, carrier_ref, ReceiptNews(news))
        for _, attempt_id, receipt, code, carrier_ref, news, at in rows
    ]
    record_receipts(cursor, program, events, now=now)
    return len(rows)


def record_receipts(cursor: psycopg.Cursor[Any], program: str, events: Sequence[ReceiptEvent], *, now: datetime) -> int:
    """Append what is new, bind it, move the messages; answers how many attempts were known.

    Events about attempts of another program or none are left out: a forged or foreign receipt changes nothing.
    """
    if not events:
        return 0
    asked = columns.ids({event.attempt_id for event in events})
    columns.takes_columns(cursor).execute(_KNOWN, {"attempts": asked}, binary=True)
    known: _Known = {raw(row[0]): (raw(row[1]), row[2], bytes(row[3])) for row in cursor}
    told = [event for event in events if event.attempt_id.bytes in known]
    if not told:
        return 0
    with cursor.connection.pipeline():
        cursor.execute(
            _RECEIPTS,
            {
                "program": program,
                "entry": _bound(told, known),
                "counties": columns.texts([known[event.attempt_id.bytes][1] for event in told]),
                "attempts": columns.ids([event.attempt_id for event in told]),
                "receipts": columns.texts([event.receipt for event in told]),
                "codes": columns.texts([event.code for event in told]),
                "ats": columns.moments([event.at for event in told]),
            },
        )
        _move(cursor, _highest(told, known), now)
    hear(cursor, program, [(event, known[event.attempt_id.bytes][0]) for event in told if event.news], now)
    return len(known)


def _bound(told: Sequence[ReceiptEvent], known: _Known) -> uuid.UUID:
    form = Form({"kind": "message.receipt"}, "at", "attempt", "code", "message", "receipt")
    return record_batch(
        "message.receipts",
        subject="receipts",
        items=[
            form.commit(
                known[event.attempt_id.bytes][2],
                f'"{iso(event.at)}"',
                f'"{spelled(event.attempt_id)}"',
                spelled_value(event.code),
                f'"{spelled(known[event.attempt_id.bytes][0])}"',
                f'"{event.receipt}"',
            )
            for event in told
        ],
        content={"count": len(told)},
    )


def _highest(told: Sequence[ReceiptEvent], known: _Known) -> dict[bytes, tuple[DispatchState, str]]:
    highest: dict[bytes, tuple[DispatchState, str]] = {}
    for event in told:
        message_id, state = known[event.attempt_id.bytes][0], _STATES[event.receipt]
        standing = highest.get(message_id)
        if standing is None or RECEIPT_RANK[state] > RECEIPT_RANK[standing[0]]:
            highest[message_id] = (state, event.code)
    return highest


def _move(cursor: psycopg.Cursor[Any], highest: dict[bytes, tuple[DispatchState, str]], now: datetime) -> None:
    cursor.execute(
        _MOVE,
        {
            "now": now,
            "rank_of": Jsonb(_RANKS),
            "messages": columns.ids(list(highest)),
            "states": columns.smalls([int(state) for state, _ in highest.values()]),
            "reasons": columns.texts(
                [
                    "" if state in (DispatchState.SENT, DispatchState.DELIVERED) else f"network-{state.word}"
                    for state, _ in highest.values()
                ]
            ),
            "ranks": columns.smalls([RECEIPT_RANK[state] for state, _ in highest.values()]),
        },
    )

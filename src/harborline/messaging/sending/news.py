"""What a receipt tells beyond its own text: a stop, words the network filters, trouble with our account."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
import structlog

from harborline.consent.services import carrier_says_stopped
from harborline.ledger.services import record
from harborline.messaging import columns
from harborline.messaging.columns import raw
from harborline.messaging.facts import ReceiptEvent, ReceiptNews
from harborline.messaging.sealing import open_text_of
from harborline.messaging.sending.pausing import pause_sender

log = structlog.get_logger(__name__)

# So many texts of one run taken for unwanted stop the run: from the third on, carriers fine the sender.
FILTERED_STOPS_RUN = 3

_SEALED = "SELECT message_id, sealed FROM messaging_messagecontent WHERE message_id = ANY (%(ids)b::uuid[])"

_FILTERED_RUNS = """
SELECT r.id, r.sender_id
  FROM messaging_noticerun r
 WHERE r.id IN (SELECT d.run_id FROM messaging_dispatch d WHERE d.message_id = ANY (%(ids)b::uuid[]))
   AND r.state IN ('running', 'scheduled')
"""
_FILTERED_TEXTS = """
SELECT count(*) FROM messaging_dispatch
 WHERE run_id = %(run)b AND (reason = 'network-filtered')
"""
_MARK = """
UPDATE messaging_dispatch SET reason = 'network-filtered' WHERE message_id = ANY (%(ids)b::uuid[])
   AND reason = 'network-failed'
"""
_PAUSE = "UPDATE messaging_noticerun SET state = 'paused' WHERE id = %(run)b AND state IN ('running', 'scheduled')"

_SENDERS = "SELECT DISTINCT sender_id FROM messaging_dispatch WHERE message_id = ANY (%(ids)b::uuid[])"


def hear(cursor: psycopg.Cursor[Any], program: str, news: Sequence[tuple[ReceiptEvent, bytes]], now: datetime) -> None:
    """Act on what receipts (each with its message) tell: suppress, pause the run, pause the sender."""
    by_news: dict[ReceiptNews, dict[bytes, str]] = {}
    for event, message_id in news:
        by_news.setdefault(event.news, {})[message_id] = event.code
    if stops := by_news.get(ReceiptNews.STOPPED):
        _stop(cursor, program, stops, now)
    if filtered := by_news.get(ReceiptNews.FILTERED):
        _stop_runs(cursor, filtered)
    if account := by_news.get(ReceiptNews.ACCOUNT):
        cursor.execute(_SENDERS, {"ids": columns.ids(list(account))}, binary=True)
        for row in cursor.fetchall():
            pause_sender(uuid.UUID(bytes=raw(row[0])), reason="carrier-account", code=next(iter(account.values())))


def _stop(cursor: psycopg.Cursor[Any], program: str, stops: dict[bytes, str], now: datetime) -> None:
    cursor.execute(_SEALED, {"ids": columns.ids(list(stops))}, binary=True)
    for message_id, sealed in cursor.fetchall():
        to = open_text_of(program, message_id, sealed).to
        carrier_says_stopped(to, code=stops[raw(message_id)], at=now)


def _stop_runs(cursor: psycopg.Cursor[Any], filtered: dict[bytes, str]) -> None:
    ids = columns.ids(list(filtered))
    cursor.execute(_MARK, {"ids": ids})
    cursor.execute(_FILTERED_RUNS, {"ids": ids}, binary=True)
    for run_id, _ in cursor.fetchall():
        run = uuid.UUID(bytes=raw(run_id))
        count = cursor.execute(_FILTERED_TEXTS, {"run": run}).fetchone()
        if count is None or count[0] < FILTERED_STOPS_RUN:
            continue
        cursor.execute(_PAUSE, {"run": run})
        if cursor.rowcount:
            log.error("run paused: the network filters its words", run=str(run), filtered=count[0])
            content = {"run": str(run), "from": "running", "to": "paused", "because": "network-filtered"}
            record("notice.run-paused", subject=f"run:{run}", content=content)

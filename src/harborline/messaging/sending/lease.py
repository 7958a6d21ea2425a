"""The lease of a sender: one dispatcher at a time owns its pacing, and a standby takes over when it lapses."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import psycopg

LEASE = timedelta(seconds=10)

_TAKE = """
INSERT INTO messaging_senderlease (sender_id, program, holder, epoch, until_at)
VALUES (%(sender)s, %(program)s, %(holder)s, 1, %(until)s)
ON CONFLICT (sender_id) DO UPDATE
   SET holder = excluded.holder,
       epoch = messaging_senderlease.epoch + CASE WHEN messaging_senderlease.holder = excluded.holder
                                                   AND messaging_senderlease.until_at > %(now)s THEN 0 ELSE 1 END,
       until_at = excluded.until_at
 WHERE messaging_senderlease.holder = excluded.holder OR messaging_senderlease.until_at IS NULL
    OR messaging_senderlease.until_at <= %(now)s
RETURNING epoch
"""


def take(cursor: psycopg.Cursor[Any], *, sender_id: uuid.UUID, program: str, holder: str, now: datetime) -> int | None:
    """Take or renew the lease; answers its epoch, or None while another dispatcher holds it.

    The row stays locked to the end of the transaction, so claims of one sender never overlap.
    """
    cursor.execute(_TAKE, {"sender": sender_id, "program": program, "holder": holder, "now": now, "until": now + LEASE})
    row = cursor.fetchone()
    return int(row[0]) if row else None


def release(cursor: psycopg.Cursor[Any], *, sender_id: uuid.UUID, holder: str, now: datetime) -> None:
    """Give the lease back at an orderly end, so that the standby need not wait."""
    cursor.execute(
        "UPDATE messaging_senderlease SET until_at = %s WHERE sender_id = %s AND holder = %s", [now, sender_id, holder]
    )

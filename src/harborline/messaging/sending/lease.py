"""The lease of a sender: one dispatcher at a time owns its pacing, and a standby takes over when it lapses."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg

LEASE = timedelta(seconds=10)

_TAKE = """
INSERT INTO messaging_senderlease (sender_id, program, holder, epoch, until_at)
VALUES (%(sender)b, %(program)b, %(holder)b, 1, %(until)b)
ON CONFLICT (sender_id) DO UPDATE
   SET holder = excluded.holder,
       epoch = messaging_senderlease.epoch + CASE WHEN messaging_senderlease.holder = excluded.holder
                                                   AND messaging_senderlease.until_at > %(now)b THEN 0 ELSE 1 END,
       until_at = excluded.until_at
 WHERE messaging_senderlease.holder = excluded.holder OR messaging_senderlease.until_at IS NULL
    OR messaging_senderlease.until_at <= %(now)b
RETURNING epoch, day, day_segments
"""


class Lease(NamedTuple):
    """A lease that is held: its epoch, and how many segments went on the carrier's day that was counted last."""

    epoch: int
    day: date | None
    day_segments: int

    def gone_on(self, day: date) -> int:
        """The segments that went on this day."""
        return self.day_segments if self.day == day else 0


def take(
    cursor: psycopg.Cursor[Any], *, sender_id: uuid.UUID, program: str, holder: str, now: datetime
) -> Lease | None:
    """Take or renew the lease; None while another dispatcher holds it.

    The row stays locked to the end of the transaction, so claims of one sender never overlap.
    """
    facts = {"sender": sender_id, "program": program, "holder": holder, "now": now, "until": now + LEASE}
    cursor.execute(_TAKE, facts, binary=True)
    row = cursor.fetchone()
    return Lease(*row) if row else None


def release(cursor: psycopg.Cursor[Any], *, sender_id: uuid.UUID, holder: str, now: datetime) -> None:
    """Give the lease back at an orderly end, so that the standby need not wait."""
    cursor.execute(
        "UPDATE messaging_senderlease SET until_at = %s WHERE sender_id = %s AND holder = %s", [now, sender_id, holder]
    )

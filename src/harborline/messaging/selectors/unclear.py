"""The texts nobody can answer for: until a receipt, their expiry or a person settles them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel.clock import now as clock_now
from harborline.messaging.facts import DispatchState
from harborline.messaging.rules import NO_NEWS
from harborline.walls.cursor import bulk_cursor

SHOWN = 200
UNKNOWN = int(DispatchState.UNKNOWN)

_ABOUT = """
SELECT d.message_id, d.run_id, coalesce(r.participant_ref, ''), d.county, d.handed_at, a.expires_at, d.state
  FROM found f
  JOIN messaging_dispatch d ON d.message_id = f.message_id
  JOIN messaging_attempt a ON a.id = f.attempt_id
  JOIN messaging_message m ON m.id = f.message_id
  LEFT JOIN messaging_recipient r ON r.run_id = m.run_id AND r.row_no = m.row_no
 WHERE d.state = %(unknown)s OR (d.state = %(expired)s AND d.reason = %(no_news)s)
 ORDER BY d.handed_at DESC LIMIT %(shown)s
"""
_UNCLEAR = f"""
WITH found AS (
  SELECT message_id, attempt_id FROM messaging_unclear
  UNION
  SELECT message_id, attempt_id FROM messaging_settlement WHERE verdict = 'expired'
)
{_ABOUT}
"""


@dataclass(frozen=True, slots=True)
class UnclearText:
    """One text that may or may not have arrived: when it was handed over, when the carrier gives it up.

    `over`: that moment has passed without news. `external_id` is empty for a text outside a run.
    """

    message_id: uuid.UUID
    run_id: uuid.UUID | None
    external_id: str
    county: str
    handed_at: datetime
    expires_at: datetime
    over: bool


def unclear_texts(*, at: datetime | None = None) -> list[UnclearText]:
    """The unclear texts of the context's program and counties, the newest first, `SHOWN` at most."""
    moment = at or clock_now()
    facts = {
        "unknown": UNKNOWN,
        "expired": int(DispatchState.EXPIRED),
        "no_news": NO_NEWS,
        "shown": SHOWN,
    }
    with bulk_cursor() as cursor:
        cursor.execute(_UNCLEAR, facts, binary=True)
        return [
            UnclearText(
                message, run, person, county, handed_at, expires_at, over=state != UNKNOWN or expires_at <= moment
            )
            for message, run, person, county, handed_at, expires_at, state in cursor.fetchall()
        ]

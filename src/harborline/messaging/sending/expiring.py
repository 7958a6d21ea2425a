"""End the wait for texts nobody could answer for, once the carrier itself would not deliver them any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.kernel.clock import iso
from harborline.kernel.ids import new_ids
from harborline.ledger.services import record_batch
from harborline.messaging import columns
from harborline.messaging.columns import spelled
from harborline.messaging.commitments import Form
from harborline.messaging.facts import DispatchState, Knowledge, Verdict

# News of a text that went out in its last second is waited for this long.
GRACE = timedelta(minutes=15)
MOST = 500

_OVER = """
DELETE FROM messaging_unclear
 WHERE attempt_id = ANY (ARRAY(
       SELECT attempt_id FROM messaging_unclear WHERE expires_at < %(over)b ORDER BY expires_at LIMIT %(most)b
          FOR UPDATE SKIP LOCKED))
RETURNING attempt_id
"""

# What a receipt or a person made clear meanwhile has its state.
_STILL = """
SELECT d.message_id, d.county, a.id, c.commit_key
  FROM unnest(%(attempts)b::uuid[]) AS t(id)
  JOIN messaging_attempt a ON a.id = t.id
  JOIN messaging_dispatch d ON d.message_id = a.message_id AND d.state = %(unknown)b AND d.handed_at = a.at
  JOIN messaging_messagecontent c ON c.message_id = d.message_id
"""

_SETTLE = """
INSERT INTO messaging_settlement (id, program, county, message_id, attempt_id, verdict, how, note, by, at, entry_id)
SELECT i, %(program)b, c, m, a, %(verdict)b, %(how)b, '', 'system:dispatcher', %(now)b, %(entry)b
  FROM unnest(%(ids)b::uuid[], %(counties)b::text[], %(messages)b::uuid[], %(attempts)b::uuid[]) AS t(i, c, m, a)
"""

_MOVE = """
UPDATE messaging_dispatch SET state = %(state)b, changed_at = %(now)b, reason = 'no-news'
 WHERE message_id = ANY (%(messages)b::uuid[]) AND state = %(unknown)b
"""


def expire_unknown(cursor: psycopg.Cursor[Any], program: str, *, now: datetime) -> int:
    """Texts that are still unknown after their expiry end as expired; answers how many. A late receipt still counts."""
    cursor.execute(_OVER, {"over": now - GRACE, "most": MOST}, binary=True)
    over = [row[0] for row in cursor.fetchall()]
    if not over:
        return 0
    cursor.execute(_STILL, {"attempts": columns.ids(over), "unknown": int(DispatchState.UNKNOWN)}, binary=True)
    found = cursor.fetchall()
    if not found:
        return 0
    form = Form({"kind": "message.settled", "verdict": Verdict.EXPIRED.value, "at": iso(now)}, "attempt", "message")
    entry_id = record_batch(
        "message.settled",
        subject="dispatch",
        items=[form.commit(row[3], f'"{spelled(row[2])}"', f'"{spelled(row[0])}"') for row in found],
        content={"count": len(found), "verdict": Verdict.EXPIRED.value},
    )
    messages = columns.ids([row[0] for row in found])
    cursor.execute(
        _SETTLE,
        {
            "program": program,
            "verdict": Verdict.EXPIRED.value,
            "how": Knowledge.TIME.value,
            "now": now,
            "entry": entry_id,
            "ids": columns.ids(new_ids(len(found))),
            "counties": columns.texts([row[1] for row in found]),
            "messages": messages,
            "attempts": columns.ids([row[2] for row in found]),
        },
    )
    states = {"state": int(DispatchState.EXPIRED), "unknown": int(DispatchState.UNKNOWN)}
    cursor.execute(_MOVE, {**states, "now": now, "messages": messages})
    return len(found)

"""The gate of a program's senders: a lease that nobody's dispatcher holds, so that none takes a text."""

from __future__ import annotations

from datetime import UTC, datetime

from harborline.kernel import clock
from harborline.walls.cursor import bulk_cursor

HOLDER = "recovery-hold"
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# A higher epoch, so that whatever an earlier dispatcher left open is settled as unknown and never repeated.
_CLOSE = """
INSERT INTO messaging_senderlease (sender_id, program, holder, epoch, until_at)
SELECT s.id, s.program, %(holder)s, 1, %(never)s FROM messaging_sender s WHERE s.program = %(program)s
ON CONFLICT (sender_id) DO UPDATE
   SET holder = excluded.holder, epoch = messaging_senderlease.epoch + 1, until_at = excluded.until_at
 WHERE messaging_senderlease.holder <> excluded.holder
"""
_OPEN = "UPDATE messaging_senderlease SET until_at = %(now)s WHERE program = %(program)s AND holder = %(holder)s"


class LeaseGate:
    """A `SenderGate` over the leases of senders (messaging.sending.lease)."""

    def close(self, program: str) -> None:
        """Take every lease of the program, for ever."""
        with bulk_cursor() as cursor:
            cursor.execute(_CLOSE, {"program": program, "holder": HOLDER, "never": _NEVER})

    def open(self, program: str) -> None:
        """Let them lapse."""
        with bulk_cursor() as cursor:
            cursor.execute(_OPEN, {"program": program, "holder": HOLDER, "now": clock.now()})

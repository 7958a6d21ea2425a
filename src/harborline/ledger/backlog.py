"""The queue of the log is bounded: beyond the bound, bulk work waits and a person is told.

Nothing that happened is ever turned away: single records and the outcomes of what was already done are always taken,
because an act without its entry would be worse than a long queue. Only new bulk work is held back, and the caller's
whole transaction with it, so nothing of it is lost either.
"""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connections

from harborline.kernel import Unavailable, clock

BULK = 500
"""From so many entries in one call on it is bulk work."""
BULK_BOUND = 1_000_000
"""So many entries may wait for their place before bulk work is held back (about 0.75 GB of them)."""
RETRY_S = 5.0
_ASK_EVERY_S = 1.0
# Rolled-back work leaves numbers that never wait, so the distance is an upper bound, close enough for this.
_WAITING = (
    "SELECT coalesce((SELECT max(number) FROM ledger_pending), 0)"
    " - coalesce((SELECT highest FROM ledger_head ORDER BY number DESC LIMIT 1), 0)"
)
_answer = threading.local()


def bound() -> int:
    """How many entries may wait; the setting `LEDGER_QUEUE_BOUND`, else `BULK_BOUND`."""
    return int(getattr(settings, "LEDGER_QUEUE_BOUND", BULK_BOUND))


def waiting(using: str = "default") -> int:
    """About how many entries wait for their place in the log; asked at most once a second in each thread."""
    now_s = clock.monotonic_s()
    asked_s, known = getattr(_answer, "known", (float("-inf"), 0))
    if now_s - asked_s >= _ASK_EVERY_S:
        with connections[using].cursor() as cursor:
            cursor.execute(_WAITING)
            known = max(0, cursor.fetchone()[0])
        _answer.known = (now_s, known)
    return int(known)


def forget() -> None:
    """Ask again at the next call: between tests."""
    _answer.__dict__.clear()


def hold_back(using: str = "default") -> None:
    """Raise `Unavailable` while the queue is beyond its bound: to be asked before new bulk work begins."""
    if waiting(using) > bound():
        raise Unavailable(
            "too many entries wait for their place in the proof log; is the sequencer running?", retry_after_s=RETRY_S
        )

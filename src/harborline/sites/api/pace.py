"""How much each key may ask for: a bucket that fills at the key's pace and holds ten seconds of it.

Each request takes one out, and each further text in it one more. The bucket is this process's own: several web
processes allow that many times the pace.
"""

from __future__ import annotations

import math
import threading
import uuid
from typing import Final

from harborline.kernel import clock
from harborline.workforce.facts import MachineFacts

SECONDS_HELD: Final = 10
LEAST_HELD: Final = 500
REMEMBERED: Final = 10_000


class Paces:
    """The buckets of all keys: what is left of each, and when that was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[uuid.UUID, tuple[float, float]] = {}

    def take(self, machine: MachineFacts, cost: int = 1, *, now_s: float | None = None) -> int:
        """Take `cost` out; 0, or the whole seconds to wait when there is not enough."""
        at_s = clock.monotonic_s() if now_s is None else now_s
        most = float(max(LEAST_HELD, SECONDS_HELD * machine.per_second))
        with self._lock:
            left, since_s = self._left.get(machine.id, (most, at_s))
            left = min(most, left + (at_s - since_s) * machine.per_second)
            if left < cost:
                self._left[machine.id] = (left, at_s)
                return math.ceil((cost - left) / machine.per_second)
            if len(self._left) >= REMEMBERED:
                self._left.clear()
            self._left[machine.id] = (left - cost, at_s)
        return 0


PACES: Final = Paces()

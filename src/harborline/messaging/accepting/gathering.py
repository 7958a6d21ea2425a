"""Let requests that come at the same moment share one transaction: each is answered after its own commit.

The first to come works for all who wait at that moment; whoever comes meanwhile waits for the next round. Those who
were together a moment ago come again one after the other, so the first of them waits a few milliseconds for the
others. A request alone is never delayed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

from django.db import connections

from harborline.kernel.clock import monotonic_s

LATELY_S: Final = 0.05
MOST_REMEMBERED: Final = 1_000
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


def _let_go() -> None:
    # Who waits for the transaction of another must not keep a connection that this other one may need.
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


class _Place(Generic[T, R]):
    """One who waits: for an answer, or for their turn to work for all."""

    __slots__ = ("answer", "error", "fall_asleep", "leads", "order", "wake_up")

    def __init__(self, order: T) -> None:
        self.order = order
        # A bare lock that is taken until somebody wakes the one who waits: an event costs three times as much.
        asleep = threading.Lock()
        self.fall_asleep, self.wake_up = asleep.acquire, asleep.release
        self.fall_asleep()
        self.leads = False
        self.answer: R | None = None
        self.error: BaseException | None = None


class Gathering(Generic[K, T, R]):
    """`work` is given orders that came under one key and answers an answer or an exception for each, in order.

    `weight` says how much one order counts towards `most` in a round; a heavier one has a round of its own. A round
    waits `pause_s` seconds for company where the one before it, within `LATELY_S`, had some.
    """

    def __init__(
        self,
        work: Callable[[K, Sequence[T]], Sequence[R | Exception]],
        *,
        most: int,
        weight: Callable[[T], int] = lambda _order: 1,
        pause_s: float = 0.0,
    ) -> None:
        self._work, self._most, self._weight, self._pause_s = work, most, weight, pause_s
        self._waiting: dict[K, deque[_Place[T, R]]] = {}
        self._company_s: dict[K, float] = {}
        self._lock = threading.Lock()

    def join(self, key: K, order: T) -> R:
        """Have an order carried out together with those of the same key; raises what became of this one."""
        _let_go()
        place = _Place[T, R](order)
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting is None:
                self._waiting[key] = deque()
                place.leads = True
            else:
                waiting.append(place)
        if not place.leads:
            place.fall_asleep()
        if place.leads:
            self._lead(key, place)
        if place.error is not None:
            raise place.error
        return place.answer  # type: ignore[return-value]  # set by the round that had no error for it

    def others_wait(self, key: K) -> bool:
        """Whether another round of this key follows at once."""
        return bool(self._waiting.get(key))

    def _lead(self, key: K, first: _Place[T, R]) -> None:
        if self._pause_s and monotonic_s() - self._company_s.get(key, -LATELY_S) < LATELY_S:
            time.sleep(self._pause_s)
        together = self._round(key, first)
        try:
            answers = self._work(key, [place.order for place in together])
            for place, answer in zip(together, answers, strict=True):
                if isinstance(answer, Exception):
                    place.error = answer
                else:
                    place.answer = answer
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            for place in together:
                place.error = error
        finally:
            if len(together) > 1:
                self._company_s[key] = monotonic_s()
            self._hand_on(key)
            for place in together[1:]:
                place.wake_up()

    def _round(self, key: K, first: _Place[T, R]) -> list[_Place[T, R]]:
        together, weight = [first], self._weight(first.order)
        with self._lock:
            waiting = self._waiting[key]
            while waiting and weight + self._weight(waiting[0].order) <= self._most:
                place = waiting.popleft()
                together.append(place)
                weight += self._weight(place.order)
        return together

    def _hand_on(self, key: K) -> None:
        with self._lock:
            waiting = self._waiting[key]
            if not waiting:
                del self._waiting[key]
                if len(self._company_s) > MOST_REMEMBERED:
                    self._company_s.clear()
                return
            place = waiting.popleft()
        place.leads = True
        place.wake_up()

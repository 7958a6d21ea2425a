"""Let requests that come at the same moment share one transaction: each is answered after its own commit.

The first to come works for all who wait at that moment; whoever comes meanwhile waits for the next round. A request
alone is never delayed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from django.db import connections

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

    __slots__ = ("answer", "error", "leads", "order", "woken")

    def __init__(self, order: T) -> None:
        self.order = order
        self.woken = threading.Event()
        self.leads = False
        self.answer: R | None = None
        self.error: BaseException | None = None


class Gathering(Generic[K, T, R]):
    """`work` is given orders that came under one key and answers an answer or an exception for each, in order.

    `weight` says how much one order counts towards `most` in a round; a heavier one has a round of its own.
    """

    def __init__(
        self,
        work: Callable[[K, Sequence[T]], Sequence[R | Exception]],
        *,
        most: int,
        weight: Callable[[T], int] = lambda _order: 1,
    ) -> None:
        self._work, self._most, self._weight = work, most, weight
        self._waiting: dict[K, deque[_Place[T, R]]] = {}
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
            place.woken.wait()
        if place.leads:
            self._lead(key, place)
        if place.error is not None:
            raise place.error
        return place.answer  # type: ignore[return-value]  # set by the round that had no error for it

    def _lead(self, key: K, first: _Place[T, R]) -> None:
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
            self._hand_on(key)
            for place in together[1:]:
                place.woken.set()

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
                return
            place = waiting.popleft()
        place.leads = True
        place.woken.set()

"""A carrier whose network is a table."""

from __future__ import annotations

import asyncio
import functools
import heapq
import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import structlog
from django.db import close_old_connections, connections

from harborline.adapters.simulator.facts import DELIVERED, FATES, SOON, Fate
from harborline.adapters.simulator.network import Arrival, Owed, keep, mark_reported, reference, still_owed
from harborline.adapters.simulator.ports import ReceiptSink
from harborline.kernel import clock
from harborline.kernel.ids import new_ids
from harborline.messaging.ports import HandOver, HandOverResult, OutgoingText

T = TypeVar("T")
log = structlog.get_logger(__name__)

REPORT_EVERY_S = 0.25
REPORT_BATCH = 1000


class SimulatedCarrier:
    """Takes texts for one sender of a program, shows them on handsets, reports receipts to `receipts` in batches.

    `fates` maps the last four digits of a number to what happens there; all others are delivered. A receipt that
    was owed when the carrier closed is reported after the next `open`.
    """

    name = "simulator"

    def __init__(self, *, program: str, sender: str, receipts: ReceiptSink, fates: Mapping[str, Fate] = FATES) -> None:
        self._program = program
        self._sender = sender
        self._receipts = receipts
        self._fates = fates
        self._owed: list[tuple[datetime, int, Owed]] = []
        self._order = itertools.count()
        self._thread: ThreadPoolExecutor | None = None
        self._reporter: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take up what an earlier life of this network still owes."""
        self._thread = ThreadPoolExecutor(1, "simulator")
        self._owe(await self._apart(lambda: still_owed(self._program, self._sender)))
        self._reporter = asyncio.create_task(self._report())

    async def hand_over(self, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
        """Put the batch on its handsets; raises whatever the database raises, for the whole batch."""
        if not texts:
            return []
        fated = [
            Arrival(identifier, text, self._fates.get(text.to[-4:], DELIVERED))
            for identifier, text in zip(new_ids(len(texts)), texts, strict=True)
        ]
        taken = [arrival for arrival in fated if arrival.fate.answer in _TAKEN]
        if taken:
            at = clock.now()
            self._owe(await self._apart(lambda: keep(self._program, self._sender, taken, at)))
        return [_answered(arrival) for arrival in fated]

    async def close(self) -> None:
        """Report what falls due at once, leave the rest for the next `open`."""
        if self._thread is None:
            return
        if self._reporter is not None:
            self._reporter.cancel()
            await asyncio.gather(self._reporter, return_exceptions=True)
        await self._report_until(clock.now() + 2 * SOON)
        await self._apart(connections.close_all)
        self._thread.shutdown()
        self._thread = None

    def _owe(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            heapq.heappush(self._owed, (one.due_at, next(self._order), one))

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            await self._report_until(clock.now())

    async def _report_until(self, moment: datetime) -> None:
        while batch := self._due(moment):
            try:
                await self._apart(functools.partial(self._tell, batch))
            except Exception:  # noqa: BLE001 - whatever the sink met, the receipts stay owed
                log.warning("receipts not taken; told again later", count=len(batch))
                self._owe(batch)
                return

    def _due(self, moment: datetime) -> list[Owed]:
        batch: list[Owed] = []
        while self._owed and self._owed[0][0] <= moment and len(batch) < REPORT_BATCH:
            batch.append(heapq.heappop(self._owed)[2])
        return batch

    def _tell(self, batch: Sequence[Owed]) -> None:
        self._receipts(self._program, self.name, [one.event for one in batch])
        mark_reported(self._program, _text_ids(batch), clock.now())

    async def _apart(self, work: Callable[[], T]) -> T:
        assert self._thread is not None, "open() comes first"
        return await asyncio.get_running_loop().run_in_executor(self._thread, _with_living_connection, work)


_TAKEN = frozenset({HandOver.ACCEPTED, HandOver.UNKNOWN})


def _with_living_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()


def _text_ids(batch: Sequence[Owed]) -> list[uuid.UUID]:
    return [one.text_id for one in batch]


def _answered(arrival: Arrival) -> HandOverResult:
    fate = arrival.fate
    return HandOverResult(
        attempt_id=arrival.text.attempt_id,
        answer=fate.answer,
        carrier_ref=reference(arrival.text_id) if fate.answer is HandOver.ACCEPTED else "",
        code="" if fate.answer is HandOver.ACCEPTED else fate.code,
        opted_out=fate.opted_out,
        retry_after_s=fate.retry_after_s,
        trouble=fate.trouble,
    )

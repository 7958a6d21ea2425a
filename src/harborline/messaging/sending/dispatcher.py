"""The dispatcher of one sender: lease, claim, hand over, record, over and over; crash-safe by what it commits first."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connections

from harborline.kernel import Unavailable
from harborline.kernel.clock import monotonic_s, now
from harborline.messaging.columns import hot_cursor
from harborline.messaging.ports import Carrier, HandOver, HandOverResult, OutgoingText, Trouble
from harborline.messaging.sending.claims import CLAIM_LIMIT, Claimed, claim_due
from harborline.messaging.sending.expiring import expire_unknown
from harborline.messaging.sending.lease import release, take
from harborline.messaging.sending.outcomes import Answered, pair, record_outcomes, settle_left_open
from harborline.messaging.sending.pace import Pace
from harborline.messaging.sending.pausing import pause_sender
from harborline.messaging.sending.receipts import fold
from harborline.messaging.sending.resting import Rest
from harborline.messaging.sending.runs import advance_runs
from harborline.messaging.sending.surroundings import SenderFacts, Surroundings
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

__all__ = ["Dispatcher", "SenderFacts"]

T = TypeVar("T")
log = structlog.get_logger(__name__)

SLOTS = 2
BATCH = CLAIM_LIMIT
IDLE_S = 0.2
STANDBY_S = 1.0
TICK_S = 1.0
FOLD_S = 0.25
DATABASE_S = 1.0


@dataclass(slots=True)
class Dispatcher:
    """Serves one sender until told to stop; `drain` ends it as soon as nothing is due."""

    sender: SenderFacts
    carrier: Carrier
    drain: bool = False
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}:{os.urandom(3).hex()}")
    _around: Surroundings = field(init=False)
    _rest: Rest = field(default_factory=Rest)
    _epoch: int = 0
    _lost: bool = False
    _thread: ThreadPoolExecutor | None = None

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        self._around = Surroundings(self.sender)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; database work happens in one thread of its own, the carrier on this loop."""
        with ThreadPoolExecutor(1, "dispatch") as thread:
            self._thread = thread
            try:
                await self.carrier.open()
                await self._serve(stop)
            finally:
                await self.carrier.close()
                await self._apart(self._leave)

    async def _serve(self, stop: asyncio.Event) -> None:
        pace = Pace(self.sender.segments_per_s, monotonic_s())
        flying: set[asyncio.Task[list[Answered]]] = set()
        answered: list[Answered] = []
        ticked_s = folded_s = 0.0
        while not stop.is_set() or flying:
            answered += _landed(flying)
            self._rest.after(answered, monotonic_s())
            room = 0 if stop.is_set() else self._room(pace, flying)
            tick = monotonic_s() - ticked_s > TICK_S
            ticked_s = monotonic_s() if tick else ticked_s
            try:
                if monotonic_s() - folded_s > FOLD_S:
                    folded_s = monotonic_s()
                    await self._apart(self._fold)
                claimed = await self._apart(partial(self._step, answered, room, tick=tick))
            except (OperationalError, InterfaceError) as gone:
                await self._database_gone(gone, flying, stop)
                continue
            answered = []
            if claimed is None:
                if self.drain:
                    return
                await self._pause(stop, STANDBY_S)
                continue
            pace.change(self._around.sender.segments_per_s, monotonic_s())
            if claimed:
                pace.spend(sum(one.segments for one in claimed))
                flying.add(asyncio.create_task(self._hand_over(claimed)))
            elif not flying and self.drain and room:
                return
            await self._wait(flying, pace, stop, idle=not claimed)

    async def _database_gone(
        self, gone: Exception, flying: set[asyncio.Task[list[Answered]]], stop: asyncio.Event
    ) -> None:
        """Keep every answer until the database is back, then take the lease anew: the last commit may have failed."""
        log.warning("database unavailable, trying again", sender=self.sender.key, error=type(gone).__name__)
        self._lost = True
        if flying:
            await asyncio.wait(flying)
        await self._apart(_disconnect)
        await self._pause(stop, DATABASE_S)

    def _room(self, pace: Pace, flying: set[asyncio.Task[list[Answered]]]) -> int:
        if len(flying) >= SLOTS or self._rest.needed(monotonic_s()):
            return 0
        return min(BATCH, pace.available(monotonic_s()))

    async def _wait(
        self, flying: set[asyncio.Task[list[Answered]]], pace: Pace, stop: asyncio.Event, *, idle: bool
    ) -> None:
        if flying and (idle or len(flying) >= SLOTS):
            await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED, timeout=TICK_S)
        elif idle:
            await self._pause(stop, max(IDLE_S, min(pace.wait_s(), TICK_S)))
        else:
            await asyncio.sleep(0)

    @staticmethod
    async def _pause(stop: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _hand_over(self, claimed: list[Claimed]) -> list[Answered]:
        at = now()
        texts = [
            OutgoingText(one.attempt_id, one.to, one.text, max(1, int((one.expires_at - at).total_seconds())), "")
            for one in claimed
        ]
        try:
            results = await self.carrier.hand_over(texts)
        except Unavailable as gone:
            # The adapter says it never reached the carrier: nothing was handed over.
            results = [
                HandOverResult(one.attempt_id, HandOver.BUSY, code=gone.code, trouble=Trouble.LINE) for one in claimed
            ]
        except Exception:
            # Whatever went wrong in the adapter, the texts may be out: unknown, never repeated.
            log.exception("carrier adapter failed", carrier=self.sender.carrier)
            results = []
        return pair(claimed, results)

    def _step(self, answered: list[Answered], room: int, *, tick: bool) -> list[Claimed] | None:
        """One transaction: record what came back, then claim what may go next; None while another holds the lease."""
        at = now()
        with self._acting(), hot_cursor() as cursor:
            record_outcomes(cursor, self._around.whose(), answered, now=at)
            self._see_to_account(answered)
            if self._lost:
                release(cursor, sender_id=self.sender.id, holder=self.holder, now=at)
            lease = take(cursor, sender_id=self.sender.id, program=self.sender.program, holder=self.holder, now=at)
            if lease is None:
                return None
            if lease.epoch != self._epoch:
                settle_left_open(cursor, self._around.whose(), epoch=lease.epoch, now=at)
                self._epoch, self._lost = lease.epoch, False
            if tick:
                advance_runs(cursor, self.sender.program, self.sender.id, at)
                expire_unknown(cursor, self.sender.program, now=at)
            self._around.look(cursor, at, down=self._rest.down)
            segments = self._around.segments_left(lease, at)
            if not room or not self._around.may_send or segments == 0:
                return []
            return claim_due(cursor, self._around.claim(lease.epoch, at), limit=room, now=at, segments=segments)

    def _see_to_account(self, answered: list[Answered]) -> None:
        for one in answered:
            if one.result.trouble is Trouble.ACCOUNT:
                pause_sender(self.sender.id, reason="carrier-account", code=one.result.code)
                self._around.forget()
                return

    def _fold(self) -> None:
        """Fold receipts that wait; standby dispatchers help."""
        with self._acting(), hot_cursor() as cursor:
            fold(cursor, self.sender.program, now=now())

    def _acting(self) -> AbstractContextManager[Context]:
        actor = Actor("system", f"dispatcher:{self.sender.key}")
        return acting(actor, program=self.sender.program, counties=ALL_COUNTIES, purpose="dispatch")

    def _leave(self) -> None:
        try:
            with self._acting(), hot_cursor() as cursor:
                release(cursor, sender_id=self.sender.id, holder=self.holder, now=now())
        except (OperationalError, InterfaceError):
            log.warning("the lease was not given back and will lapse", sender=self.sender.key)
        connections.close_all()


def _landed(flying: set[asyncio.Task[list[Answered]]]) -> list[Answered]:
    landed = {task for task in flying if task.done()}
    flying -= landed
    return [one for task in landed for one in task.result()]


def _disconnect() -> None:
    # With the pool, so that the next try connects at once instead of waiting out the pool's own pauses.
    connections.close_all()
    for wrapper in connections.all(initialized_only=True):
        if hasattr(wrapper, "close_pool"):
            wrapper.close_pool()

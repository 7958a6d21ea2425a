"""The dispatcher of one sender: lease, claim, hand over, record, over and over; crash-safe by what it commits first."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from harborline.kernel import Unavailable
from harborline.kernel.clock import monotonic_s, now
from harborline.law import Profile, profile
from harborline.messaging.notices.windows import Windows
from harborline.messaging.ports import Carrier, HandOver, HandOverResult, OutgoingText
from harborline.messaging.sending.claims import CLAIM_LIMIT, Claim, Claimed, claim_due
from harborline.messaging.sending.lease import release, take
from harborline.messaging.sending.outcomes import Answered, pair, record_outcomes, settle_left_open
from harborline.messaging.sending.pace import Pace
from harborline.messaging.sending.runs import advance_runs
from harborline.people.selectors import protection_as_of
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.walls.cursor import along_indexes, bulk_cursor

T = TypeVar("T")
log = structlog.get_logger(__name__)

SLOTS = 2
BATCH = CLAIM_LIMIT
IDLE_S = 0.2
STANDBY_S = 1.0
TICK_S = 1.0
APPROVAL_S = 1.0
DATABASE_S = 1.0


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The sender a dispatcher serves."""

    id: uuid.UUID
    program: str
    key: str
    carrier: str
    segments_per_s: int


@dataclass(slots=True)
class Dispatcher:
    """Serves one sender until told to stop; `drain` ends it as soon as nothing is due."""

    sender: SenderFacts
    carrier: Carrier
    drain: bool = False
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}:{os.urandom(3).hex()}")
    _epoch: int = 0
    _lost: bool = False
    _refused: str = ""
    _approval_s: float = float("-inf")
    _protection_as_of: datetime | None = None
    _thread: ThreadPoolExecutor | None = None

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
        ticked_s = 0.0
        while not stop.is_set() or flying:
            answered += _landed(flying)
            room = 0 if stop.is_set() else self._room(pace, flying)
            tick = monotonic_s() - ticked_s > TICK_S
            ticked_s = monotonic_s() if tick else ticked_s
            try:
                claimed = await self._apart(partial(self._step, answered, room, tick=tick))
            except (OperationalError, InterfaceError) as gone:
                await self._database_gone(gone, flying, stop)
                continue
            answered = []
            if claimed is None:
                await self._pause(stop, STANDBY_S)
                continue
            if claimed:
                pace.spend(sum(one.segments for one in claimed))
                flying.add(asyncio.create_task(self._hand_over(claimed)))
            elif not flying and self.drain:
                return
            await self._rest(flying, pace, stop, idle=not claimed)

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
        return min(BATCH, pace.available(monotonic_s())) if len(flying) < SLOTS else 0

    async def _rest(
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
            results = [HandOverResult(one.attempt_id, HandOver.BUSY, code=gone.code) for one in claimed]
        except Exception:
            # Whatever went wrong in the adapter, the texts may be out: unknown, never repeated.
            log.exception("carrier adapter failed", carrier=self.sender.carrier)
            results = []
        return pair(claimed, results)

    def _step(self, answered: list[Answered], room: int, *, tick: bool) -> list[Claimed] | None:
        """One transaction: record what came back, then claim what may go next; None while another holds the lease."""
        at = now()
        with self._acting(), bulk_cursor() as cursor:
            along_indexes(cursor)
            record_outcomes(cursor, self.sender.program, answered, now=at)
            if self._lost:
                release(cursor, sender_id=self.sender.id, holder=self.holder, now=at)
            epoch = take(cursor, sender_id=self.sender.id, program=self.sender.program, holder=self.holder, now=at)
            if epoch is None:
                return None
            if epoch != self._epoch:
                settle_left_open(cursor, self.sender.program, sender_id=self.sender.id, epoch=epoch, now=at)
                self._epoch, self._lost = epoch, False
            if tick:
                advance_runs(cursor, self.sender.program, self.sender.id, at)
            if not room or not self._carrier_approved(at):
                return []
            return claim_due(cursor, self._claim(epoch), limit=room, now=at)

    def _claim(self, epoch: int) -> Claim:
        current: Profile = profile(self.sender.program)
        sender, windows = self.sender, Windows.of(current)
        return Claim(sender.program, sender.id, sender.carrier, epoch, current, windows, self._protection_as_of)

    def _carrier_approved(self, at: datetime) -> bool:
        # Asked anew every second: a permission that ends stops the sending within one second's pace.
        if monotonic_s() - self._approval_s < APPROVAL_S:
            return not self._refused
        self._approval_s = monotonic_s()
        self._protection_as_of = protection_as_of(self.sender.program)
        decision = may_carry(
            approval=approval_for(self.sender.carrier, self.sender.program),
            program=self.sender.program,
            purpose="texting",
            now=at,
        )
        if decision.reason != self._refused and not decision.allowed:
            log.warning("carrier not approved", carrier=self.sender.carrier, reason=decision.reason)
        self._refused = "" if decision.allowed else decision.reason
        return decision.allowed

    def _acting(self) -> AbstractContextManager[Context]:
        close_old_connections()
        actor = Actor("system", f"dispatcher:{self.sender.key}")
        return acting(actor, program=self.sender.program, counties=ALL_COUNTIES, purpose="dispatch")

    def _leave(self) -> None:
        try:
            with self._acting(), bulk_cursor() as cursor:
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

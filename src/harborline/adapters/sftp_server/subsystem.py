"""One SFTP channel: bytes of the SSH transport to the engine and back, whatever waits in threads.

Requests wait in their order; one batch at a time is with the engine, so replies keep the order and a slow disk or
database never stops another session. What memory alone answers is answered in the loop's thread, a little at a time.
What may wait is bounded on both sides.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

import asyncssh

from harborline.adapters.sftp_server.codec import READ_BYTES, Kind
from harborline.adapters.sftp_server.engine import Engine, converse
from harborline.adapters.sftp_server.framing import Framing, Overlong
from harborline.adapters.sftp_server.wire import together

BATCH_COST: Final = 512 * 1024
TURN_COST: Final = 256 * 1024
"""So much one session may have done in the loop's own thread before the others have their turn."""
WAITING_COST: Final = 1024 * 1024
_SCP = (
    b"\x02this server takes no commands: copy with a current scp (without -O), which uses SFTP, or with sftp, psftp,"
    b" lftp or WinSCP in SFTP mode\n"
)


class Pace:
    """Bytes per second of one session; None is without limit. A second's worth may go at once."""

    def __init__(self, bytes_per_s: int | None) -> None:
        self._bytes_per_s = bytes_per_s
        self._free_at_s = 0.0

    def pause_s(self, cost: int, at_s: float) -> float:
        """How long to wait after work of this many bytes."""
        if self._bytes_per_s is None:
            return 0.0
        self._free_at_s = max(self._free_at_s, at_s) + cost / self._bytes_per_s
        return max(0.0, self._free_at_s - at_s - 1.0)


class SftpChannel(asyncssh.SSHServerSession[bytes]):
    """The `sftp` subsystem of one session channel; anything else asked of it is refused."""

    def __init__(self, engine: Engine, executor: Executor, pace: Pace, heard: Callable[[], None]) -> None:
        self._engine = engine
        self._executor = executor
        self._pace = pace
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._framing = Framing()
        self._waiting: deque[tuple[memoryview, int]] = deque()
        self._waiting_cost = 0
        self._busy = self._full = self._over = self._paused = self._gone = self._ended = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP and nothing else."""
        return subsystem == "sftp"

    def exec_requested(self, command: str) -> bool:
        """No command runs here; the old scp protocol is told what to do instead, in its own words."""
        if command.split(" ", 1)[0] != "scp":
            return False
        self._loop.call_soon(self._refuse_scp)
        return True

    def _refuse_scp(self) -> None:
        self._ended = True
        self._channel.write(_SCP)
        self._channel.exit(1)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Bytes of the client; whole packets are queued."""
        self._heard()
        self._engine.heard_s = self._loop.time()
        if datatype is not None or self._over or self._ended:
            return
        try:
            for packet in self._framing.feed(data):
                cost = len(packet) + (READ_BYTES if packet[0] == Kind.READ else 0)
                self._waiting.append((packet, cost))
                self._waiting_cost += cost
        except Overlong:
            self._over = True
        if self._waiting_cost > WAITING_COST and not self._paused:
            self._paused = True
            self._channel.pause_reading()
        self._go_on()

    def eof_received(self) -> bool:
        """The client sends nothing more: finish what waits, then end with success."""
        self._over = True
        self._go_on()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone: nothing that waits is begun."""
        del exc
        self._gone = True
        self._waiting.clear()
        self._go_on()

    def pause_writing(self) -> None:
        """The client reads slower than it asks: no further work until it has caught up."""
        self._full = True

    def resume_writing(self) -> None:
        """It has caught up."""
        self._full = False
        self._go_on()

    def _go_on(self) -> None:
        if self._busy or self._ended or (self._full and not self._gone):
            return
        if self._waiting:
            self._busy = True
            self._work()
        elif self._over or self._gone:
            self._ended = self._busy = True
            self._loop.run_in_executor(self._executor, self._engine.end).add_done_callback(self._close)

    def _work(self) -> None:
        replies, cost = self._at_once()
        if replies:
            self._answered(b"".join(replies), cost)
        elif self._gone or not self._waiting:
            self._busy = False
        else:
            self._run(self._batch())

    def _at_once(self) -> tuple[list[bytes], int]:
        replies: list[bytes] = []
        cost = 0
        while self._waiting and cost < TURN_COST and not self._gone:
            reply = self._engine.answer_at_once(self._waiting[0][0])
            if reply is None:
                break
            replies.append(reply)
            cost += self._waiting.popleft()[1]
        self._waiting_cost -= cost
        return replies, cost

    def _batch(self) -> tuple[list[memoryview], int]:
        packets: list[memoryview] = []
        cost = 0
        while self._waiting and cost < BATCH_COST:
            packet, its_cost = self._waiting.popleft()
            packets.append(packet)
            cost += its_cost
        self._waiting_cost -= cost
        return packets, cost

    def _run(self, batch: tuple[list[memoryview], int]) -> None:
        packets, cost = batch
        work = self._loop.run_in_executor(self._executor, converse, self._engine, packets)
        work.add_done_callback(lambda done: self._answer(done, cost))

    def _answer(self, done: asyncio.Future[tuple[bytes, bool]], cost: int) -> None:
        replies, goes_on = (b"", False) if done.cancelled() or done.exception() else done.result()
        if not goes_on:
            self._over = True
            self._waiting.clear()
        self._answered(replies, cost)

    def _answered(self, replies: bytes, cost: int) -> None:
        if replies and not self._gone:
            together(self._channel.get_connection(), lambda: self._channel.write(replies))
        if self._paused and self._waiting_cost <= WAITING_COST // 2 and not self._gone:
            self._paused = False
            self._channel.resume_reading()
        pause_s = self._pace.pause_s(cost, self._loop.time())
        if pause_s:
            self._loop.call_later(pause_s, self._free)
        else:
            self._loop.call_soon(self._free)

    def _free(self) -> None:
        self._busy = False
        self._go_on()

    def _close(self, done: asyncio.Future[bool]) -> None:
        kept = not done.cancelled() and done.exception() is None and done.result()
        # scp and sftp take an end without a status for a failure, even after success.
        if not self._gone:
            self._channel.exit(0 if kept else 1)

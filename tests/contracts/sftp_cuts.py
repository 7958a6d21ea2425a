"""A line between a partner's client and the gateway on which something goes wrong after so many bytes."""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
WAYS = ("ctrl-c", "killed", "all-killed", "reset", "half-closed")


class Line:
    """Relays one connection; after `at_bytes` of the client it calls `act` once."""

    def __init__(self, target: int, at_bytes: int, act: Callable[[Line], None]) -> None:
        self._target = target
        self._left = at_bytes
        self._act = act
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self.acted = threading.Event()
        threading.Thread(target=self._relay, daemon=True).start()

    def _relay(self) -> None:
        try:
            client, _ = self._listener.accept()
            server = socket.create_connection((HOST, self._target), timeout=30)
        except OSError:
            return
        self._ends = [client, server]
        threading.Thread(target=self._copy, args=(server, client), kwargs={"counted": False}, daemon=True).start()
        self._copy(client, server, counted=True)

    def _copy(self, source: socket.socket, sink: socket.socket, *, counted: bool) -> None:
        try:
            while part := _received(source):
                sink.sendall(part)
                if counted and self._left > 0:
                    self._left -= len(part)
                    if self._left <= 0:
                        self.acted.set()
                        self._act(self)
            sink.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):  # a closed socket has no number to wait for
            # One side is gone: the other hears it, as it would without us between them.
            self.half_close()

    def reset(self) -> None:
        """Cut both sides hard, as a dying router does."""
        for end in self._ends:
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.close()
            except OSError:
                continue

    def half_close(self) -> None:
        """The gateway hears the end of the line in the middle of everything."""
        for end in self._ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        """Take the line away."""
        self._listener.close()
        self.half_close()


def _received(source: socket.socket) -> bytes:
    # A socket that another thread closes stays open while this one waits in it; so it never waits for long.
    while not select.select([source], [], [], 0.2)[0]:
        pass
    return source.recv(16_384)


@contextmanager
def line(target: int, at_bytes: int, act: Callable[[Line], None]) -> Iterator[Line]:
    """A line inside the block."""
    made = Line(target, at_bytes, act)
    try:
        yield made
    finally:
        made.close()


def interrupted_put(
    *, port: int, options: list[str], login: str, batch: str, folder: Path, way: str, at_bytes: int,
    act: Callable[[], None] | None = None,
) -> tuple[int, bool]:  # fmt: skip
    """Run one batch of OpenSSH's sftp and let it go wrong in some way: exit status, and whether it came to that."""
    started = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def cut(wire: Line) -> None:
        started.wait(30)
        client = running[0]
        match way:
            case "ctrl-c":
                os.killpg(client.pid, signal.SIGINT)
            case "killed":
                client.kill()
            case "all-killed":
                os.killpg(client.pid, signal.SIGKILL)
            case "reset":
                wire.reset()
            case "half-closed":
                wire.half_close()
            case _:
                assert act is not None
                act()

    with line(port, at_bytes, cut) as wire:
        client = subprocess.Popen(
            ["sftp", "-q", "-P", str(wire.port), "-o", "HostKeyAlias=gateway", *options, "-b", "-", f"{login}@{HOST}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
            start_new_session=True,
        )  # fmt: skip
        running.append(client)
        started.set()
        client.communicate(batch.encode(), timeout=120)
        return client.returncode, wire.acted.is_set()


def seeded(seed: int, rounds: int, ways: tuple[str, ...]) -> Iterator[tuple[random.Random, str]]:
    """So many rounds, each with its way of going wrong, the same for the same seed."""
    chance = random.Random(seed)
    for number in range(rounds):
        yield chance, ways[number % len(ways)]

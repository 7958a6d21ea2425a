"""The gateway processes: partners' machines put and fetch files over SFTP, several processes on one port."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import resource
import socket
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import asyncssh
from rich.console import Console

from harborline.adapters.sftp_server.door import House
from harborline.adapters.sftp_server.doorstep import WAITING, Doorstep, Places
from harborline.adapters.sftp_server.gcm import keep_ciphers
from harborline.adapters.sftp_server.listening import listen, shared_socket
from harborline.exchange.ports import Mailboxes
from harborline.kernel import Unavailable, ports
from harborline.kernel.decision import Decision
from harborline.project import engine
from harborline.project.home import home
from harborline.sites.sentences import words

_LOG = logging.getLogger("harborline.sftp")
RESTART_S = 2
SETTLE_S = 0.2
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
# Requests wait for the disk and the database more than they compute; the pool of connections is smaller than this.
THREADS = 16
# How long one thread may keep another waiting for the interpreter: a large upload must not delay a small request.
SWITCH_S = 0.0005


def reserved(host: str, port: int) -> socket.socket:
    """The address, held for the gateway processes; raises `Unavailable` when somebody else listens there."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
            port = int(alone.getsockname()[1])
        return shared_socket(host, port)
    except OSError as error:
        raise Unavailable(f"cannot listen on {host}:{port}: {error.strerror}", permanent=True) from None


def said(decision: Decision) -> str:
    """A decision in a sentence with what to do next, and its code, for the partner's log."""
    found = words(decision.reason)
    return f"{found.sentence} {found.next_step} ({decision.reason})"


def serve_one(host: str, port: int, stop: threading.Event, workers: int = 1) -> None:
    """Serve on a shared port in this process until `stop`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setswitchinterval(SWITCH_S)
    keep_memory()
    keep_ciphers()
    # The transport logs names of logins and commands; what we keep of them is in the record.
    asyncssh.set_log_level(logging.CRITICAL)
    asyncio.run(_serve(shared_socket(host, port), stop, workers))


def keep_memory() -> None:
    """Have freed memory kept for the next megabytes: given back each time, it costs as much as sealing them.

    Only glibc knows how (mallopt(3)); elsewhere nothing changes.
    """
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_TRIM_THRESHOLD, 128 * 1024**2)
        libc.mallopt(_MMAP_THRESHOLD, 32 * 1024**2)


async def _serve(bound: socket.socket, stop: threading.Event, workers: int) -> None:
    with ThreadPoolExecutor(THREADS, thread_name_prefix="gateway") as executor:
        house = House(
            mailboxes=ports.serving(Mailboxes),
            executor=executor,
            doorstep=Doorstep(max(1, WAITING // workers)),
            places=Places(home() / "gateway"),
            say=said,
        )
        acceptor = await listen(house, bound)
        # What was loaded stays: looking through all of it for garbage would hold up every session.
        gc.collect()
        gc.freeze()
        loop = asyncio.get_running_loop()
        while not stop.is_set():  # a signal sets it, outside the loop
            await asyncio.sleep(SETTLE_S)
            await loop.run_in_executor(executor, _settle, house.mailboxes)
        acceptor.close()
        await house.farewell()


def _settle(mailboxes: Mailboxes) -> None:
    try:
        mailboxes.settle_old()
    except Exception as error:  # noqa: BLE001 - it is tried again, and a session's end tries it too
        _LOG.error("what was closed could not be written down: %s", type(error).__name__)


def serve_many(host: str, port: int, workers: int, stop: threading.Event, console: Console) -> None:
    """Hold the port, keep so many gateway processes on it until `stop`, and start again what ends."""
    with reserved(host, port) as held:
        port = int(held.getsockname()[1])
        children = Gateways(host, port, workers)
        try:
            console.print(f"Partners reach the gateway by SFTP on [bold]{host}:{port}[/] (Ctrl-C ends it)")
            while not stop.wait(RESTART_S):
                children.mend()
        finally:
            children.stop()


class Gateways:
    """The gateway processes of one port."""

    def __init__(self, host: str, port: int, workers: int) -> None:
        self._command: Sequence[str] = (
            "gateway", "--host", host, "--port", str(port), "--workers", str(workers), "--one"
        )  # fmt: skip
        self._children = [engine.start(*self._command) for _ in range(workers)]

    def mend(self) -> None:
        """Start again whatever ended."""
        for position, child in enumerate(self._children):
            if child.poll() is not None:
                self._children[position] = engine.start(*self._command)

    def stop(self) -> None:
        """Stop them all."""
        engine.stop(self._children)

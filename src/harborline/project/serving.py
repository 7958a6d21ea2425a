"""Keep the pages and the background processes running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from rich.console import Console

from harborline.kernel import Unavailable
from harborline.kernel.clock import monotonic_s
from harborline.law import profiles
from harborline.messaging.models import Sender
from harborline.project import engine
from harborline.project.queueing import PARTS
from harborline.walls import ALL_COUNTIES, Actor, acting

LOG = structlog.get_logger("serve")
RESTART_S = 2
# A child that ends at once is started again after 2 s, 4 s, 8 s ... up to this; one that ran this long begins anew.
RESTART_MAX_S = 60
# The exit code of a child that stopped itself because something does not add up: no hurry to see it stop again.
BROKEN = 4
# Requests of machines that come at the same moment share a transaction, so waiting together is what makes them fast.
WEB_THREADS = 64


def background_commands() -> list[tuple[str, ...]]:
    """The background processes of this installation: sequencer, queues, carrier, one dispatcher per active sender."""
    commands: list[tuple[str, ...]] = [("worker", "sequence"), ("worker", "carry")]
    commands += [("worker", "queue", "--only", part) for part in PARTS]
    for program in sorted(profiles()):
        with acting(Actor("system", "serve"), program=program, counties=ALL_COUNTIES, purpose="start"):
            keys = list(Sender.objects.filter(program=program, active=True).values_list("key", flat=True))
        commands += [("worker", "dispatch", "--program", program, "--sender", key) for key in keys]
    return commands


def web(host: str, port: int) -> subprocess.Popen[bytes]:
    """Start granian on the WSGI application, in a session of its own: `end_web` ends it with its workers."""
    command = [
        sys.executable, "-m", "harborline.project.pages", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", "1", "--blocking-threads", str(WEB_THREADS), "--log-level", "error",
        "--no-ws", "harborline.project.wsgi:application",
    ]  # fmt: skip
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own arguments


def end_web(child: subprocess.Popen[bytes]) -> None:
    """Ask the pages to stop, wait, and end whatever of them is left: a worker nobody keeps would hold the port."""
    engine.stop([child])
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def wait_for_web(child: subprocess.Popen[bytes], host: str, port: int, timeout_s: float = 60) -> None:
    """Return when the pages answer; raises `Unavailable` when they do not in time."""
    address = f"http://{host}:{port}/health/live"
    until = monotonic_s() + timeout_s
    while monotonic_s() < until and child.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Unavailable(f"the pages do not answer on {host}:{port}; is the port taken?", permanent=True)


@dataclass(slots=True)
class Kept:
    """A child, since when it runs, when it may be started again, and how long it waits after its next end (seconds)."""

    child: subprocess.Popen[bytes]
    started_s: float
    again_s: float | None = None
    wait_s: float = RESTART_S


class Keeper:
    """Starts children and starts again those that end, until told to stop."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = list(commands)
        self._kept = [Kept(engine.start(*command), monotonic_s()) for command in self._commands]

    def mend(self) -> None:
        """Start again whatever ended, at first soon and then at most once a minute."""
        now_s = monotonic_s()
        for command, kept in zip(self._commands, self._kept, strict=True):
            code = kept.child.poll()
            if code is None:
                continue
            if kept.again_s is None:
                self._wait(command, kept, code, now_s)
            if kept.again_s is not None and now_s >= kept.again_s:
                kept.child, kept.started_s, kept.again_s = engine.start(*command), now_s, None

    @staticmethod
    def _wait(command: Sequence[str], kept: Kept, code: int, now_s: float) -> None:
        if now_s - kept.started_s >= RESTART_MAX_S:
            kept.wait_s = RESTART_S
        pause_s = RESTART_MAX_S if code == BROKEN else kept.wait_s
        kept.again_s, kept.wait_s = now_s + pause_s, min(2 * kept.wait_s, RESTART_MAX_S)
        LOG.warning("process-ended", process=" ".join(command), exit_code=code, again_in_s=pause_s)

    def stop(self) -> None:
        """Stop them all."""
        engine.stop([kept.child for kept in self._kept])


def serve_until_stopped(host: str, port: int, console: Console) -> None:
    """Run everything in the foreground until SIGINT or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper = Keeper(background_commands())
    pages = web(host, port)
    try:
        wait_for_web(pages, host, port)
        console.print(f"Harborline serves on [bold]http://{host}:{port}/console/[/] (Ctrl-C ends it)")
        while not stop.wait(RESTART_S):
            keeper.mend()
            if pages.poll() is not None:
                end_web(pages)
                pages = web(host, port)
    finally:
        end_web(pages)
        keeper.stop()

"""Keep the pages and the background processes running."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from rich.console import Console

from harborline.kernel import Unavailable
from harborline.kernel.clock import monotonic_s
from harborline.law import profiles
from harborline.messaging.models import Sender
from harborline.project import engine
from harborline.walls import ALL_COUNTIES, Actor, acting

RESTART_S = 2
# Requests of machines that come at the same moment share a transaction, so waiting together is what makes them fast.
WEB_THREADS = 32


def background_commands() -> list[tuple[str, ...]]:
    """The background processes of this installation: sequencer, queue, one dispatcher per active sender."""
    commands: list[tuple[str, ...]] = [("worker", "sequence"), ("worker", "queue")]
    for program in sorted(profiles()):
        with acting(Actor("system", "serve"), program=program, counties=ALL_COUNTIES, purpose="start"):
            keys = list(Sender.objects.filter(program=program, active=True).values_list("key", flat=True))
        commands += [("worker", "dispatch", "--program", program, "--sender", key) for key in keys]
    return commands


def web(host: str, port: int) -> subprocess.Popen[bytes]:
    """Start granian on the WSGI application."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", "1", "--blocking-threads", str(WEB_THREADS), "--log-level", "warning",
        "--no-ws", "harborline.project.wsgi:application",
    ]  # fmt: skip
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own arguments


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


class Keeper:
    """Starts children and starts again those that end, until told to stop."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = list(commands)
        self._children = [engine.start(*command) for command in self._commands]

    def mend(self) -> None:
        """Start again whatever ended."""
        for position, child in enumerate(self._children):
            if child.poll() is not None:
                self._children[position] = engine.start(*self._commands[position])

    def stop(self) -> None:
        """Stop them all."""
        engine.stop(self._children)


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
                pages = web(host, port)
    finally:
        engine.stop([pages])
        keeper.stop()

"""The processes behind the pages: dispatchers, sequencer, queue worker; started as children, stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

STOP_WAIT_S = 15


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harborline.project.command", *arguments]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """One child running `harborline <arguments>`; it ends when we do (its standard input closes)."""
    return subprocess.Popen(_command(*arguments), stdin=subprocess.PIPE)  # noqa: S603 - our own command


@contextmanager
def children(commands: Sequence[Sequence[str]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Have the children running inside the block; all are asked to stop, then waited for."""
    started = [start(*arguments) for arguments in commands]
    try:
        yield started
    finally:
        stop(started)


def stop(started: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to stop and wait; one that does not is killed: its work is safe to repeat."""
    for child in started:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in started:
        try:
            child.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def parent_gone() -> bool:
    """Whether the process that started this one has ended."""
    return os.getppid() == 1

"""Units of work of the room's own actors, and threads that give their connection back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections

from harborline.exchange.facts import Guest
from harborline.exchange.ports import Waits
from harborline.kernel import clock
from harborline.walls import ALL_COUNTIES, Actor, acting

SYSTEM = Actor("system", "exchange")
_KEPT_S: Final = 1.0
# Fewer than the pool of connections has: others must get one, too.
_RIGHTS: Final = threading.BoundedSemaphore(6)


class _Own(threading.local):
    keeps = False
    until_s = 0.0


_OWN = _Own()


def may_wait() -> None:
    """Raise `Waits` in the thread of an event loop: whoever is about to wait asks before anything is done."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise Waits


def keep_connection() -> None:
    """Let this thread keep its connection from one unit to the next, while few do: for the threads of an engine."""
    _OWN.keeps = _RIGHTS.acquire(blocking=False)


@contextmanager
def released() -> Iterator[None]:
    """Give this thread's connections back at the end: engines call from many threads, the pool is small.

    A thread that keeps its connection gives it back after an error, and when it was not used for a second: the next
    one is looked at before it is used.
    """
    may_wait()
    if _OWN.keeps and clock.monotonic_s() > _OWN.until_s:
        _give_back("default")
    try:
        yield
    finally:
        if _OWN.keeps and not connections["default"].errors_occurred:
            _OWN.until_s = clock.monotonic_s() + _KEPT_S
        else:
            _give_back("default")
        _give_back("apart")


def _give_back(alias: str) -> None:
    if not connections[alias].in_atomic_block:
        connections[alias].close()


@contextmanager
def as_guest(guest: Guest) -> Iterator[None]:
    """One unit of work of a partner's machine."""
    actor = Actor("partner", guest.login)
    with acting(actor, program=guest.program, counties=ALL_COUNTIES, purpose="exchange"):
        yield


@contextmanager
def as_system(program: str, purpose: str = "exchange") -> Iterator[None]:
    """One unit of work of the exchange itself."""
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose=purpose):
        yield

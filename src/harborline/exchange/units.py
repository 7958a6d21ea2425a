"""Units of work of the room's own actors, and threads that give their connection back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from harborline.exchange.facts import Guest
from harborline.exchange.ports import may_wait
from harborline.walls import ALL_COUNTIES, Actor, acting

SYSTEM = Actor("system", "exchange")


@contextmanager
def released() -> Iterator[None]:
    """Give this thread's connections back at the end: engines call from many threads, the pool is small."""
    may_wait()
    try:
        yield
    finally:
        for alias in ("default", "apart"):
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

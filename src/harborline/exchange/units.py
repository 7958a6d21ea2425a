"""Units of work of the room's own actors, and threads that give their connection back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from harborline.exchange.facts import Guest
from harborline.walls import ALL_COUNTIES, Actor, acting

SYSTEM = Actor("system", "exchange")


@contextmanager
def released() -> Iterator[None]:
    """Give this thread's connections back at the end: engines call from many threads, the pool is small."""
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


def may_be_lost() -> None:
    """Let this unit's commit wait for no disk: for rows that promise nothing, such as an upload that just began.

    Whatever is committed after it and waits for the disk takes it along. Without effect inside another unit's
    transaction, which keeps its own promise.
    """
    connection = connections["default"]
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('synchronous_commit', 'off', true)")


@contextmanager
def as_system(program: str, purpose: str = "exchange") -> Iterator[None]:
    """One unit of work of the exchange itself."""
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose=purpose):
        yield

"""The embedded PostgreSQL: made, started and stopped by the product, reached over a private socket with SCRAM.

Only the binaries of the wheel are used. As root they are copied to, and run from, `/var/lib/harborline`, where the
database's own system account can reach them; as an ordinary user everything is under `HARBORLINE_HOME`.
The embedded server separates roles against SQL, not against the operating-system account that runs it
(docs/threats.md).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from harborline.kernel import Broken
from harborline.project.cluster import Place, initialise, is_running, place_for, shut_down
from harborline.project.cluster import run_server as _run_server
from harborline.project.cluster import tool as _tool
from harborline.project.databases import ADMIN, cluster, embedded
from harborline.project.home import home, restoring_mark
from harborline.project.roles import closing_statements, database_statements, role_statements

__all__ = ["_run_server", "_tool", "admin_connection", "make_database", "place", "running", "stop"]


@contextmanager
def running(database: str = "harborline", *, restoring: bool = False) -> Iterator[None]:
    """Have the embedded server running inside the block; the last one out stops it.

    With a server of one's own (`HARBORLINE_DATABASE_URL`) nothing is started. Raises `Broken` in a home whose restore
    was cut off: its tables may be back without the hold on sending.
    """
    if restoring_mark().exists() and not restoring:
        raise Broken("a restore into this home was cut off; run `harborline restore --from` again, it begins anew")
    if not embedded():
        yield
        return
    with _guard():
        _start(database)
        lock = os.open(home() / "database.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        yield
    finally:
        with _guard():
            _stop_if_last(lock)
        os.close(lock)


@contextmanager
def _guard() -> Iterator[None]:
    # One process at a time starts or stops the server; all that use it hold database.lock shared.
    with (home() / "database.guard").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(database: str) -> None:
    here = place()
    if not (here.data / "PG_VERSION").exists():
        initialise(here, cluster()["passwords"][ADMIN])
    if not is_running(here):
        _run_server(here)
    _ensure_database(database)


def _stop_if_last(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    stop()


def stop() -> None:
    """Stop the server of this home, if it runs."""
    shut_down(place())


def place() -> Place:
    """Where this home's cluster is, and the account that runs it."""
    socket = Path(cluster()["socket"])
    return place_for(home() / "database" if os.geteuid() else socket.with_name("data"), socket)


_place = place


def admin_connection(database: str) -> psycopg.Connection[tuple[object, ...]]:
    """The cluster's own superuser, for making roles and databases only; never given to a serving process."""
    known = cluster()
    return psycopg.connect(
        host=known["socket"],
        port=5432,
        user=ADMIN,
        password=known["passwords"][ADMIN],
        dbname=database,
        autocommit=True,
    )


def _ensure_database(name: str) -> None:
    passwords = cluster()["passwords"]
    with admin_connection("postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not found:
        make_database(admin_connection, name, passwords)


def make_database(
    connect: Callable[[str], psycopg.Connection[tuple[object, ...]]], name: str, passwords: Mapping[str, str]
) -> None:
    """Make roles and an empty database over an administrator's connections (`connect` takes a database's name)."""
    with connect("postgres") as connection:
        for statement in (*role_statements(passwords), *database_statements(name)):
            connection.execute(statement)
    with connect(name) as connection:
        for statement in closing_statements(name):
            connection.execute(statement)

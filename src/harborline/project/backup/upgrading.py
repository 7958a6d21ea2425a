"""Bring a database to this version behind a backup: everything in one transaction, so that a failure leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from harborline import __version__
from harborline.kernel import Broken, Invalid, Refused, refuse
from harborline.project.backup.looking import unknown_migrations
from harborline.project.backup.taking import Order, Taken, take
from harborline.walls.services import apply_walls, missing_walls

ALIAS = "migrator"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done: the migrations that ran, in order, and the set that was taken before (None where nobody asked)."""

    ran: tuple[str, ...]
    before: Taken | None


def upgrade(to: Path | None, tell: Tell = lambda _line: None) -> Upgraded:
    """Take a set into `to`, then run every migration, put up the walls and check them, in one transaction.

    Raises `Refused` for a database of a newer version, before anything is touched. Whatever fails later is undone by
    the database itself; the set is there in case the machine fails too.
    """
    if ALIAS not in connections.settings:
        raise Invalid("set HARBORLINE_MIGRATE_URL to the login hl_migrate to upgrade", "HARBORLINE_MIGRATE_URL")
    must_not_be_newer()
    waiting = pending()
    before = take(Order(to), tell) if to is not None else None
    ran: list[str] = []
    try:
        with transaction.atomic(using=ALIAS):
            _migrate(ran, tell)
            _check()
    finally:
        connections[ALIAS].close()
    tell(f"version {__version__}: {len(waiting)} migrations, walls in order")
    return Upgraded(tuple(ran), before)


def must_not_be_newer() -> None:
    """Raise `Refused` when the database was brought up by a newer version than this one."""
    applied = [f"{app}.{name}" for app, name in MigrationRecorder(connections["default"]).applied_migrations()]
    newer = sorted(unknown_migrations(applied))
    if newer:
        decision = refuse(f"database-is-newer: {newer[0]} is not known to version {__version__}; install the newer one")
        raise Refused(decision.stamped("project.upgrade", ("OFFSET-8.2:integrity",)))


def pending() -> list[str]:
    """The migrations that wait, in the order in which they will run."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _migrate(ran: list[str], tell: Tell) -> None:
    connection = connections[ALIAS]

    def progress(action: str, migration: Any = None, *_rest: object) -> None:  # noqa: ANN401 - Django's own callback
        if action == "apply_success" and migration is not None:
            # Deferred checks of one migration must not wait in the way of the next one's ALTER TABLE.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            ran.append(f"{migration.app_label}.{migration.name}")
            tell(f"migration {ran[-1]}")

    executor = MigrationExecutor(connection, progress)
    state = executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(0, False, ALIAS, apps=state.apps)  # noqa: FBT003 - Django's own signature
    call_command("createcachetable", database=ALIAS, verbosity=0)
    apply_walls(ALIAS)


def _check() -> None:
    with connections[ALIAS].cursor() as cursor:
        missing = missing_walls(cursor)
    if missing:
        raise Broken(f"tables without their walls: {', '.join(missing)}")

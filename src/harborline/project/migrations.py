"""Bring the database to this version: migrations as the owner, then the walls."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.db import connections

from harborline.kernel import Invalid
from harborline.walls.services import apply_walls


def migrate(tell: Callable[[str], None] = lambda _line: None) -> None:
    """Run every migration as the owner's login, make the cache table, put up the walls.

    Idempotent; with a server of one's own it needs `HARBORLINE_MIGRATE_URL`.
    """
    if "migrator" not in connections.settings:
        raise Invalid("set HARBORLINE_MIGRATE_URL to the login hl_migrate to migrate", "HARBORLINE_MIGRATE_URL")
    call_command("migrate", database="migrator", verbosity=0, interactive=False)
    call_command("createcachetable", database="migrator", verbosity=0)
    count = apply_walls()
    tell(f"database ready, {count} wall statements applied")
    connections["migrator"].close()

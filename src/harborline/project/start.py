"""Bring up Django with its wiring, once per process."""

from __future__ import annotations

import logging
import os

import django

from harborline.kernel import Unavailable
from harborline.law import profiles
from harborline.project import democlock
from harborline.project.home import home
from harborline.project.logs import to_standard_error

_PREPARED = False


def prepare() -> None:
    """Load settings and rooms and serve every port; safe to call again."""
    global _PREPARED  # noqa: PLW0603 - one process, one start
    if _PREPARED:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harborline.project.settings")
    democlock.keep()
    to_standard_error()
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    (home() / "static").mkdir(exist_ok=True)
    django.setup()
    from harborline.project.wiring import wire  # noqa: PLC0415 - models load only after setup

    wire()
    _PREPARED = True


def ready() -> None:
    """`prepare`, then make sure the database is at this version and behind its walls.

    The embedded database is migrated when needed; on a server of one's own the operator runs `harborline migrate`.
    Raises `Broken` for a role that could bypass the walls.
    """
    prepare()
    from django.db import connections  # noqa: PLC0415 - needs Django set up
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - as above

    from harborline.project.databases import embedded  # noqa: PLC0415 - as above
    from harborline.project.migrations import migrate  # noqa: PLC0415 - as above
    from harborline.walls.services import check_login, check_role  # noqa: PLC0415 - as above

    profiles()  # a profile looser than its floor stops the start
    # The same login without the pool, which would wait out its time on a database that is not there.
    check_login("apart")
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if not embedded():
            raise Unavailable("the database is not at this version; run `harborline migrate`", permanent=True)
        migrate()
    check_role()
    from harborline.project.backup.startup import look_at_start  # noqa: PLC0415 - as above

    look_at_start()

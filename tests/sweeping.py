"""What tests leave behind in the tables is swept away."""

from __future__ import annotations

import psycopg
from tests.log import forget_log

from harborline.project.embedded import admin_connection

_OURS = """
SELECT tablename FROM pg_tables
 WHERE schemaname = 'public' AND tablename <> 'django_migrations'
   AND tablename NOT LIKE 'django_content%' AND tablename NOT LIKE 'auth_permission%'
 ORDER BY tablename
"""
# Kept from one test to the next: to connect, and to plan a look at two hundred tables, takes longer than the look.
_KEPT: list[psycopg.Connection[tuple[object, ...]]] = []


def sweep() -> None:
    """Empty every table that holds a row, whoever committed it, and forget the log that was made of them."""
    try:
        _empty_tables()
    except psycopg.OperationalError:
        # The server was started anew, or its databases were copied.
        stop_sweeping()
        _empty_tables()
    forget_log()


def stop_sweeping() -> None:
    """Close what is kept."""
    while _KEPT:
        _KEPT.pop().close()


def _empty_tables() -> None:
    if not _KEPT:
        _KEPT.append(admin_connection("harborline"))
        _KEPT[0].execute("SET session_replication_role = replica")
    names = [str(row[0]) for row in _KEPT[0].execute(_OURS)]
    looks = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
    left = [str(row[0]) for row in _KEPT[0].execute(looks, prepare=True)]
    if left:
        _KEPT[0].execute(f"TRUNCATE {', '.join(left)} CASCADE")

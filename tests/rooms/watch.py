"""Watches every service of every room while the tests of the rooms run: who writes behind a wall must leave an entry.

Triggers tell, on the connection itself, which protected tables a statement really changed and whether an entry was
appended; they do so across transactions, and take it back with what is rolled back. Around the outermost service each
connection is asked before and after. What the source cannot tell (ports served by other rooms) shows here.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db import connections
from tests.architecture.test_recorded_services import BELOW, WITHOUT_ENTRY

import harborline
from harborline.project.embedded import admin_connection
from harborline.walls.tables import tables

ENTRIES = "ledger_entry"
# Rows that are kept as they came until they are taken in: that leaves the entry.
UNREAD = {"messaging_receiptarrival": "a carrier's news, kept while another process folds; folding is recorded"}
_SEEN = "harborline_tests.changed"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION harborline_tests_seen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM changed) THEN
    PERFORM set_config('{_SEEN}', coalesce(current_setting('{_SEEN}', true), '') || TG_TABLE_NAME || ' ', false);
  END IF;
  RETURN NULL;
END $$
"""
_inside = threading.local()
_ready = threading.Event()


def put_up_triggers() -> None:
    """Let every protected table, and the entries, tell when they are changed."""
    watched = {table.name for table in tables() if table.protected} | {ENTRIES}
    with admin_connection("harborline") as connection:
        connection.execute(_FUNCTION)
        rows = connection.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for table in sorted(watched & {str(row[0]) for row in rows}):
            for event, changed in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                connection.execute(
                    f"CREATE OR REPLACE TRIGGER zz_tests_{event.lower()} AFTER {event} ON {table}"
                    f" REFERENCING {changed} TABLE AS changed FOR EACH STATEMENT"
                    " EXECUTE FUNCTION harborline_tests_seen()"
                )
    _ready.set()


@functools.cache
def watch_services() -> int:
    """Watch every function that a room gives out as a service; answers how many."""
    count = 0
    for found in pkgutil.walk_packages(harborline.__path__, "harborline."):
        if not found.name.endswith(".services") or found.name.startswith(BELOW):
            continue
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            given = getattr(module, name)
            if inspect.isfunction(given) and not given.__module__.startswith(BELOW):
                setattr(module, name, watched(f"{found.name}.{name}", given))
                count += 1
    return count


def watched(name: str, service: Callable[..., Any]) -> Callable[..., Any]:
    """The service, which fails when it changed protected rows without an entry."""

    @functools.wraps(service)
    def around(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the service takes and answers
        if not _ready.is_set() or getattr(_inside, "depth", False) or name in WITHOUT_ENTRY:
            return service(*arguments, **options)
        _inside.depth = True
        try:
            changed_since()
            answer = service(*arguments, **options)
            check(name, changed_since())
        finally:
            _inside.depth = False
        return answer

    return around


def check(name: str, changed: Iterable[str]) -> None:
    """Fail for changes behind a wall without an entry."""
    behind = set(changed) - {ENTRIES, "ledger_content", *UNREAD}
    assert not behind or ENTRIES in changed, f"{name} changed {', '.join(sorted(behind))} without an entry"


def changed_since() -> set[str]:
    """The tables changed on this thread's connections since this was asked last."""
    found: set[str] = set()
    for alias in ("default", "apart"):
        wrapper = connections[alias]
        if alias == "default":
            wrapper.ensure_connection()
        if wrapper.connection is not None:
            found |= _asked(wrapper.connection)
    return found


def _asked(connection: Any) -> set[str]:  # noqa: ANN401 - Django's wrapper of a connection
    try:
        with psycopg.Cursor(connection) as cursor:
            row = cursor.execute("SELECT current_setting(%s, true)", [_SEEN]).fetchone()
            cursor.execute("SELECT set_config(%s, '', false)", [_SEEN])
    except psycopg.Error:
        return set()  # a transaction that failed: what it did is undone
    return set(str(row[0] or "").split()) if row else set()

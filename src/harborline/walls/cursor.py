"""A plain psycopg cursor inside the current unit of work, for set-wise statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from harborline.kernel import Broken


@contextmanager
def bulk_cursor(using: str = "default") -> Iterator[psycopg.Cursor[Any]]:
    """A cursor that binds on the server, speaks binary and prepares what repeats.

    Raises `Broken` outside a transaction: bulk work belongs to a context like everything else.
    """
    wrapper = connections[using]
    if not wrapper.in_atomic_block:
        raise Broken("bulk database work outside a transaction")
    with wrapper.wrap_database_errors, psycopg.Cursor(wrapper.connection) as cursor:
        yield cursor


def refresh_statistics(*rooms: str, using: str = "default") -> None:
    """Let PostgreSQL look again at the tables of these rooms (`people`), after a bulk import changed them."""
    with bulk_cursor(using) as cursor:
        for room in rooms:
            cursor.execute("SELECT harborline_refresh_statistics(%s)", [room])


def along_indexes(cursor: psycopg.Cursor[Any]) -> None:
    """Let this transaction's statements follow indexes whatever the statistics say.

    For work that touches few rows of tables that grow while it runs: the planner's picture of them is always old.
    """
    cursor.execute(
        "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
        " set_config('enable_mergejoin', 'off', true)"
    )

"""Set-wise INSERT and UPDATE through arrays: one statement for thousands of rows, inside the walls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

# The array type of every column written here.
_TYPES: Final = {
    "id": "uuid",
    "agency": "text",
    "source": "text",
    "external_id": "text",
    "identity": "bytea",
    "identity_digest": "bytea",
    "program": "text",
    "county": "text",
    "person_id": "uuid",
    "participant_id": "uuid",
    "case_id": "uuid",
    "language": "text",
    "zone": "text",
    "zip": "text",
    "field": "text",
    "sealed": "bytea",
    "entered_at": "timestamptz",
    "reason": "text",
    "row_digest": "bytea",
    "gone_at": "timestamptz",
    "e164": "bytea",
    "phone_idx": "bytea",
    "since_at": "timestamptz",
    "until_at": "timestamptz",
    "open": "boolean",
    "role": "text",
    "adult": "boolean",
    "ended_at": "timestamptz",
    "worker_number": "text",
    "kind": "text",
    "reported_by": "text",
    "from_at": "timestamptz",
    "texts_chosen": "boolean",
    "office": "text",
    "starts_at": "timestamptz",
    "cancelled_at": "timestamptz",
    "at": "timestamptz",
    "way": "text",
    "recorded_by": "text",
}
_CHUNK = 5_000


def insert(cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows whose values stand in the order of `columns`."""
    statement = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), _arrays(columns)
    )
    _run(cursor, statement, rows)


def update(cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Update rows found by the first of `columns`, their id, with the values of the others."""
    statement = sql.SQL("UPDATE {} t SET {} FROM unnest({}) AS v({}) WHERE t.id = v.id").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(sql.Identifier(name)) for name in columns[1:]),
        _arrays(columns),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    _run(cursor, statement, rows)


def _arrays(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(_TYPES[name])) for name in columns)


def _run(cursor: psycopg.Cursor[Any], statement: sql.Composed, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        cursor.execute(statement, [list(column) for column in zip(*rows[start : start + _CHUNK], strict=True)])

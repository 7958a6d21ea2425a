"""What is known of a database at the moment it was backed up, to hold a restored one against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Head:
    """One life of the log in the database: its number, name, size and root (hex)."""

    epoch: int
    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Row counts by table, heads of the log, applied migrations, the server's version; all of one moment."""

    counts: Mapping[str, int]
    heads: tuple[Head, ...]
    migrations: tuple[str, ...]
    postgres: str

    def spelled(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def parse(cls, content: bytes) -> Facts:
        """Read what `spelled` wrote."""
        said = json.loads(content)
        heads = tuple(Head(**each) for each in said["heads"])
        return cls(said["counts"], heads, tuple(said["migrations"]), said["postgres"])


def read_facts(connection: Connection) -> Facts:
    """The facts as this connection's transaction sees them; its role must see past the walls."""
    return Facts(
        counts=_counts(connection),
        heads=tuple(read_heads(connection)),
        migrations=tuple(applied_migrations(connection)),
        postgres=connection.info.parameter_status("server_version") or "",
    )


def table_names(connection: Connection) -> list[str]:
    """Every table of ours, sorted."""
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [str(row[0]) for row in rows.fetchall()]


def read_heads(connection: Connection) -> list[Head]:
    """The heads of the log, oldest life first; none in a database without a ledger."""
    if "ledger_head" not in table_names(connection):
        return []
    rows = connection.execute(
        "SELECT h.number, e.origin, h.size, h.root FROM ledger_head h JOIN ledger_epoch e USING (number) ORDER BY 1"
    ).fetchall()
    return [Head(int(number), str(origin), int(size), bytes(root).hex()) for number, origin, size, root in rows]


def applied_migrations(connection: Connection) -> list[str]:
    """Names like `people.0001_initial`, sorted; none in an empty database."""
    if "django_migrations" not in table_names(connection):
        return []
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]


def _counts(connection: Connection) -> dict[str, int]:
    counted: dict[str, int] = {}
    for name in table_names(connection):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counted[name] = int(row[0]) if row else 0
    return counted

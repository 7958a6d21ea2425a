"""One row in every table for each of four people, written past the walls from what the catalogue says of the columns.

Nothing here knows the classification of the product: columns, types and keys are the database's own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]

ANA, BEN, OTTO, MAYA = "ana", "ben", "otto", "maya"
PLACES: Final[Mapping[str, tuple[str, str, str]]] = {
    ANA: ("nc-css", "nc-dhhs", "37183"),
    BEN: ("nc-css", "nc-dhhs", "37183"),
    OTTO: ("nc-css", "nc-dhhs", "37063"),
    MAYA: ("mn-wic", "mn-mdh", "27053"),
}
"""Whose row: program, agency, county. Ben is the other parent on Ana's case."""
_COLUMNS = """
    SELECT table_name, column_name, udt_name, is_nullable, coalesce(character_maximum_length, 40)
    FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'
    AND identity_generation IS DISTINCT FROM 'ALWAYS' ORDER BY 1, 2
"""
_KEYS = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""
_NAMED = {"person_id": "people_person", "participant_id": "people_participant", "case_id": "people_case"}
_LIBRARIES = (
    "account_",
    "auth_",
    "django_",
    "harborline_",
    "mfa_",
    "procrastinate_",
    "socialaccount_",
    "usersessions_",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type's own name, its length, and the table it points to."""

    name: str
    kind: str
    nullable: bool
    length: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Every table of the product with its columns, and who has a row in it."""

    tables: Mapping[str, tuple[Column, ...]]
    living: dict[str, set[str]] = field(default_factory=dict)

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns."""
        return {each.name for each in self.tables[table]}

    def row(self, table: str, whose: str, *, mark: str = "") -> dict[str, Any]:
        """One person's row of a table; `mark` makes another one of it."""
        return {
            each.name: self._value(table, each, whose, mark)
            for each in self.tables[table]
            if each.target or each.name in (*_NAMED, "program", "agency", "county", "id") or not each.nullable
        }

    def _value(self, table: str, column: Column, whose: str, mark: str) -> Any:  # noqa: ANN401 - whatever a column holds
        program, agency, county = PLACES[whose]
        place = {"program": program, "agency": agency, "county": county}.get(column.name)
        if place is not None:
            return place
        if column.target:
            # Ana and Ben are parties of one case, which is Ana's row.
            other = ANA if column.target == "people_case" and whose == BEN else whose
            return row_id(column.target, other, column.kind)
        name = table if column.name == "id" else f"{table}.{column.name}"
        return _value_of(column.kind, name, f"{whose}{mark}", column.length)


def row_id(table: str, whose: str, kind: str = "uuid") -> Any:  # noqa: ANN401 - a UUID, a number or words
    """The id of somebody's row in a table."""
    made = uuid.uuid5(uuid.NAMESPACE_OID, f"{table}:{whose}")
    return made if kind == "uuid" else made.int % 10**9 if kind.startswith("int") else made.hex[:20]


def _value_of(kind: str, name: str, whose: str, length: int) -> Any:  # noqa: ANN401 - as above
    """Something of a column's type that is this row's alone where the type lets it be."""
    made = row_id(name, whose)
    day = f"2026-11-0{1 + sorted(PLACES).index(whose.rstrip('+'))}"
    made_of: dict[str, Any] = {
        "uuid": made, "varchar": made.hex[: min(length, 20)], "text": f"words of {whose}",
        "timestamptz": f"{day}T12:00:00Z", "date": day, "bytea": made.bytes, "int2": made.int % 10_000,
        "int4": made.int % 10**9, "int8": made.int % 10**9, "bool": False, "jsonb": "{}", "_varchar": [], "_uuid": [],
        "inet": "127.0.0.1",
    }  # fmt: skip
    return made_of[kind]


def house(connection: Connection) -> House:
    """What the catalogue says."""
    targets = {(str(table), str(name)): str(target) for table, name, target, _ in connection.execute(_KEYS).fetchall()}
    found: dict[str, list[Column]] = {}
    for table, name, kind, nullable, length in connection.execute(_COLUMNS).fetchall():
        if str(table).startswith(_LIBRARIES):
            continue
        target = targets.get((str(table), str(name))) or (_NAMED.get(str(name), "") if kind == "uuid" else "")
        column = Column(str(name), str(kind), nullable == "YES", int(str(length)), target)
        found.setdefault(str(table), []).append(column)
    return House({table: tuple(columns) for table, columns in found.items()})


def insert(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    """Add a row."""
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    places = sql.SQL(", ").join([sql.Placeholder()] * len(row))
    order = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, places)
    connection.execute(order, list(row.values()))


def move_in(connection: Connection, there: House) -> dict[str, set[str]]:
    """Everybody's row in every table that knows a program or an agency; keys and triggers are not asked.

    Answers who has one: in a table with one row for a whole program, the first of them.
    """
    living: dict[str, set[str]] = {}
    connection.execute("SET LOCAL session_replication_role = replica")
    for table in there.tables:
        if there.columns(table) & {"program", "agency"}:
            living[table] = {whose for whose in PLACES if _moves_in(connection, there, table, whose)}
    connection.execute("SET LOCAL session_replication_role = origin")
    return living


def _moves_in(connection: Connection, there: House, table: str, whose: str) -> bool:
    try:
        with connection.transaction():
            insert(connection, table, there.row(table, whose))
    except psycopg.errors.UniqueViolation:
        return False
    return True

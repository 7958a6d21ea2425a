"""No table of record can be changed: not by the application, not by the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from harborline.project import databases
from harborline.project.embedded import admin_connection
from harborline.walls.tables import Table, tables

APPEND_ONLY = [table for table in tables() if table.append_only]


@pytest.fixture(scope="module")
def owner(database: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The owner of all tables, as migrations use it."""
    dsn = databases.login(databases.MIGRATE).dsn()
    with psycopg.connect(dsn, autocommit=True, options="-c role=hl_owner") as connection:
        yield connection


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
class TestATableOfRecord:
    """Every one that says of itself that it only grows."""

    def test_refuses_change_removal_and_emptying_even_from_its_owner(
        self, table: Table, owner: psycopg.Connection[tuple[object, ...]]
    ) -> None:
        """Whether it holds rows or not."""
        column = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", [table.name]
        ).fetchone()
        assert column is not None
        for statement in (
            f"UPDATE {table.name} SET {column[0]} = {column[0]}",
            f"DELETE FROM {table.name}",
            f"TRUNCATE {table.name} CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(statement)

    def test_gives_nobody_who_serves_the_right_to(self, table: Table, database: None) -> None:
        """Neither the application, nor the sequencer, nor the auditor."""
        with admin_connection("harborline") as connection:
            for role in ("hl_app", "hl_sequencer", "hl_auditor", "hl_backup", "hl_lookup"):
                row = connection.execute(
                    "SELECT has_table_privilege(%s, %s, 'UPDATE'), has_table_privilege(%s, %s, 'DELETE'),"
                    " has_table_privilege(%s, %s, 'TRUNCATE')",
                    [role, table.name] * 3,
                ).fetchone()
                assert row == (False, False, False), (role, table.name)


class TestTheList:
    """What is on it."""

    def test_names_the_tables_of_the_log(self) -> None:
        """Entries, places, checkpoints, keys, holders, epochs."""
        names = {table.name for table in APPEND_ONLY}
        assert {
            *("ledger_entry", "ledger_leaf", "ledger_signedcheckpoint", "ledger_keystatement"),
            *("ledger_heldcheckpoint", "ledger_epoch", "consent_consentevent", "messaging_attempt"),
        } <= names

    def test_is_what_the_database_enforces(self, database: None) -> None:
        """As many triggers as tables, no more, no fewer."""
        with admin_connection("harborline") as connection:
            rows = connection.execute(
                "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname = 'hl_append_only'"
            ).fetchall()
        assert {str(row[0]) for row in rows} == {table.name for table in APPEND_ONLY}

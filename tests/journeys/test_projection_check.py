"""The projection check over a whole demonstration: consents, texts, answers and receipts agree with their entries."""

from __future__ import annotations

import pytest

from harborline.ledger.fsck import Found
from harborline.project.checking import check_everything
from harborline.project.embedded import admin_connection


def changed(statement: str, back: str) -> Found:
    """What the check finds while a change stands; the change is taken back."""
    with admin_connection("harborline") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)
        try:
            return check_everything()
        finally:
            connection.execute(back)


def told(found: Found) -> str:
    """The differences in one line."""
    return "; ".join(f"{one.where}: {one.what}" for one in found.differences)


# Table, the column that somebody changes, to what; and where the check must say so.
CHANGES: list[tuple[str, str, str, str]] = [
    ("consent_consent", "kind", "'release'", ", kind: is not what the entry says"),
    ("consent_consent", "expires_at", "given_at + interval '10 years'", ", until: is not what the entry says"),
    ("consent_consent", "ended_as", "'superseded'", ".ended_as"),
    ("consent_consentevent", "at", "at - interval '1 day'", "consent_consentevent"),
    ("messaging_attemptoutcome", "answer", "'rejected'", "messaging_attemptoutcome"),
    ("messaging_receiptrecord", "receipt", "'sent'", "messaging_receiptrecord"),
    ("messaging_attempt", "carrier", "'another'", "messaging_attempt"),
]


@pytest.mark.usefixtures("demonstration")
class TestTheDemonstration:
    """Some hundred people, a few hundred texts."""

    def test_agrees_with_its_entries(self) -> None:
        """Nothing differs, and a good deal was compared."""
        found = check_everything()
        assert told(found) == ""
        assert found.contents > 250

    @pytest.mark.parametrize(("table", "column", "value", "where"), CHANGES)
    def test_is_found_changed(self, table: str, column: str, value: str, where: str) -> None:
        """In every column that an entry vouches for."""
        key = {"messaging_attemptoutcome": "attempt_id"}.get(table, "id")
        with admin_connection("harborline") as connection:
            condition = "ended_at IS NOT NULL" if column == "ended_as" else f"{column} IS DISTINCT FROM {value}"
            if column == "expires_at":
                condition = "expires_at IS NOT NULL"
            if table == "consent_consentevent":
                condition = "kind <> 'given'"
            row = connection.execute(
                f"SELECT {key}::text, {column}::text FROM {table} WHERE {condition} LIMIT 1"
            ).fetchone()
        assert row is not None, f"the demonstration has no such row in {table}"
        found = changed(
            f"UPDATE {table} SET {column} = {value} WHERE {key}::text = '{row[0]}'",
            f"UPDATE {table} SET {column} = '{row[1]}' WHERE {key}::text = '{row[0]}'",
        )
        assert where in told(found), told(found)
        assert str(row[0]) in told(found)

    @pytest.mark.parametrize("table", ["consent_consentevent", "consent_suppression", "messaging_attempt"])
    def test_misses_rows_that_are_gone(self, table: str) -> None:
        """The entry stands, the row does not."""
        with admin_connection("harborline") as connection:
            connection.execute(f"CREATE TABLE kept_row AS SELECT * FROM {table} LIMIT 1")
            count = connection.execute("SELECT count(*) FROM kept_row").fetchone()
            assert count == (1,)
        found = changed(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM kept_row)",
            f"INSERT INTO {table} SELECT * FROM kept_row; DROP TABLE kept_row",
        )
        assert table in told(found)

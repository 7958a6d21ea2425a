"""The walls in the database: tried with the same role and the same context the product serves with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from harborline.kernel import Broken, clock
from harborline.people.models import Participant, Person, PhoneNumber
from harborline.project.embedded import admin_connection
from harborline.walls import ALL_COUNTIES, Actor, Context, Wall, acting, current
from harborline.walls.services import check_role, missing_walls
from harborline.walls.sql import wall_statements
from harborline.walls.tables import tables

WAKE, DURHAM, HENNEPIN = "37183", "37063", "27053"
CORA = Actor("worker", "cora")
DEV = Actor("worker", "dev")


def as_cora() -> AbstractContextManager[Context]:
    """Cora works in Wake County."""
    return acting(CORA, program="nc-css", counties=(WAKE,), purpose="case-work")


def as_dev() -> AbstractContextManager[Context]:
    """Dev works in Durham County and has no business with Wake's cases."""
    return acting(DEV, program="nc-css", counties=(DURHAM,), purpose="case-work")


def add_participant(county: str = WAKE, external_id: str = "P-1") -> Participant:
    """Ana, as the case system numbers her."""
    person = Person.objects.create(
        agency="nc-dhhs", source="nc-css", external_id=external_id, identity=b"sealed", identity_digest=b"d"
    )
    return Participant.objects.create(
        program="nc-css", county=county, external_id=external_id, person=person, language="en", row_digest=b"d"
    )


@pytest.fixture
def ana(db: None) -> Participant:
    """Ana on file in Wake County."""
    with as_cora():
        return add_participant()


class TestTheStranger:
    """Dev, who must see nothing of Wake County."""

    def test_sees_nobody(self, ana: Participant) -> None:
        """Not a row, not a count."""
        with as_dev():
            assert Participant.objects.count() == 0

    def test_changes_and_removes_nobody(self, ana: Participant) -> None:
        """An update or delete by number touches nothing."""
        with as_dev():
            assert Participant.objects.filter(id=ana.id).update(language="es") == 0
            assert Participant.objects.filter(id=ana.id).delete()[0] == 0

    def test_cannot_write_into_another_county(self, db: None) -> None:
        """Nor slip a row in."""
        with as_dev(), pytest.raises(DatabaseError), transaction.atomic():
            add_participant(WAKE)

    def test_cannot_point_across_the_wall(self, ana: Participant) -> None:
        """A row of Durham that names a participant of Wake is refused, so it cannot even ask whether she exists."""
        with as_dev(), pytest.raises(IntegrityError), transaction.atomic():
            PhoneNumber.objects.create(
                program="nc-css",
                county=DURHAM,
                participant_id=ana.id,
                e164=b"x",
                phone_idx=b"x",
                since_at=clock.now(),
            )

    def test_of_another_program_sees_nobody(self, ana: Participant) -> None:
        """WIC and child support are separate worlds, even for all counties."""
        with acting(DEV, program="mn-wic", counties=ALL_COUNTIES, purpose="case-work"):
            assert Participant.objects.count() == 0
            assert Person.objects.count() == 0


class TestTheCaseManager:
    """Cora, whose county it is."""

    def test_sees_her_county(self, ana: Participant) -> None:
        """Ana is there."""
        with as_cora():
            assert Participant.objects.get().id == ana.id

    def test_sees_the_same_after_an_inner_unit_of_work(self, ana: Participant) -> None:
        """A nested context puts the outer one back."""
        with as_cora():
            with as_dev():
                assert Participant.objects.count() == 0
            assert Participant.objects.count() == 1


class TestWithoutContext:
    """Code that forgot to say who it acts for."""

    def test_protected_tables_show_nothing(self, ana: Participant) -> None:
        """Zero rows, not all rows."""
        assert Participant.objects.count() == 0

    def test_nothing_can_be_written(self, db: None) -> None:
        """No insert either."""
        with pytest.raises(DatabaseError), transaction.atomic():
            add_participant()

    def test_there_is_no_current_context(self) -> None:
        """Asking for it is an error."""
        with pytest.raises(Broken):
            current()

    def test_a_context_does_not_outlive_an_error(self, ana: Participant) -> None:
        """After a failure the same connection shows nothing."""
        with pytest.raises(ZeroDivisionError), as_cora():
            raise ZeroDivisionError
        assert Participant.objects.count() == 0


class TestTheRole:
    """What the app's role may do at all."""

    def test_is_fit_to_serve(self, database: None) -> None:
        """No superuser, no owner, every wall standing."""
        check_role()

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE people_participant CASCADE",
            "ALTER TABLE people_participant DISABLE ROW LEVEL SECURITY",
            "DROP POLICY hl_wall ON people_participant",
            "CREATE TABLE mine (a int)",
            "SET ROLE hl_owner",
            "UPDATE ledger_entry SET leaf = ''",
            "DELETE FROM ledger_entry",
            "UPDATE messaging_attempt SET carrier = 'x'",
            "SELECT * FROM pg_authid",
        ],
    )
    def test_is_refused(self, db: None, statement: str) -> None:
        """Neither the walls nor the record can be touched from here."""
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_superuser_is_refused_at_start(self, database: None) -> None:
        """Serving as the cluster's administrator stops with the remedy."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
        assert _refusal_of("hl_admin") == "superuser"
        assert _refusal_of("hl_backup") == "BYPASSRLS"
        assert _refusal_of("hl_migrate") == "member"


def _refusal_of(role: str) -> str:
    with admin_connection("harborline") as admin:
        row = admin.execute(
            "SELECT rolsuper, rolbypassrls, pg_has_role(rolname, 'hl_owner', 'MEMBER')"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
    assert row is not None
    return "superuser" if row[0] else "BYPASSRLS" if row[1] else "member" if row[2] else ""


class TestTheRecord:
    """Append-only tables, tried by their very owner."""

    @pytest.mark.parametrize(
        "statement", ["UPDATE {0} SET program = program", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"]
    )
    def test_refuses_even_the_owner(self, database: None, statement: str) -> None:
        """The trigger stands where no grant is missing."""
        with admin_connection("harborline") as admin:
            admin.execute("SET ROLE hl_owner")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                admin.execute(statement.format("messaging_attempt"))


class TestTheClassification:
    """Every table has its wall."""

    def test_leaves_no_table_out(self, database: None) -> None:
        """A table nobody classified would have no wall."""
        with admin_connection("harborline") as admin:
            present = {row[0] for row in admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        assert present <= {table.name for table in tables()}

    def test_puts_every_protected_table_behind_a_forced_wall(self, database: None) -> None:
        """Enabled, forced, with both policies."""
        with connection.cursor() as cursor:
            assert missing_walls(cursor) == []

    def test_gives_every_county_table_its_columns(self, database: None) -> None:
        """Program and county stand in the row itself."""
        with admin_connection("harborline") as admin:
            columns = {
                (str(row[0]), str(row[1]))
                for row in admin.execute("SELECT table_name, column_name FROM information_schema.columns")
            }
        county = [table.name for table in tables() if table.wall is Wall.COUNTY]
        assert county
        assert all({(name, "program"), (name, "county")} <= columns for name in county)


class TestNegativeControl:
    """The checks above can fail: without the wall they do."""

    @pytest.fixture
    def without_wall(self, database: None) -> Iterator[None]:
        """The restrictive policy dropped and the permissive one wide open, for one test."""
        (table,) = [each for each in tables() if each.name == "people_participant"]
        with admin_connection("harborline") as admin:
            admin.execute("DROP POLICY hl_wall ON people_participant")
            admin.execute("ALTER POLICY hl_inside ON people_participant USING (true)")
            yield
            for statement in wall_statements(table):
                admin.execute(statement)

    def test_the_stranger_sees_ana(self, without_wall: None, committed: None) -> None:
        """With the policy gone, the stranger's test would be red."""
        with as_cora():
            add_participant(external_id=f"P-{uuid.uuid4().hex[:8]}")
        with as_dev():
            assert Participant.objects.count() == 1

    def test_start_up_refuses_to_serve(self, without_wall: None) -> None:
        """And the product would not start."""
        with pytest.raises(Broken, match="people_participant"):
            check_role()

"""In a participant's own session every table shows what is theirs, or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.rooms.sites.visitors import visit_for
from tests.rooms.town import NC, as_state, settle

from harborline.disclosure.models import Kinship
from harborline.kernel import Broken, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.models import Appointment, Case, CaseParty, Office, Participant, Person, PhoneNumber, Protection
from harborline.people.selectors import case_managers
from harborline.people.services import choose_wording
from harborline.project.embedded import admin_connection
from harborline.sites.visiting import Visit
from harborline.walls import Portal, Through
from harborline.walls.services import check_role
from harborline.walls.sql import wall_statements
from harborline.walls.tables import Table, tables

# What a participant's session may touch, with the reason; every other protected table is staff's alone.
TOUCHED = {
    "consent_consent": "what they agreed to",
    "consent_consentevent": "and what became of it",
    "documents_chunk": "the bytes they send",
    "documents_document": "the papers they handed in",
    "documents_event": "and what became of each",
    "documents_submission": "what they handed in at one time",
    "documents_verdict": "a first look at a file is added, never read",
    "contact_contactentry": "what was said in these",
    "contact_contactthread": "the questions they asked",
    "contact_entrywords": "and its words",
    "ledger_content": "records of what was done are added, never read",
    "people_appointment": "when they are expected",
    "people_case": "the cases they are a party of: to find who manages them",
    "people_casemanagerassignment": "who manages these",
    "people_caseparty": "their own role, not the other parties",
    "people_office": "opening hours are public",
    "people_participant": "their own row in each county",
    "people_person": "themselves",
    "people_phonenumber": "their own numbers",
    "people_portalstart": "that a code was made for them to come in",
    "people_portalvisit": "their own visits",
    "people_portalwish": "what they asked to change",
}


@pytest.fixture
def ben(db: None, tmp_path: Path) -> Visit:
    """Ben is inside: noncustodial parent on Ana's case, no protection of his own."""
    settle(tmp_path)
    return visit_for("P-2")


@pytest.fixture
def ana(db: None, tmp_path: Path) -> Visit:
    """Ana is inside: two counties know her."""
    settle(tmp_path, protections=[("N-1", "fvi", "case system", "2026-01-01", "", "no")])
    return visit_for("P-1")


def protected() -> list[Table]:
    """Every table behind a wall."""
    return [table for table in tables() if table.protected]


class TestEveryTable:
    """The classification for participants' sessions."""

    def test_is_staffs_alone_unless_listed(self) -> None:
        """A table that opens itself to participants is named here, with the reason."""
        assert {table.name for table in protected() if table.portal is not Portal.STAFF} == set(TOUCHED)

    def test_has_the_columns_its_class_speaks_of(self, database: None) -> None:
        """A class that named no column of the table could not stand."""
        columns = {
            Portal.PERSONS: "person_id", Portal.PARTICIPANT: "participant_id", Portal.CASES: "case_id",
            Portal.PERSON: "id", Portal.CASE: "id",
        }  # fmt: skip
        with admin_connection("harborline") as admin:
            there = {
                (str(row[0]), str(row[1]))
                for row in admin.execute("SELECT table_name, column_name FROM information_schema.columns")
            }
        for table in protected():
            wanted = table.portal.column if isinstance(table.portal, Through) else columns.get(table.portal)
            assert wanted is None or (table.name, wanted) in there

    def test_shows_only_what_is_theirs(self, ben: Visit) -> None:
        """Every table is read raw; what comes is theirs by a second way of counting, or nothing."""
        mine = self.counted_as_state(ben)
        with ben.acting("test"), connection.cursor() as cursor:
            for table in protected():
                cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table.name])
                if not cursor.fetchone()[0]:
                    continue
                cursor.execute(f"SELECT count(*) FROM {table.name}")
                assert cursor.fetchone()[0] == mine.get(table.name, 0), table.name

    @staticmethod
    def counted_as_state(visit: Visit) -> dict[str, int]:
        """How many rows are Ben's, counted without his session."""
        with as_state():
            mine = list(Participant.objects.filter(person_id=visit.person_id).values_list("id", flat=True))
            parties = CaseParty.objects.filter(participant_id__in=mine)
            cases = set(parties.values_list("case_id", flat=True))
            return {
                "people_person": 1,
                "people_participant": len(mine),
                "people_phonenumber": PhoneNumber.objects.filter(participant_id__in=mine).count(),
                "people_caseparty": parties.count(),
                "people_case": len(cases),
                "people_casemanagerassignment": len(cases),
                "people_office": Office.objects.count(),
                "people_portalvisit": 1,
            }

    def test_takes_nothing_that_is_not_theirs(self, ben: Visit) -> None:
        """No row of another person, no office, no protection can be slipped in or changed."""
        with as_state():
            ana = Participant.objects.get(external_id="P-1")
        with ben.acting("test"):
            assert Participant.objects.filter(id=ana.id).update(language="en") == 0
            assert Office.objects.update(phone="x") == 0
            for row in (
                Protection(agency="nc-dhhs", person_id=ben.person_id, reported_by="x", kind="fvi", source="x",
                           from_at=ben.facts.begun_at),
                PhoneNumber(program=NC, county=ana.county, participant_id=ana.id, e164=b"x", phone_idx=b"x",
                            since_at=ben.facts.begun_at),
            ):  # fmt: skip
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    row.save(force_insert=True)


class TestAVisitor:
    """One person in their own session."""

    def test_finds_themselves_in_every_county(self, ana: Visit) -> None:
        """Ana's two rows, and no other."""
        with ana.acting("test"):
            assert sorted(Participant.objects.values_list("external_id", flat=True)) == ["P-1", "P-9"]
            assert Person.objects.get().id == ana.person_id
            assert Case.objects.count() == 2
            assert CaseParty.objects.count() == 2

    def test_learns_nothing_of_protections(self, ana: Visit, tmp_path: Path) -> None:
        """Not even of one's own: whoever holds the phone could look."""
        with ana.acting("test"):
            assert Protection.objects.count() == 0
        with as_state():
            assert Protection.objects.count() == 1

    def test_asks_the_functions_of_the_database_about_nobody_else(self, ana: Visit, ben: Visit) -> None:
        """Neither what is held about the other parent, nor where letters go, nor who on a case is protected."""
        others: dict[str, Any] = {
            "people": [ana.person_id],
            "rows": [one.id for one in ana.participants],
            "phones": [b"x"],
        }
        family = uuid.uuid4()
        with as_state():
            choose_wording(ana.participant.id, discreet=True)
            Kinship.objects.create(
                id=new_id(), agency="nc-dhhs", worker_id=family, person_id=ana.person_id, kin="family",
                recorded_by="worker:x", at=clock.now(),
            )  # fmt: skip
        with ben.acting("test"), connection.cursor() as cursor:
            for asking in (
                "SELECT 1 FROM people_shielded(%(people)s::uuid[], now())",
                "SELECT 1 FROM people_held(%(rows)s::uuid[], now())",
                "SELECT 1 FROM people_postal(%(rows)s::uuid[], now())",
            ):
                cursor.execute(asking, others)
                assert cursor.fetchall() == [], asking
            cursor.execute("SELECT people_discreet(%s::uuid[])", [[ana.person_id]])
            assert cursor.fetchall() == []
            cursor.execute("SELECT disclosure_kin(%s, %s)", [family, ana.person_id])
            assert cursor.fetchall() == [("",)], "whose family works here"
            cursor.execute("SELECT own, shared FROM people_shielded(%s::uuid[], now())", [[ben.person_id]])
            assert cursor.fetchall() == [(False, True)], "the same with nobody protected on the case"
            cursor.execute("SELECT protected, conflict FROM people_flags(%(people)s, %(phones)s, now())", others)
            assert cursor.fetchall() == [(True, True)], "told apart from anybody else"

    def test_reaches_the_case_manager(self, ben: Visit) -> None:
        """Whoever manages the case is found by its number."""
        with ben.acting("test"):
            assert list(case_managers(ben.cases).values()) == ["W-CORA"]

    def test_leaves_a_record_they_cannot_read(self, ben: Visit) -> None:
        """The proof log takes it; its words stay closed."""
        with ben.acting("test"), connection.cursor() as cursor:
            record("test.done", subject=f"person:{ben.person_id}", content={})
            cursor.execute("SELECT count(*) FROM ledger_content")
            assert cursor.fetchone() == (0,)
        with as_state(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_content WHERE kind = 'test.done'")
            assert cursor.fetchone() == (1,)

    def test_stays_inside_after_work_on_their_word(self, ben: Visit) -> None:
        """An inner unit of work of the program gives the view back."""
        with ben.acting("test"):
            with ben.on_their_word("test"):
                assert Participant.objects.count() == 3
            assert Participant.objects.count() == 1

    def test_of_another_person_or_nobody_sees_nothing(self, ben: Visit) -> None:
        """A forged person brings no rows."""
        forged = Visit(type(ben.facts)(ben.facts.id, NC, uuid.uuid4(), ben.facts.begun_at, ben.participants[:0], ()))
        with forged.acting("test"):
            assert Participant.objects.count() == 0
            assert Appointment.objects.count() == 0


class TestNegativeControl:
    """Without the policy the tests above would be red."""

    @pytest.fixture
    def without_own(self, database: None) -> Iterator[None]:
        """The policy of one table dropped, for one test."""
        (table,) = [each for each in tables() if each.name == "people_participant"]
        with admin_connection("harborline") as admin:
            admin.execute("DROP POLICY hl_own ON people_participant")
            yield
            for statement in wall_statements(table):
                admin.execute(statement)

    def test_the_visitor_sees_the_other_parent(self, without_own: None, committed: None, tmp_path: Path) -> None:
        """All of the county's rows."""
        settle(tmp_path)
        with visit_for("P-2").acting("test"):
            assert Participant.objects.count() == 3

    def test_start_up_refuses_to_serve(self, without_own: None) -> None:
        """And the product would not start."""
        with pytest.raises(Broken, match="people_participant"):
            check_role()

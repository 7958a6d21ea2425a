"""Every table, as everybody sees it: what may be seen is reckoned here from the rows themselves, not from the policies.

Four people have one row in every table: Ana and Ben of one case in Wake, Otto in Durham, Maya in another program. Each
view of the product is tried on each table: what is read, what could be changed, what could be slipped in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from tests.rooms.walls.everybody import ANA, BEN, MAYA, OTTO, PLACES, Connection, House, house, insert, move_in, row_id

from harborline.project.embedded import admin_connection

EVERYBODY = frozenset(PLACES)
# Tables with a county whose rows the whole program may see, with the reason.
PROGRAM_WIDE = {
    "messaging_oncallturn": "who is on call is everybody's to know",
    "messaging_templateversion": "counties propose words, the state decides, all use them",
    "messaging_webhook": "belongs to a machine's key",
    "oversight_export": "for courts and auditors, asked for across counties",
    "people_office": "addresses and hours are public",
    "retention_hold": "a court's order reaches every county",
}
# Tables about the staff themselves, which the product must read before it knows any program.
OF_STAFF = {
    "workforce_assignment", "workforce_assignmentproposal", "workforce_cover", "workforce_credentialreset",
    "workforce_machinekey", "workforce_supervision", "workforce_team",
}  # fmt: skip
# Both an agency and a program stand in the row; the registry's work is the agency's.
OF_AGENCY = {"disclosure_registrytask"}
ADDED_ONLY = {"people_heldfield"}
"""Sealed values: nobody who serves reads them."""
# What Ben sees in his own session, table by table; in every other table nothing.
_HIS = (
    "consent_consent", "consent_consentevent", "documents_chunk", "documents_document", "documents_event",
    "documents_submission", "contact_contactentry", "contact_contactthread", "contact_entrywords",
    "people_appointment", "people_caseparty", "people_participant", "people_person", "people_phonenumber",
    "people_portalstart", "people_portalvisit", "people_portalwish",
)  # fmt: skip
BENS = {
    **{table: {BEN} for table in _HIS},
    "people_case": {ANA},  # the case he is a party of with her: its number, not its people
    "people_casemanagerassignment": {ANA, BEN},  # who manages that case
    "people_office": {*PLACES},  # opening hours of all offices of the program he is in
}  # fmt: skip
NOTES = {"documents_verdict", "ledger_content"}
"""What a participant's session adds and never reads."""


@dataclass(frozen=True, slots=True)
class View:
    """A unit of work as the product tells it to the database."""

    program: str = ""
    agency: str = ""
    counties: str = ""
    person: str = ""

    def settings(self) -> Mapping[str, str]:
        """What `walls.context` sets, and nothing else."""
        own = self.person
        return {
            "program": self.program,
            "agency": self.agency,
            "counties": self.counties,
            "person": str(row_id("people_person", own)) if own else "",
            "participants": str(row_id("people_participant", own)) if own else "",
            "cases": str(row_id("people_case", ANA if own == BEN else own)) if own else "",
        }


NC, MN = ("nc-css", "nc-dhhs"), ("mn-wic", "mn-mdh")
STAFF = {
    "nobody": View(),
    "wake": View(*NC, "37183"),
    "durham": View(*NC, "37063"),
    "wake-and-durham": View(*NC, "37183,37063"),
    "the-state": View(*NC, "*"),
    "no-county": View(*NC, ""),
    "wic-of-hennepin": View(*MN, "27053"),
    "wic-of-the-state": View(*MN, "*"),
    "wic-in-wake": View(*MN, "37183"),
    "nc-in-hennepin": View(*NC, "27053"),
    "a-county-by-half": View(*NC, "3718"),
    "a-pattern": View(*NC, "37%,_____"),
    "a-list-with-a-star": View(*NC, "37063,*"),
    "all-programs": View("*", "*", "*"),
}
VISITORS = {
    "ben": View(*NC, "37183", BEN),
    "ben-with-all-counties": View(*NC, "*", BEN),
    "ana": View(*NC, "37183", ANA),
    "maya": View(*MN, "27053", MAYA),
    "maya-in-ncs-program": View(*NC, "*", MAYA),
    "ben-in-the-clinic": View(*MN, "*", BEN),
}

WRITERS = ("nobody", "durham", "wic-in-wake", "a-list-with-a-star", "ben-with-all-counties", "maya-in-ncs-program")
"""Views that also try to write: what differs is the same condition, so a few of each kind are enough."""


@pytest.fixture(scope="module")
def full(database: None) -> Iterator[tuple[Connection, House]]:
    """Everybody's rows, in a transaction that ends in nothing; then the role that serves."""
    with admin_connection("harborline") as connection, connection.transaction(force_rollback=True):
        there = house(connection)
        there.living.update(move_in(connection, there))
        yield connection, there


@pytest.fixture
def served(full: tuple[Connection, House]) -> Iterator[tuple[Connection, House]]:
    """As the role that serves, for one test."""
    connection, there = full
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL SESSION AUTHORIZATION hl_app")
        yield connection, there


def enter(connection: Connection, view: View) -> None:
    """Begin a unit of work."""
    for name, value in view.settings().items():
        connection.execute("SELECT set_config(%s, %s, true)", [f"harborline.{name}", value])


def owner_column(there: House, table: str) -> str:
    """What a table's rows belong to: county, program or agency, by their own columns and the lists above."""
    columns = there.columns(table)
    if "county" in columns and table not in PROGRAM_WIDE:
        return "county"
    return "agency" if table in OF_AGENCY or "program" not in columns else "program"


def behind(there: House) -> list[str]:
    """Every table whose rows belong to somebody."""
    return [name for name in there.tables if there.columns(name) & {"program", "agency"} and name not in OF_STAFF]


def may_see(there: House, table: str, view: View) -> set[str]:
    """Whose rows this view of the table may hold."""
    kind = owner_column(there, table)
    seen = set()
    for whose, (program, agency, county) in PLACES.items():
        in_county = view.counties == "*" or county in view.counties.split(",")
        fits = agency == view.agency if kind == "agency" else program == view.program
        if fits and (kind != "county" or in_county):
            seen.add(whose)
    if view.person:
        theirs = {BEN: BENS, ANA: _of_ana(), MAYA: _of_maya()}[view.person]
        seen &= theirs.get(table, set())
    return seen & there.living[table]


def _of_ana() -> Mapping[str, set[str]]:
    return {table: {ANA} if whose == {BEN} else {*whose} for table, whose in BENS.items()}


def _of_maya() -> Mapping[str, set[str]]:
    return {table: {*PLACES} if table == "people_office" else {MAYA} for table in BENS}


def seen(connection: Connection, there: House, table: str) -> set[str]:
    """Whose rows are read."""
    key = "id" if "id" in there.columns(table) else _key(there, table)
    names = {str(there.row(table, whose)[key]): whose for whose in there.living[table]}
    rows = connection.execute(sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(key), sql.Identifier(table)))
    return {names[str(row[0])] for row in rows}


def _key(there: House, table: str) -> str:
    rows = [there.row(table, whose) for whose in there.living[table]]
    plain = [each.name for each in there.tables[table] if each.kind in {"uuid", "varchar", "int4", "int8"}]
    return next(name for name in plain if len({row.get(name) for row in rows}) == len(rows))


def may(connection: Connection, table: str, what: str) -> bool:
    """Whether the role may do this to the table at all."""
    row = connection.execute("SELECT has_table_privilege(%s, %s)", [table, what]).fetchone()
    assert row is not None
    return bool(row[0])


def _refused(connection: Connection, table: str, row: Mapping[str, object]) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            insert(connection, table, row)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


class TestAView:
    """Each of them, on every table."""

    @pytest.mark.parametrize("name", [*STAFF, *VISITORS])
    def test_reads_exactly_what_it_may(self, served: tuple[Connection, House], name: str) -> None:
        """Not a row more and not a row less, and no other count."""
        connection, there = served
        view = {**STAFF, **VISITORS}[name]
        enter(connection, view)
        wrong = {}
        for table in behind(there):
            if not may(connection, table, "SELECT"):
                assert table in ADDED_ONLY
                continue
            read = seen(connection, there, table)
            expected = set() if view.person and table in NOTES else may_see(there, table, view)
            if read != expected:
                wrong[table] = (read, expected)
        assert wrong == {}

    @pytest.mark.parametrize("name", WRITERS)
    def test_changes_nothing_it_may_not_see(self, served: tuple[Connection, House], name: str) -> None:
        """However the condition is worded; nothing is moved out of or into its view."""
        connection, there = served
        view = {**STAFF, **VISITORS}[name]
        enter(connection, view)
        for table in behind(there):
            if not may(connection, table, "UPDATE"):
                continue
            column = owner_column(there, table)
            order = sql.SQL("UPDATE {} SET {} = {}").format(*map(sql.Identifier, (table, column, column)))
            with connection.transaction(force_rollback=True):
                count = connection.execute(order).rowcount
            assert count <= len(may_see(there, table, view)), table
            assert view.person == "" or table != "people_office" or count == 0

    @pytest.mark.parametrize("name", WRITERS)
    def test_slips_nothing_in_for_somebody_else(self, served: tuple[Connection, House], name: str) -> None:
        """A new row of somebody whose rows are out of sight is refused by the wall itself."""
        connection, there = served
        view = {**STAFF, **VISITORS}[name]
        enter(connection, view)
        for table in behind(there):
            if not may(connection, table, "INSERT") or (view.person and table in NOTES):
                continue
            for whose in there.living[table] - may_see(there, table, view):
                assert _refused(connection, table, there.row(table, whose, mark="+")), f"{table} took {whose}'s"


class TestEveryTable:
    """The lists above."""

    def test_is_filled(self, full: tuple[Connection, House]) -> None:
        """A row of each in all but two, which keep one for a program or a case: what is not seen is there."""
        connection, there = full
        for table in behind(there):
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            assert row == (len(there.living[table]),), table
        fewer = {table: whose for table, whose in there.living.items() if whose != EVERYBODY}
        assert fewer == {"messaging_newsmark": {ANA, MAYA}, "people_casemanagerassignment": {ANA, OTTO, MAYA}}

    def test_is_named_where_it_is_an_exception(self, full: tuple[Connection, House]) -> None:
        """And no exception is gone or idle."""
        _, there = full
        assert {*PROGRAM_WIDE, *OF_STAFF, *OF_AGENCY, *ADDED_ONLY, *BENS, *NOTES} <= set(there.tables)
        assert all("county" in there.columns(table) for table in PROGRAM_WIDE)

    def test_of_the_product_that_names_no_owner_is_listed(self, full: tuple[Connection, House]) -> None:
        """A table that names neither program nor agency, and yet a person, a participant or a case, would be a hole."""
        _, there = full
        unowned = [name for name in there.tables if not there.columns(name) & {"program", "agency"}]
        assert [name for name in unowned if there.columns(name) & {"person_id", "participant_id", "case_id"}] == []

    @pytest.mark.parametrize("role", ["hl_sequencer", "hl_auditor"])
    def test_is_closed_to_the_roles_beside(self, full: tuple[Connection, House], role: str) -> None:
        """Who orders or audits the log reads nothing of people."""
        connection, there = full
        enter(connection, STAFF["the-state"])
        readable = {
            table
            for table in behind(there)
            if connection.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, table]).fetchone() == (True,)
        }
        assert readable <= {"ledger_content"}


class TestNegativeControl:
    """With one policy gone the tests above are red."""

    @pytest.mark.parametrize(
        ("done", "name", "table", "more"),
        [
            ("ALTER POLICY hl_wall ON people_case USING (true)", "durham", "people_case", set()),
            ("DROP POLICY hl_own ON people_participant", "ben", "people_participant", {ANA}),
            ("ALTER TABLE people_case DISABLE ROW LEVEL SECURITY", "durham", "people_case", {ANA, BEN, MAYA}),
        ],
    )
    def test_somebody_reads_more(
        self, full: tuple[Connection, House], done: str, name: str, table: str, more: set[str]
    ) -> None:
        """One policy wide open is caught by the other; none at all is seen."""
        connection, there = full
        view = {**STAFF, **VISITORS}[name]
        with connection.transaction(force_rollback=True):
            connection.execute(done)
            connection.execute("SET LOCAL SESSION AUTHORIZATION hl_app")
            enter(connection, view)
            assert seen(connection, there, table) == may_see(there, table, view) | more

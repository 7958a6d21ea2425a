"""The walls, read by somebody else's linter and prover (pgrls) from the real database's own catalogue.

What the linter says is listed with its reason, exactly: a finding that is not here, and a reason without a finding,
both fail. The prover (Z3) shows that no session of one program or agency can read or write a row of another. Two things
it cannot follow are taken out of its way, and neither makes the question easier: PostgreSQL writes a varchar column as
`(program)::text`, which the prover does not look through, so the cast is left out; and the condition on the county
(`= ANY` of a list that comes from the session) is outside what it decides, so that part of an AND is left out, which
can only admit more rows. The county's part of the wall is shown row by row in `test_every_table.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import psycopg
import pytest
from pglast import ast, visitors
from pglast.enums import A_Expr_Kind, BoolExprType
from pgrls.introspect import introspect
from pgrls.model import Policy, Schema
from pgrls.rules import all_rules
from pgrls.verify import Verification, build_verification

from harborline.project.embedded import admin_connection
from harborline.walls.sql import APP, LOOKUP, OWNER
from harborline.walls.tables import tables

Connection = psycopg.Connection[tuple[object, ...]]

AXES = frozenset({"program", "agency"})
NOT_ASKED = {
    "PERF003": "every key begins with the id and no index with the program: walking a whole program is what they avert",
    "HYG004": "its own record of coverage is not used; every policy is tried in test_every_table.py",
}
OF_THEIR_OWN = {
    "SEC005": "test_finds_session_conditions_only_in_restrictive_policies",
    "SEC035": "test_finds_keys_beyond_the_program_only_where_nobody_chooses_them",
}
"""Rules whose findings are judged one by one, in a test of their own."""
OF_THE_TESTS = ("zz_tests", "harborline_tests")
"""What tests/rooms/watch.py adds to the database the tests use."""
ORACLES = {
    "consent_number_blocks", "disclosure_committed", "disclosure_kin", "disclosure_looks", "disclosure_open",
    "disclosure_open_many", "disclosure_postal", "disclosure_told", "disclosure_worker",
    "harborline_refresh_statistics", "oversight_accesses", "people_discreet", "people_flags", "people_held",
    "people_redactable", "people_shielded", "people_shielded_inside",
}  # fmt: skip
"""Functions that look past the caller's walls, each with its own tests; another one must be added here by hand."""
ONCE_EVERYWHERE = {
    "messaging_dispatch": "a digest of the text's own group under a secret key",
    "messaging_inboundmessage": "the carrier's own reference of a text",
    "messaging_sender": "the name an operator gave a number at installation",
    "people_portalstart": "a blind index of a random code",
    "messaging_acceptingrun": "begins with the id of the machine's key",
    "messaging_oncekey": "begins with the id of the machine's key",
}
"""Tables with a key that is unique beyond the program although it does not begin with the id of one of its own rows."""


@pytest.fixture
def catalogue(database: None) -> Iterator[Connection]:
    """The database as its administrator sees it; whatever a test changes is undone."""
    with admin_connection("harborline") as connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture(scope="module")
def standing(database: None) -> Schema:
    """The catalogue as it stands."""
    with admin_connection("harborline") as connection:
        return read(connection)


def read(connection: Connection) -> Schema:
    """What pgrls makes of the catalogue."""
    return introspect(connection, ["public"])


def findings(schema: Schema, *rules: str) -> dict[str, set[str]]:
    """What every rule finds, or these, by rule: the places without the name of the schema."""
    found = {
        rule.id: {
            place
            for place in (str(each.location).removeprefix("public.") for each in rule.check(schema, {}))
            if "zz_tests" not in place
            and "harborline_tests" not in place  # what tests/rooms/watch.py adds to the tests' own database
        }
        for rule in all_rules()
        if rule.id in (rules or {each.id for each in all_rules()} - NOT_ASKED.keys() - OF_THEIR_OWN.keys())
    }
    return {rule: places for rule, places in found.items() if places}


def policies(*names: str, of: set[str]) -> set[str]:
    """The policies of these names on these tables."""
    return {f"{table}.{name}" for table in of for name in names}


def expected(schema: Schema) -> dict[str, set[str]]:
    """Every finding that stands, with its reason."""
    behind = {table.name for table in tables() if table.protected}
    everything = {table.name for table in schema.tables}
    ours = policies("hl_lookup", "hl_migrations", of=behind)
    return {
        "SEC001": everything - behind,  # classified as holding nothing of people: walls/tables.py, each model's wall
        "SEC008": ours,  # of roles that nobody signs in as: see the test below, here and in the next two
        "SEC038": ours,
        "SEC028": policies("hl_migrations", of=behind),
        "SEC013": policies("hl_append_only", of={table.name for table in tables() if table.append_only} & behind)
        | policies("disclosure_made", of={"disclosure_reveal", "disclosure_manifest"}),  # writes the moment alone
        "SEC014": ORACLES,
        "SEC016": {"hl_backup"},  # takes the backup, serves nothing: `check_login` refuses to serve as it
        "SEC027": {"workforce_dutycharge"},  # the register of duties is the program's, whoever keeps them
        "SEC031": {"people_office.hl_own"},  # opening hours are public words of the program; the wall stands beside it
    }


_PAST = "CREATE FUNCTION past() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM people_case $$"
_UNWALLED = "DROP POLICY hl_wall ON people_case"


class TestTheLinter:
    """Sixty-six rules over every table."""

    def test_finds_nothing_without_a_reason(self, standing: Schema) -> None:
        """And no reason is without its finding."""
        found, known = findings(standing), expected(standing)
        differ = {
            rule: found.get(rule, set()) ^ known.get(rule, set())
            for rule in found.keys() | known.keys()
            if found.get(rule) != known.get(rule)
        }
        assert differ == {}

    def test_finds_open_policies_of_roles_nobody_signs_in_as(self, catalogue: Connection, standing: Schema) -> None:
        """What is constantly true is for the owner and for the oracles alone; no serving role belongs to either."""
        for table in standing.tables:
            for each in table.policies:
                if each.using_sql == "true" and each.permissive:
                    assert each.roles in {(LOOKUP,), (OWNER,)}, (table.name, each.name)
        rows = catalogue.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, pg_has_role(%s, oid, 'MEMBER') FROM pg_roles"
            " WHERE rolname IN (%s, %s)",
            [APP, LOOKUP, OWNER],
        ).fetchall()
        assert rows == [(False, False, False, False)] * 2

    def test_finds_session_conditions_only_in_restrictive_policies(self, standing: Schema) -> None:
        """A policy of the serving role that asks about the session and not the row may narrow, never open."""
        places = findings(standing, "SEC005")["SEC005"]
        asked = [(f"{table.name}.{each.name}", each) for table in standing.tables for each in table.policies]
        assert places
        assert [place for place, each in asked if place in places and each.permissive and APP in each.roles] == []

    def test_finds_keys_beyond_the_program_only_where_nobody_chooses_them(
        self, catalogue: Connection, standing: Schema
    ) -> None:
        """They begin with the random id of a row of the same program, or are listed with what they are."""
        places = dict(place.rstrip(")").split(" (") for place in findings(standing, "SEC035")["SEC035"])
        assert set(ONCE_EVERYWHERE) <= set(places)
        for table, index in places.items():
            if table in ONCE_EVERYWHERE:
                continue
            leading = catalogue.execute(
                "SELECT format_type(a.atttypid, a.atttypmod) FROM pg_index i JOIN pg_attribute a"
                " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indexrelid = %s::regclass",
                [index],
            ).fetchall()
            assert leading == [("uuid",)], table

    @pytest.mark.parametrize(
        ("done", "rule", "place"),
        [
            ("ALTER TABLE people_case DISABLE ROW LEVEL SECURITY", "SEC032", "people_case"),
            ("ALTER TABLE people_case NO FORCE ROW LEVEL SECURITY", "SEC002", "people_case"),
            ("CREATE POLICY wide ON people_case FOR SELECT TO hl_app USING (true)", "SEC008", "people_case.wide"),
            (
                "CREATE POLICY all_in ON people_case FOR SELECT USING (program = 'nc-css')",
                "SEC003",
                "people_case.all_in",
            ),
            ("CREATE VIEW every_case AS SELECT * FROM people_case", "VIEW001", "every_case"),
            ("CREATE TABLE beside (id int)", "SEC001", "beside"),
            (_PAST, "SEC014", "past"),
        ],
    )
    def test_would_find_a_breach(
        self, catalogue: Connection, standing: Schema, done: str, rule: str, place: str
    ) -> None:
        """Each of these, made and undone, is found beside what was there before."""
        catalogue.execute(done)
        assert place in findings(read(catalogue), rule)[rule] - expected(standing).get(rule, set())


class TestTheProver:
    """One program's session against another program's rows."""

    @pytest.mark.parametrize("mode", ["anon", "cross-tenant", "write"])
    def test_proves_programs_and_agencies_apart(self, standing: Schema, mode: Any) -> None:  # noqa: ANN401 - the prover's own words
        """Every protected table, proven: nobody without a context, nobody of another program or agency."""
        proof = proven(standing, mode)
        assert {table.qualified_name.removeprefix("public.") for table in proof.tables} == {
            table.name for table in tables() if table.protected
        }
        assert [table for table in proof.tables if table.verdict != "isolated"] == []

    @pytest.mark.parametrize(
        "condition",
        ["true", "program = program", "program IS NOT NULL"],
    )
    def test_finds_a_wall_that_is_down(self, catalogue: Connection, condition: str) -> None:
        """Open, or with a condition that only looks like one."""
        catalogue.execute(_UNWALLED)
        catalogue.execute(f"ALTER POLICY hl_inside ON people_case USING ({condition}) WITH CHECK ({condition})")
        schema = read(catalogue)
        few = tuple(table for table in schema.tables if table.name in {"people_case", "people_person"})
        for mode in ("anon", "cross-tenant", "write"):
            proof = proven(dataclasses.replace(schema, tables=few), mode)
            assert len(proof.tables) == len(few)
            left = {each.qualified_name for each in proof.tables if each.verdict != "isolated"}
            assert left == {"public.people_case"}, mode


def proven(schema: Schema, mode: Any) -> Verification:  # noqa: ANN401 - as above
    """What the prover says of the policies of the role that serves."""
    made = []
    for table in schema.tables:
        if table.rls_enabled:
            kept = tuple(_plainer(each) for each in table.policies if APP in each.roles or "public" in each.roles)
            made.append(dataclasses.replace(table, policies=kept))
    # The role that serves is the one that comes without a context: the prover's "anonymous".
    told = dataclasses.replace(schema, tables=tuple(made))
    return build_verification(told, mode=mode, identity_columns=AXES, anon_roles={APP})


def _plainer(policy: Policy) -> Policy:
    return dataclasses.replace(
        policy, using_ast=_decidable(policy.using_ast), with_check_ast=_decidable(policy.with_check_ast)
    )


def _decidable(condition: Any) -> Any:  # noqa: ANN401 - a node of the parser
    """The condition without casts of columns, and without parts of an AND that ask for a list of counties."""
    if condition is None:
        return None
    made = deepcopy(condition)
    if isinstance(made, ast.BoolExpr) and made.boolop == BoolExprType.AND_EXPR:
        left = [each for each in made.args if not _asks_a_list(each)]
        if len(left) < len(made.args):
            made.args = tuple(left)
            made = made if len(left) > 1 else left[0]
    _WithoutCasts()(made)
    return made


class _WithoutCasts(visitors.Visitor):
    def visit_TypeCast(self, ancestors: Any, node: Any) -> Any:  # noqa: ANN401, N802 - the parser's own names
        del ancestors
        return node.arg if isinstance(node.arg, ast.ColumnRef) else None


class _Lists(visitors.Visitor):
    found = False

    def visit_A_Expr(self, ancestors: Any, node: Any) -> None:  # noqa: ANN401, N802 - as above
        del ancestors
        self.found = self.found or node.kind == A_Expr_Kind.AEXPR_OP_ANY


def _asks_a_list(condition: Any) -> bool:  # noqa: ANN401 - as above
    looked = _Lists()
    looked(condition)
    return looked.found

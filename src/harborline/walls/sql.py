"""The SQL of the walls, generated from the classification: policies, grants, triggers, composite keys."""

from __future__ import annotations

from collections.abc import Iterable

from harborline.walls.facts import Portal, Through, Wall
from harborline.walls.tables import Table

OWNER = "hl_owner"
APP = "hl_app"
SEQUENCER = "hl_sequencer"
AUDITOR = "hl_auditor"
BACKUP = "hl_backup"
LOOKUP = "hl_lookup"

# Each setting is asked once for a statement, not once for a row, hence the sub-selects.
_PROGRAM = "program = (SELECT current_setting('harborline.program', true))"
_COUNTY = (
    "((SELECT current_setting('harborline.counties', true)) = '*'"
    " OR county = ANY ((SELECT string_to_array(current_setting('harborline.counties', true), ','))::text[]))"
)
_AGENCY = "agency = (SELECT current_setting('harborline.agency', true))"

_WALLS = {
    Wall.COUNTY: f"{_PROGRAM} AND {_COUNTY}",
    Wall.PROGRAM: _PROGRAM,
    Wall.AGENCY: _AGENCY,
    Wall.VAULT: f"{_PROGRAM} AND {_COUNTY}",
}

# True for all work but a participant's own session.
_NOT_OWN = "(SELECT coalesce(current_setting('harborline.person', true), '') = '')"
_PERSON = "(SELECT nullif(current_setting('harborline.person', true), ''))::uuid"
_PARTICIPANTS = "ANY ((SELECT string_to_array(current_setting('harborline.participants', true), ','))::uuid[])"
_CASES = "ANY ((SELECT string_to_array(current_setting('harborline.cases', true), ','))::uuid[])"

_OWN = {
    Portal.PERSON: f"id = {_PERSON}",
    Portal.PERSONS: f"person_id = {_PERSON}",
    Portal.PARTICIPANT: f"participant_id = {_PARTICIPANTS}",
    Portal.CASE: f"id = {_CASES}",
    Portal.CASES: f"case_id = {_CASES}",
}

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION harborline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
"""

# The app may not own tables, so it may not ANALYZE them; after a bulk import it must, or every plan is a guess.
STATISTICS_FUNCTION = """
CREATE OR REPLACE FUNCTION harborline_refresh_statistics(room text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found text;
BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE room || '\\_%' LOOP
    EXECUTE format('ANALYZE %I', found);
  END LOOP;
END $$;
"""


def wall_statements(table: Table) -> list[str]:
    """Row-level security of one protected table: a restrictive wall, a permissive door inside it."""
    if not table.protected:
        return []
    wall = _WALLS[table.wall]
    name = table.name
    # What a new row names must be in its writer's sight: what is elsewhere is refused like what is nowhere.
    new = wall + "".join(
        f" AND EXISTS (SELECT 1 FROM {target} seen WHERE seen.id = {name}.{column}_id)"
        for column, target in table.seen_keys
    )
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        *_policy(name, "hl_wall", f"AS RESTRICTIVE FOR ALL TO {APP}, {AUDITOR} USING ({wall}) WITH CHECK ({new})"),
        *_policy(name, "hl_inside", f"AS PERMISSIVE FOR ALL TO {APP} USING ({wall}) WITH CHECK ({wall})"),
        *_policy(name, "hl_audit", f"AS PERMISSIVE FOR SELECT TO {AUDITOR} USING ({wall})"),
        *_own_policies(table),
        *_policy(name, "hl_lookup", f"AS PERMISSIVE FOR SELECT TO {LOOKUP} USING (true)"),
        *_policy(name, "hl_migrations", f"AS PERMISSIVE FOR ALL TO {OWNER} USING (true) WITH CHECK (true)"),
    ]


def _own_policies(table: Table) -> list[str]:
    """In a participant's own session: what is theirs, or nothing; restrictive, so nothing beside it opens more."""
    seen, added, changed = _own_rows(table)
    # One policy for each thing that may be done: one for ALL would judge what is added by what may be seen.
    return [
        *_policy(table.name, "hl_own", f"AS RESTRICTIVE FOR SELECT TO {APP} USING ({seen})"),
        *_policy(table.name, "hl_own_added", f"AS RESTRICTIVE FOR INSERT TO {APP} WITH CHECK ({added})"),
        *_policy(
            table.name,
            "hl_own_changed",
            f"AS RESTRICTIVE FOR UPDATE TO {APP} USING ({changed}) WITH CHECK ({changed})",
        ),
        *_policy(table.name, "hl_own_removed", f"AS RESTRICTIVE FOR DELETE TO {APP} USING ({changed})"),
    ]


def _own_rows(table: Table) -> tuple[str, str, str]:
    """Which rows a participant's session sees, may add, may change; everybody else passes."""
    match table.portal:
        case Through(column, other):
            rows = f"{_NOT_OWN} OR {column} IN (SELECT id FROM {other})"
            return rows, rows, rows
        case Portal.STAFF:
            return _NOT_OWN, _NOT_OWN, _NOT_OWN
        case Portal.NOTES:
            return _NOT_OWN, "true", _NOT_OWN
        case Portal.WORDS:
            return "true", _NOT_OWN, _NOT_OWN
        case kind:
            rows = f"{_NOT_OWN} OR {_OWN[kind]}"
            return rows, rows, rows


def _policy(table: str, name: str, body: str) -> list[str]:
    return [f"DROP POLICY IF EXISTS {name} ON {table}", f"CREATE POLICY {name} ON {table} {body}"]


def grant_statements(table: Table) -> list[str]:
    """What each role may do with one table; nothing is left to PUBLIC."""
    name = table.name
    app = table.grants.get(APP) or _rights(table)
    statements = [
        f"REVOKE ALL ON {name} FROM PUBLIC, {APP}, {SEQUENCER}, {AUDITOR}, {LOOKUP}, {BACKUP}",
        f"GRANT {app} ON {name} TO {APP}",
        f"GRANT SELECT ON {name} TO {LOOKUP}, {BACKUP}",
    ]
    if table.wall is Wall.LEDGER:
        statements.append(f"GRANT SELECT ON {name} TO {AUDITOR}")
    others = {role: rights for role, rights in table.grants.items() if role != APP}
    return statements + [f"GRANT {rights} ON {name} TO {role}" for role, rights in others.items()]


def _rights(table: Table) -> str:
    if table.wall is Wall.VAULT:
        return "INSERT"
    if table.append_only:
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE" if table.stays else "SELECT, INSERT, UPDATE, DELETE"


def append_only_statements(table: Table) -> list[str]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE whoever asks (superusers excepted: threats)."""
    if not table.append_only:
        return []
    name = table.name
    return [
        f"DROP TRIGGER IF EXISTS hl_append_only ON {name}",
        (
            f"CREATE TRIGGER hl_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} FOR EACH STATEMENT"
            " EXECUTE FUNCTION harborline_append_only()"
        ),
    ]


def composite_key_statements(table: Table) -> list[str]:
    """Foreign keys that carry program and county, so that no row can point across a wall.

    The id comes first: an index that begins with the program would tempt PostgreSQL to walk a whole program, since
    every statement carries the wall's own condition on it.
    """
    statements = []
    for column, target in table.composite_keys:
        unique = f"{target}_wall_key"
        foreign = f"{table.name}_{column}_wall_fk"
        statements += [
            _if_absent(unique, f"ALTER TABLE {target} ADD CONSTRAINT {unique} UNIQUE (id, county, program)"),
            _if_absent(
                foreign,
                f"ALTER TABLE {table.name} ADD CONSTRAINT {foreign} FOREIGN KEY ({column}_id, county, program)"
                f" REFERENCES {target} (id, county, program) DEFERRABLE INITIALLY IMMEDIATE",
            ),
        ]
    return statements


def _if_absent(constraint: str, statement: str) -> str:
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{constraint}'"
        f" AND connamespace = current_schema()::regnamespace) THEN {statement}; END IF; END $do$"
    )


def statements(tables: Iterable[Table]) -> list[str]:
    """Everything, in the order in which it must run."""
    listed = list(tables)
    made = [
        APPEND_ONLY_FUNCTION,
        STATISTICS_FUNCTION,
        "REVOKE ALL ON FUNCTION harborline_refresh_statistics(text) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION harborline_refresh_statistics(text) TO {APP}",
    ]
    for make in (grant_statements, wall_statements, append_only_statements, composite_key_statements):
        for table in listed:
            made += make(table)
    made.append(f"GRANT USAGE ON SCHEMA public TO {APP}, {SEQUENCER}, {AUDITOR}, {BACKUP}, {LOOKUP}")
    made.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SEQUENCER}")
    made.append(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}")
    return made

"""Apply the walls after a migration, and refuse to serve without them."""

from __future__ import annotations

from importlib import import_module, util
from typing import Any

from django.apps import apps
from django.db import connections

from harborline.kernel import Broken
from harborline.walls.sql import APP, LOOKUP, OWNER, statements
from harborline.walls.tables import tables


def apply_walls(using: str = "migrator") -> int:
    """Put up every policy, grant, trigger, composite key and oracle; idempotent. Answers the number of statements.

    Runs as the owner's migration login. Tables of a library that is not installed are left out.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        present = {row[0] for row in cursor.fetchall()}
        unknown = present - {table.name for table in tables()}
        if unknown:
            raise Broken(f"tables without a classification: {', '.join(sorted(unknown))}")
        made = statements(table for table in tables() if table.name in present)
        for statement in made:
            cursor.execute(statement)
        oracles = _apply_oracles(cursor)
    return len(made) + oracles


def _apply_oracles(cursor: Any) -> int:  # noqa: ANN401 - Django's cursor wrapper has no public type
    count = 0
    cursor.execute(f"GRANT CREATE ON SCHEMA public TO {LOOKUP}")
    for statement in oracle_statements():
        cursor.execute(f"SET ROLE {LOOKUP}")
        cursor.execute(statement)
        cursor.execute(f"SET ROLE {OWNER}")
        count += 1
    cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {LOOKUP}")
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner"
        f" WHERE r.rolname = '{LOOKUP}'"
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"SET ROLE {LOOKUP}")
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        # One whose name ends so is for the other functions alone.
        if signature.partition("(")[0].endswith("_inside"):
            cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM {APP}")
        else:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}")
        cursor.execute(f"SET ROLE {OWNER}")
    return count


def oracle_statements() -> list[str]:
    """The `oracles` of every room: functions that look across counties and answer yes or no."""
    found: list[str] = []
    for application in apps.get_app_configs():
        if not application.name.startswith("harborline."):
            continue
        name = f"{application.name}.oracles"
        if util.find_spec(name) is not None:
            found += import_module(name).oracles
    return found


def check_role(using: str = "default") -> None:
    """Refuse to serve with a login that could pass the walls (`check_login`), or behind a missing wall.

    Raises `Broken` with the remedy. Source: OFFSET-8.2:systems-controls.
    """
    check_login(using)
    with connections[using].cursor() as cursor:
        missing = missing_walls(cursor)
    if missing:
        raise Broken(f"tables without their walls: {', '.join(missing)}. Run `harborline migrate`.")


def check_login(using: str = "default") -> None:
    """Refuse a superuser, a BYPASSRLS role, an owner of tables or a member of the owner; needs no table to exist."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, superuser, bypass = cursor.fetchone()
        if superuser or bypass:
            what = "a superuser" if superuser else "a role with BYPASSRLS"
            raise Broken(f"the database role {name} is {what}: row-level security would not hold. {_REMEDY}")
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        if cursor.fetchone()[0]:
            raise Broken(f"the database role {name} owns tables: it could take the walls down. {_REMEDY}")
        _check_owner_membership(cursor, name)


def _check_owner_membership(cursor: Any, name: str) -> None:  # noqa: ANN401 - as above
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}')")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(f"SELECT pg_has_role(current_user, '{OWNER}', 'MEMBER')")
    if cursor.fetchone()[0]:
        raise Broken(f"the database role {name} is a member of {OWNER}. {_REMEDY}")


_REMEDY = "Serve with the login of the app role (hl_app); `harborline database roles` prints the SQL that makes it."


def missing_walls(cursor: Any) -> list[str]:  # noqa: ANN401 - as above
    """Protected tables that lack forced row-level security or one of the app's policies, by name."""
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
        " array(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid)"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    )
    state = {name: (forced, set(policies)) for name, forced, policies in cursor.fetchall()}
    wanted = {"hl_wall", "hl_inside", "hl_own", "hl_own_added", "hl_own_changed", "hl_own_removed"}
    return [
        table.name
        for table in tables()
        if table.protected and table.name in state and not (state[table.name][0] and wanted <= state[table.name][1])
    ]

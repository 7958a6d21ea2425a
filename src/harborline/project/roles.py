"""The roles of the database, as SQL: for the embedded cluster and for a server of one's own."""

from __future__ import annotations

from collections.abc import Mapping

# LOGIN roles get a password; the others own objects or functions and cannot sign in.
LOGINS = ("hl_migrate", "hl_app", "hl_sequencer", "hl_auditor", "hl_backup")
_ATTRIBUTES = {
    "hl_owner": "NOLOGIN NOSUPERUSER NOBYPASSRLS",
    "hl_lookup": "NOLOGIN NOSUPERUSER NOBYPASSRLS",
    "hl_migrate": "LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT",
    "hl_app": "LOGIN NOSUPERUSER NOBYPASSRLS",
    "hl_sequencer": "LOGIN NOSUPERUSER NOBYPASSRLS",
    "hl_auditor": "LOGIN NOSUPERUSER NOBYPASSRLS",
    "hl_backup": "LOGIN NOSUPERUSER BYPASSRLS",
}


def role_statements(passwords: Mapping[str, str]) -> list[str]:
    """SQL that makes or mends every role; `passwords` maps each login role to its password."""
    made = [_role(name, attributes, passwords.get(name)) for name, attributes in _ATTRIBUTES.items()]
    # A frozen dispatcher must not keep its lease locked for ever: its transaction ends, and a standby takes over.
    patience = "ALTER ROLE hl_app SET idle_in_transaction_session_timeout = '30s'"
    return [*made, "GRANT hl_owner, hl_lookup TO hl_migrate", "GRANT hl_lookup TO hl_owner", patience]


def _role(name: str, attributes: str, password: str | None) -> str:
    secret = " PASSWORD '{}'".format(password.replace("'", "''")) if password else ""
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}')"
        f" THEN CREATE ROLE {name} {attributes}{secret}; ELSE ALTER ROLE {name} {attributes}{secret}; END IF; END $do$"
    )


def database_statements(name: str) -> list[str]:
    """SQL that makes the database, owned by the owner role and closed to everybody else. Not in a transaction."""
    return [f"CREATE DATABASE {name} OWNER hl_owner TEMPLATE template0 ENCODING 'UTF8'"]


def closing_statements(name: str) -> list[str]:
    """SQL to run inside the new database: nothing for PUBLIC, connection for the logins only."""
    logins = ", ".join(LOGINS)
    return [
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {logins}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER SCHEMA public OWNER TO hl_owner",
        f"GRANT USAGE ON SCHEMA public TO {logins}, hl_lookup",
    ]

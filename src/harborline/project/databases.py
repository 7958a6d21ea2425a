"""Which database serves, and with which login each part of the product reaches it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from harborline.adapters.keys.files import write_once
from harborline.kernel import Invalid
from harborline.project.home import home
from harborline.project.roles import LOGINS

ADMIN = "hl_admin"
ROOT_STATE = Path("/var/lib/harborline")
LONGEST_SOCKET_DIRECTORY = 90
_FILE = "database.json"
APP, MIGRATE, SEQUENCER, BACKUP = "hl_app", "hl_migrate", "hl_sequencer", "hl_backup"
_VARIABLES = {
    APP: "HARBORLINE_DATABASE_URL",
    MIGRATE: "HARBORLINE_MIGRATE_URL",
    SEQUENCER: "HARBORLINE_SEQUENCER_URL",
    BACKUP: "HARBORLINE_BACKUP_URL",
    ADMIN: "HARBORLINE_RESTORE_URL",
}


@dataclass(frozen=True, slots=True)
class Login:
    """How one role reaches the database."""

    host: str
    port: int
    name: str
    role: str
    password: str
    options: dict[str, str]

    def dsn(self) -> str:
        """A libpq connection string; holds the password, never log it."""
        parts = {
            "host": self.host,
            "port": str(self.port),
            "dbname": self.name,
            "user": self.role,
            "password": self.password,
            **self.options,
        }
        return " ".join(f"{key}={_quoted(value)}" for key, value in parts.items() if value)

    def django(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - Django takes any option
        """One entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.name,
            "USER": self.role,
            "PASSWORD": self.password,
            "OPTIONS": {**self.options, **options},
            "ATOMIC_REQUESTS": False,
            "CONN_HEALTH_CHECKS": True,
        }


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def embedded() -> bool:
    """Whether the embedded PostgreSQL serves: no `HARBORLINE_DATABASE_URL` is set."""
    return not os.environ.get(_VARIABLES[APP])


def login(role: str) -> Login:
    """The login of a role; raises `Invalid` naming the variable that is missing for a server of one's own."""
    if embedded():
        return _embedded_login(role)
    variable = _VARIABLES[role]
    url = os.environ.get(variable)
    if not url:
        raise Invalid(f"set {variable} too: with a server of your own each role has its own login", variable)
    return parsed(url, variable)


def parsed(url: str, where: str) -> Login:
    """A `postgresql://user:password@host:port/name?option=value` address; raises `Invalid` without showing it."""
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    if parts.scheme not in ("postgresql", "postgres") or not name or not parts.username:
        raise Invalid("must look like postgresql://role:password@host:5432/name", where)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return Login(host, parts.port or 5432, name, unquote(parts.username), unquote(parts.password or ""), options)


def cluster() -> dict[str, Any]:
    """Socket directory and role passwords of the embedded cluster (mode 0600), thought up on first use.

    They exist before the cluster does, so that settings never load without them. The socket's directory is named by
    a mark of this home: a home made anew in the same place never meets the cluster of the old one.
    """
    path = home() / "keys" / _FILE
    if not path.exists():
        new_cluster({})
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def new_cluster(passwords: Mapping[str, str]) -> None:
    """Think up a new mark, and passwords for the roles that `passwords` has none of; others may have done so before."""
    made = {role: secrets.token_urlsafe(24) for role in (ADMIN, *LOGINS)}
    known = {"socket": str(_socket_directory(secrets.token_hex(5))), "passwords": {**made, **passwords}}
    write_once(home() / "keys" / _FILE, json.dumps(known).encode())


def kept_passwords(keys: Path) -> dict[str, str]:
    """The passwords of the roles in another key directory; none where the database was a server of one's own."""
    path = keys / _FILE
    found: dict[str, str] = json.loads(path.read_text())["passwords"] if path.exists() else {}
    return found


def _socket_directory(mark: str) -> Path:
    if os.geteuid() == 0:
        return ROOT_STATE / mark / "socket"
    wanted = home() / "socket"
    # A socket's whole path may be 107 bytes (sun_path in unix(7)).
    if len(str(wanted)) < LONGEST_SOCKET_DIRECTORY:
        return wanted
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))  # noqa: S108 - made 0700 and owned by us when started
    return runtime / f"harborline-{os.geteuid()}-{mark}"


def _embedded_login(role: str) -> Login:
    known = cluster()
    name = os.environ.get("HARBORLINE_DATABASE_NAME", "harborline")
    return Login(known["socket"], 5432, name, role, known["passwords"].get(role, ""), {})

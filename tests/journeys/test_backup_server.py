"""Backups with a PostgreSQL server of one's own: an older one than the programs that dump and restore."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.journeys.test_backup import Home

from harborline.project.backup.scratch import NAME, Scratch, scratch_place
from harborline.project.cluster import initialise, run_server
from harborline.project.databases import ADMIN
from harborline.project.embedded import make_database
from harborline.project.roles import LOGINS

OLDER = Path("/usr/lib/postgresql/15/bin")
URLS = {
    "HARBORLINE_DATABASE_URL": "hl_app",
    "HARBORLINE_SEQUENCER_URL": "hl_sequencer",
    "HARBORLINE_MIGRATE_URL": "hl_migrate",
    "HARBORLINE_BACKUP_URL": "hl_backup",
    "HARBORLINE_RESTORE_URL": ADMIN,
}


class ServedHome(Home):
    """An installation whose database is a server's."""

    def __init__(self, path: Path, server: Scratch) -> None:
        super().__init__(path)
        self._server = server

    def environment(self) -> dict[str, str]:
        """With the address of each role."""
        socket, passwords = self._server.place.socket, self._server.passwords
        urls = {name: f"postgresql://{role}:{passwords[role]}@/{NAME}?host={socket}" for name, role in URLS.items()}
        return super().environment() | urls


@pytest.fixture
def server() -> Iterator[Scratch]:
    """PostgreSQL 15 with the product's roles and an empty database."""
    passwords = {role: secrets.token_hex(12) for role in (ADMIN, *LOGINS)}
    with scratch_place() as place:
        older = replace(place, binaries=OLDER)
        initialise(older, passwords[ADMIN])
        run_server(older)
        made = Scratch(older, passwords)
        make_database(made.connect, NAME, passwords)
        yield made


@pytest.mark.peer(str(OLDER / "postgres"))
class TestAServerOfOnesOwn:
    """`HARBORLINE_BACKUP_URL` and `HARBORLINE_RESTORE_URL`."""

    def test_is_backed_up_checked_and_restored(self, server: Scratch, tmp_path: Path) -> None:
        """Into a database that was dropped and made anew; a database with tables is left alone."""
        home = ServedHome(tmp_path / "home", server)
        home.path.mkdir(mode=0o700)
        home.command("migrate")
        sets, key = tmp_path / "sets", tmp_path / "recovery.key"
        home.command("backup", "--to", str(sets))
        assert "a server of your own has pg_basebackup" in home.command("backup", "--to", str(sets), "--base", code=2)
        assert "whole" in home.command("restore", "--check", str(sets))
        shutil.copy(home.path / "recovery.key", key)
        again = ServedHome(tmp_path / "again", server)
        again.path.mkdir(mode=0o700)
        arguments = ("restore", "--from", str(sets), "--recovery-key", str(key), "--json")
        assert "has tables already" in again.command(*arguments, code=2)
        assert not (again.path / "keys").exists()
        with server.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME} OWNER hl_owner TEMPLATE template0")
        assert json.loads(again.command(*arguments))["held"] == ["mn-wic", "nc-css"]
        assert "role and walls in order" in again.command("check")
        assert "sending is held" in again.command("recovery", "status", "--program", "mn-wic")

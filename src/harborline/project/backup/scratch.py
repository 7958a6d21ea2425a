"""A PostgreSQL cluster for one look, in a place of its own, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from harborline.project.cluster import Place, initialise, own, place_for, run_server, shut_down
from harborline.project.databases import ADMIN, ROOT_STATE, Login
from harborline.project.embedded import make_database
from harborline.project.roles import LOGINS

NAME = "harborline"


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where a scratch cluster is, and the passwords of its roles."""

    place: Place
    passwords: dict[str, str]

    def login(self, name: str = NAME, role: str = ADMIN) -> Login:
        """How to reach it."""
        return Login(str(self.place.socket), 5432, name, role, self.passwords[role], {})

    def connect(self, name: str = NAME) -> psycopg.Connection[Any]:
        """A connection of its administrator."""
        return psycopg.connect(self.login(name).dsn(), autocommit=True)


@contextmanager
def scratch_place() -> Iterator[Place]:
    """Two directories that the account of a server can reach, gone afterwards, whatever happened."""
    if os.geteuid() == 0:
        ROOT_STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
        directory = Path(tempfile.mkdtemp(prefix="scratch-", dir=ROOT_STATE))
        directory.chmod(0o755)
    else:
        # A socket's path may not be long, so this is not under the home.
        directory = Path(tempfile.mkdtemp(prefix="harborline-", dir=os.environ.get("XDG_RUNTIME_DIR")))
    place = place_for(directory / "data", directory / "socket")
    try:
        yield place
    finally:
        shut_down(place)
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def empty_database() -> Iterator[Scratch]:
    """A running cluster with the product's roles and an empty database."""
    passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, *LOGINS)}
    with scratch_place() as place:
        initialise(place, passwords[ADMIN])
        run_server(place)
        scratch = Scratch(place, passwords)
        make_database(scratch.connect, NAME, passwords)
        yield scratch


@contextmanager
def running_copy(place: Place, passwords: dict[str, str]) -> Iterator[Scratch]:
    """A cluster whose data directory was filled from a base backup: started, its WAL replayed."""
    own(place, place.data)
    run_server(place)
    yield Scratch(place, passwords)

"""A log of its own for each test, and the context in which its records are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from harborline.ledger import services
from harborline.ledger.checkpoint import Checkpoint, verified
from harborline.ledger.integrating import current_epoch
from harborline.ledger.keyfile import signing_key
from harborline.ledger.published import Directory
from harborline.ledger.sequencer import Sequencer
from harborline.ledger.verifier import Verified, verify_log
from harborline.project import databases
from harborline.project.embedded import admin_connection
from harborline.walls import ALL_COUNTIES, Actor, acting

ORIGIN = "localhost:8000/log"
CORA = Actor("worker", "cora")


@dataclass(frozen=True)
class Installation:
    """The place of one log and the way to its database."""

    dsn: str
    log_dir: Path
    key_file: Path

    @property
    def directory(self) -> Directory:
        """The published log."""
        return Directory(self.log_dir)

    def sequencer(self, connection: psycopg.Connection[Any]) -> Sequencer:
        """A sequencer over this connection."""
        return Sequencer(connection, self.directory, self.key_file, current_epoch(connection, ORIGIN))

    def sequence(self) -> Checkpoint | None:
        """Integrate and publish all that waits, as a sequencer that starts now."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return self.sequencer(connection).catch_up()

    def verify(self, older: bytes | None = None) -> Verified:
        """Verify the published log."""
        return verify_log(self.directory, signing_key(self.key_file, ORIGIN).verifier, older=older)

    def published(self) -> Checkpoint:
        """The published checkpoint."""
        return verified(self.directory.read("checkpoint"), signing_key(self.key_file, ORIGIN).verifier)


@pytest.fixture
def installation(committed: None, tmp_path: Path) -> Iterator[Installation]:
    """A database that commits, and an empty log."""
    yield Installation(databases.login(databases.SEQUENCER).dsn(), tmp_path / "log", tmp_path / "keys" / "ledger.key")
    services.forget_origin()


@pytest.fixture
def record_some() -> Callable[[int], list[object]]:
    """Record so many entries and commit them."""

    def made(count: int) -> list[object]:
        with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
            entries = [(f"participant:{number}", {"number": number}) for number in range(count)]
            return list(services.append_many("consent.permission-recorded", entries))

    return made


@pytest.fixture
def as_owner() -> Callable[[str], None]:
    """Do something to the database that nobody may: as its superuser, past every trigger."""

    def done(statement: str) -> None:
        with admin_connection("harborline") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)

    return done

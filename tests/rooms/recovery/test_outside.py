"""The published log held against the tables: what a restore behind our back looks like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from harborline.ledger import services
from harborline.ledger.integrating import Integrator, current_epoch
from harborline.ledger.published import Directory
from harborline.ledger.sequencer import Sequencer
from harborline.project import databases
from harborline.project.backup.registers import PublishedOutside
from harborline.project.embedded import admin_connection
from harborline.recovery.facts import LogFacts
from harborline.walls import ALL_COUNTIES, Actor, acting

ORIGIN = "localhost:8000/log"
TREE = "ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head"


def record(number: int) -> None:
    """So many entries."""
    with acting(Actor("worker", "cora"), program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
        for place in range(number):
            services.record("consent.withdrawn", subject="participant:ana", content={"place": place})


class Log:
    """A published log of its own."""

    def __init__(self, place: Path) -> None:
        self.directory, self.key_file = place / "log", place / "keys" / "ledger.key"
        self.key_file.parent.mkdir()

    def publish(self) -> None:
        """As a sequencer that starts now."""
        dsn = databases.login(databases.SEQUENCER).dsn()
        with psycopg.connect(dsn, autocommit=True) as connection:
            epoch = current_epoch(connection, ORIGIN)
            Sequencer(connection, Directory(self.directory), self.key_file, epoch).catch_up()

    def facts(self) -> LogFacts:
        """How it stands beside the tables."""
        return PublishedOutside(self.directory, self.key_file).facts(1)


@pytest.fixture
def log(committed: None, tmp_path: Path) -> Iterator[Log]:
    """Three hundred entries, published."""
    made = Log(tmp_path)
    record(300)
    made.publish()
    yield made
    services.forget_origin()


def integrate() -> None:
    """Into the tree, and not published: nobody looks."""
    dsn = databases.login(databases.SEQUENCER).dsn()
    with psycopg.connect(dsn, autocommit=True) as connection:
        Integrator(connection, current_epoch(connection, ORIGIN)).integrate()


def set_back() -> None:
    """The tables are those of before the first entry."""
    with admin_connection("harborline") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {TREE}")


class TestThePublishedLog:
    """Beside the tables."""

    def test_tells_the_same_on_an_ordinary_day(self, log: Log) -> None:
        """Also when the tables are ahead by what is not published yet."""
        assert log.facts() == LogFacts(300, 300, True, 1, 1)  # noqa: FBT003 - its fields in their order
        record(20)
        integrate()
        assert (log.facts().in_tables, log.facts().published, log.facts().one_history) == (320, 300, True)

    def test_is_longer_than_tables_that_were_set_back(self, log: Log) -> None:
        """Shorter tables, or none."""
        set_back()
        assert (log.facts().in_tables, log.facts().published) == (0, 300)

    def test_is_another_history_than_tables_that_took_another_course(self, log: Log) -> None:
        """Even when they have grown longer since."""
        set_back()
        record(310)
        integrate()
        assert (log.facts().in_tables, log.facts().one_history) == (310, False)

    def test_that_was_lost_is_replaced_by_the_last_signature(self, log: Log) -> None:
        """It lies beside the key, apart from the log's directory."""
        (log.directory / "checkpoint").unlink()
        assert log.facts().published == 300
        set_back()
        assert (log.facts().in_tables, log.facts().published) == (0, 300)

    def test_with_a_later_life_than_the_tables_know_is_longer(self, log: Log) -> None:
        """A dump of before the last restore, restored again."""
        later = log.directory / "2"
        later.mkdir()
        (later / "checkpoint").write_text(f"{ORIGIN}/2\n7\nAAAA\n\n")
        assert (log.facts().in_tables, log.facts().published) == (300, 307)

    def test_of_another_machine_says_nothing(self, log: Log, tmp_path: Path) -> None:
        """A web server without the log's directory does not take it for lost."""
        elsewhere = PublishedOutside(tmp_path / "none", tmp_path / "none.key")
        assert (elsewhere.facts(1).published, elsewhere.facts(1).one_history) == (0, True)

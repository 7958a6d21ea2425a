"""The sequencer: no gap, no fork, no lost entry, nothing signed that was not checked, whatever happens to it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from harborline.kernel import Broken
from harborline.ledger import services
from harborline.ledger.integrating import Integrator, current_epoch
from harborline.ledger.keyfile import signing_key
from harborline.ledger.models import Entry, Leaf, Pending, SignedCheckpoint
from harborline.ledger.sequencer import catch_up, run_sequencer
from harborline.walls import ALL_COUNTIES, acting

from .conftest import CORA, ORIGIN, Installation

Record = Callable[[int], list[uuid.UUID]]
PROGRAM = Path(__file__).with_name("killed_at.py")
SEED = 20261121
# About as many steps as one life has: statements, files and the kept signature, before, within and after each.
STEPS = 85


def wait_until(true: Callable[[], bool], timeout_s: float = 20) -> None:
    """Return when it is so; fail when it does not become so in time."""
    until = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


class TestPublishing:
    """From recorded to signed."""

    def test_of_an_empty_log_begins_with_a_checkpoint(self, installation: Installation) -> None:
        """So that anybody can hold us to the beginning."""
        assert installation.sequence() is not None
        assert installation.verify().entries == 0

    def test_holds_every_entry_in_order_at_every_growth(self, installation: Installation, record_some: Record) -> None:
        """Each checkpoint continues the one before."""
        ids: list[uuid.UUID] = []
        older: bytes | None = None
        for count in (1, 254, 1, 1, 300, 0, 700):
            ids += record_some(count)
            installation.sequence()
            found = installation.verify(older)
            assert found.entries == found.named == len(ids)
            older = installation.directory.read("checkpoint")
        order = list(Leaf.objects.order_by("seq").values_list("number", flat=True))
        known = dict(Entry.objects.values_list("number", "entry_id"))
        assert [known[number] for number in order] == ids
        assert Pending.objects.count() == 0

    def test_is_done_once_for_the_same_tree(self, installation: Installation, record_some: Record) -> None:
        """Nothing new, nothing signed."""
        record_some(3)
        assert installation.sequence() is not None
        assert installation.sequence() is None
        assert SignedCheckpoint.objects.count() == 1

    def test_removes_partial_files_once_the_full_one_is_there(
        self, installation: Installation, record_some: Record
    ) -> None:
        """The published form allows it, and the directory stays small."""
        record_some(200)
        installation.sequence()
        record_some(100)
        installation.sequence()
        names = {path.name for path in (installation.log_dir / "tile" / "0").iterdir()}
        assert names == {"000", "001.p"}

    def test_finds_what_was_committed_late(self, installation: Installation, record_some: Record) -> None:
        """An entry numbered early but committed late is not lost, below the low-water mark or not."""
        begun, go = threading.Event(), threading.Event()

        def slow() -> None:
            with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
                services.record("consent.withdrawn", subject="participant:ana", content={"late": True})
                begun.set()
                go.wait(20)
            connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(slow)
            begun.wait(20)
            for _ in range(3):
                record_some(2)
                installation.sequence()
            assert Leaf.objects.count() == 6
            go.set()
            waiting.result(20)
        installation.sequence()
        assert Leaf.objects.count() == 7
        assert installation.verify().entries == 7

    def test_moves_its_mark_only_past_what_has_ended(self, installation: Installation, record_some: Record) -> None:
        """While an older transaction runs, the queue is searched from before it."""
        with (
            psycopg.connect(installation.dsn, autocommit=True) as connection,
            psycopg.connect(installation.dsn) as older,
        ):
            integrator = Integrator(connection, current_epoch(connection, ORIGIN))
            older.execute("SELECT pg_current_xact_id()")
            marks: list[int] = []
            for step in range(5):
                if step == 3:
                    older.commit()
                record_some(1)
                assert integrator.integrate() == 1
                row = connection.execute("SELECT low_water FROM ledger_head").fetchone()
                marks.append(row[0] if row else -1)
        assert marks[:3] == [0, 0, 0]
        assert marks[4] > 0


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
@pytest.mark.clause("CA-CSS-03-11:safeguards", shows="keeps")
class TestSigning:
    """What the sequencer refuses to sign."""

    @pytest.fixture(autouse=True)
    def published(self, installation: Installation, record_some: Record) -> bytes:
        """Three hundred entries are published, then ten more recorded."""
        record_some(300)
        installation.sequence()
        record_some(10)
        return installation.directory.read("checkpoint")

    def test_is_refused_when_an_entry_was_changed(
        self, installation: Installation, as_owner: Callable[[str], None], published: bytes
    ) -> None:
        """One bit in the database, found before it is signed, and its place named."""
        as_owner(
            "UPDATE ledger_entry SET leaf = set_byte(leaf, 60, get_byte(leaf, 60) # 1)"
            " WHERE number = (SELECT max(number) - 3 FROM ledger_entry)"
        )
        with pytest.raises(Broken, match="place 306"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == published
        assert SignedCheckpoint.objects.count() == 1

    def test_is_refused_when_an_entry_was_deleted(
        self, installation: Installation, as_owner: Callable[[str], None], published: bytes
    ) -> None:
        """A missing row is a gap in the log."""
        as_owner("DELETE FROM ledger_entry WHERE number = (SELECT max(number) FROM ledger_entry)")
        with pytest.raises(Broken, match="missing"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == published

    def test_is_refused_when_the_database_was_set_back(
        self, installation: Installation, as_owner: Callable[[str], None], published: bytes
    ) -> None:
        """A restored database is behind what was published."""
        as_owner("TRUNCATE ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head")
        with pytest.raises(Broken, match="set back"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == published

    def test_is_refused_when_the_database_took_another_course(
        self,
        installation: Installation,
        as_owner: Callable[[str], None],
        record_some: Record,
        published: bytes,
    ) -> None:
        """As long as what was published, or longer, but not the same: a fork."""
        as_owner("TRUNCATE ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head")
        record_some(300)
        with pytest.raises(Broken, match="set back"):
            installation.sequence()
        assert Leaf.objects.count() == 0
        for more in (0, 20):
            record_some(more)
            with psycopg.connect(installation.dsn, autocommit=True) as connection:
                Integrator(connection, current_epoch(connection, ORIGIN)).integrate()
            with pytest.raises(Broken, match="different histories"):
                installation.sequence()
            assert installation.directory.read("checkpoint") == published

    def test_is_refused_when_the_tree_was_changed(
        self, installation: Installation, as_owner: Callable[[str], None], published: bytes
    ) -> None:
        """The stored tree must lead to its own head."""
        as_owner("UPDATE ledger_storedtile SET hashes = set_byte(hashes, 3, 7) WHERE level = 1")
        with pytest.raises(Broken, match="head"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == published

    def test_is_refused_with_the_key_of_another_log(self, installation: Installation) -> None:
        """The key and the database must be of one log."""
        installation.key_file.unlink()
        signing_key(installation.key_file, "another.example/log")
        with pytest.raises(Broken, match="another"):
            catch_up(installation.log_dir, dsn=installation.dsn, key_file=installation.key_file, origin=ORIGIN)


class TestTwoSequencers:
    """One works, one waits."""

    def test_never_work_at_once(self, installation: Installation, record_some: Record) -> None:
        """The standby takes over when the first stops; the log is whole all the while."""
        stops = [threading.Event(), threading.Event()]
        with ThreadPoolExecutor(2) as pool:
            running = [
                pool.submit(
                    run_sequencer,
                    stop,
                    installation.log_dir,
                    dsn=installation.dsn,
                    key_file=installation.key_file,
                    origin=ORIGIN,
                    interval_s=0.02,
                )
                for stop in stops
            ]
            record_some(10)
            wait_until(lambda: (installation.log_dir / "checkpoint").exists() and installation.published().size == 10)
            with pytest.raises(Broken, match="another sequencer"):
                catch_up(installation.log_dir, dsn=installation.dsn, key_file=installation.key_file, origin=ORIGIN)
            stops[0].set()
            wait_until(lambda: any(one.done() for one in running))
            record_some(10)
            wait_until(lambda: installation.published().size == 20)
            stops[1].set()
            for one in running:
                one.result(20)
        assert installation.verify().entries == 20

    def test_goes_on_when_its_connection_is_lost(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """The database goes away and comes back."""
        stop = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                run_sequencer,
                stop,
                installation.log_dir,
                dsn=installation.dsn,
                key_file=installation.key_file,
                origin=ORIGIN,
                interval_s=0.02,
            )
            record_some(5)
            wait_until(lambda: (installation.log_dir / "checkpoint").exists() and installation.published().size == 5)
            as_owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hl_sequencer'")
            record_some(5)
            wait_until(lambda: installation.published().size == 10)
            stop.set()
            running.result(20)
        assert installation.verify().entries == 10


class TestAKilledSequencer:
    """SIGKILL at any step, as in a power cut."""

    def run(self, installation: Installation, step: int) -> subprocess.CompletedProcess[str]:
        """One life of a sequencer."""
        return subprocess.run(
            [sys.executable, PROGRAM, installation.log_dir, installation.key_file, ORIGIN, str(step)],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"HARBORLINE_TEST_DSN": installation.dsn},
        )

    def test_leaves_nothing_the_next_cannot_go_on_from(
        self, installation: Installation, record_some: Record, *, soak: bool
    ) -> None:
        """No gap, no fork, no lost entry, no unsigned publication; the files are whole after every death."""
        chosen = random.Random(SEED)
        steps = [1 + number % STEPS for number in range(200)] if soak else chosen.sample(range(1, STEPS), 10)
        recorded, older, killed = 0, None, 0
        for step in steps:
            count = chosen.choice((1, 40, 260))
            record_some(count)
            recorded += count
            killed += self.run(installation, step).returncode == -signal.SIGKILL
            if (installation.log_dir / "checkpoint").exists():
                older = self.promise_kept(installation, older)
        assert self.run(installation, 0).returncode == 0
        self.promise_kept(installation, older)
        assert installation.published().size == recorded == Leaf.objects.count()
        assert killed >= len(steps) // 2

    def promise_kept(self, installation: Installation, older: bytes | None) -> bytes:
        """The published log is whole and continues what was published before."""
        installation.verify(older)
        return installation.directory.read("checkpoint")

"""What becomes of the log when machines, disks, clocks and databases fail: no gap, no fork, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.db.utils import InterfaceError, OperationalError

from harborline.kernel import Broken, Unavailable, clock
from harborline.ledger import backlog, selectors, services
from harborline.ledger.facts import PartState
from harborline.ledger.models import Entry, Leaf, Pending, SignedCheckpoint, Watch
from harborline.ledger.sequencer import catch_up, run_sequencer
from harborline.project import embedded
from harborline.walls import ALL_COUNTIES, acting

from .conftest import CORA, ORIGIN, Installation
from .test_sequencing import wait_until

Record = Callable[[int], list[uuid.UUID]]
PROGRAM = Path(__file__).with_name("leading.py")
SEED = 20261121


def size(installation: Installation) -> int:
    """How many entries are published; -1 for none."""
    return installation.published().size if (installation.log_dir / "checkpoint").exists() else -1


@contextmanager
def at_work(installation: Installation) -> Iterator[threading.Event]:
    """A sequencer in a thread."""
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
        try:
            yield stop
        finally:
            stop.set()
        running.result(30)


def process(installation: Installation) -> subprocess.Popen[bytes]:
    """A sequencer as a process of its own."""
    return subprocess.Popen(
        [sys.executable, PROGRAM, installation.log_dir, installation.key_file, ORIGIN],
        env=os.environ | {"HARBORLINE_TEST_DSN": installation.dsn},
    )


class TestAStandby:
    """A second sequencer."""

    def test_takes_over_from_one_that_was_killed(
        self, installation: Installation, record_some: Record, *, soak: bool
    ) -> None:
        """Two at once, the one at work is killed, again and again: one log, whole."""
        chosen, recorded = random.Random(SEED), 0
        running = [process(installation), process(installation)]
        try:
            for _ in range(40 if soak else 3):
                recorded += len(record_some(chosen.choice((1, 40, 300))))
                wait_until(lambda wanted=recorded: size(installation) == wanted, 40)  # type: ignore[misc]  # bound here
                older = installation.directory.read("checkpoint")
                with psycopg.connect(installation.dsn) as connection:
                    row = connection.execute(
                        "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    ).fetchone()
                assert row == (1,)
                os.kill(running[0].pid, signal.SIGKILL)
                running = [running[1], process(installation)]
                recorded += len(record_some(5))
                wait_until(lambda wanted=recorded: size(installation) == wanted, 40)  # type: ignore[misc]  # as above
                assert installation.verify(older).entries == recorded
        finally:
            for one in running:
                one.kill()
                one.wait()

    def test_waits_while_the_other_is_only_frozen(self, installation: Installation, record_some: Record) -> None:
        """A process that stands still keeps its locks: nobody signs beside it, and it goes on by itself."""
        first = process(installation)
        try:
            record_some(3)
            wait_until(lambda: size(installation) == 3)
            os.kill(first.pid, signal.SIGSTOP)
            with pytest.raises(Broken, match="another sequencer"):
                catch_up(installation.log_dir, dsn=installation.dsn, key_file=installation.key_file, origin=ORIGIN)
            record_some(3)
            os.kill(first.pid, signal.SIGCONT)
            wait_until(lambda: size(installation) == 6)
        finally:
            first.kill()
            first.wait()


class TestAStop:
    """Where signing would be wrong."""

    def test_is_loud(self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]) -> None:
        """The process ends with exit code 4, and the standing says why and since when, until it is mended."""
        record_some(5)
        installation.sequence()
        as_owner("UPDATE ledger_entry SET leaf = set_byte(leaf, 60, get_byte(leaf, 60) # 1) WHERE number > 0")
        record_some(2)
        stopping = process(installation)
        try:
            assert stopping.wait(30) == 4
        finally:
            stopping.kill()
        known = selectors.standing()
        assert "not what was recorded" in known.stopped
        assert known.stopped_at is not None
        as_owner("UPDATE ledger_entry SET leaf = set_byte(leaf, 60, get_byte(leaf, 60) # 1) WHERE number > 0")
        broken = Entry.objects.order_by("-number")[:2]
        as_owner(
            "UPDATE ledger_entry SET leaf = set_byte(leaf, 60, get_byte(leaf, 60) # 1)"
            f" WHERE number IN ({', '.join(str(one.number) for one in broken)})"
        )
        with at_work(installation):
            wait_until(lambda: not selectors.standing().stopped)

    def test_signs_nothing_on_the_way(self, installation: Installation, record_some: Record) -> None:
        """A file of our own last signature that was bent stops it before anything is touched."""
        record_some(5)
        installation.sequence()
        path = installation.key_file.with_suffix(".signed")
        path.write_bytes(path.read_bytes().replace(b"\n5\n", b"\n4\n"))
        record_some(5)
        with pytest.raises(Broken, match="signed last"):
            installation.sequence()
        assert (size(installation), SignedCheckpoint.objects.count(), Leaf.objects.count()) == (5, 1, 5)

    def test_outlives_the_loss_of_the_logs_directory(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """Our own last signature stands beside the key: a database that was set back is still found out."""
        record_some(300)
        installation.sequence()
        for path in sorted(installation.log_dir.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        assert installation.sequence() is not None
        assert installation.verify().entries == 300
        as_owner("TRUNCATE ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head")
        for path in sorted(installation.log_dir.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        record_some(10)
        with pytest.raises(Broken, match="signed last has 300 entries"):
            installation.sequence()


class TestAFullDisk:
    """ENOSPC from the kernel, file by file."""

    @pytest.fixture
    def older(self, installation: Installation, record_some: Record) -> bytes:
        """A log of 250 entries, then 300 more recorded."""
        record_some(250)
        installation.sequence()
        record_some(300)
        return installation.directory.read("checkpoint")

    @pytest.mark.parametrize(
        "path",
        [
            *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/38", "tile/0/000", "tile/0/001"),
            *("tile/0/002.p/38", "tile/1/000.p/2", "checkpoint"),
        ],
    )
    def test_leaves_the_old_checkpoint_standing(
        self, path: str, installation: Installation, record_some: Record, older: bytes
    ) -> None:
        """No half publication, nothing unsigned; with room again it goes on."""
        draft = self.filled(installation.log_dir / path)
        with pytest.raises(OSError, match="No space left"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == older
        assert installation.verify().entries == 250
        draft.unlink()
        record_some(1)
        assert installation.sequence() is not None
        assert installation.verify(older).entries == 551

    def test_before_the_signature_could_be_kept_publishes_nothing(
        self, installation: Installation, older: bytes
    ) -> None:
        """A signature that is not written down beside the key is not given out."""
        draft = self.filled(installation.key_file.with_suffix(".signed"))
        with pytest.raises(OSError, match="No space left"):
            installation.sequence()
        assert installation.directory.read("checkpoint") == older
        assert SignedCheckpoint.objects.count() == 1
        draft.unlink()
        installation.sequence()
        assert installation.verify(older).entries == 550

    def test_is_told_and_ends_by_itself(self, installation: Installation, older: bytes) -> None:
        """The sequencer tries again until there is room."""
        draft = self.filled(installation.log_dir / "checkpoint")
        with at_work(installation):
            wait_until(lambda: Watch.objects.filter(state=PartState.FAILING, why__contains="No space left").exists())
            assert size(installation) == 250
            draft.unlink()
            wait_until(lambda: size(installation) == 550)
            wait_until(lambda: Watch.objects.filter(part="sequencer", state=PartState.WORKING).exists())
        assert installation.verify(older).entries == 550

    @staticmethod
    def filled(path: Path) -> Path:
        """Let the next draft of this file meet a full device."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        draft.symlink_to("/dev/full")
        return draft


class TestAClock:
    """Set back or forward."""

    def test_changes_nothing_about_the_order(self, installation: Installation, record_some: Record) -> None:
        """Entries stand in the order of their recording, checkpoints in the order of their signing."""
        ids: list[uuid.UUID] = []
        older: bytes | None = None
        try:
            for days in (0, -400, 30, -1):
                clock.shift(timedelta(days=days))
                ids += record_some(3)
                installation.sequence()
                assert installation.verify(older).entries == len(ids)
                older = installation.directory.read("checkpoint")
                assert selectors.standing().signed == len(ids)
        finally:
            clock.shift(timedelta())
        known = dict(Entry.objects.values_list("number", "entry_id"))
        assert [known[one] for one in Leaf.objects.order_by("seq").values_list("number", flat=True)] == ids


class TestACrashOfTheDatabase:
    """Immediate shutdown, as in a power cut, under load."""

    def test_loses_no_entry_that_was_committed(self, installation: Installation, *, soak: bool) -> None:
        """Everything a writer was told is kept stands in the log; what it was not told of may or may not."""
        told: list[uuid.UUID] = []
        stop = threading.Event()
        with at_work(installation), ThreadPoolExecutor(3) as pool:
            writers = [pool.submit(self.write, stop, told, number) for number in range(3)]
            for _ in range(10 if soak else 2):
                before = len(told)
                wait_until(lambda before=before: len(told) > before + 60, 40)  # type: ignore[misc]  # bound in the loop
                self.crash()
            before = len(told)
            wait_until(lambda: len(told) > before + 20, 40)
            stop.set()
            for one in writers:
                one.result(30)
        self.forget_connections()
        installation.sequence()  # the one at work may have been between two tries when it was told to stop
        placed = set(Entry.objects.filter(number__in=Leaf.objects.values("number")).values_list("entry_id", flat=True))
        assert set(told) <= placed
        assert Pending.objects.count() == 0
        assert installation.verify().entries == len(placed) == Entry.objects.count()

    @staticmethod
    def write(stop: threading.Event, told: list[uuid.UUID], number: int) -> None:
        """Record one after the other; a lost connection means: not told."""
        while not stop.is_set():
            try:
                with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
                    made = services.record("consent.withdrawn", subject=f"participant:{number}", content={"n": number})
                told.append(made)
            except (OperationalError, InterfaceError, psycopg.Error):
                connections["default"].close()
                stop.wait(0.1)
        connections["default"].close()

    @staticmethod
    def crash() -> None:
        """Power off, power on."""
        place = embedded._place()
        embedded._tool(place, "pg_ctl", "-D", str(place.data), "-m", "immediate", "-w", "stop")
        embedded._run_server(place)

    @pytest.fixture(autouse=True)
    def fresh_connections(self, installation: Installation) -> Iterator[None]:
        """What the crash broke is not left to the tests after this one."""
        yield
        self.forget_connections()

    @staticmethod
    def forget_connections() -> None:
        """Ask for new ones."""
        for alias in connections:
            connections[alias].close()
            getattr(connections[alias], "close_pool", lambda: None)()


class TestALongQueue:
    """The sequencer was away for long."""

    @pytest.fixture(autouse=True)
    def asked_anew(self) -> Iterator[None]:
        """What was known of the queue is forgotten."""
        backlog.forget()
        yield
        backlog.forget()

    def test_holds_new_bulk_work_back_and_loses_nothing(
        self, installation: Installation, record_some: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Single records always go in; the bulk work goes in once there is room."""
        monkeypatch.setattr(backlog, "BULK_BOUND", 600)
        record_some(700)
        for _ in range(2):
            backlog.forget()
            with pytest.raises(Unavailable, match="sequencer"):
                record_some(500)
        record_some(3)
        with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
            services.record("consent.withdrawn", subject="participant:ana", content={})
            services.record_batch("message.attempted", subject="dispatch", items=[bytes(32)] * 600, content={})
            with pytest.raises(Unavailable):
                services.hold_back()
        assert Entry.objects.count() == 705
        standing = selectors.standing()
        assert (standing.pending, standing.waiting_limit) == (601, 600)
        installation.sequence()
        backlog.forget()
        record_some(500)
        installation.sequence()
        assert installation.verify().entries == 1_205

    def test_is_not_made_of_work_that_was_undone(self, installation: Installation, record_some: Record) -> None:
        """Numbers that were drawn and never used do not count."""
        with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="case-work"):
            from django.db import transaction  # noqa: PLC0415 - only here

            services.append_many("consent.imported", [(f"participant:{n}", {}) for n in range(400)])
            transaction.set_rollback(True)
        assert backlog.waiting() == 0

"""Those who hold checkpoints outside: they get them without anybody waiting, and what they hold counts."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from harborline.adapters.checkpoints import CheckpointDirectory, CheckpointMemory
from harborline.kernel import Broken, Invalid, Unavailable, clock
from harborline.ledger import outside as outside_module
from harborline.ledger import selectors, services
from harborline.ledger.cosignature import CosigningKey
from harborline.ledger.facts import HolderStanding, PartState, Receipt, SignedHead, WitnessReply
from harborline.ledger.models import HeldCheckpoint, Watch
from harborline.ledger.note import Note
from harborline.ledger.outside import Outside
from harborline.ledger.policy import Policy, parse_policy
from harborline.ledger.ports import CheckpointSink, LogTiles
from harborline.ledger.sequencer import run_sequencer
from harborline.ledger.verifier import verify_log
from harborline.ledger.witness import Witness
from harborline.ledger.witness_memory import WitnessFiles
from harborline.ledger.witnessing import Witnesses
from harborline.walls import ALL_COUNTIES, acting

from .conftest import CORA, ORIGIN, Installation
from .test_sequencing import wait_until

Record = Callable[[int], list[uuid.UUID]]


class Hanging(CheckpointMemory):
    """A place that never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Wait, as a dead server does."""
        self.let_go.wait(60)
        raise Unavailable("too late")


@contextmanager
def sequencing(installation: Installation, outside: Outside) -> Iterator[Future[None]]:
    """A sequencer at work with these sinks."""
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
            outside=outside,
        )
        try:
            yield running
        finally:
            stop.set()
        if not running.exception():
            running.result(20)


def outside(installation: Installation, **sinks: CheckpointSink) -> Outside:
    """These sinks."""
    return Outside(installation.dsn, sinks)


def holder(name: str) -> HolderStanding | None:
    """How one holder stands."""
    return next((one for one in selectors.outside_standing().holders if one.name == name), None)


class TestASink:
    """A place outside."""

    def test_gets_every_checkpoint_that_is_due(
        self, installation: Installation, record_some: Record, tmp_path: Path
    ) -> None:
        """And the standing says what it holds since when."""
        (tmp_path / "share").mkdir()
        memory, share = CheckpointMemory(), CheckpointDirectory(tmp_path / "share", every_s=0.01)
        record_some(3)
        with sequencing(installation, outside(installation, memory=memory, share=share)):
            wait_until(lambda: share.newest(ORIGIN) is not None)
            record_some(4)
            wait_until(lambda: any(one.size == 7 for one in memory.held) and len(list(share.root.rglob("*point"))) == 2)
            wait_until(lambda: getattr(holder("share"), "size", 0) == 7)
        assert share.newest(ORIGIN) == installation.directory.read("checkpoint")
        standing = selectors.outside_standing()
        assert (standing.alarm, standing.set_up, standing.size, standing.signed) == ("", True, 7, 7)
        assert [one.name for one in standing.holders] == ["memory", "share"]
        assert all(one.state is PartState.WORKING for one in standing.holders)

    def test_that_fails_alarms_and_is_tried_again(
        self, installation: Installation, record_some: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing waits for it; when it is back it gets the newest one."""
        monkeypatch.setattr(outside_module, "RETRY_S", 0.05)
        told: list[tuple[str, str]] = []
        memory = CheckpointMemory(away=True)
        sinks = outside(installation, memory=memory)
        sinks.alarm = lambda sink, why: told.append((sink, why))
        record_some(3)
        with sequencing(installation, sinks):
            wait_until(lambda: bool(told))
            record_some(3)
            wait_until(lambda: installation.directory.checkpoint is not None and installation.published().size == 6)
            failing = holder("memory")
            assert failing is not None
            assert (failing.state, failing.why, failing.size) == (PartState.FAILING, "nobody is there", None)
            assert selectors.outside_standing().alarm == "never"
            memory.away = False
            wait_until(lambda: getattr(holder("memory"), "state", None) is PartState.WORKING)
        assert memory.held[-1].size == 6
        assert told == [("memory", "nobody is there")]
        assert selectors.outside_standing().alarm == ""

    def test_that_hangs_holds_nobody_up(self, installation: Installation, record_some: Record) -> None:
        """Neither the log nor the other sinks, nor the end of the sequencer."""
        hanging, memory = Hanging(), CheckpointMemory()
        record_some(3)
        began = time.monotonic()
        with sequencing(installation, outside(installation, hanging=hanging, memory=memory)):
            wait_until(lambda: bool(memory.held))
            record_some(3)
            wait_until(lambda: installation.published().size == 6)
        assert time.monotonic() - began < 30
        hanging.let_go.set()

    def test_that_is_not_set_up_any_more_alarms_no_longer(
        self, installation: Installation, record_some: Record
    ) -> None:
        """Taking it out of the file is enough."""
        record_some(3)
        with sequencing(installation, outside(installation, memory=CheckpointMemory(away=True))):
            wait_until(lambda: getattr(holder("memory"), "state", None) is PartState.FAILING)
        with sequencing(installation, outside(installation)):
            wait_until(lambda: getattr(holder("memory"), "state", None) is PartState.WORKING)
        assert not selectors.outside_standing().set_up

    def test_is_not_asked_more_often_than_it_wants(self, installation: Installation, record_some: Record) -> None:
        """A daily mail stays a daily mail, also after a restart."""
        daily = CheckpointMemory(every_s=86_400)
        for _ in range(2):
            record_some(2)
            with sequencing(installation, outside(installation, daily=daily)):
                size = len(list(HeldCheckpoint.objects.all()))
                wait_until(lambda: bool(daily.held))
                record_some(2)
                wait_until(lambda: installation.published().size % 4 == 0)
            assert size in {0, 1}
        assert [one.size for one in daily.held] == [daily.held[0].size]


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestWhatIsHeldOutside:
    """A checkpoint somewhere else binds us."""

    def test_stops_a_database_that_was_set_back_with_everything_around_it(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """Tables, log and key directory from one old backup: only the outside knows."""
        memory = CheckpointMemory()
        record_some(5)
        with sequencing(installation, outside(installation, memory=memory)):
            wait_until(lambda: bool(memory.held))
        self.set_back(installation, as_owner)
        record_some(2)
        with sequencing(installation, outside(installation, memory=memory)) as running:
            assert isinstance(running.exception(20), Broken)
        assert "set back" in selectors.standing().stopped
        assert not (installation.log_dir / "checkpoint").exists()

    def test_stops_a_log_it_contradicts_while_it_runs(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """The place was away at the start and answers later."""
        memory = CheckpointMemory()
        record_some(5)
        with sequencing(installation, outside(installation, memory=memory)):
            wait_until(lambda: bool(memory.held))
        self.set_back(installation, as_owner)
        record_some(2)
        memory.away = True
        with sequencing(installation, outside(installation, memory=memory)) as running:
            wait_until(lambda: getattr(holder("memory"), "state", None) is PartState.FAILING)
            memory.away = False
            assert isinstance(running.exception(20), Broken)
        assert "another history" in selectors.standing().stopped

    def test_must_be_ours(self, installation: Installation, record_some: Record) -> None:
        """Something else under our name in that place is no mere trifle."""
        memory = CheckpointMemory()
        memory.held.append(SignedHead(ORIGIN, 5, bytes(32), b"not a note"))
        record_some(2)
        with sequencing(installation, outside(installation, memory=memory)) as running:
            assert isinstance(running.exception(20), Broken)
        assert "not signed by this log" in selectors.standing().stopped

    @staticmethod
    def set_back(installation: Installation, as_owner: Callable[[str], None]) -> None:
        """Everything on this machine is gone but the signing key."""
        as_owner(
            "TRUNCATE ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head,"
            " ledger_signedcheckpoint, ledger_heldcheckpoint"
        )
        for path in sorted(installation.log_dir.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        installation.key_file.with_suffix(".signed").unlink()


class TestAPartner:
    """Whoever gets a checkpoint with a receipt."""

    def test_holds_what_this_log_signed(self, installation: Installation, record_some: Record) -> None:
        """Only that is written down as held."""
        with pytest.raises(Unavailable):
            selectors.current_checkpoint()
        record_some(3)
        installation.sequence()
        with acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="exchange"):
            note = selectors.current_checkpoint()
            assert note == installation.directory.read("checkpoint")
            services.note_held("partner:wake-county", note)
            for wrong in (note.replace(b"\n3\n", b"\n4\n"), note.replace(b"\n3\n", b"\n2\n")):
                with pytest.raises(Invalid):
                    services.note_held("partner:wake-county", wrong)
            with pytest.raises(Invalid):
                services.note_held("Ana Example", note)
        found = selectors.outside_standing()
        assert (found.alarm, found.size, found.set_up) == ("", 3, False)
        assert [one.name for one in found.holders] == ["partner:wake-county"]

    def test_who_fell_behind_alarms_again(self, installation: Installation, record_some: Record) -> None:
        """A log that grew is held outside within a day."""
        record_some(3)
        installation.sequence()
        services.note_held("partner:wake-county", installation.directory.read("checkpoint"))
        try:
            clock.shift(timedelta(hours=26))
            assert selectors.outside_standing().alarm == ""
            record_some(1)
            installation.sequence()
            assert selectors.outside_standing().alarm == "old"
        finally:
            clock.shift(timedelta())


class Line:
    """A witness in the same house."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.away = False

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Ask it."""
        if self.away:
            raise Unavailable("the witness is away")
        return self.witness.add_checkpoint(body, int(clock.now().timestamp()))


class TestWitnesses:
    """Cosignatures under the published checkpoint."""

    @pytest.fixture
    def watched(self, installation: Installation, tmp_path: Path) -> tuple[Line, Policy]:
        """A witness of this log, and a policy that asks for it."""
        from harborline.ledger.keyfile import signing_key  # noqa: PLC0415 - the key is made here

        key = CosigningKey.generate("witness.state.example/one")
        log = signing_key(installation.key_file, ORIGIN).verifier
        line = Line(Witness(key, WitnessFiles(tmp_path / "witness"), {ORIGIN: [log]}))
        return line, parse_policy(f"log {log}\nwitness state {key.verifier}\nquorum state")

    def sinks(self, installation: Installation, watched: tuple[Line, Policy], *, first: bool) -> Outside:
        """The witness as a sink."""
        line, policy = watched
        witnesses = Witnesses(policy, {"state": line}, every_s=0.01)
        return Outside(installation.dsn, {"witness": witnesses}, cosigner="witness", quorum_first=first)

    def cosigned(self, installation: Installation, policy: Policy) -> bool:
        """Whether the published checkpoint carries the quorum."""
        path = installation.log_dir / "checkpoint"
        return path.exists() and policy.satisfied(policy.witnessed(Note.parse(path.read_bytes())))

    @pytest.mark.parametrize("first", [False, True])
    def test_stand_under_the_published_checkpoint(
        self, first: bool, installation: Installation, watched: tuple[Line, Policy], record_some: Record
    ) -> None:
        """Whether it was published before or only with them; every proof can carry them."""
        ids = record_some(3)
        with sequencing(installation, self.sinks(installation, watched, first=first)):
            wait_until(lambda: self.cosigned(installation, watched[1]))
            record_some(300)
            wait_until(lambda: self.cosigned(installation, watched[1]) and installation.published().size == 303)
        assert installation.verify().entries == 303
        proof = selectors.proof_of(ids[0], witnessed=True)
        assert watched[1].satisfied(watched[1].witnessed(Note.parse(proof.checkpoint)))
        proof.verify(selectors.leaf_of(ids[0]), watched[1].log_keys(ORIGIN)[0])

    def test_hold_the_publication_up_where_the_quorum_comes_first(
        self,
        installation: Installation,
        watched: tuple[Line, Policy],
        record_some: Record,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Nothing is published without them, nothing is lost, and it goes on when they are back."""
        monkeypatch.setattr(outside_module, "RETRY_S", 0.05)
        line, policy = watched
        line.away = True
        record_some(3)
        with sequencing(installation, self.sinks(installation, watched, first=True)):
            wait_until(lambda: Watch.objects.filter(part="sink:witness", state="failing").exists())
            record_some(4)
            assert not (installation.log_dir / "checkpoint").exists()
            line.away = False
            wait_until(lambda: self.cosigned(installation, policy) and installation.published().size == 7)
        assert verify_log(installation.directory, policy.log_keys(ORIGIN)[0]).entries == 7

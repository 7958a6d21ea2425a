"""What becomes of texts when carriers, processes and the database fail: nothing twice, nothing lost, all on record."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.journeys.service import Service, kill, service, until

TEXTS = 40
KILLS, KILLS_SOAK, KILLS_FOR_ONE_RUN = 6, 200, 10
SEED = 20261121


@pytest.fixture(scope="module")
def whole_service(tmp_path_factory: pytest.TempPathFactory, soak: bool) -> Iterator[Service]:
    """A service of its own, made once, with people enough for every journey; at the end its log must verify."""
    with service(tmp_path_factory.mktemp("service"), rows=13_000 if soak else 2_600, pace=5_000) as made:
        yield made
        made.log_verifies()


@pytest.fixture
def sending(whole_service: Service) -> Service:
    """The service with a carrier that behaves; how the carrier behaves is each test's to change."""
    whole_service.stub.behave(fault="none", every=1, delay_s=0.0, late_s=1.0, receipts="none", receipt_s=0.05)
    whole_service.ask("pace", segments_per_s=5_000)
    return whole_service


@pytest.fixture(scope="class")
def dispatcher(whole_service: Service) -> Iterator[None]:
    """One dispatcher for all tests of a class."""
    whole_service.ask("pace", segments_per_s=5_000)
    with whole_service.dispatcher():
        yield


@pytest.mark.usefixtures("dispatcher")
class TestCarrierThatMisbehaves:
    """Every fourth text meets the fault; the carrier took it or not, and says so, lies or says nothing."""

    @pytest.mark.parametrize(
        ("fault", "becomes"),
        [
            ("late", "accepted"),
            ("drop-after", "unknown"),
            ("drop-before", "unknown"),
            ("500-after", "unknown"),
            ("500-before", "unknown"),
            ("garbage", "unknown"),
            ("rejected", "rejected"),
        ],
    )
    def test_answer_is_believed_only_where_it_is_plain(self, sending: Service, fault: str, becomes: str) -> None:
        """A text the carrier plainly took or refused is told so; where it is not plain, the text stays unknown."""
        sending.stub.behave(fault=fault, every=4)
        run = sending.ask("send", size=TEXTS)
        states = sending.through(run)
        assert set(states) == {"accepted", becomes}
        if becomes != "accepted":
            assert abs(states[becomes] - sum(states.values()) // 4) <= 1
        sending.is_accounted_for()

    @pytest.mark.parametrize("fault", ["429", "503"])
    def test_busy_carrier_gets_the_text_later(self, sending: Service, fault: str) -> None:
        """A carrier that is too busy has not taken the text: it waits as long as the carrier asks and goes once."""
        sending.stub.behave(fault=fault, every=4)
        run = sending.ask("send", size=TEXTS)
        until(lambda: sending.states(run)["accepted"] > 0, "the first answers")
        sending.stub.behave(fault="none")
        states = sending.through(run)
        assert set(states) == {"accepted"}
        assert any(text["attempts"] > 1 for text in sending.texts() if text["run"] == run)
        sending.is_accounted_for()


class TestDispatcher:
    """Killed, doubled, told to stop: the next one goes on from what is on record."""

    def test_unknown_text_is_never_repeated_by_the_machine(self, sending: Service) -> None:
        """A text nobody can answer for stays unknown: later dispatchers and runs leave it alone."""
        sending.stub.behave(fault="drop-after", every=1)
        with sending.dispatcher():
            run = sending.ask("send", size=TEXTS)
            before = sending.through(run)
        sending.stub.behave(fault="none")
        with sending.dispatcher():
            sending.through(sending.ask("send", size=5))
        assert set(before) == {"unknown"}
        assert sending.states(run) == before
        assert sending.ask("run", run=run)["state"] == "finished"
        sending.is_accounted_for()

    @pytest.mark.timeout(3600)
    def test_killed_at_any_moment_sends_nothing_twice(self, sending: Service, soak: bool) -> None:
        """Whatever moment the dispatcher is killed at, its texts go once, are marked unknown, or go after."""
        chance = random.Random(SEED)
        for _ in range(KILLS_SOAK // KILLS_FOR_ONE_RUN if soak else 1):
            self._killed(sending, chance, KILLS_FOR_ONE_RUN if soak else KILLS)
            sending.is_accounted_for()

    @staticmethod
    def _killed(sending: Service, chance: random.Random, kills: int) -> None:
        # So slow that the run outlasts the kills, and a text is in the carrier's hands at most moments.
        sending.ask("pace", segments_per_s=50)
        sending.stub.behave(delay_s=0.04)
        run = sending.ask("send", size=400)
        with ExitStack() as dispatchers:
            for _ in range(kills):
                dispatchers.enter_context(sending.dispatcher())
                # Where the lease of the one killed before still stands, its ten seconds are not waited for.
                sending.ask("let_lease_lapse")
                until(lambda: sending.ask("holder")[0] != 0, "a dispatcher to hold the lease")
                time.sleep(chance.uniform(0.0, 0.7))
                kill(sending.ask("holder")[0])
            assert sending.states(run)["queued"] > 0
            sending.ask("pace", segments_per_s=5_000)
            dispatchers.enter_context(sending.dispatcher())
            sending.ask("let_lease_lapse")
            states = sending.through(run)
        assert set(states) <= {"accepted", "unknown"}
        assert states["accepted"] > states["unknown"]

    def test_standby_takes_over_from_one_that_was_killed(self, sending: Service) -> None:
        """Of two dispatchers one sends; when it dies the other goes on within the lease, and repeats nothing."""
        sending.ask("pace", segments_per_s=40)
        with sending.dispatcher() as one, sending.dispatcher() as other:
            run = sending.ask("send", size=100)
            sending.under_way(run, 20)
            holder, epoch = sending.ask("holder")
            assert holder in {one.pid, other.pid}
            kill(holder)
            states = sending.through(run)
            successor = sending.ask("holder")
        assert successor[0] in {one.pid, other.pid} - {holder}
        assert successor[1] == epoch + 1
        assert set(states) <= {"accepted", "unknown"}
        sending.is_accounted_for()

    def test_taken_for_dead_and_awake_again_changes_nothing(self, sending: Service) -> None:
        """A dispatcher that slept through its lease finds its texts marked unknown, leaves them so and stands by."""
        sending.stub.behave(fault="late", late_s=1.5)
        with sending.dispatcher() as sleeper:
            run = sending.ask("send", size=TEXTS)
            until(lambda: sending.states(run)["attempted"] > 0, "texts to be on their way")
            time.sleep(0.3)
            sleeper.send_signal(signal.SIGSTOP)
            try:
                with sending.dispatcher() as other:
                    sending.ask("let_lease_lapse")
                    states = sending.through(run)
                    sleeper.send_signal(signal.SIGCONT)
                    time.sleep(1.5)
                    assert sending.ask("holder")[0] == other.pid
                    assert sleeper.poll() is None
            finally:
                sleeper.send_signal(signal.SIGCONT)
        assert set(states) == {"unknown"}
        assert sending.states(run) == states
        sending.is_accounted_for()

    def test_told_to_stop_waits_for_its_answers(self, sending: Service) -> None:
        """A dispatcher that is told to stop hears the carrier out: nothing becomes unknown, the rest waits."""
        sending.stub.behave(fault="late", every=1)
        with sending.dispatcher() as dispatcher:
            run = sending.ask("send", size=180)
            until(lambda: sending.states(run)["attempted"] > 0, "texts to be on their way")
        assert dispatcher.returncode == 0
        assert set(sending.states(run)) == {"accepted", "queued"}
        sending.stub.behave(fault="none")
        with sending.dispatcher():
            assert set(sending.through(run)) == {"accepted"}
        sending.is_accounted_for()


class TestDatabase:
    """The database goes away for a moment, as in a failover."""

    def test_stopped_at_once_in_the_middle_of_a_run(self, sending: Service) -> None:
        """The dispatcher waits until the database is back and goes on; what it handed over it does not repeat."""
        sending.ask("pace", segments_per_s=60)
        sending.stub.behave(delay_s=0.1)
        with sending.dispatcher() as dispatcher:
            run = sending.ask("send", size=150)
            sending.under_way(run, 20)
            sending.ask("break_database", down_s=1.5)
            states = sending.through(run)
            assert dispatcher.poll() is None
        assert set(states) <= {"accepted", "unknown"}
        assert states["accepted"] > states["unknown"]
        sending.is_accounted_for()


class TestPeople:
    """What people decide while a run is under way counts from that moment on."""

    def test_stop_wins_over_every_text_not_handed_over(self, sending: Service) -> None:
        """Who answers STOP during a run gets no text that was not handed over by then, only the confirmation."""
        # Slow enough that stops win on a busy machine too.
        sending.ask("pace", segments_per_s=8)
        with sending.dispatcher():
            run = sending.ask("send", size=80)
            sending.under_way(run, 8)
            queued = [text["to"] for text in sending.texts() if text["run"] == run and text["state"] == "queued"]
            stopped = {number: sending.ask("stop", number=number) for number in queued[::3]}
            states = sending.through(run)
            until(lambda: not any(text["state"] in ("queued", "attempted") for text in sending.texts()), "the answers")
        theirs = [text for text in sending.texts() if text["run"] == run and text["to"] in stopped]
        withheld = [text for text in theirs if text["state"] == "withheld"]
        late = [text for text in theirs if text["attempted_at"] > stopped[text["to"]]]
        assert len(withheld) > 5
        assert late == []
        assert {text["reason"] for text in withheld} == {"asked-to-stop"}
        assert states["withheld"] == len(withheld)
        sending.is_accounted_for()

    def test_revoked_approval_stops_the_sending_within_a_second(self, sending: Service) -> None:
        """When the program withdraws the carrier's permission, sending stops within a second and says why."""
        sending.ask("pace", segments_per_s=40)
        with sending.dispatcher():
            run = sending.ask("send", size=120)
            sending.under_way(run, 10)
            reason = sending.ask("revoke")
            time.sleep(1.2)
            at_once = sending.stub.stats()["taken"]
            time.sleep(1.0)
            later = sending.stub.stats()["taken"]
            waiting = sending.states(run)["queued"]
            sending.ask("approve")
            states = sending.through(run)
            said = sending.words()
        assert reason == "permission-revoked"
        assert reason in said
        assert later == at_once
        assert waiting > 0
        assert set(states) == {"accepted"}
        sending.is_accounted_for()

    def test_paused_run_goes_on_where_it_stopped(self, sending: Service) -> None:
        """A paused run hands nothing more over; resumed, it sends the rest."""
        sending.ask("pace", segments_per_s=40)
        with sending.dispatcher():
            run = sending.ask("send", size=100)
            sending.under_way(run, 10)
            assert sending.ask("steer", run=run, step="pause") == "paused"
            time.sleep(0.3)
            at_once = sending.states(run)
            time.sleep(0.7)
            assert sending.states(run) == at_once
            assert at_once["queued"] > 0
            assert sending.ask("steer", run=run, step="resume") == "running"
            assert set(sending.through(run)) == {"accepted"}
        sending.is_accounted_for()

    def test_cancelled_run_hands_nothing_more_over(self, sending: Service) -> None:
        """What was not handed over when a run is cancelled never goes out."""
        sending.ask("pace", segments_per_s=40)
        with sending.dispatcher():
            run = sending.ask("send", size=100)
            sending.under_way(run, 10)
            assert sending.ask("steer", run=run, step="cancel").startswith("cancelled")
            states = sending.through(run)
            time.sleep(0.5)
            assert sending.states(run) == states
        assert set(states) == {"accepted", "cancelled"}
        assert sending.ask("run", run=run)["state"] == "cancelled"
        sending.is_accounted_for()


@pytest.fixture(scope="module")
def gateway(whole_service: Service) -> Iterator[None]:
    """The door where the carrier's receipts come in."""
    with whole_service.gateway():
        yield


@pytest.mark.usefixtures("gateway", "dispatcher")
class TestReceipts:
    """What the network says later comes doubled, out of order and too early."""

    @pytest.mark.parametrize("manner", ["plain", "doubled", "reversed", "early"])
    def test_told_in_any_order_stands_once(self, sending: Service, manner: str) -> None:
        """Whether receipts come twice, the wrong way round or before the answer: the text was delivered once."""
        sending.stub.behave(receipts=manner)
        run = sending.ask("send", size=TEXTS)
        until(lambda: set(sending.states(run)) == {"delivered"}, "every receipt")
        assert sending.stub.stats()["receipts_refused"] == 0
        sending.is_accounted_for()

    def test_receipt_settles_an_unknown_text(self, sending: Service) -> None:
        """A text whose answer was lost is unknown until the network itself says that it arrived."""
        sending.stub.behave(fault="drop-after", every=2, receipts="plain", receipt_s=1.5)
        run = sending.ask("send", size=TEXTS)
        before = sending.through(run)
        until(lambda: set(sending.states(run)) == {"delivered"}, "every receipt")
        assert before["unknown"] > 0
        sending.is_accounted_for()

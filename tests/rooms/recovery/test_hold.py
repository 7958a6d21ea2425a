"""After a restore: nothing leaves, what was forgotten is brought in, and two people let it go on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.town import ANA, BEN, MN, NC, OTTO, settle

from harborline.consent.models import PossibleOptOut
from harborline.consent.selectors import suppressed_numbers
from harborline.kernel import Invalid, NotFound, Outcome, Refused, clock, ports
from harborline.ledger.selectors import entries_of
from harborline.messaging.models import InboundMessage, Sender
from harborline.messaging.sending.lease import take
from harborline.project.backup import startup
from harborline.recovery.facts import DueText, HoldKind, LogFacts, Releaser, Step
from harborline.recovery.models import Reconciliation, SendingHold, SentBefore
from harborline.recovery.ports import LogOutside
from harborline.recovery.selectors import hold_facts, holds, open_hold, sending_held, sent_already
from harborline.recovery.services import (
    hold_after_restore,
    reconcile_log,
    reconcile_provider,
    reconcile_stops,
    release,
)
from harborline.vault.services import blind_index, unseal_text
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.walls.cursor import bulk_cursor

OURS = "+19195550199"
ELI = Releaser("worker:eli", frozenset({"supervisor"}))
STATE = Releaser("worker:state", frozenset({"state-operator"}))


def as_eli(program: str = NC) -> AbstractContextManager[Context]:
    """A supervisor."""
    return acting(Actor("worker", "eli"), program=program, counties=ALL_COUNTIES, purpose="recovery")


class Log:
    """A published log that stands as it is told."""

    def __init__(self, in_tables: int, published: int, *, same: bool = True, epoch: int = 1) -> None:
        self.told = (in_tables, published, same, epoch)

    def facts(self, epoch_at_hold: int) -> LogFacts:
        """As told."""
        return LogFacts(*self.told, epoch_at_hold)


@pytest.fixture
def sender(committed: None, tmp_path: Path) -> Iterator[uuid.UUID]:
    """A town and the program's sender; the log outside is put back afterwards."""
    before = ports.serving(LogOutside)
    settle(tmp_path)
    with as_eli():
        found = Sender.objects.create(program=NC, key="nc", number=OURS, carrier="simulator")
    ports.serve(LogOutside, Log(10, 10))
    yield found.id
    ports.serve(LogOutside, before)


@pytest.fixture
def held(sender: uuid.UUID) -> SendingHold:
    """Sending is held after a restore of this morning's tables."""
    with as_eli():
        return hold_after_restore(HoldKind.RESTORED, as_of_at=clock.now() - timedelta(hours=9), set_id="set-1")


def provider(*lines: dict[str, str | None]) -> bytes:
    """A provider's record as JSON lines."""
    return "\n".join(json.dumps(each) for each in lines).encode()


def out(reference: str, to: str, words: str | None, status: str = "delivered") -> dict[str, str | None]:
    """One text that went out an hour ago."""
    at = (clock.now() - timedelta(hours=1)).isoformat()
    return {"sid": reference, "to": to, "from": OURS, "body": words, "status": status, "date_sent": at}


def come_in(reference: str, number: str, words: str | None) -> dict[str, str | None]:
    """One text that came in an hour ago."""
    at = (clock.now() - timedelta(hours=1)).isoformat()
    return {"sid": reference, "to": OURS, "from": number, "body": words, "direction": "inbound", "date_sent": at}


class TestAHold:
    """Nothing leaves."""

    def test_stands_for_its_program_and_no_other(self, held: SendingHold) -> None:
        """Each program is held by itself."""
        with as_eli():
            assert sending_held(NC).outcome is Outcome.HOLD
        with as_eli(MN):
            assert sending_held(MN).allowed
            assert open_hold(NC) is None

    def test_is_recorded(self, held: SendingHold) -> None:
        """Why, since when, from which set."""
        with as_eli():
            (entry,) = [one for one in entries_of("sending") if one.kind == "recovery.sending-held"]
        assert (entry.content["kind"], entry.content["set"]) == ("restored", "set-1")

    def test_is_one_even_when_it_is_found_again(self, held: SendingHold) -> None:
        """The first knows where the tables ended."""
        with as_eli():
            again = hold_after_restore(HoldKind.SET_BACK, as_of_at=clock.now())
            assert again.id == held.id
            assert len(holds(NC)) == 1

    def test_lets_no_dispatcher_take_its_sender(self, sender: uuid.UUID) -> None:
        """Not the one that works now, nor one that starts tomorrow."""
        with as_eli(), bulk_cursor() as cursor:
            first = take(cursor, sender_id=sender, program=NC, holder="one", now=clock.now())
            assert first is not None
            hold_after_restore(HoldKind.RESTORED, as_of_at=None)
            for holder, later in (("one", 0), ("two", 3650)):
                now = clock.now() + timedelta(days=later)
                assert take(cursor, sender_id=sender, program=NC, holder=holder, now=now) is None

    def test_cannot_be_deleted_or_forgotten(self, held: SendingHold) -> None:
        """What was reconciled is added to only."""
        with as_eli():
            reconcile_stops(f"{OTTO}\n".encode())
        with pytest.raises(Exception, match=r"append-only|permission"), as_eli():
            Reconciliation.objects.all().delete()


class TestStops:
    """The carrier's list of opt-outs."""

    def test_are_stopped_now_for_the_whole_agency(self, held: SendingHold) -> None:
        """Told again they are known."""
        with as_eli():
            found = reconcile_stops(f"{ANA}\n{BEN}\n".encode())
            assert (found.rows, found.news, found.known) == (2, 2, 0)
            assert reconcile_stops(f"{ANA}\n".encode()).known == 1
            idx = blind_index("phone", ANA)
            assert suppressed_numbers(NC, [idx]) == {idx}
            assert hold_facts(held).done == {Step.STOPS}

    def test_with_a_bad_row_do_not_count_as_done_until_it_is_accepted(self, held: SendingHold) -> None:
        """A number nobody could read may be a stop."""
        content = f"number\n{ANA}\n919\n".encode()
        with as_eli():
            assert [one.row_no for one in reconcile_stops(content).bad] == [3]
            assert hold_facts(held).done == frozenset()
            reconcile_stops(content, accept_bad=True)
            assert hold_facts(held).done == {Step.STOPS}

    def test_that_cannot_be_read_change_nothing(self, held: SendingHold) -> None:
        """The file is refused whole."""
        with pytest.raises(Invalid), as_eli():
            reconcile_stops(b"city\nRaleigh\n")
        with as_eli():
            assert not Reconciliation.objects.exists()

    def test_need_a_hold(self, sender: uuid.UUID) -> None:
        """There is nothing to reconcile on an ordinary day."""
        with pytest.raises(NotFound), as_eli():
            reconcile_stops(f"{ANA}\n".encode())


class TestTheProvidersRecord:
    """What went out and came in after the tables end."""

    def test_keeps_texts_from_being_sent_twice(self, held: SendingHold) -> None:
        """The same words to the same number; other words may go; words are asked for only where they matter."""
        with as_eli():
            found = reconcile_provider(provider(out("SM1", ANA, "Appointment Monday"), out("SM2", BEN, "x", "failed")))
            assert (found.rows, found.news, found.known) == (2, 1, 1)
            later = clock.now() + timedelta(minutes=1)
            due = [
                DueText(blind_index("phone", ANA), later, lambda: "Appointment Monday"),
                DueText(blind_index("phone", ANA), later, lambda: "Appointment Tuesday"),
                DueText(blind_index("phone", BEN), later, lambda: pytest.fail("nobody needs these words")),
            ]
            told = [decision.reason for decision in sent_already(NC, due)]
        assert told == ["already-sent-before-restore", "allowed", "allowed"]

    def test_without_words_stops_what_was_queued_for_that_number(self, held: SendingHold) -> None:
        """A provider that keeps no words cannot tell which text it was."""
        with as_eli():
            reconcile_provider(provider(out("SM1", ANA, None)))
            idx, before = blind_index("phone", ANA), held.held_at - timedelta(hours=1)
            due = [DueText(idx, before, lambda: "x"), DueText(idx, held.held_at + timedelta(hours=1), lambda: "x")]
            told = [decision.reason for decision in sent_already(NC, due)]
        assert told == ["may-have-been-sent-before-restore", "allowed"]

    def test_brought_twice_counts_once(self, held: SendingHold) -> None:
        """By the provider's reference."""
        content = provider(out("SM1", ANA, "x"), out("SM1", ANA, "x"))
        with as_eli():
            assert reconcile_provider(content).news == 1
            assert reconcile_provider(content).news == 0
            assert SentBefore.objects.count() == 1

    def test_brings_back_a_stop_that_came_by_text(self, held: SendingHold) -> None:
        """As if it came now; told twice it is known."""
        with as_eli():
            assert reconcile_provider(provider(come_in("IN1", ANA, "STOP"))).news == 1
            idx = blind_index("phone", ANA)
            assert suppressed_numbers(NC, [idx]) == {idx}
            assert InboundMessage.objects.filter(carrier_ref="IN1").count() == 1
            assert reconcile_provider(provider(come_in("IN1", ANA, "STOP"))).news == 0

    def test_holds_a_number_whose_text_was_not_kept(self, held: SendingHold) -> None:
        """It may have said stop."""
        with as_eli():
            reconcile_provider(provider(come_in("IN1", BEN, None)))
            assert PossibleOptOut.objects.get().message_ref == "IN1"

    def test_asks_nothing_where_there_was_no_restore(self, sender: uuid.UUID) -> None:
        """An ordinary claim pays one query and opens no words."""
        with as_eli():
            due = [DueText(blind_index("phone", ANA), clock.now(), lambda: pytest.fail("opened"))]
            assert [decision.allowed for decision in sent_already(NC, due)] == [True]


class TestTheLog:
    """Published and not in the tables."""

    def test_that_is_ahead_waits_for_the_ceremony(self, held: SendingHold) -> None:
        """A new epoch explains it."""
        ports.serve(LogOutside, Log(10, 12))
        with pytest.raises(Refused, match="log-is-ahead"), as_eli():
            reconcile_log()
        ports.serve(LogOutside, Log(10, 12, epoch=2))
        with as_eli():
            assert reconcile_log().reason == "new-epoch"
            assert hold_facts(held).done == {Step.LOG}

    def test_that_tells_the_same_is_reconciled_at_once(self, held: SendingHold) -> None:
        """Nothing was published after the tables end."""
        with as_eli():
            assert reconcile_log().reason == "nothing-to-explain"


class TestReleasing:
    """Two people, after every step."""

    def test_lets_texts_go_again(self, held: SendingHold, sender: uuid.UUID) -> None:
        """At the claim and at the lease; who, when and why stay on record, the reason sealed."""
        with as_eli():
            reconcile_stops(f"{OTTO}\n".encode())
            reconcile_provider(provider(out("SM1", ANA, "x")))
            reconcile_log()
            release(first=ELI, second=STATE, reason="the carrier's record is in")
            assert sending_held(NC).allowed
            with bulk_cursor() as cursor:
                later = clock.now() + timedelta(seconds=1)
                assert take(cursor, sender_id=sender, program=NC, holder="one", now=later) is not None
            (done,) = holds(NC)
            assert (done.released_by, done.approved_by) == ("worker:eli", "worker:state")
            words = unseal_text(done.reason, group=f"{NC}/recovery", context=f"hold:{done.id}:reason")
            assert words == "the carrier's record is in"
            assert entries_of("sending")[0].kind == "recovery.sending-released"

    @pytest.mark.parametrize("left_out", list(Step))
    def test_is_refused_while_a_step_is_left(self, held: SendingHold, left_out: Step) -> None:
        """Whichever it is."""
        steps = {
            Step.STOPS: lambda: reconcile_stops(f"{OTTO}\n".encode()),
            Step.PROVIDER: lambda: reconcile_provider(provider(out("SM1", ANA, "x"))),
            Step.LOG: reconcile_log,
        }
        with as_eli():
            for step, work in steps.items():
                if step is not left_out:
                    work()
            with pytest.raises(Refused, match=f"{left_out.value}-not-reconciled"):
                release(first=ELI, second=STATE, reason="now")
            assert not sending_held(NC).allowed


class TestTablesThatWereSetBack:
    """Somebody restored a dump behind our back."""

    def test_are_noticed_at_the_start_and_all_sending_is_held(self, sender: uuid.UUID) -> None:
        """The published log is longer than the tables'."""
        ports.serve(LogOutside, Log(10, 11))
        startup.look_at_start()
        for program in (NC, MN):
            with as_eli(program):
                found = open_hold(program)
                assert found is not None
                assert found.kind == "set-back"

    def test_of_another_history_are_noticed_too(self, sender: uuid.UUID) -> None:
        """As long as the log, and not the same."""
        ports.serve(LogOutside, Log(12, 11, same=False))
        startup.look_at_start()
        with as_eli():
            assert not sending_held(NC).allowed

    def test_are_nothing_on_an_ordinary_day(self, sender: uuid.UUID) -> None:
        """The tables are as long as the log, or longer by what is not yet published."""
        for log in (Log(11, 11), Log(12, 11)):
            ports.serve(LogOutside, log)
            startup.look_at_start()
        with as_eli():
            assert sending_held(NC).allowed

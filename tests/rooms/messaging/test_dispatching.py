"""What a dispatcher does when its carrier has trouble: rest, pause, go over a second carrier, never use texts up."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.town import MN, NC, as_state, settle

from harborline.adapters.memory import MemoryCarrier
from harborline.adapters.simulator.facts import Fate
from harborline.kernel import clock
from harborline.law import profile
from harborline.ledger.models import Content
from harborline.messaging import services
from harborline.messaging.answering.queueing import queue_text
from harborline.messaging.columns import hot_cursor
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.models import Attempt, Dispatch, Sender, SenderLease
from harborline.messaging.notices.rendering import template_of
from harborline.messaging.ports import HandOver, Trouble
from harborline.messaging.sending.dispatcher import Dispatcher, SenderFacts
from harborline.messaging.sending.lots import Queue, take
from harborline.messaging.sending.records import SenderPause
from harborline.recovery.models import SendingHold, SentBefore
from harborline.vault.services import blind_index
from harborline.vendors.services import approve_vendor, register_vendor

LINE = Fate(HandOver.BUSY, code="connect-failed", trouble=Trouble.LINE)
PACE = Fate(HandOver.BUSY, code="20429", trouble=Trouble.PACE, retry_after_s=30.0)
ACCOUNT = Fate(HandOver.BUSY, code="20003", trouble=Trouble.ACCOUNT)
UNSURE = Fate(HandOver.UNKNOWN, code="answer-timeout")
BAD = Fate(HandOver.REJECTED, code="21211")


@pytest.fixture
def office(db: None, tmp_path: Path) -> None:
    """Both programs, each with a first and a second sender, and permission for what the law lets them have."""
    settle(tmp_path)
    for program, number in ((NC, "+19195550100"), (MN, "+16515550100")):
        with as_state(program):
            for rank, carrier in enumerate(("first", "second")):
                Sender.objects.create(
                    program=program, key=f"{program}-{carrier}", number=number, carrier=f"{program}-{carrier}",
                    segments_per_s=1000, rank=rank,
                )  # fmt: skip
    permit(NC, "first")
    permit(MN, "first")
    permit(MN, "second")


def permit(program: str, carrier: str) -> None:
    """The program's permission for a carrier."""
    at, key = clock.now(), f"{program}-{carrier}"
    with as_state(program):
        register_vendor(key, name=f"Carrier {key}", connectors=[key], simulated=True)
        approve_vendor(
            key, program=program, document_no="D-1", signer="S. Igner", signed_on=at.date() - timedelta(days=2),
            valid_from_at=at - timedelta(days=1), valid_until_at=at + timedelta(days=30),
        )  # fmt: skip


class Desk:
    """A sender with its dispatcher and a carrier whose answers a test chooses."""

    def __init__(self, program: str, carrier: str, fates: Mapping[str, Fate] | None = None) -> None:
        self.program = program
        with as_state(program):
            row = Sender.objects.get(key=f"{program}-{carrier}")
        self.carrier = MemoryCarrier(fates or {})
        self.id = row.id
        facts = SenderFacts(row.id, program, row.key, row.carrier, row.segments_per_s)
        self.dispatcher = Dispatcher(facts, self.carrier)

    def turn(self) -> int:
        """Claim what may go, hand it over, record the answers; answers how many texts were handed over."""
        claimed = self.dispatcher._step([], 64, tick=True)
        if not claimed:
            return 0
        answered = asyncio.run(self.dispatcher._hand_over(claimed))
        self.dispatcher._rest.after(answered, clock.monotonic_s())
        self.dispatcher._step(answered, 0, tick=False)
        return len(claimed)


def queue_texts(program: str, *endings: str, sender: str = "first") -> list[uuid.UUID]:
    """Queue a test text to each fictional number that ends so."""
    at, made = clock.now(), []
    with as_state(program):
        row = Sender.objects.get(key=f"{program}-{sender}")
        template = template_of(program, "appointment-reminder")
        for ending in endings:
            to = f"+1919555{ending}"
            made.append(
                queue_text(
                    row, profile(program), kind=MessageKind.TEST, to=to, phone_idx=blind_index("phone", to),
                    words="One part.", template=template, language="en", at=at, until=at + timedelta(days=2),
                )
            )  # fmt: skip
    return made


def states(program: str) -> Counter[str]:
    """How many texts are where."""
    with as_state(program):
        return Counter(DispatchState(row.state).word for row in Dispatch.objects.all())


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    """The clock goes on."""
    before = clock.shifted()
    clock.shift(before + by)
    try:
        yield
    finally:
        clock.shift(before)


@pytest.mark.usefixtures("office")
class TestTroubleWithOurAccount:
    """Wrong credentials, a suspended account, an unregistered number: nobody's text is to blame."""

    def test_pauses_the_sender_and_keeps_every_text(self) -> None:
        """The first answer stops the sending, raises the alarm, and the texts wait."""
        queue_texts(NC, *(f"01{ending:02}" for ending in range(10, 40)))
        desk = Desk(NC, "first", {f"01{ending:02}": ACCOUNT for ending in range(10, 40)})
        assert desk.turn() == 30
        assert desk.turn() == 0
        with as_state():
            sender = Sender.objects.get(key="nc-css-first")
            pause = SenderPause.objects.get()
            told = Content.objects.filter(kind="message.sender-paused").count()
        assert sender.paused_reason == "carrier-account"
        assert (pause.paused, pause.sender_id) == (True, sender.id)
        assert told == 1
        assert states(NC) == {"queued": 30}

    def test_is_over_when_somebody_has_seen_to_it(self) -> None:
        """Let go on, the same texts go out, each once."""
        queue_texts(NC, "0110", "0111")
        Desk(NC, "first", {"0110": ACCOUNT, "0111": ACCOUNT}).turn()
        with as_state():
            assert services.let_go_on("nc-css-first")
            assert not services.let_go_on("nc-css-first")
        with later(timedelta(minutes=2)):
            desk = Desk(NC, "first")
            assert desk.turn() == 2
        assert sorted(text.to[-4:] for text in desk.carrier.taken) == ["0110", "0111"]
        assert states(NC) == {"accepted": 2}


@pytest.mark.usefixtures("office")
class TestACarrierThatIsTooBusy:
    """It says how long it wants to be left alone."""

    def test_is_left_alone(self) -> None:
        """Not one more text is tried while it rests, so none uses up its tries."""
        queue_texts(NC, "0110", "0111", "0112")
        desk = Desk(NC, "first", dict.fromkeys(("0110", "0111", "0112"), PACE))
        desk.turn()
        assert desk.dispatcher._rest.needed(clock.monotonic_s() + 29)
        assert not desk.dispatcher._rest.needed(clock.monotonic_s() + 31)
        with as_state():
            assert {row.attempts for row in Dispatch.objects.all()} == {1}
            due = {row.due_at for row in Dispatch.objects.all()}
        assert all(at is not None and at > clock.now() + timedelta(seconds=25) for at in due)


@pytest.mark.usefixtures("office")
class TestASecondCarrier:
    """Only where the program may have one, and only what the first surely did not accept."""

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="refuses")
    def test_gets_nothing_in_north_carolina(self) -> None:
        """One vendor carries all texts: what it cannot take now waits for it."""
        queue_texts(NC, "0110")
        desk = Desk(NC, "first", {"0110": LINE})
        for minute in range(4):
            with later(timedelta(minutes=10 * minute)):
                assert desk.turn() == 1
        with as_state(), hot_cursor() as cursor:
            second = Sender.objects.get(key="nc-css-second")
            queue = Queue(NC, second.id, None)
            assert take(cursor, queue, limit=9, now=clock.now() + timedelta(days=1)) == []
        assert states(NC) == {"queued": 1}

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="allows")
    def test_takes_over_what_the_first_could_not_be_given(self) -> None:
        """Connection refused in Minnesota: the other carrier has it at once, and the first is not tried again."""
        queue_texts(MN, "0110", "0111")
        first, second = Desk(MN, "first", {"0110": LINE}), Desk(MN, "second")
        assert first.turn() == 2
        assert second.turn() == 1
        assert first.turn() == 0
        assert [text.to[-4:] for text in second.carrier.taken] == ["0110"]
        assert states(MN) == {"accepted": 2}
        with as_state(MN):
            tried = Counter(one.carrier for one in Attempt.objects.all())
        assert tried == {"mn-wic-first": 2, "mn-wic-second": 1}

    @pytest.mark.parametrize("fate", [UNSURE, BAD])
    def test_never_gets_what_the_first_may_have_or_refused(self, fate: Fate) -> None:
        """A late answer may mean that it is out; a number that does not exist is no better elsewhere."""
        queue_texts(MN, "0110")
        first, second = Desk(MN, "first", {"0110": fate}), Desk(MN, "second")
        assert first.turn() == 1
        with later(timedelta(hours=1)):
            assert (first.turn(), second.turn()) == (0, 0)
        assert set(states(MN)) == {"unknown" if fate is UNSURE else "rejected"}

    def test_gets_the_whole_queue_of_a_first_that_is_gone(self) -> None:
        """After a second failure in a row nothing waits for the dead line."""
        queue_texts(MN, *(f"01{ending:02}" for ending in range(10, 30)))
        first = Desk(MN, "first", {f"01{ending:02}": LINE for ending in range(10, 30)})
        second = Desk(MN, "second")
        first.turn()
        queue_texts(MN, "0130", "0131")
        first.dispatcher._rest._line = 2
        first.dispatcher._around.forget()
        first.dispatcher._step([], 0, tick=False)
        handed = second.turn()
        assert handed == 22
        assert states(MN) == {"accepted": 22}
        assert first.turn() == 0


@pytest.mark.usefixtures("office")
class TestTheCarriersDay:
    """A limit of parts in a day, counted in the database."""

    def test_is_kept_to_the_part_by_whichever_dispatcher(self) -> None:
        """Seven of ten go today, by two dispatchers; the rest tomorrow, each once."""
        with as_state():
            Sender.objects.filter(key="nc-css-first").update(segments_per_day=7, day_zone="America/New_York")
        queue_texts(NC, *(f"01{ending}" for ending in range(10, 15)))
        one = Desk(NC, "first")
        assert one.turn() == 5
        queue_texts(NC, *(f"01{ending}" for ending in range(20, 25)))
        with later(timedelta(seconds=11)):
            other = Desk(NC, "first")
            assert other.turn() == 2
            assert other.turn() == 0
        with as_state():
            assert SenderLease.objects.get().day_segments == 7
        with later(timedelta(days=1)):
            tomorrow = Desk(NC, "first")
            assert tomorrow.turn() == 3
        everybody = [text.to for desk in (one, other, tomorrow) for text in desk.carrier.taken]
        assert len(everybody) == len(set(everybody)) == 10


@pytest.mark.usefixtures("office")
class TestTablesThatWereRestored:
    """They have forgotten who asked to stop since, and what went out since."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    def test_let_nothing_out_while_they_are_held(self) -> None:
        """The dispatcher asks by itself, whatever its lease says; answers to people wait too."""
        queue_texts(NC, "0110")
        hold, desk = held(NC), Desk(NC, "first")
        assert desk.turn() == 0
        with as_state():
            SendingHold.objects.filter(id=hold.id).update(released_at=clock.now())
        desk.dispatcher._around.forget()
        assert desk.turn() == 1

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    def test_send_nothing_a_second_time(self) -> None:
        """The provider had this text before the restore; another number's text goes."""
        queue_texts(NC, "0110", "0111")
        hold, to = held(NC, released=True), "+19195550110"
        with as_state():
            SentBefore.objects.create(
                program=NC, hold=hold, phone_idx=blind_index("phone", to),
                words_idx=blind_index("text-words", "One part."), reference="SM1", sent_at=clock.now(),
            )  # fmt: skip
        desk = Desk(NC, "first")
        assert desk.turn() == 1
        assert [text.to[-4:] for text in desk.carrier.taken] == ["0111"]
        with as_state():
            assert Dispatch.objects.get(state=int(DispatchState.WITHHELD)).reason == "already-sent-before-restore"


def held(program: str, *, released: bool = False) -> SendingHold:
    """A hold, as a restore leaves it."""
    now = clock.now()
    with as_state(program):
        return SendingHold.objects.create(
            program=program, kind="restored", epoch=1, held_at=now, entry_id=uuid.uuid4(),
            released_at=now if released else None,
        )  # fmt: skip

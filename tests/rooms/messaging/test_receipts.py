"""Receipts: durable before the carrier is answered, folded many at a time, and what they tell beyond one text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from tests.rooms.messaging.scene import ALLOWED, PROGRAM, Line, add_person, answer, as_state, attempt

from harborline.consent.selectors import suppressed_numbers
from harborline.kernel import clock
from harborline.ledger.models import Content
from harborline.messaging.accepting.gathering import Gathering
from harborline.messaging.columns import hot_cursor
from harborline.messaging.facts import DispatchState, ReceiptEvent, ReceiptNews, RunState
from harborline.messaging.models import Dispatch, NoticeRun, ReceiptRecord, Sender
from harborline.messaging.sending.news import FILTERED_STOPS_RUN
from harborline.messaging.sending.receipts import FOLD, fold, take_in
from harborline.messaging.sending.records import ReceiptArrival
from harborline.messaging.services import take_receipts
from harborline.project.embedded import admin_connection
from harborline.vault.services import blind_index

if TYPE_CHECKING:
    from tests.rooms.messaging.scene import Scene

NUMBER = "+19195550101"


def handed_over(scene: Scene, count: int = 1) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Texts that are with the carrier, not yet answered: (message, attempt)."""
    person = add_person(f"P-{uuid.uuid4().hex[:8]}", "Ben Brooks")
    at = clock.now() + timedelta(days=3)
    messages = scene.plan([Line(ALLOWED, person, at=at, number=NUMBER) for _ in range(count)])
    return [(message_id, attempt(scene, message_id)) for message_id in messages if message_id]


def event(attempt_id: uuid.UUID, receipt: str, code: str = "", news: ReceiptNews = ReceiptNews.NOTHING) -> ReceiptEvent:
    """What the network says now."""
    return ReceiptEvent(attempt_id, receipt, code, clock.now(), "SM1", news)


def told(*events: ReceiptEvent) -> None:
    """The carrier posts each by itself."""
    for each in events:
        take_receipts(PROGRAM, "twilio", [each])


def state_of(message_id: uuid.UUID) -> DispatchState:
    """Where a text is."""
    with as_state():
        return DispatchState(Dispatch.objects.get(message_id=message_id).state)


class TestReceipts:
    """What the network says of one text."""

    @pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "answer"])))
    def test_end_the_same_in_any_order(self, scene: Scene, order: Sequence[str]) -> None:
        """Sent, delivered and the carrier's own answer, whichever comes first, each even twice."""
        with as_state():
            ((message_id, attempt_id),) = handed_over(scene)
        for step in order:
            if step == "answer":
                with as_state():
                    answer(attempt_id, message_id, "accepted")
            else:
                told(event(attempt_id, step), event(attempt_id, step))
        assert state_of(message_id) is DispatchState.DELIVERED
        with as_state():
            assert sorted(row.receipt for row in ReceiptRecord.objects.all()) == ["delivered", "sent"]
            assert not ReceiptArrival.objects.exists()

    def test_only_land_while_others_wait_and_are_folded_by_the_last(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both are kept before their carrier is answered; the record has them once nobody waits any more."""
        with as_state():
            (first, first_attempt), (last, last_attempt) = handed_over(scene, 2)
        with monkeypatch.context() as busy:
            busy.setattr(Gathering, "others_wait", lambda _self, _key: True)
            told(event(first_attempt, "delivered"))
        assert state_of(first) is DispatchState.ATTEMPTED
        with as_state():
            assert ReceiptArrival.objects.count() == 1
        told(event(last_attempt, "delivered"))
        assert state_of(first) is state_of(last) is DispatchState.DELIVERED
        with as_state():
            assert not ReceiptArrival.objects.exists()

    def test_of_attempts_nobody_made_change_nothing(self, scene: Scene) -> None:
        """A forged or foreign receipt is taken in and forgotten."""
        with as_state():
            ((message_id, _),) = handed_over(scene)
        told(event(uuid.uuid4(), "delivered"))
        assert state_of(message_id) is DispatchState.ATTEMPTED
        with as_state():
            assert not ReceiptRecord.objects.exists()
            assert not ReceiptArrival.objects.exists()

    def test_that_come_while_others_are_folded_wait_for_the_next(self, scene: Scene) -> None:
        """While one fold is at work the next receipt is only kept; it is not lost, and nobody waits for the fold."""
        with as_state():
            ((message_id, attempt_id),) = handed_over(scene)
        with admin_connection("harborline") as other, other.transaction():
            other.execute(f"SELECT pg_advisory_xact_lock(hashtextextended('harborline/receipts/{PROGRAM}', 0))")
            told(event(attempt_id, "delivered"))
            with as_state():
                assert ReceiptArrival.objects.count() == 1
            assert state_of(message_id) is DispatchState.ATTEMPTED
        with as_state(), hot_cursor() as cursor:
            assert fold(cursor, PROGRAM, now=clock.now()) == 1
        assert state_of(message_id) is DispatchState.DELIVERED

    def test_are_folded_many_to_one_entry(self, scene: Scene) -> None:
        """A thousand receipts that waited make three entries of the log, not a thousand."""
        with as_state():
            handed = handed_over(scene, 20)
            with hot_cursor() as cursor:
                events = [event(attempt_id, "sent") for _, attempt_id in handed] * 50
                take_in(cursor, PROGRAM, events)
                sizes = [fold(cursor, PROGRAM, now=clock.now()) for _ in range(3)]
            entries = Content.objects.filter(kind="message.receipts").count()
        assert sizes == [FOLD, FOLD, 0]
        assert entries == 2
        assert {state_of(message_id) for message_id, _ in handed} == {DispatchState.SENT}


class TestWhatReceiptsTell:
    """Some codes are about more than one text."""

    def test_a_stop_with_the_carrier_is_a_stop_with_us(self, scene: Scene) -> None:
        """The number asked the carrier, not us: it holds for the whole agency from now on."""
        with as_state():
            ((_, attempt_id),) = handed_over(scene)
        told(event(attempt_id, "failed", "21610", ReceiptNews.STOPPED))
        with as_state():
            assert suppressed_numbers(PROGRAM, [blind_index("phone", NUMBER)])

    def test_words_the_network_filters_stop_the_run(self, scene: Scene) -> None:
        """One may be chance; from the third on the run waits for a person."""
        with as_state():
            handed = handed_over(scene, FILTERED_STOPS_RUN)
        for place, (_, attempt_id) in enumerate(handed, 1):
            told(event(attempt_id, "failed", "30007", ReceiptNews.FILTERED))
            with as_state():
                run = NoticeRun.objects.get(id=scene.run.id)
            assert run.state == (RunState.PAUSED if place == FILTERED_STOPS_RUN else RunState.RUNNING)
        with as_state():
            assert {row.reason for row in Dispatch.objects.all()} == {"network-filtered"}

    def test_an_unregistered_number_stops_the_sender(self, scene: Scene) -> None:
        """Nobody's text is to blame: the sender waits for whoever sees to the registration."""
        with as_state():
            ((_, attempt_id),) = handed_over(scene)
        told(event(attempt_id, "failed", "30034", ReceiptNews.ACCOUNT))
        with as_state():
            assert Sender.objects.get(id=scene.run.sender_id).paused_reason == "carrier-account"

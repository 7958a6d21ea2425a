"""Lots: what is due is taken once, in order, and nothing is left behind."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rooms.messaging.scene import ALLOWED, PROGRAM, Line, as_state, set_up

from harborline.messaging.columns import hot_cursor
from harborline.messaging.facts import RunState
from harborline.messaging.models import Dispatch, NoticeRun
from harborline.messaging.notices.steering import cancel_run
from harborline.messaging.sending import lots
from harborline.messaging.sending.lots import LOT_SIZE, Queue
from harborline.messaging.sending.records import Lot

if TYPE_CHECKING:
    from tests.rooms.messaging.scene import Scene

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def queue_of(scene: Scene) -> Queue:
    """The queue of the scene's run."""
    return Queue(PROGRAM, scene.run.sender_id, scene.run.id)


def ids(count: int) -> list[bytes]:
    """So many texts."""
    return [uuid.uuid4().bytes for _ in range(count)]


class TestTaking:
    """A dispatcher takes a lot at a time."""

    def test_is_in_the_order_of_the_moments(self, scene: Scene) -> None:
        """What was due first goes first; what is not due yet stays."""
        late, early, future = ids(3)
        with as_state(), hot_cursor() as cursor:
            due = [(late, NOW), (early, NOW - timedelta(hours=1)), (future, NOW + timedelta(seconds=1))]
            lots.put(cursor, queue_of(scene), due)
            taken = lots.take(cursor, queue_of(scene), limit=10, now=NOW)
            left = [each.bytes for lot in Lot.objects.all() for each in lot.message_ids]
        assert taken == [early, late]
        assert left == [future]

    def test_leaves_the_rest_of_a_large_lot_in_its_place(self, scene: Scene) -> None:
        """A slow sender takes a few at a time and keeps the order."""
        texts = ids(LOT_SIZE)
        with as_state(), hot_cursor() as cursor:
            lots.put(cursor, queue_of(scene), [(text, NOW) for text in texts])
            taken = [lots.take(cursor, queue_of(scene), limit=20, now=NOW) for _ in range(5)]
        assert [len(each) for each in taken] == [20, 20, 20, 4, 0]
        assert [text for each in taken for text in each] == texts

    def test_gathers_small_lots(self, scene: Scene) -> None:
        """Texts put off one by one do not go one by one."""
        texts = ids(50)
        with as_state(), hot_cursor() as cursor:
            for place, text in enumerate(texts):
                lots.put(cursor, queue_of(scene), [(text, NOW - timedelta(minutes=50 - place))])
            taken = lots.take(cursor, queue_of(scene), limit=LOT_SIZE, now=NOW)
        assert taken == texts

    def test_gives_nothing_of_a_run_that_is_not_running(self, scene: Scene) -> None:
        """Paused, cancelled or waiting for a second person: nothing goes."""
        with as_state(), hot_cursor() as cursor:
            lots.put(cursor, queue_of(scene), [(text, NOW) for text in ids(3)])
            for state in set(RunState) - {RunState.RUNNING}:
                NoticeRun.objects.filter(id=scene.run.id).update(state=state.value)
                assert lots.take(cursor, queue_of(scene), limit=10, now=NOW) == []

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        waits=st.lists(st.integers(-5, 2), min_size=1, max_size=150),
        limits=st.lists(st.integers(1, LOT_SIZE), min_size=1, max_size=5),
    )
    def test_takes_everything_once(self, scene: Scene, waits: list[int], limits: list[int]) -> None:
        """Whatever the moments and however many fit: each text that is due comes out exactly once."""
        due = [(text, NOW + timedelta(minutes=wait)) for text, wait in zip(ids(len(waits)), waits, strict=True)]
        taken: list[bytes] = []
        with as_state(), hot_cursor() as cursor:
            Lot.objects.all().delete()
            lots.put(cursor, queue_of(scene), due)
            for turn in range(1000):
                found = lots.take(cursor, queue_of(scene), limit=limits[turn % len(limits)], now=NOW)
                assert len(found) <= limits[turn % len(limits)]
                taken += found
                if not found:
                    break
            left = sum(len(lot.message_ids) for lot in Lot.objects.all())
        assert sorted(taken) == sorted(text for text, at in due if at <= NOW)
        assert left == sum(at > NOW for _, at in due)


@pytest.mark.usefixtures("committed")
class TestACancelledRun:
    """Nothing of it is taken while it is being cancelled."""

    def test_waits_for_the_claim_that_holds_a_lot_and_stops_the_next(self) -> None:
        """A claim leaves the rest of its lot behind; the one that cancels gets that rest, never the next claim."""
        with as_state():
            scene = set_up()
            texts = scene.plan([Line(ALLOWED, number=f"+191955501{ending:02}") for ending in range(6)])
            NoticeRun.objects.filter(id=scene.run.id).update(state=RunState.RUNNING.value)
        cancelled, end, stopped = threading.Event(), threading.Event(), list[int]()

        def cancel() -> None:
            try:
                with as_state():
                    stopped.append(cancel_run(scene.run.id, roles=frozenset({"state-operator"})))
                    cancelled.set()
                    assert end.wait(30)
            finally:
                connections.close_all()

        canceller = threading.Thread(target=cancel)
        with as_state(), hot_cursor() as cursor:
            taken = lots.take(cursor, queue_of(scene), limit=2, now=NOW)
            Dispatch.objects.filter(message_id__in=[uuid.UUID(bytes=bytes(each)) for each in taken]).update(state=2)
            canceller.start()
            assert not cancelled.wait(0.5), "the claim was not waited for"
        assert cancelled.wait(30)
        with as_state(), hot_cursor() as cursor:
            assert lots.take(cursor, queue_of(scene), limit=10, now=NOW) == []
        end.set()
        canceller.join()
        with as_state():
            assert (len(taken), stopped, Lot.objects.count(), len(texts)) == (2, [4], 0, 6)


class TestAForgottenText:
    """Queued, and in no lot: none should be, but if one is, it is found."""

    def test_comes_back_into_a_lot(self, scene: Scene) -> None:
        """A run with queued texts and no lots gets them back when it would be called finished."""
        with as_state(), hot_cursor() as cursor:
            (message_id,) = scene.plan([Line(ALLOWED)])
            lots.drop(cursor, scene.run.id)
            assert lots.find_forgotten(cursor, queue_of(scene), NOW) == 1
            assert lots.find_forgotten(cursor, queue_of(scene), NOW) == 0
            (lot,) = Lot.objects.all()
        assert lot.message_ids == [message_id]

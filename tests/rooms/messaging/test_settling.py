"""A text nobody could answer for: shown until a receipt, its expiry or a person settles it; a person sends it again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    PROGRAM,
    TEXT,
    Line,
    add_person,
    answer,
    as_cora,
    as_dev,
    as_state,
    attempt,
    days_later,
    tell,
)

from harborline.kernel import NotFound, Refused, clock
from harborline.messaging import services
from harborline.messaging.columns import hot_cursor
from harborline.messaging.facts import DispatchState, Knowledge, Verdict
from harborline.messaging.models import Attempt, Dispatch, Message
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors import unclear_texts
from harborline.messaging.sending.expiring import GRACE, expire_unknown
from harborline.messaging.sending.records import Lot, SentAgain, Settlement, Unclear

if TYPE_CHECKING:
    from tests.rooms.messaging.scene import Scene

STATE = frozenset({"state-operator"})


def unclear(scene: Scene) -> tuple[uuid.UUID, uuid.UUID]:
    """A text whose answer was lost, and its attempt."""
    person = add_person("P-1", "Ben Brooks")
    at = clock.now() + timedelta(days=3)
    (message_id,) = scene.plan([Line(ALLOWED, person, at=at)])
    assert message_id is not None
    attempt_id = attempt(scene, message_id)
    answer(attempt_id, message_id, "unknown", "connection-lost")
    return message_id, attempt_id


def state_of(message_id: uuid.UUID) -> tuple[DispatchState, str]:
    """Where a text is and why."""
    row = Dispatch.objects.get(message_id=message_id)
    return DispatchState(row.state), row.reason


class TestAnUnclearText:
    """Somebody finds out."""

    @pytest.mark.parametrize(
        ("verdict", "state"),
        [(Verdict.ARRIVED, DispatchState.DELIVERED), (Verdict.NOT_ARRIVED, DispatchState.FAILED)],
    )
    def test_is_settled_by_a_person(self, scene: Scene, verdict: Verdict, state: DispatchState) -> None:
        """It arrived, or it surely did not; who says so and how they know stands on record, in the proof too."""
        with as_state():
            message_id, _ = unclear(scene)
            assert [one.message_id for one in unclear_texts()] == [message_id]
            services.settle_unknown(message_id, verdict, how=Knowledge.PERSON, note="She read it to me.")
            assert unclear_texts() == []
            kept = Settlement.objects.get(message_id=message_id)
            found = state_of(message_id)
        assert found == (state, f"settled-{verdict.value}")
        assert (kept.by, kept.how) == ("worker:olga", "person-said")
        assert b"She read it" not in bytes(kept.note)

    def test_is_not_settled_by_another_county(self, scene: Scene) -> None:
        """Dev does not see Wake's texts."""
        with as_state():
            message_id, _ = unclear(scene)
        with as_dev(), pytest.raises(NotFound):
            services.settle_unknown(message_id, Verdict.ARRIVED, how=Knowledge.PERSON)
        with as_cora():
            services.settle_unknown(message_id, Verdict.ARRIVED, how=Knowledge.PERSON)

    def test_that_is_clear_needs_nobody(self, scene: Scene) -> None:
        """A receipt was first; the person's word changes nothing then."""
        with as_state():
            message_id, attempt_id = unclear(scene)
            tell(attempt_id, "delivered")
            with pytest.raises(Refused, match="text-is-not-unclear"):
                services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.CARRIER)
            assert state_of(message_id)[0] is DispatchState.DELIVERED

    def test_yields_to_a_late_receipt(self, scene: Scene) -> None:
        """The network's own word that it arrived counts more than what somebody was told."""
        with as_state():
            message_id, attempt_id = unclear(scene)
            services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.PERSON)
            tell(attempt_id, "delivered")
            assert state_of(message_id)[0] is DispatchState.DELIVERED

    def test_ends_at_its_expiry(self, scene: Scene) -> None:
        """When the carrier itself would not deliver it any more, waiting is over; a late receipt still counts."""
        with as_state():
            message_id, attempt_id = unclear(scene)
            over = Attempt.objects.get(id=attempt_id).expires_at + GRACE
            with hot_cursor() as cursor:
                assert expire_unknown(cursor, PROGRAM, now=over) == 0
                assert expire_unknown(cursor, PROGRAM, now=over + timedelta(seconds=1)) == 1
                assert expire_unknown(cursor, PROGRAM, now=over + timedelta(seconds=2)) == 0
            assert state_of(message_id) == (DispatchState.EXPIRED, "no-news")
            assert [one.over for one in unclear_texts()] == [True]
            assert not Unclear.objects.exists()
            tell(attempt_id, "delivered")
            assert state_of(message_id)[0] is DispatchState.DELIVERED

    def test_that_became_clear_does_not_expire(self, scene: Scene) -> None:
        """Its receipt came in time."""
        with as_state():
            message_id, attempt_id = unclear(scene)
            tell(attempt_id, "delivered")
            with hot_cursor() as cursor:
                assert expire_unknown(cursor, PROGRAM, now=clock.now() + timedelta(days=9)) == 0
            assert state_of(message_id)[0] is DispatchState.DELIVERED


class TestSendingAgain:
    """A new text, by a person's own act."""

    def test_makes_a_new_text_with_the_same_words(self, scene: Scene) -> None:
        """The first stays as it is; the second is queued, judged again at its hand-over, and bound to the first."""
        with as_state():
            message_id, _ = unclear(scene)
            services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.PERSON)
            new = services.send_again(message_id, roles=STATE)
            made = Message.objects.get(id=new)
            words = open_text_of(PROGRAM, new, made.messagecontent.sealed)
            lot = Lot.objects.get(run_id=None)
            link = SentAgain.objects.get(message_id=message_id)
            first = state_of(message_id)
            second = state_of(new)
        assert new != message_id
        assert words.text == TEXT
        assert lot.message_ids == [new]
        assert (link.again_as, link.by) == (new, "worker:olga")
        assert first[0] is DispatchState.FAILED
        assert second[0] is DispatchState.QUEUED
        assert made.kind == "notice"

    def test_is_refused_while_it_may_have_arrived(self, scene: Scene) -> None:
        """Unclear is not "surely not": nothing goes twice."""
        with as_state():
            message_id, _ = unclear(scene)
            with pytest.raises(Refused, match="may-have-arrived"):
                services.send_again(message_id, roles=STATE)
            services.settle_unknown(message_id, Verdict.ARRIVED, how=Knowledge.PERSON)
            with pytest.raises(Refused, match="may-have-arrived"):
                services.send_again(message_id, roles=STATE)

    def test_is_done_once(self, scene: Scene) -> None:
        """A second click changes nothing."""
        with as_state():
            message_id, _ = unclear(scene)
            services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.CARRIER)
            services.send_again(message_id, roles=STATE)
            with pytest.raises(Refused, match="sent-again-before"):
                services.send_again(message_id, roles=STATE)

    def test_is_refused_once_the_appointment_has_passed(self, scene: Scene) -> None:
        """A reminder of yesterday is none."""
        with as_state():
            message_id, _ = unclear(scene)
            services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.PERSON)
            Dispatch.objects.filter(message_id=message_id).update(last_due_at=days_later(-900))
            with pytest.raises(Refused, match="appointment-passed"):
                services.send_again(message_id, roles=STATE)

    def test_is_for_who_may_start_runs(self, scene: Scene) -> None:
        """Cora may say what she heard, but in North Carolina only the state sends."""
        with as_state():
            message_id, _ = unclear(scene)
        with as_cora():
            services.settle_unknown(message_id, Verdict.NOT_ARRIVED, how=Knowledge.PERSON)
            with pytest.raises(Refused, match="role-may-not-steer-runs"):
                services.send_again(message_id)

"""What waits for somebody, how the carrier does, and what came back from phones."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    PROGRAM,
    Line,
    Scene,
    add_person,
    answer,
    as_cora,
    as_dev,
    as_state,
    attempt,
    load_protections,
    open_scene,
)

from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.messaging.facts import RunState
from harborline.messaging.models import InboundMessage
from harborline.messaging.selectors import (
    carrier_status,
    recent_opt_outs,
    replies,
    templates,
    waiting,
)
from harborline.vault.services import blind_index


def comes_in(scene: Scene, number: str = "+19195550101", opt_out: str = "none") -> uuid.UUID:
    """A text from a handset, as it is kept."""
    row = InboundMessage.objects.create(
        program=PROGRAM,
        sender_id=scene.run.sender_id,
        carrier_ref=str(new_id()),
        phone_idx=blind_index("phone", number),
        sealed=b"sealed",
        opt_out=opt_out,
        received_at=clock.now() + timedelta(minutes=1),
        entry_id=new_id(),
    )
    return row.id


class TestWhatWaits:
    """The first thing a worker sees in the morning."""

    def test_is_the_nightly_file_when_it_did_not_come(self, scene: Scene) -> None:
        """Everything is held until it does."""
        with as_state():
            assert waiting().protection_feed_stale
            load_protections(timedelta(hours=1))
            assert not waiting().protection_feed_stale

    def test_is_nothing_on_a_quiet_day(self, scene: Scene) -> None:
        """Protections fresh, no run to approve, no text unknown."""
        with as_state():
            load_protections(timedelta(hours=1))
            assert waiting().nothing

    def test_counts_runs_and_unknown_texts(self, scene: Scene) -> None:
        """One large run waits for a second person; one text nobody can answer for."""
        with as_state():
            open_scene(RunState.AWAITING_APPROVAL)
            open_scene(RunState.READY)
            (message_id,) = scene.plan([Line(ALLOWED)])
            assert message_id is not None
            answer(attempt(scene, message_id), message_id, "unknown")
            found = waiting()
        assert (found.runs_to_approve, found.runs_ready, found.unknown_messages) == (1, 1, 1)


class TestTheCarrier:
    """Whether texts can go out at all."""

    def test_without_an_approval_is_shown_as_refused(self, scene: Scene) -> None:
        """With the reason, and what waits in its queue."""
        with as_state():
            scene.plan([Line(ALLOWED)])
            (status,) = carrier_status()
        assert (status.approved, status.reason, status.queued) == (False, "vendor-not-approved", 1)
        assert status.last_answer_at is None

    def test_shows_its_last_answer(self, scene: Scene) -> None:
        """So that silence is seen."""
        with as_state():
            (message_id,) = scene.plan([Line(ALLOWED)])
            assert message_id is not None
            answer(attempt(scene, message_id), message_id, "accepted")
            (status,) = carrier_status()
        assert status.last_answer_at is not None


class TestReplies:
    """Texts that came in."""

    def test_lead_to_the_person_last_texted_on_that_number(self, scene: Scene) -> None:
        """Newest first."""
        with as_state():
            ana = add_person("P-1", "Ana Torres")
            (message_id,) = scene.plan([Line(ALLOWED, ana)])
            reply_id = comes_in(scene, opt_out="exact")
            (row,) = replies()
        assert (row.id, row.participant_id, row.after_message_id, row.opt_out) == (
            reply_id,
            ana.id,
            message_id,
            "exact",
        )

    def test_of_one_person_are_found(self, scene: Scene) -> None:
        """On the page of that participant."""
        with as_state():
            ana, ben = add_person("P-1", "Ana Torres"), add_person("P-2", "Ben Torres")
            scene.plan([Line(ALLOWED, ana), Line(ALLOWED, ben, number="+19195550102")])
            comes_in(scene)
            reply_id = comes_in(scene, number="+19195550102")
            assert [row.id for row in replies(participant_id=ben.id)] == [reply_id]

    def test_of_wake_are_hidden_from_durham(self, scene: Scene) -> None:
        """Nor are those of numbers nobody knows shown to a county."""
        with as_state():
            scene.plan([Line(ALLOWED, add_person("P-1", "Ana Torres"))])
            comes_in(scene)
            comes_in(scene, number="+19195550199")
            assert len(replies()) == 2
        with as_cora():
            assert len(replies()) == 1
        with as_dev():
            assert replies() == []

    def test_that_ask_to_stop_are_counted(self, scene: Scene) -> None:
        """Of the last week."""
        with as_state():
            for opt_out in ("none", "exact", "possible"):
                comes_in(scene, opt_out=opt_out)
            assert recent_opt_outs() == 2

    def test_that_ask_to_stop_are_counted_where_somebody_has_the_number(self, scene: Scene) -> None:
        """Ana's in Wake; Durham learns of none, not even how many."""
        with as_state():
            add_person("P-1", "Ana Torres", number="+19195550101")
            comes_in(scene, opt_out="exact")
            comes_in(scene, number="+19195550199", opt_out="exact")
            assert recent_opt_outs() == 2
        with as_cora():
            assert recent_opt_outs() == 1
        with as_dev():
            assert recent_opt_outs() == 0


class TestTheTemplates:
    """What can be sent at all."""

    def test_are_notices_in_both_languages(self, scene: Scene) -> None:
        """Answers to replies are not offered."""
        with as_state():
            found = {one.key: one for one in templates()}
        assert {"en", "es"} <= set(found["appointment-reminder"].languages)
        assert not any(key.startswith("reply-") for key in found)

    @pytest.mark.parametrize(
        ("language", "title"), [("en", "Appointment moved"), ("es", "Cambio de cita"), ("so", "Appointment moved")]
    )
    def test_have_a_title_for_staff(self, scene: Scene, language: str, title: str) -> None:
        """In the worker's language, else in English."""
        with as_state():
            found = {one.key: one for one in templates()}
        assert found["appointment-changed"].title_in(language) == title

"""One text and its life, and the exact texts before a run goes out."""

from __future__ import annotations

import uuid

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    DURHAM,
    NO_CONSENT,
    TEXT,
    WITH_ANOTHER,
    Line,
    Scene,
    add_person,
    answer,
    as_cora,
    as_dev,
    as_state,
    attempt,
    days_later,
    postpone,
    tell,
)

from harborline.kernel import NotFound
from harborline.ledger.selectors import entries_of
from harborline.messaging.models import MessageContent
from harborline.messaging.notices.steering import cancel_run
from harborline.messaging.selectors import exact_texts, message


def planned(scene: Scene, line: Line) -> uuid.UUID:
    """The text of a row that is allowed."""
    (message_id,) = scene.plan([line])
    assert message_id is not None
    return message_id


class TestReadingOneText:
    """A worker opens one message."""

    def test_shows_its_words_and_decision(self, scene: Scene) -> None:
        """What the phone got, to which number's end, on which clauses."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED, add_person("P-1", "Ana Torres")))
        with as_cora():
            life = message(message_id)
        assert (life.text, life.number_ends_in, life.external_id) == (TEXT, "0101", "P-1")
        assert (life.decision.outcome, life.decision.clauses) == ("allow", ("NC-CSS-22-18:lawful-notifications",))
        assert (life.state, life.segments, life.encoding) == ("queued", 1, "gsm7")
        assert [event.kind for event in life.events] == ["planned", "queued"]

    def test_is_recorded(self, scene: Scene) -> None:
        """Who opened it stays on record, about the person it went to."""
        with as_state():
            ana = add_person("P-1", "Ana Torres")
            message_id = planned(scene, Line(ALLOWED, ana))
        with as_cora():
            message(message_id)
            (entry,) = entries_of(f"participant:{ana.id}")
        assert (entry.kind, entry.actor, entry.content["message"]) == ("message.opened", "worker:cora", str(message_id))

    def test_is_not_possible_from_another_county(self, scene: Scene) -> None:
        """Dev gets the same answer as for a message that never was."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED))
        with as_dev(), pytest.raises(NotFound):
            message(message_id)
        with as_dev():
            assert entries_of(f"message:{message_id}") == []

    def test_tells_every_step_in_order(self, scene: Scene) -> None:
        """Set aside for the hour, attempted, accepted, delivered: each with its place in the record."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED))
            postpone(message_id)
            attempt_id = attempt(scene, message_id)
            answer(attempt_id, message_id, "accepted")
            tell(attempt_id, "delivered")
            life = message(message_id)
        kinds = [event.kind for event in life.events]
        assert kinds == ["planned", "queued", "set-aside", "attempted", "accepted", "delivered"]
        assert all(event.entry_id for event in life.events)
        assert (life.events[2].reason, life.events[3].carrier, life.state) == (
            "outside-hours",
            "simulator",
            "delivered",
        )

    def test_shows_a_cancellation(self, scene: Scene) -> None:
        """Cancelled with its run."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED))
            cancel_run(scene.run.id, roles=frozenset({"state-operator"}))
            life = message(message_id)
        assert (life.state, life.events[-1].kind, life.events[-1].reason) == ("cancelled", "cancelled", "run-cancelled")

    def test_names_those_who_share_it(self, scene: Scene) -> None:
        """One text for two children."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED, reference="P-1"))
            scene.plan([Line(WITH_ANOTHER, reference="P-2", with_row_no=2)])
            assert message(message_id).shared_with == ("P-2",)

    def test_still_tells_its_life_when_the_words_are_gone(self, scene: Scene) -> None:
        """Destroyed by schedule: no words, all steps."""
        with as_state():
            message_id = planned(scene, Line(ALLOWED))
            MessageContent.objects.filter(message_id=message_id).delete()
            life = message(message_id)
        assert (life.text, life.number_ends_in, len(life.events)) == (None, "", 2)


class TestTheExactTexts:
    """The preview before anything goes out."""

    def test_are_counted_by_their_words(self, scene: Scene) -> None:
        """English twice, Spanish once, refused people none."""
        spanish = "Servicios de Manutención de NC: tiene una cita."
        with as_state():
            scene.plan(
                [
                    Line(ALLOWED),
                    Line(ALLOWED, county=DURHAM),
                    Line(ALLOWED, language="es", text=spanish),
                    Line(NO_CONSENT),
                ]
            )
            found = exact_texts(scene.run.id)
        assert [(one.language, one.text, one.recipients) for one in found] == [("en", TEXT, 2), ("es", spanish, 1)]

    def test_are_never_more_than_asked_for(self, scene: Scene) -> None:
        """A sample, whatever the run's size."""
        with as_state():
            scene.plan([Line(ALLOWED, at=days_later(n), text=f"{TEXT} {n}") for n in range(40)])
            assert len(exact_texts(scene.run.id, limit=5)) == 5

    def test_are_looked_at_on_the_record(self, scene: Scene) -> None:
        """One entry for one look."""
        with as_state():
            scene.plan([Line(ALLOWED)])
            exact_texts(scene.run.id)
            kinds = [entry.kind for entry in entries_of(f"run:{scene.run.id}")]
        assert kinds.count("notice.texts-previewed") == 1

    def test_are_none_before_planning(self, scene: Scene) -> None:
        """And nothing is recorded."""
        with as_state():
            assert exact_texts(scene.run.id) == []
            assert entries_of(f"run:{scene.run.id}") == []

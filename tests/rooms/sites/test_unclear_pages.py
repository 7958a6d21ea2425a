"""The pages of what the phone company left open: texts without an answer, and senders that stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.rooms.messaging.scene import ALLOWED, Line, Scene, add_person, answer, as_state, attempt, set_up
from tests.telling import told

from harborline.kernel import clock
from harborline.messaging.models import Sender
from harborline.messaging.services import pause_sender

PAGE = "/console/unclear/"


@pytest.fixture
def scene(db: None) -> Scene:
    """A run, its office, and nobody in it yet."""
    return set_up()


def left_open(scene: Scene) -> str:
    """The address of a text whose answer was lost."""
    with as_state():
        person = add_person("P-77", "Ben Brooks")
        (message_id,) = scene.plan([Line(ALLOWED, person, at=clock.now() + timedelta(days=3))])
        assert message_id is not None
        answer(attempt(scene, message_id), message_id, "unknown", "connection-lost")
    return f"/console/notices/messages/{message_id}/"


class TestTextsNobodyCanAnswerFor:
    """Listed for who settles them."""

    def test_stand_in_a_list_with_the_way_to_settle_them(self, signed_in: Callable[..., Any], scene: Scene) -> None:
        """By the person's number in the case system, never by name."""
        olga, place = signed_in("olga"), left_open(scene)
        page = olga.get(PAGE).content.decode()
        assert place in page
        assert "P-77" in page
        assert told(("Ben",), page) == []
        assert PAGE in olga.get("/console/").content.decode()

    def test_are_not_shown_to_another_county(self, signed_in: Callable[..., Any], scene: Scene) -> None:
        """Dev works in Durham."""
        left_open(scene)
        assert "P-77" not in signed_in("dev").get(PAGE).content.decode()

    def test_are_none_most_days(self, signed_in: Callable[..., Any]) -> None:
        """And the page says so; the first page has no heading over nothing."""
        olga = signed_in("olga")
        assert "We know what became of every text." in olga.get(PAGE).content.decode()
        assert "<h2>Waiting for you</h2>" not in olga.get("/console/").content.decode()


class TestASenderThatStopped:
    """Trouble with our account at the company."""

    def test_is_told_and_let_go_on(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """On the first page and here; a press lets it go on, once."""
        olga = signed_in("olga")
        with as_state():
            pause_sender(Sender.objects.get(key="nc-css-main").id, reason="carrier-account", code="20003")
        assert "sends nothing now" in olga.get("/console/").content.decode()
        assert "trouble with our account" in olga.get(PAGE).content.decode()
        for said in ("It sends again.", "It was sending already."):
            assert said in olga.post(f"{PAGE}go-on/", {"sender": "nc-css-main"}, follow=True).content.decode()
        with as_state():
            assert not Sender.objects.get(key="nc-css-main").paused_reason
        assert "no such sender" in olga.post(f"{PAGE}go-on/", {"sender": "x"}, follow=True).content.decode()

    def test_is_not_for_every_worker_to_start(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """A case manager sees it stand, and no button."""
        with as_state():
            pause_sender(Sender.objects.get(key="nc-css-main").id, reason="carrier-account")
        cora = signed_in("cora")
        assert "It is seen to" not in cora.get(PAGE).content.decode()
        assert cora.post(f"{PAGE}go-on/", {"sender": "nc-css-main"}).status_code == 403
        with as_state():
            assert Sender.objects.get(key="nc-css-main").paused_reason

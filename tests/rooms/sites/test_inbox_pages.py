"""The pages of texts that come in: read once on record, closed with what was asked, danger first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.rooms.town import BEN, MAYA, MN, NC, as_state
from tests.telling import told

from harborline.kernel import clock
from harborline.messaging.conversations.records import ThreadText
from harborline.messaging.facts import InboundText
from harborline.messaging.models import InboundMessage
from harborline.messaging.selectors import inbox
from harborline.messaging.services import take_inbound


def wrote(program: str, number: str, words: str, ref: str = "SM1") -> None:
    """Somebody writes to the program's number."""
    take_inbound(program, InboundText(f"{program}-main", number, words, ref, clock.now() - timedelta(seconds=5)))


def waiting(program: str) -> list[inbox.InboxLine]:
    """What the state sees waiting."""
    with as_state(program):
        return inbox.inbox()


class TestAText:
    """Is listed without its words, opened on record, closed with what was asked."""

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="allows")
    def test_is_read_and_then_destroyed_where_texts_go(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The clinic reads it; with what was asked written down, the words are gone for good."""
        wrote(MN, MAYA, "Can I move my visit to next week? Thank you")
        (row,) = waiting(MN)
        clara = signed_in("clara")
        listed = clara.get("/console/inbox/").content
        assert b"move my visit" not in listed
        shown = clara.post(f"/console/inbox/texts/{row.text_id}/open/")
        assert b"move my visit" in shown.content
        assert "no-store" in shown.headers["Cache-Control"]
        clara.post(f"/console/inbox/texts/{row.text_id}/close/", {"asked": ""})
        assert waiting(MN)
        clara.post(f"/console/inbox/texts/{row.text_id}/close/", {"asked": "appointment"})
        assert waiting(MN) == []
        assert clara.post(f"/console/inbox/texts/{row.text_id}/open/").status_code == 404
        with as_state(MN):
            assert not InboundMessage.objects.get().sealed

    def test_of_child_support_keeps_its_sealed_record(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The working copy goes, the record stays."""
        wrote(NC, BEN, "What time do you close on Friday?")
        (row,) = waiting(NC)
        cora = signed_in("cora")
        cora.post(f"/console/inbox/texts/{row.text_id}/open/")
        cora.post(f"/console/inbox/texts/{row.text_id}/close/", {"asked": "other", "note": "opening hours"})
        with as_state(NC):
            assert InboundMessage.objects.get().sealed
            assert ThreadText.objects.get(id=row.text_id).gone_at

    def test_with_private_things_is_masked(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The kind is named, not the number."""
        wrote(NC, BEN, "my social is 078-05-1120 call me")
        page = signed_in("cora").get("/console/inbox/").content.decode()
        assert "Has a Social Security number" in page
        assert told(("078", "1120", "078-05-1120"), page) == []

    def test_of_wake_is_not_seen_in_durham(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """A guessed address opens nothing."""
        wrote(NC, BEN, "where do I park?")
        (row,) = waiting(NC)
        dev = signed_in("dev")
        assert str(row.text_id).encode() not in dev.get("/console/inbox/").content
        assert dev.post(f"/console/inbox/texts/{row.text_id}/open/").status_code == 404


class TestAConversation:
    """Is listed for good; it is answered by text only where the program lets staff write."""

    def test_is_found_again_after_its_text_is_gone(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Nothing waits any more; the conversation says what was asked and what was noted, not what was written."""
        wrote(MN, MAYA, "Can I move my visit to next week? Thank you")
        (row,) = waiting(MN)
        clara = signed_in("clara")
        clara.post(f"/console/inbox/texts/{row.text_id}/open/")
        clara.post(f"/console/inbox/texts/{row.text_id}/close/", {"asked": "appointment", "note": "moved to Friday"})
        listed = clara.get("/console/inbox/").content.decode()
        assert "No text waits." in listed
        assert f"/console/inbox/conversations/{row.thread_id}/" in listed
        shown = clara.get(f"/console/inbox/conversations/{row.thread_id}/").content.decode()
        assert "moved to Friday" in shown
        assert "next week" not in shown

    @pytest.mark.clause("NC-CSS-22-18:no-staff-texting", shows="refuses")
    def test_in_child_support_says_why_nobody_writes(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """No field to write in, and the sentence that says so."""
        wrote(NC, BEN, "can you text me the address?")
        (row,) = waiting(NC)
        page = signed_in("cora").get(f"/console/inbox/conversations/{row.thread_id}/").content.decode()
        assert "In this program staff never write" in page
        assert "<textarea" not in page

    def test_of_somebody_elses_county_is_not_there(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Not found, like one that never was."""
        wrote(NC, BEN, "hello?")
        (row,) = waiting(NC)
        assert signed_in("dev").get(f"/console/inbox/conversations/{row.thread_id}/").status_code == 404


class TestWordsOfDanger:
    """Stand at the top until somebody took them on and said how it ended."""

    def test_are_taken_on_and_closed(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """First who takes it, then what was done."""
        wrote(NC, BEN, "he is outside with a gun please help us")
        cora = signed_in("cora")
        page = cora.get("/console/inbox/").content.decode()
        assert "Somebody wrote of danger" in page
        assert told(("gun", "outside with"), page) == []
        with as_state(NC):
            (alert,) = inbox.alerts()
        cora.post(f"/console/inbox/alerts/{alert.alert_id}/", {"step": "take"})
        cora.post(f"/console/inbox/alerts/{alert.alert_id}/", {"step": "emergency-services", "note": "called 911"})
        with as_state(NC):
            assert inbox.alerts() == []
            assert inbox.alerts(closed=True)[0].outcome == "emergency-services"


class TestTheRoster:
    """Names who is told first."""

    def test_is_set_in_order(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Unknown people and words for minutes change nothing."""
        olga, cora = signed_in("olga"), signed_in("cora")
        page = olga.get("/console/on-call/").content.decode()
        assert "Nobody is on call" in page
        ids = {name: client.session["_auth_user_id"] for name, client in (("olga", olga), ("cora", cora))}
        olga.post("/console/on-call/set/", {"county": "37183", "worker-1": ids["cora"], "minutes-1": "soon"})
        with as_state(NC):
            assert list(inbox.on_call("37183")) == []
        olga.post(
            "/console/on-call/set/",
            {"county": "37183", "worker-1": ids["cora"], "minutes-1": "5", "worker-3": ids["olga"], "minutes-3": "15"},
        )
        with as_state(NC):
            assert [turn.minutes for turn in inbox.on_call("37183")] == [5, 15]
        assert cora.get("/console/on-call/").status_code == 403

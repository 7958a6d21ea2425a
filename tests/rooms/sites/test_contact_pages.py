"""The pages of questions from the portal and of the front desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.rooms.sites.cast import CAST
from tests.rooms.town import DURHAM, HENNEPIN, MAYA, MN, NC, WAKE, as_state

from harborline.consent.facts import ConsentKind
from harborline.consent.models import Consent
from harborline.consent.services import record_permission
from harborline.contact.selectors import contacts
from harborline.contact.services import ask
from harborline.kernel import clock
from harborline.law import block
from harborline.ledger.models import Content
from harborline.people.models import Appointment, CaseParty
from harborline.people.selectors import participant_id
from harborline.walls import Actor, acting

ONCE = re.compile(r'name="once" value="([0-9a-f]+)"')


def asked(words: str = "Where do I park?", *, number: str = "P-2", county: str = WAKE) -> UUID:
    """Somebody of child support asks."""
    with as_state():
        who = participant_id(NC, number)
    with acting(Actor("participant", str(who)), program=NC, counties=(county,), purpose="portal"):
        return ask(who, topic="other", words=words, language="en", once=words).contact_id


class TestTheList:
    """Who waits on whom."""

    def test_shows_what_waits_in_the_workers_county(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Cora sees Ben's question with its day; the words are not in the list."""
        cora = signed_in("cora")
        asked("Where do I park my old car?")
        page = cora.get("/console/questions/").content.decode()
        assert "P-2" in page
        assert "Something else" in page
        assert "Cora" in page
        assert "old car" not in page

    @pytest.mark.parametrize(
        "query", ["whose=mine", "whose=nobody", "waiting=on-us", "late=1", "office=WAKE", "office=x&page=99999&whose=y"]
    )
    def test_is_narrowed(self, signed_in: Callable[..., Any], carrier: None, query: str) -> None:
        """Each choice shows its own; nonsense shows everything."""
        cora = signed_in("cora")
        asked()
        page = cora.get(f"/console/questions/?{query}").content.decode()
        assert ("P-2" in page) == (query in {"whose=mine", "waiting=on-us", "office=WAKE"})

    def test_of_another_county_is_empty(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Dev finds nothing, and a guessed address neither."""
        found = asked()
        dev = signed_in("dev")
        assert "No question here." in dev.get("/console/questions/").content.decode()
        assert dev.get(f"/console/questions/{found}/").status_code == 404
        assert dev.post(f"/console/questions/{found}/", {"words": "x", "step": "send"}).status_code == 404
        assert dev.post(f"/console/questions/{found}/steer/", {"step": "mine"}).status_code == 404

    def test_puts_danger_first(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Taken on, and closed with what was done."""
        cora = signed_in("cora")
        asked("I want to kill myself tonight")
        page = cora.get("/console/questions/").content.decode()
        assert "Somebody wrote of danger" in page
        assert "kill" not in page
        (alert,) = re.findall(r"/console/questions/alerts/([0-9a-f-]+)/", page)
        cora.post(f"/console/questions/alerts/{alert}/", {"step": "take"})
        cora.post(f"/console/questions/alerts/{alert}/", {"step": "person-reached", "note": "called her"})
        assert "Somebody wrote of danger" not in cora.get("/console/questions/").content.decode()


class TestAQuestion:
    """Answered after a check."""

    def test_is_checked_and_answered_once(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The same form pressed twice makes one answer."""
        cora, found = signed_in("cora"), asked()
        page = cora.get(f"/console/questions/{found}/").content.decode()
        assert "Where do I park?" in page
        once = ONCE.findall(page)[0]
        form = {"words": "You can park behind the house.", "language": "en", "once": once}
        assert "Nothing keeps this answer." in cora.post(f"/console/questions/{found}/", form).content.decode()
        for _ in range(2):
            assert cora.post(f"/console/questions/{found}/", {**form, "step": "send"}).status_code == 302
        page = cora.get(f"/console/questions/{found}/").content.decode()
        assert page.count("You can park behind the house.") == 1
        assert "Waiting on the person" in page

    def test_is_not_answered_with_a_request_for_papers(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """It says to use Submit documents, and goes with the way to it."""
        cora, found = signed_in("cora"), asked()
        form = {"words": "Please send us a photo of your pay stub.", "language": "en", "once": "a1", "step": "send"}
        answer = cora.post(f"/console/questions/{found}/", form)
        assert answer.status_code == 422
        assert cora.post(f"/console/questions/{found}/", {**form, "leads": "1"}).status_code == 302

    @pytest.mark.parametrize("step", ["check", "ready", "send", ""])
    def test_is_never_shown_without_a_record(self, signed_in: Callable[..., Any], carrier: None, step: str) -> None:
        """Also by a form that nobody opened the page for."""
        cora, found = signed_in("cora"), asked()
        form = {"words": "Please send us a photo of your pay stub.", "language": "en", "once": "a1", "step": step}
        page = cora.post(f"/console/questions/{found}/", form).content.decode()
        assert "Where do I park?" in page
        with as_state():
            assert Content.objects.filter(kind="contact.opened").count() == 1

    def test_takes_ready_words(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """In the language chosen."""
        cora, found = signed_in("cora"), asked()
        form = {"step": "ready", "ready": "please-call", "language": "es", "once": "a"}
        assert "Por favor llame" in cora.post(f"/console/questions/{found}/", form).content.decode()

    def test_is_given_noted_closed_and_opened_again(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Each step stands in the timeline."""
        cora, found = signed_in("cora"), asked()
        steer = f"/console/questions/{found}/steer/"
        assert cora.post(steer, {"step": "assign", "worker": ""}).status_code == 302
        with as_state():
            assert contacts()[0][0].worker_id is None
        cora.post(steer, {"step": "mine"})
        cora.post(steer, {"step": "note", "note": "asked the supervisor"})
        cora.post(steer, {"step": "no-response"})
        page = cora.get(f"/console/questions/{found}/").content.decode()
        assert "asked the supervisor" in page
        assert "no response needed" in page
        cora.post(steer, {"step": "reopen"})
        assert "Opened again" in cora.get(f"/console/questions/{found}/").content.decode()
        for wrong in ({"step": "fly"}, {"step": "office", "office": "NOWHERE"}, {"step": "assign", "worker": "me"}):
            assert cora.post(steer, wrong).status_code == 302
        with as_state():
            assert contacts()[0][0].office == "WAKE"


def spoken() -> UUID:
    """Maya said yes on the telephone, and comes tomorrow."""
    with as_state(MN):
        who = participant_id(MN, "R-1")
        kept = record_permission(who, MAYA, script="the words")
        case = CaseParty.objects.get(participant_id=who).case_id
        Appointment.objects.create(
            program=MN, county=HENNEPIN, participant_id=who, case_id=case, office="HENNEPIN",
            starts_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        return kept.id


DRAWN = "M10 10" + "".join(f" L{10 + step} {10 + step}" for step in range(1, 20))


class TestTheFrontDesk:
    """Who has to sign when they come."""

    @pytest.mark.clause("MN-WIC-9.6:written-at-next-contact", shows="allows")
    def test_lists_who_has_to_sign_and_takes_the_signature(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """A drawn signature under the required words takes the place of the spoken yes."""
        clara, waits = signed_in("clara"), spoken()
        page = clara.get("/console/desk/").content.decode()
        assert "R-1" in page
        assert "Hennepin clinic" in page
        words = block("mn-text-release", "en")
        shown = clara.get(f"/console/desk/{waits}/?words=en").content.decode()
        assert words.sha256 in shown
        form = {"words": "en", "sha256": words.sha256, "signed_as": "Maya Hassan", "strokes": DRAWN, "agreed": "yes"}
        assert clara.post(f"/console/desk/{waits}/", form).status_code == 302
        with as_state(MN):
            kinds = {one.kind: one.ended_as for one in Consent.objects.all()}
        assert kinds == {ConsentKind.VERBAL.value: "superseded", ConsentKind.SIGNED_RELEASE.value: ""}
        assert "Nobody has to sign." in clara.get("/console/desk/").content.decode()
        assert clara.post(f"/console/desk/{waits}/", form).status_code == 404

    @pytest.mark.clause("MN-WIC-9.6:release-statement", shows="refuses")
    @pytest.mark.parametrize(
        "change",
        [
            {"agreed": ""},
            {"signed_as": " "},
            {"signed_as": "x" * 200},
            {"sha256": "0" * 64},
            {"words": "es"},
            {"words": "xx"},
            {"strokes": "M1 1 L2 2"},
            {"strokes": "<script>"},
            {"strokes": DRAWN * 2000},
        ],
        ids=["not agreed", "no name", "long name", "other words", "other language", "unknown language", "a dot",
             "no drawing", "huge"],
    )  # fmt: skip
    def test_takes_nothing_less(self, signed_in: Callable[..., Any], carrier: None, change: dict[str, str]) -> None:
        """The spoken permission stands as it was."""
        clara, waits = signed_in("clara"), spoken()
        sha = block("mn-text-release", "en").sha256
        form = {"words": "en", "sha256": sha, "signed_as": "Maya Hassan", "strokes": DRAWN, "agreed": "yes", **change}
        assert clara.post(f"/console/desk/{waits}/", form).status_code == 422
        with as_state(MN):
            assert [one.ended_as for one in Consent.objects.all()] == [""]

    def test_is_closed_to_others(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Another program's worker finds nothing there."""
        waits = spoken()
        assert "no" in signed_in("cora").get("/console/desk/").content.decode()
        assert signed_in("dev").get(f"/console/desk/{waits}/").status_code == 404
        assert CAST["dev"][2] == DURHAM

"""The pages of the records: schedule, holds by two people, disposals, the standing of the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.rooms.town import as_state

from harborline.retention.selectors import holds, runs

HOLD = {
    "what": "person",
    "which": "P-1",
    "reason": "Torres before the district court",
    "series": "",
    "first": "",
    "last": "",
}


def states() -> list[str]:
    """The states of all holds."""
    with as_state():
        return [one.state.value for one in holds(released=True)]


class TestTheSchedule:
    """Says how long each kind of record lives, and by which authority."""

    @pytest.mark.parametrize("program_worker", ["olga", "eli"])
    def test_is_shown_whole(self, signed_in: Callable[..., Any], carrier: None, program_worker: str) -> None:
        """Every series with its clocks in words."""
        page = signed_in(program_worker).get("/console/records/schedules/")
        assert page.status_code == 200
        assert b"at least" in page.content
        assert b"P3Y" not in page.content

    def test_counts_one_series_now(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """With its authority; one that is not there is said so."""
        olga = signed_in("olga")
        assert b"By which authority" in olga.get("/console/records/schedules/texts-in/").content
        assert olga.get("/console/records/schedules/nothing/").status_code == 404

    def test_is_closed_to_a_caseworker(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Cora has no part in it."""
        assert signed_in("cora").get("/console/records/schedules/").status_code == 403

    def test_prepares_nothing_when_nothing_is_ripe(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """The button leads back with a sentence; no run is made."""
        answer = signed_in("olga").post("/console/records/schedules/texts-in/prepare/")
        assert answer.status_code == 302
        with as_state():
            assert runs() == []


class TestAHold:
    """Takes two people to stand, and two to end."""

    def test_goes_its_way_between_two_people(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Asked, confirmed, release asked, released; the first never also says yes."""
        olga, eli = signed_in("olga"), signed_in("eli")
        assert olga.post("/console/records/holds/place/", HOLD).status_code == 302
        assert states() == ["asked"]
        with as_state():
            step = f"/console/records/holds/{holds()[0].id}/step/"
        olga.post(step, {"step": "confirm"})
        assert states() == ["asked"]
        eli.post(step, {"step": "confirm"})
        assert states() == ["standing"]
        assert b"person P-1" in olga.get("/console/records/holds/").content
        olga.post(step, {"step": "ask", "reason": "settled"})
        olga.post(step, {"step": "release"})
        assert states() == ["release-asked"]

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"which": ""}, "Say which one"),
            ({"which": "P-404"}, "Nobody you may see"),
            ({"what": "number", "which": "12"}, "not a phone number"),
            ({"what": "all", "which": ""}, "give a person"),
            ({"reason": ""}, "This field is required"),
        ],
    )
    def test_that_cannot_be_is_said_in_the_form(
        self, signed_in: Callable[..., Any], carrier: None, changed: dict[str, str], said: str
    ) -> None:
        """Nothing is placed."""
        answer = signed_in("olga").post("/console/records/holds/place/", {**HOLD, **changed})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert states() == []


class TestTheLog:
    """Shows how it stands, and alarms while nobody outside holds it."""

    def test_alarms_on_every_page_of_those_who_look_after_it(
        self, signed_in: Callable[..., Any], carrier: None
    ) -> None:
        """Olga sees the red line, Cora does not."""
        assert b"Nobody outside holds" in signed_in("olga").get("/console/").content
        assert b"Nobody outside holds" not in signed_in("cora").get("/console/").content
        assert b"lines signed" in signed_in("olga").get("/console/records/log/").content


ASK = {
    "person": "P-1", "case": "", "number": "", "first": "", "last": "", "basis": "litigation",
    "reference": "22 CVD 100", "recipient": "District court", "reason": "Hearing in March",
}  # fmt: skip


class TestAnExport:
    """Leaves only with a reason and a legal basis."""

    def test_is_asked_for_and_listed(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """With its basis in words."""
        olga = signed_in("olga")
        answer = olga.post("/console/records/exports/ask/", ASK)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        page = olga.get(answer.headers["Location"]).content
        assert b"A case before a court, 22 CVD 100" in page
        assert b"person P-1" in olga.get("/console/records/exports/").content

    def test_offers_what_can_be_done_next(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """What leaves the house is approved by another first; who asked takes it then, and nobody else."""
        olga, eli = signed_in("olga"), signed_in("eli")
        place = olga.post("/console/records/exports/ask/", ASK).headers["Location"]
        asked, seen = olga.get(place).content, eli.get(place).content
        assert b"Take the file" not in asked
        assert b"says yes first" in asked
        assert b"Approve it for a colleague" not in asked
        assert b"Approve it for a colleague" in seen
        assert b"Take the file" not in seen
        eli.post(f"{place}approve/")
        asked, seen = olga.get(place).content, eli.get(place).content
        assert b"Take the file" in asked
        assert b"Take the file" not in seen
        assert b"Only W-OLGA, who asked for it, takes the file." in seen

    def test_of_the_works_own_is_taken_at_once(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Nothing leaves: no second person is asked for."""
        olga = signed_in("olga")
        own = {**ASK, "basis": "program-administration", "reference": "", "recipient": ""}
        place = olga.post("/console/records/exports/ask/", own).headers["Location"]
        assert b"Take the file" in olga.get(place).content
        assert b"Approve it for a colleague" not in signed_in("eli").get(place).content

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"person": ""}, "Name a person, a case, a number or days."),
            ({"first": "2026-11-02", "last": "2026-11-01"}, "The last day comes before the first."),
            ({"person": "P-404"}, "Nobody you may see"),
            ({"basis": "subpoena", "reference": ""}, "is missing"),
            ({"basis": "subject-access", "person": "", "case": "C-100"}, "one person"),
            ({"basis": ""}, "This field is required"),
            ({"reason": ""}, "This field is required"),
            ({"number": "12"}, "not a phone number"),
        ],
    )
    def test_without_its_facts_is_refused_in_the_form(
        self, signed_in: Callable[..., Any], carrier: None, changed: dict[str, str], said: str
    ) -> None:
        """In words, at once."""
        answer = signed_in("olga").post("/console/records/exports/ask/", {**ASK, **changed})
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_is_closed_to_a_caseworker(self, signed_in: Callable[..., Any], carrier: None) -> None:
        """Cora takes no records out of the house."""
        assert signed_in("cora").get("/console/records/exports/").status_code == 403

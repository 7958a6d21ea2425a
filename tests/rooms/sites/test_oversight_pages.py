"""The pages of the nightly watch, of incidents and penalties, and the portal's list of who looked."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests.days import office_day
from tests.rooms.sites.cast import SignedIn
from tests.rooms.town import NC, as_state

from harborline.kernel import clock
from harborline.oversight.facts import Element
from harborline.oversight.incident_facts import shipped
from harborline.oversight.services import watch
from harborline.oversight.watch_models import Finding, FindingReview, Incident, IncidentStep
from harborline.people.models import CaseManagerAssignment
from harborline.people.selectors import participant_id
from harborline.workforce.penalty_models import Penalty
from harborline.workforce.places import Supervision
from harborline.workforce.selectors import worker_by_email

OF_INCIDENT = {
    "occurred_at": "2026-01-05T08:00", "found_at": "2026-01-05T09:00", "how_found": "worker",
    "elements": ["tax-information", "name"], "people": "12", "description": "A list lay open at the front desk.",
    "place": "Wake County office, Raleigh", "systems": "Console", "discipline": "", "contact": "Sol, security officer",
}  # fmt: skip
# A control of "Which kinds of data?": how it is marked, and which kind it is.
BOX = re.compile(r'<input class="[\w -]+" type="(\w+)" id="\w+" name="elements" value="([\w-]+)"[^>]*>')


def words(answer: Any) -> str:  # noqa: ANN401 - a response of Django's test client
    """The page as text."""
    return " ".join(answer.content.decode().split())


def found_by_the_watch(signed_in: SignedIn) -> Finding:
    """Dev looked at Ana in his county, whom Sol put on the list; she is no longer his."""
    sol, dev = signed_in("sol"), signed_in("dev")
    said = sol.post(reverse("console:public-add"), {"number": "P-9", "because": "press"}, follow=True)
    assert "On the list." in words(said)
    with as_state():
        who = participant_id(NC, "P-9")
        CaseManagerAssignment.objects.update(worker_number="W-NOBODY", since_at=clock.now() - timedelta(days=90))
    assert dev.get(reverse("console:participant", args=[who])).status_code == 200
    watch(NC, now=clock.now() + timedelta(minutes=1))
    with as_state():
        return Finding.objects.get()


class TestTheWatch:
    """On its pages."""

    def test_leads_from_the_week_to_the_review(self, signed_in: SignedIn) -> None:
        """Sol reads why, what Dev opened and says; a penalty follows, and needs words."""
        finding = found_by_the_watch(signed_in)
        sol = signed_in("sol")
        listed = words(sol.get(reverse("console:watch")))
        assert "W-DEV, P-9" in listed
        assert "Many would like to look this person up." in listed
        page = reverse("console:finding", args=[finding.id])
        assert "Nothing written down shows" in words(sol.get(page))
        review = reverse("console:finding-review", args=[finding.id])
        assert "Say what you saw" in words(sol.post(review, {"outcome": "penalty", "note": ""}, follow=True))
        done = sol.post(review, {"outcome": "penalty", "note": "He was curious."}, follow=True)
        assert done.redirect_chain[-1][0] == reverse("console:penalties")
        with as_state():
            assert FindingReview.objects.get().outcome == "penalty"
        assert "He was curious." in words(sol.get(page))
        assert "Nothing waits for you this week." in words(sol.get(reverse("console:watch")))

    def test_is_no_page_for_case_managers(self, signed_in: SignedIn) -> None:
        """Nor the finding, nor the list."""
        finding = found_by_the_watch(signed_in)
        dev = signed_in("dev")
        for address in (reverse("console:watch"), reverse("console:finding", args=[finding.id])):
            assert dev.get(address).status_code == 403

    def test_takes_people_off_the_list(self, signed_in: SignedIn) -> None:
        """Unknown numbers are said to be unknown."""
        sol = signed_in("sol")
        add = reverse("console:public-add")
        assert "Nobody you may see" in words(sol.post(add, {"number": "P-404", "because": "press"}, follow=True))
        sol.post(add, {"number": "P-1", "because": "office"})
        answer = sol.get(reverse("console:public-people"))
        (row,) = answer.context["rows"]
        assert "Off the list." in words(sol.post(reverse("console:public-end", args=[row.id]), follow=True))


class TestAnIncident:
    """From the report to the paper."""

    @pytest.mark.parametrize(("language", "said"), [("en", "Nobody has said by when"), ("es", "Nadie ha dicho")])
    def test_lists_whom_nobody_can_say_when_to_tell(self, language: str, said: str) -> None:
        """California's report: named with its source, in the reader's language, until the agency sets its hours."""
        waiting = [one for one in shipped() if not one.hours]
        with override(language):
            page = render_to_string("console/oversight/parts/unset.html", {"unset": waiting})
            none = render_to_string("console/oversight/parts/unset.html", {"unset": []})
        assert said in page
        assert "SIMM 5340-A" in page
        assert "Cal-CSIRS" in page
        assert not none.strip()

    def test_names_several_kinds_of_data(self, signed_in: SignedIn) -> None:
        """Boxes to mark, not one choice: when it is reported, and marked as they stand when more became known."""
        sol = signed_in("sol")
        page = sol.get(reverse("console:incident-new"))
        kinds = {(box.group(1), box.group(2)) for box in BOX.finditer(words(page))}
        assert kinds == {("checkbox", each.value) for each in Element}
        sol.post(reverse("console:incident-new"), OF_INCIDENT)
        with as_state():
            made = Incident.objects.get().id
        boxes = list(BOX.finditer(words(sol.get(reverse("console:incident", args=[made])))))
        assert {box.group(1) for box in boxes} == {"checkbox"}
        marked = sorted(box.group(2) for box in boxes if "checked" in box.group())
        assert marked == ["name", "tax-information"]
        assert not any("required" in box.group() for box in boxes)

    def test_is_reported_by_a_case_manager_and_answered_by_an_officer(self, signed_in: SignedIn) -> None:
        """Cora reports and reads no incident; Sol tells everybody, takes the report, closes."""
        cora, sol = signed_in("cora"), signed_in("sol")
        new = reverse("console:incident-new")
        assert cora.get(new).status_code == 200
        private = cora.post(new, {**OF_INCIDENT, "description": "SSN 900-00-1234 lay open"})
        assert private.status_code == 422
        assert "“900-00-1234” looks like the number of a person, case or account." in words(private)
        assert "sees your report now" in words(cora.post(new, OF_INCIDENT, follow=True))
        with as_state():
            made = Incident.objects.get()
            steps = list(IncidentStep.objects.values_list("id", flat=True))
        page = reverse("console:incident", args=[made.id])
        assert cora.get(page).status_code == 403
        assert "Somebody must be told of an incident." in words(sol.get(reverse("console:home")))
        shown = words(sol.get(page))
        assert "TIGTA" in shown
        assert "our own limit" in shown
        assert "Report it to the Department of Information Technology." in shown
        assert "143B-1379" in shown
        assert "Nobody has said by when" not in shown
        assert "late" in words(sol.get(reverse("console:incidents")))
        assert "must still be told" in words(sol.post(reverse("console:incident-close", args=[made.id]), follow=True))
        amended = {**OF_INCIDENT, "people": "5000"}
        amend = reverse("console:incident-amend", args=[made.id])
        worse = {**amended, "description": "A list lay at 237 Sparrow Lane."}
        said = words(sol.post(amend, worse, follow=True))
        assert "What happened?: “237 Sparrow Lane” looks like an address. Say only “a home address”." in said
        assert "1 more must be told." in words(sol.post(amend, amended, follow=True))
        with as_state():
            steps = list(IncidentStep.objects.values_list("id", flat=True))
        assert cora.post(amend, amended).status_code == 403
        for step in steps:
            sol.post(reverse("console:incident-step", args=[made.id, step]), {"reference": "call 4711"})
        assert "Closed." in words(sol.post(reverse("console:incident-close", args=[made.id]), follow=True))
        paper = sol.get(reverse("console:incident-report", args=[made.id]))
        text = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert "A list lay open at the front desk." in text
        assert "Federal tax information" in text
        assert "W-CORA" not in text


class TestAPenalty:
    """On its pages."""

    def test_is_proposed_decided_and_read(self, signed_in: SignedIn) -> None:
        """Eli warns Cora, who answers; Sol and Olga suspend Dev, whose session ends."""
        eli, sol, olga, cora, dev = (signed_in(name) for name in ("eli", "sol", "olga", "cora", "dev"))
        Supervision.objects.create(
            worker=worker_by_email("cora@example.gov"), supervisor=worker_by_email("eli@example.gov"), program=NC,
            from_at=clock.now(),
        )  # fmt: skip
        today = office_day()
        given = {"because": "Looked at kin.", "basis": "finding", "from_date": today.isoformat(), "until_date": ""}
        propose = reverse("console:penalty-propose")
        mild = {**given, "worker": "W-CORA", "kind": "written-warning"}
        assert "The worker reads it." in words(eli.post(propose, mild, follow=True))
        assert "A penalty was entered for you." in words(cora.get(reverse("console:home")))
        assert "Looked at kin." in words(cora.get(reverse("console:my-penalties")))
        with as_state():
            first = Penalty.objects.get().id
        sign = reverse("console:penalty-sign", args=[first])
        assert "not your name" in words(cora.post(sign, {"typed": "Eli", "appeal": ""}, follow=True))
        assert "You read it" in words(cora.post(sign, {"typed": "Cora", "appeal": "A wrong number."}, follow=True))
        assert "A wrong number." in words(eli.get(reverse("console:penalties")))
        until = (today + timedelta(days=3)).isoformat()
        grave = {**given, "worker": "W-DEV", "kind": "suspension", "until_date": until}
        assert "A second person" in words(sol.post(propose, grave, follow=True))
        with as_state():
            second = Penalty.objects.exclude(id=first).get().id
        decide = reverse("console:penalty-decide", args=[second])
        assert eli.post(decide, {"answer": "yes"}).status_code == 403
        assert "Decided." not in words(olga.post(decide, follow=True))
        assert "Decided." in words(olga.post(decide, {"answer": "yes"}, follow=True))
        assert dev.get(reverse("console:home")).status_code != 200

    def test_wants_a_workers_number(self, signed_in: SignedIn) -> None:
        """One that somebody has."""
        given = {
            "worker": "W-0", "kind": "reminder", "because": "x", "basis": "y",
            "from_date": office_day().isoformat(),
        }  # fmt: skip
        answer = signed_in("eli").post(reverse("console:penalty-propose"), given, follow=True)
        assert "Nobody has this number." in words(answer)


class TestWhoLooked:
    """As the person may know it."""

    def test_tells_ana_by_role_alone(self, signed_in: SignedIn, visiting: Callable[..., Client]) -> None:
        """Cora in Wake and Dev in Durham are one line; no name, number, county or hour."""
        cora, dev = signed_in("cora"), signed_in("dev")
        with as_state():
            here, there = participant_id(NC, "P-1"), participant_id(NC, "P-9")
        cora.get(reverse("console:participant", args=[here]))
        dev.get(reverse("console:participant", args=[there]))
        said = words(visiting("P-1").get(reverse("portal:looks")))
        assert "Case manager</dt><dd>2 times</dd>" in said
        for hint in ("W-CORA", "Wake", "Durham", "Cora", str(clock.now().year)):
            assert hint not in said.partition("<main")[2].partition("</main>")[0]

    def test_tells_ben_nothing_of_ana(self, signed_in: SignedIn, visiting: Callable[..., Client]) -> None:
        """Nobody looked at him; the card on the first page tells no number."""
        cora = signed_in("cora")
        with as_state():
            ana = participant_id(NC, "P-1")
        cora.get(reverse("console:participant", args=[ana]))
        ben = visiting("P-2")
        assert "Nobody has looked yet." in words(ben.get(reverse("portal:looks")))
        assert "Who looked" in words(ben.get(reverse("portal:home")))

    def test_stands_in_the_accounting_as_paper(self, signed_in: SignedIn) -> None:
        """A PDF with what was told outside, here nothing, and who looked."""
        eli = signed_in("eli")
        with as_state():
            ana = participant_id(NC, "P-1")
        eli.get(reverse("console:participant", args=[ana]))
        paper = eli.get(reverse("console:accounting-pdf", args=[ana]))
        text = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert "Accounting of disclosures" in text
        assert "Nothing was told outside." in text
        assert "Supervisor" in text
        assert "W-ELI" not in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_opens_in_both_languages(signed_in: SignedIn, language: str) -> None:
    """For the officer."""
    finding = found_by_the_watch(signed_in)
    sol = signed_in("sol")
    sol.post(reverse("console:incident-new"), OF_INCIDENT)
    with as_state():
        incident = Incident.objects.get().id
    sol.cookies["django_language"] = language
    for address in (
        reverse("console:watch"), reverse("console:finding", args=[finding.id]), reverse("console:public-people"),
        reverse("console:incidents"), reverse("console:incident-new"), reverse("console:incident", args=[incident]),
        reverse("console:incident-thanks"), reverse("console:penalties"), reverse("console:my-penalties"),
    ):  # fmt: skip
        answer = sol.get(address)
        assert answer.status_code == 200, address
        assert f'lang="{language}"' in answer.content.decode()

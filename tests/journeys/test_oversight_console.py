"""The nightly watch from the look to the penalty, an incident, and the portal's list of who looked; in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Browser, expect
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import CASE_MANAGER, SECRET
from tests.journeys.visitors import lets_in

from harborline.kernel import clock
from harborline.oversight.services import watch
from harborline.oversight.watch_models import Finding, Incident
from harborline.people.models import Participant
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.models import Worker

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
SECURITY = "security@nc-css.example"
PROGRAM = "nc-css"


@pytest.fixture(scope="module")
def crowd(browser: Browser, address: str) -> Iterator[dict[str, Person]]:
    """Cora and the security officer, each signed in once."""
    TOTP.activate(Worker.objects.get(email=SECURITY), SECRET)
    people = {}
    for name, email in (("cora", CASE_MANAGER), ("sol", SECURITY)):
        people[name] = Person(browser, address)
        people[name].signs_in(email)
    yield people
    for person in people.values():
        person.leaves()


@pytest.fixture(scope="module")
def number(crowd: dict[str, Person]) -> str:
    """Somebody in Cora's county who is on nobody's list of hers."""
    with acting(Actor("system", "feed"), program=PROGRAM, counties=ALL_COUNTIES, purpose="test"):
        cases = Participant.objects.filter(county="37183").exclude(
            caseparty__case__casemanagerassignment__worker_number="W-101"
        )
        found = cases.order_by("-external_id").first()
        assert found is not None
        return found.external_id


@pytest.fixture(scope="module")
def finding(crowd: dict[str, Person], number: str) -> Finding:
    """Sol lists somebody in the news; Cora looks them up; the night comes."""
    page = crowd["sol"].goes_to("/console/watch/public/")
    page.fill("main [name=number]", number)
    page.select_option("main [name=because]", "press")
    page.click("text=Put on the list")
    expect(page.locator("main")).to_contain_text(number)
    page = crowd["cora"].goes_to("/console/participants/")
    page.fill("main input[name=q]", number)
    page.click("main button[type=submit]")
    expect(page.locator("main h1")).to_be_visible()
    watch(PROGRAM, now=clock.now() + timedelta(minutes=1))
    with acting(Actor("system", "feed"), program=PROGRAM, counties=ALL_COUNTIES, purpose="test"):
        return Finding.objects.get(marks__contains=["public-person"])


@pytest.fixture(scope="module")
def incident(crowd: dict[str, Person]) -> Incident:
    """Cora reports that a list lay open, with names and tax information."""
    page = crowd["cora"].goes_to("/console/incidents/new/")
    page.click("main label[for=id_elements_0]")
    page.click("main label[for=id_elements_5]")
    for name, value in (
        ("people", "12"), ("description", "A list lay open at the front desk."), ("place", "Raleigh office"),
        ("systems", "Console"), ("contact", "The security officer"),
    ):  # fmt: skip
        page.fill(f"main [name={name}]", value)
    page.click("main button[type=submit]")
    expect(page.locator("main h1")).to_contain_text("Thank you")
    with acting(Actor("system", "feed"), program=PROGRAM, counties=ALL_COUNTIES, purpose="test"):
        return Incident.objects.get()


@pytest.fixture(scope="module")
def night(finding: Finding, incident: Incident) -> tuple[Finding, Incident]:
    """What there is to look at."""
    return finding, incident


class TestTheMorningAfter:
    """What the night found, and what follows."""

    def test_leads_from_the_question_to_the_penalty(self, crowd: dict[str, Person], finding: Finding) -> None:
        """Cora is asked and answers; Sol reads it, reviews it and warns her; she reads that and answers."""
        cora, sol = crowd["cora"], crowd["sol"]
        page = cora.goes_to("/console/safeguards/mine/")
        page.fill("main [name=said] >> nth=0", "I was curious")
        page.click("text=Say it >> nth=0")
        expect(page.locator("main")).to_contain_text("You said: I was curious")
        page = sol.goes_to("/console/watch/")
        page.click(f"main a[href*='{finding.id}']")
        expect(page.locator("main")).to_contain_text("Many would like to look this person up.")
        expect(page.locator("main")).to_contain_text("I was curious")
        page.click("main label[for=id_outcome_3]")
        page.fill("main [name=note]", "No part of her work.")
        page.click("text=Write it down")
        expect(page.locator("main h1")).to_contain_text("Penalties")
        for name, value in (("worker", "W-101"), ("because", "Looked somebody up."), ("basis", "finding of today")):
            page.fill(f"main [name={name}]", value)
        page.select_option("main [name=kind]", "written-warning")
        page.click("text=Propose it")
        expect(page.locator("main")).to_contain_text("in force, not read yet")
        page = cora.goes_to("/console/penalties/mine/")
        name = Worker.objects.get(email=CASE_MANAGER).name
        page.fill("main [name=typed]", name)
        page.fill("main [name=appeal]", "It happened once.")
        page.click("text=I read it")
        expect(page.locator("main")).to_contain_text("You said: It happened once.")

    def test_tells_everybody_of_an_incident(self, crowd: dict[str, Person], incident: Incident) -> None:
        """Each clock is stopped with what shows it; then it closes."""
        assert incident.elements == ["name", "tax-information"]
        page = crowd["sol"].goes_to(f"/console/incidents/{incident.id}/")
        expect(page.locator("main")).to_contain_text("TIGTA")
        page.click("text=Something became known later")
        page.click("main label[for=id_elements_2]")
        page.click("text=Change the report")
        expect(page.locator("main dl")).to_contain_text("Addresses")
        expect(page.locator("main dl")).to_contain_text("Federal tax information")
        while page.locator("main [name=reference]").count():
            page.locator("main [name=reference]").first.fill("call 4711")
            page.locator("main form:has([name=reference]) button").first.click()
        page.click("text=Close the incident")
        expect(page.locator("main .hl-main, main")).to_contain_text("Closed")


@pytest.mark.parametrize("screen", sorted(SCREENS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_are_fit_for_everybody(
    crowd: dict[str, Person], night: tuple[Finding, Incident], pictures: Path | None, language: str, screen: str
) -> None:
    """No finding of axe, no sideways scrolling, no error of the browser."""
    finding, incident = night
    paths = {
        "cora": ["incidents/new/", "penalties/mine/", "safeguards/mine/"],
        "sol": [
            "watch/", f"watch/{finding.id}/", "watch/public/", "incidents/", f"incidents/{incident.id}/", "penalties/",
        ],
    }  # fmt: skip
    for name, addresses in paths.items():
        person = crowd[name]
        person.reads(language)
        person.looks(screen)
        for path in addresses:
            person.goes_to(f"/console/{path}")
            if pictures:
                person.keeps_a_picture(pictures, f"console-{path}-{language}-{screen}")
            assert person.complaints() == []
        person.reads("en")
        person.looks("desktop")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.usefixtures("finding")
def test_the_person_reads_who_looked(
    browser: Browser, address: str, number: str, pictures: Path | None, language: str
) -> None:
    """On a telephone: case managers, once or more; no name and no county."""
    visitor = Person(browser, address)
    try:
        lets_in(visitor, number, PROGRAM)
        visitor.reads(language)
        visitor.looks("phone")
        page = visitor.goes_to("/portal/looks/")
        expect(page.locator("main dt")).to_have_count(1)
        expect(page.locator("main")).not_to_contain_text("W-101")
        if pictures:
            visitor.keeps_a_picture(pictures, f"portal-looks-{language}-phone")
        assert visitor.complaints() == []
    finally:
        visitor.leaves()

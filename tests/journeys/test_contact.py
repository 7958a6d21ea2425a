"""The story of a question: asked in the portal, answered at the console, read again; and a signature at the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.people import PHONE, SCREENS, Person
from tests.journeys.stage import CASE_MANAGER, CLINIC
from tests.journeys.visitors import lets_in

from harborline.consent.models import Consent
from harborline.consent.selectors import suppressed_numbers, unsigned_by_appointment
from harborline.consent.services import record_permission
from harborline.contact.models import ContactThread
from harborline.contact.selectors import may_begin
from harborline.kernel import clock
from harborline.people.models import CaseManagerAssignment, CaseParty, Participant
from harborline.people.selectors import reach, shields_of
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.workforce.models import Worker

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
NC, MN, HENNEPIN = "nc-css", "mn-wic", "27053"


def as_state(program: str) -> AbstractContextManager[Context]:
    """The state's system, in all counties."""
    return acting(Actor("system", "test"), program=program, counties=ALL_COUNTIES, purpose="test")


@pytest.fixture(scope="module")
def people(browser: Browser, address: str) -> Iterator[dict[str, Person]]:
    """The case manager and the clinic, each signed in once."""
    found = {}
    for name, email in (("cora", CASE_MANAGER), ("clara", CLINIC)):
        found[name] = Person(browser, address)
        found[name].signs_in(email)
    yield found
    for person in found.values():
        person.leaves()


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Person]:
    """Somebody at a phone."""
    person = Person(browser, address)
    person.looks("phone")
    yield person
    person.leaves()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Person]:
    """Somebody at a phone that runs no scripts."""
    person = Person(browser, address)
    person.window.close()
    person.window = browser.new_context(viewport=PHONE, locale="en-US", java_script_enabled=False)  # type: ignore[arg-type]  # a viewport
    person.page = person.window.new_page()
    yield person
    person.leaves()


def of_cora() -> str:
    """The number of an adult on one of Cora's cases."""
    number = Worker.objects.get(email=CASE_MANAGER).number
    with as_state(NC):
        cases = CaseManagerAssignment.objects.filter(worker_number=number, until_at__isnull=True).values("case_id")
        party = CaseParty.objects.filter(case_id__in=cases, adult=True, ended_at__isnull=True).order_by("id")[0]
        return Participant.objects.get(id=party.participant_id).external_id


def of_the_clinic(skip: int = 0) -> str:
    """The number of an adult of Clara's clinic with a telephone, not in hiding, who has yet to agree to anything."""
    with as_state(MN):
        rows = CaseParty.objects.filter(program=MN, county=HENNEPIN, adult=True, ended_at__isnull=True)
        spoken = {one.participant_id for one in unsigned_by_appointment()}
        found = [
            one
            for one in Participant.objects.filter(id__in=rows.values("participant_id")).order_by("id")
            if one.id not in spoken and not may_begin(one.id).allowed and may_be_texted(one)
        ]
        return found[skip].external_id


def may_be_texted(who: Participant) -> bool:
    """Whether there is a telephone nobody asked to leave alone, and nobody hides."""
    number = reach(who.id).phone
    if not number or any(shield.own for shield in shields_of([who.person_id], clock.now())):
        return False
    return not suppressed_numbers(MN, [blind_index("phone", number)])


def everywhere(person: Person, path: str, pictures: Path | None, name: str) -> list[str]:
    """Open a page in both languages on both screens; what anybody would stumble over."""
    found = []
    for language in ("en", "es"):
        for screen in SCREENS:
            person.reads(language)
            person.looks(screen)
            person.goes_to(path)
            found += person.complaints()
            if pictures:
                person.keeps_a_picture(pictures, f"{name}-{language}-{screen}")
    person.reads("en")
    return found


def asks(page: Page, words: str, topic: str = "other") -> None:
    """Fill in the form as a person does, and send it."""
    page.click(f"label[for='topic-{topic}']")
    page.fill("#words", words)
    page.click("main form[action$='/new/'] button")


class TestAQuestion:
    """From the person to the worker and back."""

    def test_is_asked_answered_and_read(
        self, visitor: Person, people: dict[str, Person], pictures: Path | None
    ) -> None:
        """In the browser, in both languages, on a phone and at a desk, with nothing in anybody's way."""
        lets_in(visitor, of_cora(), NC)
        wrong = everywhere(visitor, "/portal/messages/new/", pictures, "portal-question-ask")
        page = visitor.goes_to("/portal/messages/new/")
        asks(page, "Where can I park when I come to the office?")
        expect(page.locator("main")).to_contain_text("Your case manager answers by")
        there = "/" + page.url.split("/", 3)[3]
        contact = re.findall(r"[0-9a-f-]{36}", there)[0]

        cora = people["cora"]
        wrong += everywhere(cora, "/console/questions/", pictures, "questions")
        desk = cora.goes_to(f"/console/questions/{contact}/")
        desk.fill("#words", "Please send us a photo of your pay stub.")
        desk.click("button[value=check]")
        expect(desk.locator("main")).to_contain_text("Submit documents")
        expect(desk.locator("button[value=send]")).to_have_count(0)
        desk.fill("#words", "You can park behind the house.")
        desk.click("button[value=check]")
        expect(desk.locator("main")).to_contain_text("Nothing keeps this answer.")
        wrong += cora.complaints()
        desk.click("button[value=send]")
        expect(desk.locator("main")).to_contain_text("Answered.")
        wrong += everywhere(cora, f"/console/questions/{contact}/", pictures, "question")

        page = visitor.goes_to("/portal/home/")
        expect(page.locator("main")).to_contain_text("There is a new answer for you.")
        wrong += everywhere(visitor, there, pictures, "portal-question")
        wrong += everywhere(visitor, "/portal/messages/", pictures, "portal-questions")
        expect(visitor.goes_to(there).locator("main")).to_contain_text("You can park behind the house.")
        assert wrong == []

    def test_of_danger_shows_the_numbers_at_once(self, visitor: Person, people: dict[str, Person]) -> None:
        """And stands at the top of the console until somebody took it on."""
        lets_in(visitor, of_cora(), NC)
        page = visitor.goes_to("/portal/messages/new/")
        asks(page, "I want to kill myself tonight")
        expect(page.locator("main")).to_contain_text("988")
        there = "/" + page.url.split("/", 3)[3]
        assert everywhere(visitor, there, None, "") == []
        desk = people["cora"].goes_to("/console/questions/")
        expect(desk.locator("main")).to_contain_text("Somebody wrote of danger")
        assert people["cora"].complaints() == []
        desk.click("button[value=take]")
        desk.fill("main input[name=note]", "called, and a colleague went there")
        desk.click("button[value=person-reached]")
        expect(desk.locator("main")).not_to_contain_text("Somebody wrote of danger")

    def test_works_without_scripts_after_the_opt_in(self, plain: Person) -> None:
        """At the clinic's portal: first agreed, then asked, then written more."""
        lets_in(plain, of_the_clinic(), MN)
        page = plain.goes_to("/portal/messages/new/")
        page.click("label[for=agreed]")
        page.click("main form[action$='/agree/'] button")
        asks(page, "Can I bring my baby?", "appointment")
        expect(page.locator("main")).to_contain_text("Your clinic answers by")
        page.fill("#words", "And her sister?")
        page.click("main form:has(#words) button")
        expect(page.locator(".pt-talk__words")).to_have_count(2)
        with as_state(MN):
            assert ContactThread.objects.filter(program=MN).count() == 1


class TestTheFrontDesk:
    """Somebody signs on the clinic's screen."""

    def test_takes_a_drawn_signature(self, people: dict[str, Person], pictures: Path | None) -> None:
        """The words, the box, the name, a drawing; the list is shorter by one."""
        with as_state(MN):
            who = Participant.objects.get(program=MN, external_id=of_the_clinic(1))
            record_permission(who.id, str(reach(who.id).phone), script="the words that were read out")
            (waits,) = [one for one in unsigned_by_appointment() if one.participant_id == who.id]
        clara = people["clara"]
        assert everywhere(clara, "/console/desk/", pictures, "front-desk") == []
        path = f"/console/desk/{waits.consent_id}/"
        assert everywhere(clara, path, pictures, "front-desk-sign") == []
        clara.looks("desktop")
        page = clara.goes_to(path)
        page.click("label[for=agreed]")
        page.fill("#signed-as", "Maria Example")
        edge = page.locator("#pad").bounding_box()
        assert edge is not None
        page.mouse.move(edge["x"] + 20, edge["y"] + 90)
        page.mouse.down()
        for step in range(1, 16):
            page.mouse.move(edge["x"] + 20 + 12 * step, edge["y"] + 90 + (30 if step % 2 else -30))
        page.mouse.up()
        page.click("main form:has(#pad) .hl-actions button")
        expect(page.locator("main")).to_contain_text("Signed. Upload")
        with as_state(MN):
            assert Consent.objects.get(id=waits.consent_id).ended_as == "superseded"

"""An emergency at the console, from the button to the review, and what was told outside; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Browser, expect
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import CASE_MANAGER, SECRET

from harborline.disclosure.selectors import policy_text
from harborline.disclosure.services import propose_policy
from harborline.kernel import clock
from harborline.people.facts import HeldName, Source
from harborline.people.models import Participant
from harborline.people.services import hold_value
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.models import Worker

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
SECURITY = "security@nc-css.example"
SSN = "900-00-4711"


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
    """Somebody in Cora's county who is on nobody's list of hers, with an identity number on file."""
    with acting(Actor("system", "feed"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        cases = Participant.objects.filter(county="37183").exclude(
            caseparty__case__casemanagerassignment__worker_number="W-101"
        )
        found = cases.order_by("external_id").first()
        assert found is not None
        hold_value(found.id, HeldName.SSN, SSN, source=Source.CASE_SYSTEM)
        return found.external_id


@pytest.fixture(scope="module")
def version(crowd: dict[str, Person]) -> UUID:
    """The operator wrote the next version of the policy: nobody sees the whole number of a caller any more."""
    olga = Worker.objects.get(email="operator@nc-css.example")
    with acting(Actor("worker", str(olga.id), olga.name), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        text = policy_text("nc-css").replace("2026-01-01", (clock.now() + timedelta(days=3)).date().isoformat())
        text = text.replace('state = "masked"', 'state = "hidden"')
        return propose_policy(text, because="Callers are known by a question", roles={"state-operator"})


class TestAPolicy:
    """Written by the operator, read and approved by Sol."""

    def test_is_read_before_it_is_approved(self, crowd: dict[str, Person], version: UUID) -> None:
        """From the list to what it changes, to the button under it."""
        page = crowd["sol"].goes_to("/console/policy/")
        page.click(f"main a[href*='{version}']")
        expect(page.locator("main table").first).to_contain_text("Opens with its last four signs")
        page.click("text=I read it, and I approve it")
        expect(page.locator("main")).to_contain_text("Approved by")


class TestAnEmergency:
    """Cora opens what is not hers to open; Sol looks at it."""

    def test_opens_one_field_and_is_reviewed(self, crowd: dict[str, Person], number: str) -> None:
        """Found by number, refused, said with its reason, opened, reviewed."""
        cora, sol = crowd["cora"], crowd["sol"]
        page = cora.goes_to("/console/participants/")
        page.fill("main input[name=q]", number)
        page.click("main button[type=submit]")
        page.click("text=Address, Social Security number and other protected fields")
        page.select_option("#purpose", "enforcement")
        page.click("text=Show its fields")
        page.click("button[name=field][value=ssn]")
        expect(page.locator("main")).to_contain_text("This person is not part of your work now.")
        page.click("summary:has-text('This is an emergency')")
        page.select_option("main [name='glass-reason']", "danger")
        page.fill("main [name='glass-reference']", "call 4711")
        page.click("text=Open in an emergency")
        expect(page.locator("main")).to_contain_text("You are here because of an emergency")
        page.click("button[name=field][value=ssn]")
        expect(page.locator("main section.usa-alert")).to_contain_text(SSN)
        cora.wrong.clear()  # the browser reports the refusal's own status
        page = sol.goes_to("/console/safeguards/")
        expect(page.locator("main")).to_contain_text("W-101: call 4711")
        page.click("button[name=outcome][value=justified] >> nth=0")
        expect(page.locator("main")).to_contain_text("Reviewed.")

    def test_release_waits_for_another_person(self, crowd: dict[str, Person], number: str) -> None:
        """Cora asks, Sol approves, the accounting tells it."""
        cora, sol = crowd["cora"], crowd["sol"]
        page = cora.goes_to("/console/participants/")
        page.fill("main input[name=q]", number)
        page.click("main button[type=submit]")
        page.click("text=Address, Social Security number and other protected fields")
        page.click("text=What was told outside")
        for name, value in (
            ("recipient_kind", "other-state"), ("basis", "program-duty"), ("road", "secure-file"),
            ("place", "agency-premises"),
        ):  # fmt: skip
            page.select_option(f"main [name={name}]", value)
        page.fill("main [name=recipient]", "Virginia DCSE")
        page.click("main label[for=id_tell-ssn]")
        page.click("text=Ask for approval")
        expect(page.locator("main")).to_contain_text("waits for a second person")
        sol.goes_to("/console/safeguards/").click("form[action*='/releases/'] button")
        page.reload()
        expect(page.locator("main")).to_contain_text("W-101")
        expect(page.locator("main")).not_to_contain_text("waits for a second person")


@pytest.fixture(scope="module")
def paths(number: str, version: UUID) -> dict[str, list[str]]:
    """Whose pages are looked at."""
    with acting(Actor("system", "feed"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        someone = Participant.objects.get(external_id=number).id
    return {
        "cora": [f"participants/{someone}/fields/", f"participants/{someone}/releases/", "safeguards/mine/"],
        "sol": [
            "safeguards/", "policy/", "policy/propose/", f"policy/{version}/", f"participants/{someone}/who-sees/",
            "safeguards/workers/W-101/",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("screen", sorted(SCREENS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_are_fit_for_everybody(
    crowd: dict[str, Person], paths: dict[str, list[str]], pictures: Path | None, language: str, screen: str
) -> None:
    """No finding of axe, no sideways scrolling, no error of the browser."""
    for name, addresses in paths.items():
        person = crowd[name]
        person.reads(language)
        person.looks(screen)
        for path in addresses:
            page = person.goes_to(f"/console/{path}")
            page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
            if pictures:
                person.keeps_a_picture(pictures, f"console-{path}-{language}-{screen}")
            assert person.complaints() == []

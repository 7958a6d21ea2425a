"""The story of a company at the console: asked for, permitted, opened, stopped; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Browser, Page, expect
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import OPERATOR, SECOND, SECRET

from harborline.kernel import clock
from harborline.vendors.screening.lists import requirements_of
from harborline.workforce.models import Worker

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
SECURITY = "security@nc-css.example"
STEPS = (
    "reviewed", "permitted", "contracted", "vetted", "memorandum", "certified", "answered", "recertified", "suspended",
    "revoked",
)  # fmt: skip


@pytest.fixture(scope="module")
def crowd(browser: Browser, address: str) -> Iterator[dict[str, Person]]:
    """Two operators and the security officer, each signed in once."""
    TOTP.activate(Worker.objects.get(email=SECURITY), SECRET)
    people = {}
    for name, email in (("olive", OPERATOR), ("sam", SECOND), ("sol", SECURITY)):
        people[name] = Person(browser, address)
        people[name].signs_in(email)
    yield people
    for person in people.values():
        person.leaves()


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed letter."""
    path = tmp_path_factory.mktemp("papers") / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 signed")
    return path


def ago(days: int) -> str:
    """A day so many days ago, as a date field takes it."""
    return (clock.now().date() - timedelta(days=days)).isoformat()


def fill(page: Page, **said: str) -> None:
    """Fill fields by name."""
    for name, value in said.items():
        page.fill(f"main [name={name}]", value)


def choose(page: Page, **said: str) -> None:
    """Choose radio buttons and boxes by name and value, on their labels, as a person does."""
    for name, values in said.items():
        for value in values.split():
            chosen = page.locator(f"main input[name='{name}'][value='{value}']")
            page.click(f"main label[for='{chosen.get_attribute('id')}']")


def send(page: Page) -> None:
    """Press the form's button; the step is done when the company's page is back."""
    page.click("main form button[type=submit]")
    expect(page.locator("#error-summary")).to_have_count(0)


class TestACompany:
    """Three people, one company that carries e-mail."""

    def test_goes_from_the_draft_to_going_live(self, crowd: dict[str, Person], letter: Path) -> None:
        """Each opens the company's page, reads the next step, and takes it."""
        olive, sam, sol = (crowd[name] for name in ("olive", "sam", "sol"))
        page = olive.goes_to("/console/vendors/")
        page.click("text=Ask for a company")
        fill(page, name="Example Mail House LLC", systems="Its mail relay", domain="mailhouse.example")
        choose(page, free_service="no", purposes="mail", elements="email-address message-text", connectors="smtp")
        send(page)
        home = page.url.removeprefix(olive.address)
        self.review(olive, sam, sol, home)
        page = self.next(sam, home, "Record the written permission")
        fill(page, on=ago(20), document_no="NCDHHS-2026-99", signer="Program Director", systems="Its mail relay")
        fill(page, valid_from=ago(20), valid_until=ago(-300))
        page.set_input_files("main input[type=file]", letter)
        send(page)
        self.contract(olive, sam, home, letter)
        page = self.next(sol, home, "Screen the company now")
        send(page)
        expect(page.locator("main")).to_contain_text("No name found")
        page = self.next(sam, home, "Open the company for use")
        send(page)
        expect(page.locator(".usa-alert--success")).to_contain_text("Data may go to this company now.")

    def review(self, olive: Person, sam: Person, sol: Person, home: str) -> None:
        """Handed in, and four times yes."""
        page = self.next(olive, home, "Hand in the request")
        fill(page, on=ago(30), why="Letters by e-mail")
        send(page)
        for person, area in ((sam, "program"), (sol, "security"), (sam, "legal"), (sol, "it")):
            page = self.next(person, home, "Record a review")
            fill(page, on=ago(25), reviewer="R. Viewer")
            choose(page, area=area, approve="yes")
            send(page)

    def contract(self, olive: Person, sam: Person, home: str, letter: Path) -> None:
        """Contract, examination, memorandum, certification, answers."""
        page = self.next(olive, home, "Record the contract")
        fill(page, on=ago(15), number="C-1", until=ago(-900))
        page.set_input_files("main input[type=file]", letter)
        send(page)
        wants = requirements_of("nc-css")
        page = self.next(sam, home, "Record the examination of the contract")
        fill(page, on=ago(14), signer="Counsel")
        choose(page, checks=" ".join(wants.checks))
        send(page)
        page = self.next(olive, home, "Record the signed memorandum")
        fill(page, on=ago(13), version=wants.memorandum, signer="Chief Executive")
        page.set_input_files("main input[type=file]", letter)
        send(page)
        page = self.next(olive, home, "Record the certification")
        fill(page, on=ago(12), signer="Chief Executive")
        choose(page, uses_covered="no", flow_down="yes")
        page.set_input_files("main input[type=file]", letter)
        send(page)
        page = self.next(olive, home, "Answer the questions")
        fill(page, on=ago(11))
        choose(page, uses_covered="no", none_above_tenth="yes")
        for radio in page.locator("main input[name$=_supplies][value=no]").all():
            page.click(f"main label[for='{radio.get_attribute('id')}']")
        send(page)

    @staticmethod
    def next(person: Person, home: str, step: str) -> Page:
        """Open the company's page and follow its next step, which must be this one."""
        page = person.goes_to(home)
        button = page.locator("main .hl-actions a.usa-button").first
        expect(button).to_have_text(step)
        button.click()
        return page


class TestEveryPageOfVendors:
    """In both languages and on both screens."""

    def test_is_without_a_barrier(self, crowd: dict[str, Person], pictures: Path | None) -> None:
        """No axe finding, nothing wider than the screen, no error in the browser."""
        sam, complaints = crowd["sam"], []
        # The preview of a chosen file asks for a picture that our policy does not load.
        sam.wrong.clear()
        page = sam.goes_to("/console/vendors/")
        homes = [str(link.get_attribute("href")) for link in page.query_selector_all("main section h2 a")]
        paths = [
            "/console/vendors/",
            *(f"/console/vendors/{name}/" for name in ("new", "ending", "lists", "fax-lines")),
        ]
        paths += [
            *homes,
            *(f"{homes[0]}{name}/" for name in ("screening", "below", *(f"steps/{step}" for step in STEPS))),
        ]
        for path in paths:
            for language in ("en", "es"):
                sam.reads(language)
                sam.goes_to(path)
                for screen in SCREENS:
                    sam.looks(screen)
                    complaints += sam.complaints()
                    if pictures:
                        name = path.removeprefix("/console/").strip("/").replace("/", "-") or "vendors"
                        sam.keeps_a_picture(pictures, f"{name[-60:]}-{language}-{screen}")
        sam.reads("en")
        sam.looks("desktop")
        assert complaints == []

    def test_says_what_is_wrong_at_the_top_and_at_the_field(self, crowd: dict[str, Person]) -> None:
        """A wrong form is a page without a barrier too; nothing typed is lost."""
        olive = crowd["olive"]
        olive.wrong.clear()
        page = olive.goes_to("/console/vendors/new/")
        fill(page, name="Half a Company", systems="s")
        page.locator("main form").evaluate("form => form.noValidate = true")
        page.click("main form button[type=submit]")
        expect(page.locator("#error-summary")).to_be_visible()
        expect(page.locator("main input[name=name]")).to_have_value("Half a Company")
        found = [one for one in olive.complaints() if "422" not in one]
        assert found == []


class TestWithoutJavaScript:
    """The same in a browser that runs no script."""

    def test_a_company_can_be_asked_for(self, crowd: dict[str, Person], browser: Browser, address: str) -> None:
        """Plain links, plain forms."""
        state = crowd["olive"].window.storage_state()
        plain = browser.new_context(java_script_enabled=False, storage_state=state)
        page = plain.new_page()
        page.goto(f"{address}/console/vendors/new/")
        fill(page, name="Plain Lookup Inc.", systems="Its interface")
        choose(page, free_service="no", purposes="lookup", elements="phone-number", connectors="number-lookup")
        page.click("main form button[type=submit]")
        expect(page.locator("h1")).to_have_text("Plain Lookup Inc.")
        plain.close()


class TestTheSimulatedCarrier:
    """A company like every other, but for what it says of itself."""

    def test_is_ended_in_the_console_and_stops_the_texts(self, crowd: dict[str, Person]) -> None:
        """Its page shows the whole life; ended for good, the first page says that nothing goes out."""
        sol = crowd["sol"]
        page = sol.goes_to("/console/vendors/")
        page.click("text=Simulated carrier (demonstration)")
        expect(page.locator("main")).to_contain_text("It is a simulation: nothing leaves this machine.")
        expect(page.locator(".usa-process-list__item")).to_have_count(13)
        page.click("text=End the permission for good")
        fill(page, because="the demonstration is over")
        send(page)
        expect(page.locator("main")).to_contain_text("Ended for good")
        sol.goes_to("/console/")
        expect(page.locator("main")).to_contain_text("No company may carry texts now")

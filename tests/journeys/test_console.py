"""Stories at the console and on the simulated phones, in a real browser against pages that really send."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import CASE_MANAGER, CLINIC, OPERATOR, SECOND, WIC_OPERATOR

from harborline.messaging.services import plan_run
from harborline.project.home import home

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
FILES = (".csv", ".pdf", ".json")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture(scope="module")
def crowd(browser: Browser, address: str) -> Iterator[dict[str, Person]]:
    """Everybody signed in once: a code of the app works once."""
    people: dict[str, Person] = {}
    yield people
    for person in people.values():
        person.leaves()


@pytest.fixture
def someone(crowd: dict[str, Person], browser: Browser, address: str) -> Iterator[Person]:
    """Somebody who has not signed in."""
    person = Person(browser, address)
    yield person
    person.leaves()


def worker(crowd: dict[str, Person], browser: Browser, address: str, email: str) -> Person:
    """A worker at their own window, in English, at a desk."""
    if email not in crowd:
        crowd[email] = Person(browser, address)
        crowd[email].signs_in(email)
    crowd[email].reads("en")
    crowd[email].looks("desktop")
    return crowd[email]


def links(page: Page) -> list[str]:
    """Where the page leads inside the console and the account, files apart."""
    found = [str(link.get_attribute("href")) for link in page.query_selector_all("main a[href], nav a[href]")]
    path = page.url.split("/", 3)[3].split("?")[0]
    whole = [f"/{path}{link}" if link.startswith("?") else link.split("#")[0] for link in found]
    return [
        link
        for link in whole
        if link.startswith(("/console/", "/accounts/")) and not link.endswith((".csv", ".pdf", ".json"))
    ]


def kind(path: str) -> str:
    """The sort of page an address belongs to."""
    return re.sub(r"=[^&]*", "=", ID.sub("ID", path))


def looked_over(person: Person, path: str, pictures: Path | None) -> list[str]:
    """What is wrong with a page in either language on either screen."""
    complaints = []
    for language in ("en", "es"):
        person.reads(language)
        person.goes_to(path)
        for screen in SCREENS:
            person.looks(screen)
            complaints += person.complaints()
            if pictures:
                person.keeps_a_picture(pictures, f"{NOT_PLAIN.sub('-', kind(path)).strip('-')}-{language}-{screen}")
    return complaints


class TestEveryPage:
    """All pages a worker can reach, in both languages and on both screens."""

    def test_is_without_a_barrier(
        self, crowd: dict[str, Person], browser: Browser, address: str, pictures: Path | None
    ) -> None:
        """No axe finding, nothing wider than the screen, no error in the browser; each sort of page once."""
        seen: set[str] = set()
        complaints: list[str] = []
        for email in (CASE_MANAGER, OPERATOR, CLINIC):
            person, todo = worker(crowd, browser, address, email), ["/console/", "/console/account/"]
            while todo:
                path = todo.pop(0)
                if kind(path) in seen or "page=" in path:
                    continue
                seen.add(kind(path))
                complaints += looked_over(person, path, pictures)
                todo += links(person.page)
        assert complaints == []
        assert {"/console/participants/ID/", "/console/notices/messages/ID/", "/accounts/2fa/"} <= seen

    @pytest.mark.parametrize("path", ["/accounts/login/", "/phones/", "/nowhere/"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_before_signing_in_is_without_a_barrier(self, someone: Person, path: str, language: str) -> None:
        """Sign-in, phones, and the page for nothing."""
        someone.reads(language)
        someone.goes_to(path)
        someone.wrong.clear()
        for screen in SCREENS:
            someone.looks(screen)
            assert someone.complaints() == []


class TestAnOperator:
    """The state's operator and the second person."""

    def test_sends_a_notice_from_file_to_phone(
        self, crowd: dict[str, Person], browser: Browser, address: str, tmp_path: Path
    ) -> None:
        """Upload, look at the exact texts, send: the story of the console."""
        operator = worker(crowd, browser, address, WIC_OPERATOR)
        page = operator.goes_to("/console/")
        page.click("a:has-text('Start a notice')")
        page.check("text=Clinic visit moved")
        page.set_input_files("input[type=file]", fresh_caseload(tmp_path, "mn-wic", 12))
        page.click("button:has-text('Check the file')")
        expect(page.locator("h1")).to_have_text("Clinic visit moved")
        run_id = uuid.UUID(ID.findall(page.url)[0])
        plan_run(run_id, program="mn-wic")
        page.reload()
        page.click("a:has-text('Look at the exact texts')")
        expect(page.locator(".hl-exact").first).to_contain_text("Minnesota WIC")
        page.click("a:has-text('Back to the notice')")
        page.click("button:has-text('Send now')")
        expect(page.locator(".usa-alert--success")).to_contain_text("The texts go out now.")

    def test_finds_the_reason_for_everybody_who_got_no_text(
        self, crowd: dict[str, Person], browser: Browser, address: str
    ) -> None:
        """One sentence, the next step, and the clause behind "Why?"."""
        operator = worker(crowd, browser, address, OPERATOR)
        page = operator.goes_to("/console/notices/")
        page.click("main table a >> nth=-1")
        line = page.locator("tr", has_text="has not said yes to texts").first
        expect(line).to_contain_text("Ask for permission at the next contact.")
        line.locator("summary").click()
        expect(line).to_contain_text("NC-CSS-22-18:opt-in")

    def test_reads_the_life_of_one_text(self, crowd: dict[str, Person], browser: Browser, address: str) -> None:
        """Decided, sealed, handed over, taken, arrived; with its receipt code."""
        operator = worker(crowd, browser, address, OPERATOR)
        page = operator.goes_to("/console/notices/")
        page.click("main table a >> nth=-1")
        page.click("td a:text-is('Arrived')")
        page.click("main table a:has-text('Open') >> nth=0")
        steps = page.locator(".usa-process-list__heading").all_inner_texts()
        assert steps[0] == "Decided"
        assert steps[-1] == "Arrived on the phone"
        expect(page.locator("dl")).to_contain_text("Receipt code")


class TestWithoutJavaScript:
    """The same pages in a browser that runs no script."""

    def test_everything_is_there(self, browser: Browser, address: str) -> None:
        """Signing in, reading, and every form work by plain links and buttons."""
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(f"{address}/phones/")
        page.click("main ul a >> nth=0")
        page.fill("textarea", "HELP")
        page.click("text=Send >> nth=0")
        expect(page.locator(".hl-bubble--out").last).to_contain_text("HELP")
        page.goto(f"{address}/console/")
        expect(page.locator("h1")).to_have_text("Sign in")
        plain.close()


class TestWithTheKeyboardAlone:
    """Somebody who uses no mouse."""

    def test_skips_to_the_content_and_opens_the_reasons(
        self, crowd: dict[str, Person], browser: Browser, address: str
    ) -> None:
        """Tab and Enter lead past the navigation; a "Why?" opens with Enter."""
        page = worker(crowd, browser, address, OPERATOR).goes_to("/console/notices/")
        page.keyboard.press("Tab")
        expect(page.locator(".usa-skipnav")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        page.click("main table a >> nth=-1")
        why = page.locator(".hl-why").first
        why.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(why.locator("li").first).to_be_visible()


class TestAParticipantsPhone:
    """A simulated handset."""

    def test_answers_stop_and_gets_one_confirmation(self, someone: Person) -> None:
        """The person writes STOP: it stands in the conversation at once."""
        page = someone.goes_to("/phones/?program=mn-wic")
        page.click("main ul a >> nth=3")
        page.click("button[value=STOP]")
        expect(page.locator(".hl-bubble--out").last).to_contain_text("STOP")

    def test_is_closed_where_nobody_demonstrates(self, someone: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a real system there is no such page."""
        from django.conf import settings

        monkeypatch.setattr(settings, "DEMO", False)
        page = someone.goes_to("/phones/")
        expect(page.locator("h1")).to_have_text("There is nothing here")


class TestASecondPerson:
    """Somebody who did not start the notice."""

    def test_sees_no_way_to_approve_what_does_not_wait(
        self, crowd: dict[str, Person], browser: Browser, address: str
    ) -> None:
        """Only a notice that waits for a second person offers it."""
        second = worker(crowd, browser, address, SECOND)
        page = second.goes_to("/console/notices/")
        page.click("main table a >> nth=-1")
        assert page.locator("text=Approve and send").count() == 0


def fresh_caseload(folder: Path, program: str, rows: int) -> Path:
    """The first rows of the demonstration's caseload as a file of its own."""
    source = home() / "demo" / program / "caseload.csv"
    with source.open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))[: rows + 1]
    path = folder / "caseload.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path

"""Files between agencies at the console: a county from the first form to a posted file; in a real browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import OPERATOR, SECOND

from harborline.kernel import clock
from harborline.people.facts import HeldName, Source
from harborline.people.models import Participant
from harborline.people.services import hold_value
from harborline.project import exchange_demo
from harborline.walls import ALL_COUNTIES, Actor, acting

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.peer("ssh-keygen"), pytest.mark.timeout(600)]
OVERVIEW = "/console/exchange/"
WAKE = "main ul.usa-list a:text-is('Wake County (demonstration)')"
_PLACES = re.compile(r'href="(/console/exchange/(?:partners|agreements|deliveries|media)/[0-9a-f-]{36}/)"')


@pytest.fixture(scope="module")
def crowd(browser: Browser, address: str) -> Iterator[dict[str, Person]]:
    """The demonstration's exchange, and two operators, each signed in once."""
    exchange_demo.show(Console(quiet=True))
    people = {}
    for name, email in (("olive", OPERATOR), ("sam", SECOND)):
        people[name] = Person(browser, address)
        people[name].signs_in(email)
    yield people
    for person in people.values():
        person.leaves()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A partner's public key and the fingerprint they read to us."""
    path = tmp_path_factory.mktemp("durham") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, timeout=60)
    listed = subprocess.run(["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True, capture_output=True, timeout=60)
    return Path(f"{path}.pub").read_text(), listed.stdout.decode().split()[1]


def day(days: int) -> str:
    """A day so many days from now, as a date field takes it."""
    return (clock.now().date() + timedelta(days=days)).isoformat()


def fill(page: Page, **said: str) -> None:
    """Fill fields by name."""
    for name, value in said.items():
        page.fill(f"main [name={name}]", value)


def choose(page: Page, **said: str) -> None:
    """Choose radio buttons by name and value, on their labels, as a person does."""
    for name, value in said.items():
        chosen = page.locator(f"main input[name='{name}'][value='{value}']")
        page.click(f"main label[for='{chosen.get_attribute('id')}']")


def send(page: Page) -> None:
    """Press the form's button; no page of errors follows."""
    invalid = page.locator("main form.usa-form :invalid:not(fieldset)").evaluate_all("all => all.map(one => one.name)")
    assert invalid == []
    page.click("main form.usa-form button[type=submit]")
    expect(page.locator("#error-summary")).to_have_count(0)


class TestACounty:
    """Two people, one county."""

    def test_goes_from_the_first_form_to_an_agreement_in_force(
        self, crowd: dict[str, Person], key: tuple[str, str]
    ) -> None:
        """One writes down, the other puts in force; the fingerprint is what the county read."""
        olive, sam = crowd["olive"], crowd["sam"]
        page = olive.goes_to(OVERVIEW)
        page.click("text=Add a partner")
        fill(page, name="Durham County", key="durham", contact="919-555-0103")
        choose(page, kind="county")
        send(page)
        expect(page.locator("h1")).to_have_text("Durham County")
        partner = page.url.removeprefix(olive.address)
        page.click("text=Draft an agreement")
        fill(page, title="Orders every day", key="orders", holds="New orders", purpose="They are posted")
        fill(page, naming="ORD{seq:5}.DAT", size_mb="100", expires_date=day(300))
        choose(page, direction="in", fti="no")
        send(page)
        agreement = page.url.removeprefix(olive.address)
        expect(page.locator("main")).to_contain_text("Another person puts it in force.")
        expect(page.locator("button[value=activate]")).to_have_count(0)
        page = olive.goes_to(f"{partner}keys/new/")
        fill(page, login="durham-machine", public_key=key[0], from_date=day(0), until_date=day(300))
        send(page)
        page = sam.goes_to(agreement)
        page.click("button[value=activate]")
        expect(page.locator(".usa-alert--success").first).to_contain_text("in force")
        page = sam.goes_to(partner)
        page.click("text=Confirm or end this key")
        fill(page, read_back=key[1], how="by telephone, at the number on file")
        page.click("button[value=confirm]")
        expect(page.locator(".usa-alert--success").first).to_contain_text("The machine can come in.")

    def test_plain_ftp_is_refused_with_the_remedy(self, crowd: dict[str, Person]) -> None:
        """At the top of the form; nothing typed is lost."""
        olive = crowd["olive"]
        olive.wrong.clear()
        page = olive.goes_to(OVERVIEW)
        page.click(WAKE)
        page.click("text=Draft an agreement")
        fill(page, title="By FTP", key="by-ftp", holds="Orders", purpose="Posting", naming="X{seq:3}.DAT")
        fill(page, size_mb="10", expires_date=day(30))
        choose(page, direction="in", fti="no")
        page.select_option("main [name=channel]", "ftp")
        page.click("main form.usa-form button[type=submit]")
        expect(page.locator("#error-summary")).to_contain_text("Choose SFTP")
        expect(page.locator("main input[name=title]")).to_have_value("By FTP")
        assert [one for one in olive.complaints() if "422" not in one] == []


class TestWhatCameIn:
    """The demonstration's deliveries."""

    def test_is_on_the_first_page_with_what_needs_somebody(self, crowd: dict[str, Person]) -> None:
        """A missing number, a file without proof, the picture, and the next expected file."""
        page = crowd["olive"].goes_to(OVERVIEW)
        shown = page.locator("main")
        expect(shown).to_contain_text("A delivery is missing")
        expect(shown).to_contain_text("Number 3 is missing.")
        expect(shown).to_contain_text("Waiting for proof")
        expect(page.locator("svg.hl-flows")).to_have_count(1)
        expect(shown).to_contain_text("Arrears every week")

    def test_is_let_go_on_and_posted(self, crowd: dict[str, Person]) -> None:
        """A held delivery goes on with a reason; a checked one is marked as posted and gets its receipt."""
        olive = crowd["olive"]
        page = olive.goes_to(f"{OVERVIEW}deliveries/?state=held")
        page.click("main >> text=ARR0004.DAT")
        fill(page, because="number three will not come")
        page.click("button[value=release]")
        expect(page.locator(".usa-alert--success").first).to_contain_text("It goes on.")
        page = olive.goes_to(f"{OVERVIEW}deliveries/?state=validated")
        page.click("main >> text=ARR0002.DAT")
        opening = page.locator("main form").filter(has_text="Why do you open it?")
        opening.locator("[name=because]").fill("to post it")
        with page.expect_download() as downloaded:
            opening.locator("button").click()
        assert downloaded.value.path().read_bytes().startswith(b"NC183")
        fill(page, because="posted in the case system")
        page.click("button[value=take]")
        expect(page.locator(".usa-alert--success").first).to_contain_text("marked as posted")
        expect(page.locator("main")).to_contain_text("Posted: yes")


TELLS = 'recipient = "iv-d-office"\nbasis = "program-duty"\n[fields]\nssn = "ssn"\n'
SECRET = "219-09-9999"


class TestAFileWithProtectedValues:
    """One prepares it, another approves it; it opens once."""

    def test_is_prepared_approved_and_sent(
        self, crowd: dict[str, Person], pictures: Path | None, tmp_path: Path
    ) -> None:
        """The number is on no page, before or after; every page of the way is without a barrier."""
        with acting(Actor("system", "journey"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
            ben = Participant.objects.order_by("external_id")[0]
            hold_value(ben.id, HeldName.SSN, SECRET, source=Source.CASE_SYSTEM)
        olive, sam, seen = crowd["olive"], crowd["sam"], []
        olive.wrong.clear()
        page = olive.goes_to(OVERVIEW)
        page.click(WAKE)
        page.click("text=Draft an agreement")
        fill(page, title="Numbers every month", key="numbers", holds="Numbers", purpose="They are matched")
        fill(page, naming="NUM{seq:4}.DAT", layout="fop-case-submission-245@1", tells=TELLS)
        fill(page, size_mb="10", expires_date=day(90))
        choose(page, direction="out", fti="no")
        send(page)
        agreement = page.url.removeprefix(olive.address)
        page = sam.goes_to(agreement)
        page.click("button[value=activate]")
        page = olive.goes_to(agreement)
        page.click("text=Prepare a file with protected values")
        seen += barriers(olive, pictures, "exchange-agreements-one-prepare")
        table = tmp_path / "people.csv"
        table.write_text(
            "participant,_type,submitting_state,case_id,ncp_last_name,ncp_first_name,arrearage_amount,"
            f"transaction_type,case_type\n{ben.external_id},case,NC,C100,TORRES,BEN,500,A,N\n"
        )
        fill(page, name="NUM0001.DAT")
        page.set_input_files("main [name=table]", table)
        send(page)
        expect(page.locator("main")).to_contain_text("You prepared it. Another person approves.")
        prepared = page.url.removeprefix(olive.address)
        seen += barriers(olive, pictures, "exchange-prepared-one")
        page = sam.goes_to(prepared)
        page.click("text=Approve the file")
        expect(page.locator(".usa-alert--success").first).to_contain_text("It can be sent now.")
        page = olive.goes_to(prepared)
        page.click("button[value=send]")
        expect(page.locator(".usa-alert--success").first).to_contain_text("ready for the partner")
        seen += barriers(olive, pictures, "exchange-prepared-one-sent")
        assert SECRET not in page.content()
        assert SECRET.replace("-", "") not in page.content()
        assert seen == []


def barriers(person: Person, pictures: Path | None, name: str) -> list[str]:
    """What is wrong with the page somebody looks at, in both languages and on both screens."""
    found, path = [], person.page.url.removeprefix(person.address)
    for language in ("es", "en"):
        person.reads(language)
        person.goes_to(path)
        for screen in SCREENS:
            person.looks(screen)
            found += person.complaints()
            if pictures:
                person.keeps_a_picture(pictures, f"{name}-{language}-{screen}")
    person.looks("desktop")
    return found


class TestEveryPageOfTheExchange:
    """In both languages and on both screens."""

    def test_is_without_a_barrier(self, crowd: dict[str, Person], pictures: Path | None) -> None:
        """No axe finding, nothing wider than the screen, no error in the browser."""
        sam, complaints = crowd["sam"], []
        sam.wrong.clear()
        places = set()
        for path in (OVERVIEW, f"{OVERVIEW}deliveries/"):
            places |= set(_PLACES.findall(sam.goes_to(path).content()))
        partner = next(one for one in sorted(places) if "/partners/" in one)
        agreement = next(one for one in sorted(places) if "/agreements/" in one)
        kinds = {one.split("/")[3]: one for one in sorted(places)}
        paths = [OVERVIEW, *(f"{OVERVIEW}{name}/" for name in ("deliveries", "calendar", "settled", "media"))]
        paths += [f"{OVERVIEW}partners/new/", f"{OVERVIEW}media/new/", *kinds.values()]
        paths += [f"{partner}keys/new/", f"{partner}agreements/new/", f"{agreement}terms/"]
        for path in paths:
            for language in ("en", "es"):
                sam.reads(language)
                sam.goes_to(path)
                for screen in SCREENS:
                    sam.looks(screen)
                    complaints += sam.complaints()
                    if pictures:
                        name = re.sub(r"[0-9a-f-]{36}", "one", path.removeprefix("/console/").strip("/"))
                        sam.keeps_a_picture(pictures, f"{name.replace('/', '-')}-{language}-{screen}")
        sam.reads("en")
        sam.looks("desktop")
        assert complaints == []


class TestWithoutJavaScript:
    """The same in a browser that runs no script."""

    def test_a_flow_is_stopped(self, crowd: dict[str, Person], browser: Browser, address: str) -> None:
        """Plain links, plain forms."""
        state = crowd["olive"].window.storage_state()
        plain = browser.new_context(java_script_enabled=False, storage_state=state)
        page = plain.new_page()
        page.goto(f"{address}{OVERVIEW}")
        page.click(WAKE)
        page.click("main >> text=Rejected cases")
        page.fill("main [name=because]", "a test of the plain pages")
        page.click("button[value=suspend]")
        expect(page.locator("main")).to_contain_text("Nothing goes under this agreement now")
        plain.close()

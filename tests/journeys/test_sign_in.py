"""A new office in a real browser: the first officer, a new worker with a passkey, a screen left alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from tests.days import office_day
from tests.journeys.people import SCREENS, Person

from harborline.kernel import clock
from harborline.sites.middleware import SEEN

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
OWN = "nine loud Magpies argue 8"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def office(database: None) -> Iterator[tuple[str, str]]:
    """The pages on a port, and the password for one use of Sol, the first security officer."""
    from tests.journeys.stage import served
    from tests.sweeping import sweep

    from harborline.walls import Actor, acting
    from harborline.workforce.services import take_on_first

    try:
        with acting(Actor("system", "operator"), program="nc-css", counties=(), purpose="workforce"):
            _, password = take_on_first(
                email="sol@example.gov",
                name="Sol Secure",
                number="W-SOL",
                completed=office_day(),
                certificate="C-1",
            )
        with served() as address:
            yield address, password
    finally:
        sweep()


@pytest.fixture(scope="module")
def sol(browser: Browser, office: tuple[str, str]) -> Iterator[Person]:
    """Sol at a desk."""
    person = Person(browser, office[0])
    yield person
    person.leaves()


@pytest.fixture(scope="module")
def nia(browser: Browser, office: tuple[str, str]) -> Iterator[Person]:
    """Nia, who has a passkey in her computer."""
    person = Person(browser, office[0])
    session = person.window.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield person
    person.leaves()


def looked_over(person: Person, name: str, pictures: Path | None, *, again: bool = True) -> None:
    """The page is without a barrier in either language (if it can be loaded `again`) on either screen."""
    wrong: list[str] = []
    for language in ("es", "en") if again else ("en",):
        if again:
            person.reads(language)
            person.page.reload()
        for screen in SCREENS:
            person.looks(screen)
            wrong += person.complaints()
            if pictures:
                person.keeps_a_picture(pictures, f"sign-in-{name}-{language}-{screen}")
    person.looks("desktop")
    assert wrong == []


def sends(page: Page, button: str = "main button[type=submit]") -> None:
    """Press a button and wait for the page that answers: whoever leaves too early takes the form back."""
    with page.expect_navigation():
        page.click(button)


def types_password(person: Person, email: str, password: str) -> Page:
    """The first page of signing in."""
    page = person.goes_to("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    sends(page)
    return page


def chooses_a_password(person: Person, given: str, pictures: Path | None) -> None:
    """A given password opens nothing but this."""
    page = person.goes_to("/console/")
    expect(page).to_have_url(re.compile("/accounts/password/change/"))
    looked_over(person, "password", pictures)
    page.fill("input[name=oldpassword]", given)
    page.fill("input[name=password1]", OWN)
    page.fill("input[name=password2]", OWN)
    sends(page)


def opens(person: Person, path: str) -> Page:
    """Go to a page that may ask for the password once more."""
    page = person.goes_to(path)
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", OWN)
        sends(page)
    return page


def signs(person: Person, name: str, pictures: Path | None) -> None:
    """Reads the rules and penalties, and signs."""
    page = person.goes_to("/account/requirements/")
    looked_over(person, "requirements", pictures)
    expect(page.locator(".hl-points")).to_contain_text("7213A")
    page.click("label[for=id_read]")
    page.fill("input[name=signed_as]", name)
    sends(page)


def left_alone(person: Person, minutes: int) -> None:
    """Nobody has touched this person's screen for so long."""
    kept = {row.session_key for row in Session.objects.all()}
    (key,) = kept & {str(one.get("value")) for one in person.window.cookies()}
    store = SessionStore(key)
    store[SEEN] = (clock.now() - timedelta(minutes=minutes)).timestamp()
    store.save()


def begins_with_an_officer_who_sets_up_a_code_app(sol: Person, office: tuple[str, str], pictures: Path | None) -> None:
    """Warning, password of one's own, code app, recovery codes, signature; then the console."""
    sol.reads("en")
    page = sol.goes_to("/accounts/login/")
    expect(page.locator("main")).to_contain_text("Use is watched, recorded and looked at.")
    looked_over(sol, "warning", pictures)
    types_password(sol, "sol@example.gov", office[1])
    chooses_a_password(sol, office[1], pictures)
    page = opens(sol, "/console/")
    expect(page).to_have_url(re.compile("/accounts/2fa/totp/activate/"))
    looked_over(sol, "code-app", pictures)
    seed = page.locator("#totp-secret").inner_text().strip()
    page.fill("input[name=code]", str(format_hotp_value(hotp_value(seed, int(time.time()) // 30))))
    sends(page)
    expect(page).to_have_url(re.compile("/accounts/2fa/recovery-codes/"))
    expect(page.locator(".hl-codes li")).to_have_count(10)
    page = sol.goes_to("/console/")
    expect(page.locator("main")).to_contain_text("sign")
    sol.wrong.clear()
    signs(sol, "Sol Secure", pictures)
    expect(page.locator(".usa-alert--success")).to_contain_text("You signed.")
    looked_over(sol, "account", pictures)


def second_half() -> str:
    """The state's operator says yes to the one password that waits, and tells its second half."""
    from harborline.walls import Actor, acting
    from harborline.workforce.selectors import resets
    from harborline.workforce.services import decide_reset

    with acting(Actor("system", "operator"), program="nc-css", counties=(), purpose="workforce"):
        (waiting,) = resets("nc-css")
        return decide_reset(waiting.id, approved=True, roles=frozenset({"state-operator"}))[1]


def takes_on_a_worker_who_sets_up_a_passkey(sol: Person, nia: Person, pictures: Path | None) -> None:
    """Two people tell half of the password each; the gate opens when the training is recorded."""
    page = sol.goes_to("/console/workers/")
    looked_over(sol, "workers", pictures)
    page.click("a:has-text('New worker')")
    looked_over(sol, "new-worker", pictures)
    for name, value in {"name": "Nia New", "email": "nia@example.gov", "number": "W-NIA"}.items():
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=role]", "case-manager")
    page.fill("input[name=county]", "37183")
    sends(page, "main form button[type=submit]")
    first = re.search(r"[0-9a-f]{6}-[0-9a-f]{6}-", page.locator("main").inner_text())
    assert first
    looked_over(sol, "given-password", pictures, again=False)

    given = first[0] + second_half()
    nia.reads("en")
    types_password(nia, "nia@example.gov", given)
    chooses_a_password(nia, given, pictures)
    hers = opens(nia, "/accounts/2fa/webauthn/add/")
    looked_over(nia, "passkey", pictures)
    hers.click("#passkey-add")
    hers.wait_for_url(re.compile("/accounts/2fa/(?!webauthn/add)"))
    signs(nia, "Nia New", pictures)
    hers = nia.goes_to("/console/")
    expect(hers.locator("main")).to_contain_text("training")
    nia.wrong.clear()

    page = sol.goes_to("/console/workers/")
    page.click("a:has-text('Nia New') >> nth=-1")
    looked_over(sol, "worker", pictures)
    page.click("summary:has-text('Record training')")
    page.fill("form[action$='training/'] input[name=course]", "Security")
    page.fill("form[action$='training/'] input[name=completed]", office_day().isoformat())
    page.fill("form[action$='training/'] input[name=certificate]", "C-2")
    sends(page, "form[action$='training/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("May work here.")
    hers = nia.goes_to("/console/")
    expect(hers.locator("nav.hl-side")).to_be_visible()


def signs_in_with_the_passkey(nia: Person, pictures: Path | None) -> None:
    """Password, then the passkey."""
    nia.window.clear_cookies()
    nia.reads("en")
    types_password(nia, "nia@example.gov", OWN)
    looked_over(nia, "second-factor", pictures)
    nia.page.click("#passkey-use")
    nia.page.wait_for_selector("nav.hl-side")


def locks_the_screen_that_was_left_alone(nia: Person, pictures: Path | None) -> None:
    """The same page is there again after the passkey was shown once more."""
    page = nia.goes_to("/console/account/")
    left_alone(nia, 16)
    page.reload()
    expect(page.locator("h1")).to_have_text("Is it still you?")
    looked_over(nia, "locked", pictures)
    page.click("a:has-text('Use a passkey')")
    looked_over(nia, "locked-passkey", pictures)
    page.click("#passkey-use")
    page.wait_for_url(re.compile("/console/account/"))
    expect(page.locator("h1")).to_have_text("Your account")


def shows_where_one_is_signed_in(sol: Person, nia: Person, pictures: Path | None) -> None:
    """Nia's list; Sol signs her out everywhere."""
    nia.goes_to("/accounts/sessions/")
    looked_over(nia, "sessions", pictures)
    page = sol.goes_to("/console/workers/")
    page.click("a:has-text('Nia New') >> nth=-1")
    page.click("summary:has-text('Help with signing in')")
    sends(page, "button:has-text('Sign out everywhere')")
    expect(nia.goes_to("/console/").locator("h1")).to_have_text("Sign in")
    sol.goes_to("/console/standing-in/")
    looked_over(sol, "standing-in", pictures)
    page = sol.goes_to("/console/duties/")
    looked_over(sol, "duties", pictures)
    page.click("main table a >> nth=0")
    looked_over(sol, "duty", pictures)


class TestANewOffice:
    """One story, from the command line's password to a screen that locks itself."""

    def test_begins_with_an_officer_and_ends_with_everybody_signed_out(
        self, sol: Person, nia: Person, office: tuple[str, str], pictures: Path | None
    ) -> None:
        """A code app, a worker with a passkey, a screen left alone, the list of sessions."""
        begins_with_an_officer_who_sets_up_a_code_app(sol, office, pictures)
        takes_on_a_worker_who_sets_up_a_passkey(sol, nia, pictures)
        signs_in_with_the_passkey(nia, pictures)
        locks_the_screen_that_was_left_alone(nia, pictures)
        shows_where_one_is_signed_in(sol, nia, pictures)

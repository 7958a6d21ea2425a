"""The portal in Debian's Chromium: come in, choose, sign, leave; with and without scripts, two languages, two sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, expect
from tests.journeys.people import SCREENS, Person

from harborline.consent.selectors import suppressed_numbers
from harborline.kernel import clock
from harborline.messaging.models import Message
from harborline.people.models import CaseParty, Participant, PhoneNumber
from harborline.people.portal_models import PortalCode
from harborline.people.selectors import own_number, shields_of, texting_blocks
from harborline.people.services import digits_of, make_start, send_waiting_codes
from harborline.walls import ALL_COUNTIES, Actor, acting

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
NC, MN = "nc-css", "mn-wic"
ELSEWHERE = "/health/live"
WORDS = "blue kettle on friday"
PAGES = ("/portal/home/", "/portal/choices/", "/portal/choices/agree/", "/portal/choices/change/")


def as_portal(program: str) -> Any:  # noqa: ANN401 - a context
    """The program's own work."""
    return acting(Actor("system", "portal"), program=program, counties=ALL_COUNTIES, purpose="test")


def somebody(program: str) -> tuple[Any, str]:
    """A grown party, not protected, whose number nobody else has and nobody stopped: the participant and the number."""
    with as_portal(program):
        grown = CaseParty.objects.filter(adult=True, ended_at__isnull=True).values_list("participant_id", flat=True)
        for row in PhoneNumber.objects.filter(participant_id__in=list(grown), until_at__isnull=True).order_by("id"):
            alone = PhoneNumber.objects.filter(phone_idx=row.phone_idx).count() == 1
            blocked = texting_blocks(program, [row.participant_id]) or suppressed_numbers(
                program, [bytes(row.phone_idx)]
            )
            person = Participant.objects.get(id=row.participant_id).person_id
            hidden = any(shield.own for shield in shields_of([person], clock.now()))
            if alone and not blocked and not hidden:
                return row.participant_id, str(own_number(row.participant_id))
    raise AssertionError("nobody has a number of their own")


def handed_over(program: str, participant: Any) -> str:  # noqa: ANN401 - an id
    """A code on a paper."""
    with as_portal(program):
        return make_start(participant, way="in-person", renews=True).code


def texted(program: str) -> str:
    """The code that came by text, read as the carrier reads it."""
    with as_portal(program):
        send_waiting_codes()
        assert PortalCode.objects.latest("asked_at").outcome == "sent"
        return digits_of(Message.objects.filter(kind="code").latest("created_at").id)


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def phone(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Person]:
    """Somebody with a phone; "Leave now" leads to a page of this machine, because there is no other."""
    person = Person(browser, address)
    person.window.close()
    person.window = browser.new_context(
        viewport=SCREENS["phone"],  # type: ignore[arg-type]  # a viewport
        locale="en-US",
        java_script_enabled=bool(request.param),
    )
    person.page = person.window.new_page()
    with override_settings(PORTAL_EXIT=f"{address}{ELSEWHERE}"):
        yield person
    person.leaves()


def begins(person: Person, program: str, code: str) -> None:
    """From the public page to the first page inside, by a paper."""
    page = person.goes_to(f"/portal/{program}/")
    page.click("main a.usa-button")
    page.fill("[name=start]", code)
    page.click("main button[type=submit]")
    page.fill("[name=passphrase]", WORDS)
    page.fill("[name=again]", WORDS)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile("/portal/home/$"))


@pytest.fixture(scope="module")
def inside(browser: Browser, address: str) -> Iterator[Person]:
    """Somebody who came in."""
    person = Person(browser, address)
    begins(person, NC, handed_over(NC, somebody(NC)[0]))
    yield person
    person.leaves()


class TestAParticipant:
    """The whole way, on a phone."""

    @pytest.mark.parametrize("program", [NC, MN])
    def test_begins_chooses_signs_and_comes_back(self, phone: Person, program: str) -> None:
        """A paper the first time, a text the second; a signature and a wish between; then out at once."""
        who, number = somebody(program)
        begins(phone, program, handed_over(program, who))
        page = phone.page
        page.click("text=My choices")
        page = phone.goes_to("/portal/choices/agree/")
        page.fill("[name=signed_as]", "A. Name")
        page.click("main form button[type=submit]")
        expect(page.locator(".usa-alert--success")).to_contain_text("You signed.")
        page.click("text=Ask your office to change something")
        page.click("label[for=id_field_3]")
        page.fill("[name=value]", "Hmong, please")
        page.click("main form button[type=submit]")
        expect(page.locator("main")).to_contain_text("Hmong, please")
        page.click("#leave")
        expect(page).to_have_url(re.compile(ELSEWHERE))
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Hmong, please")
        page = phone.goes_to(f"/portal/{program}/")
        page.fill("[name=number]", number)
        page.click("main button[type=submit]")
        page.fill("[name=code]", texted(program))
        page.fill("[name=passphrase]", WORDS)
        page.click("main button[type=submit]")
        expect(page).to_have_url(re.compile("/portal/home/$"))


class TestEveryPage:
    """Without barriers, in both languages, on both screens."""

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_is_open_to_everybody(
        self, inside: Person, browser: Browser, address: str, pictures: Path | None, language: str
    ) -> None:
        """Public pages and those inside: no finding of axe, nothing too wide, no error of the browser."""
        stranger = Person(browser, address)
        wrong: list[str] = []
        public = ("/portal/", f"/portal/{NC}/", f"/portal/{MN}/", f"/portal/{NC}/start/", "/portal/nothing/")
        for person, paths in ((stranger, public), (inside, PAGES)):
            person.reads(language)
            for path in paths:
                for screen in SCREENS:
                    person.looks(screen)
                    person.goes_to(path)
                    wrong += [one for one in person.complaints() if "404" not in one]
                    if pictures is not None:
                        name = path.strip("/").replace("/", "-")
                        person.keeps_a_picture(pictures, f"{name}-{language}-{screen}")
        stranger.leaves()
        assert wrong == []

    def test_draws_a_signature(self, inside: Person) -> None:
        """With a finger; the strokes go into the form."""
        page = inside.goes_to("/portal/choices/agree/")
        page.locator("#pad").scroll_into_view_if_needed()
        box = page.locator("#pad").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
        page.mouse.up()
        drawn = page.locator("#drawn").input_value()
        assert drawn.startswith("[[[")
        page.click("#clear")
        assert page.locator("#drawn").input_value() == ""

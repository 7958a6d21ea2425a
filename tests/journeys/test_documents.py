"""A paper's whole way in a real browser: a photo with its place, a connection that breaks, the case manager's desk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.journeys.people import SCREENS, Person
from tests.journeys.stage import CASE_MANAGER
from tests.journeys.visitors import lets_in
from tests.rooms.documents import papers

from harborline.documents.checking import check_document, due
from harborline.documents.facts import State
from harborline.documents.models import Document
from harborline.documents.ports import Scanner
from harborline.kernel import ports
from harborline.people.models import CaseManagerAssignment, CaseParty
from harborline.project.documenting import NothingScanned
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.workforce.models import Worker

pytestmark = [pytest.mark.peer("/usr/bin/chromium"), pytest.mark.timeout(600)]
PROGRAM = "nc-css"


def as_system() -> AbstractContextManager[Context]:
    """The state's system."""
    return acting(Actor("system", "journey"), program=PROGRAM, counties=ALL_COUNTIES, purpose="journey")


@pytest.fixture(scope="module")
def number(address: str) -> str:
    """A parent on a case of Cora's."""
    with as_system():
        cora = Worker.objects.get(email=CASE_MANAGER).number
        case = CaseManagerAssignment.objects.filter(worker_number=cora, until_at=None).first()
        assert case is not None
        party = CaseParty.objects.select_related("participant").filter(case=case.case_id, adult=True).first()
        assert party is not None
        return party.participant.external_id


@pytest.fixture(scope="module")
def parent(browser: Browser, address: str, number: str) -> Iterator[Person]:
    """The parent with a telephone."""
    ports.serve(Scanner, NothingScanned())
    person = Person(browser, address)
    lets_in(person, number, PROGRAM)
    person.looks("phone")
    yield person
    person.leaves()


@pytest.fixture(scope="module")
def cora(browser: Browser, address: str) -> Iterator[Person]:
    """The case manager."""
    person = Person(browser, address)
    person.signs_in(CASE_MANAGER)
    yield person
    person.leaves()


def checked() -> None:
    """The queue's work."""
    for document_id in due(PROGRAM):
        check_document(document_id, PROGRAM)


@pytest.fixture(scope="module")
def sent(parent: Person, cora: Person, tmp_path_factory: pytest.TempPathFactory, pictures: Path | None) -> Document:
    """A photo sent while the connection breaks twenty times, before and after the server took a piece."""
    content = papers.photo(800, 600) + random.Random(7).randbytes(12 * 512 * 1024)
    photo = tmp_path_factory.mktemp("photo") / "IMG_0001.jpg"
    photo.write_bytes(content)
    page = parent.goes_to("/portal/papers/send/")
    cuts = random.Random(8)
    cut = [0]

    def breaks(route: Route) -> None:
        # Either the piece never gets there, or the answer to it is lost on the way back.
        if cut[0] < 20 and cuts.random() < 0.8:
            cut[0] += 1
            if cuts.random() < 0.5:
                route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.clock.install()
    page.route("**/portal/papers/uploads/**", breaks)
    page.set_input_files("#papers", photo)
    page.click("main button[type=submit]")
    for _ in range(400):
        if "/receipts/" in page.url:
            break
        page.clock.run_for(1000)
        page.wait_for_timeout(50)
    expect(page.locator("h1")).to_have_text("Receipt")
    assert cut[0] == 20
    parent.wrong.clear()
    with as_system():
        row = Document.objects.order_by("-begun_at").first()
    assert row is not None
    assert row.size == len(content)
    checked()
    shown = cora.goes_to(f"/console/papers/{row.id}/")
    image = shown.locator(".hl-sheet img")
    expect(image).to_have_count(1)
    got = cora.page.request.get(cora.address + str(image.get_attribute("src"))).body()
    assert papers.GPS not in got
    assert b"Exif" not in got
    assert papers.GPS not in shown.content().encode()
    assert cora.complaints() == []
    if pictures:
        cora.keeps_a_picture(pictures, "paper")
    shown.select_option("#why", "dark")
    shown.fill("#words", "Please stand at a window.")
    shown.click("text=Ask again")
    page = parent.goes_to("/portal/papers/")
    expect(page.locator("main")).to_contain_text("Please stand at a window.")
    return row


class TestAPhoto:
    """From the telephone to the case manager."""

    def test_arrives_whole_though_the_connection_breaks_again_and_again(self, sent: Document) -> None:
        """It was previewed without its place, and asked for again; the story is told where it is sent."""
        with as_system():
            assert Document.objects.get(id=sent.id).state == State.AGAIN


class TestThePages:
    """Everybody can use them."""

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_of_the_portal_are_whole(
        self, parent: Person, sent: Document, pictures: Path | None, language: str
    ) -> None:
        """On a telephone and at a desk; axe finds nothing."""
        parent.reads(language)
        row = sent
        for screen in SCREENS:
            parent.looks(screen)
            for name, place in (
                ("papers", "papers/"), ("papers-send", "papers/send/"),
                ("papers-receipt", f"papers/receipts/{row.submission_id}/"),
            ):  # fmt: skip
                parent.goes_to(f"/portal/{place}")
                assert parent.complaints() == []
                if pictures:
                    parent.keeps_a_picture(pictures, f"portal-{name}-{language}-{screen}")

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_of_the_console_are_whole(self, cora: Person, sent: Document, pictures: Path | None, language: str) -> None:
        """As above."""
        cora.reads(language)
        row = sent
        for screen in SCREENS:
            cora.looks(screen)
            for name, place in (
                ("desk", ""), ("one", f"{row.id}/"), ("redact", f"{row.id}/redact/1/"), ("bring", "bring/"),
                ("receipt", f"receipts/{row.submission_id}/"), ("checks", "checks/"),
            ):  # fmt: skip
                cora.goes_to(f"/console/papers/{place}")
                assert cora.complaints() == []
                if pictures:
                    cora.keeps_a_picture(pictures, f"console-papers-{name}-{language}-{screen}")

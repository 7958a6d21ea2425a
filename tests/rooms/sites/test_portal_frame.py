"""The frame of the portal: who gets in, what every page carries, how one leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.rooms.sites.cast import SignedIn, make_worker, sign_in
from tests.rooms.town import MN, as_state

from harborline.kernel import clock
from harborline.people.models import Participant
from harborline.people.portal_models import PortalVisit
from harborline.people.services import make_start

Visiting = Callable[..., Client]
PUBLIC = ("/portal/", "/portal/nc-css/", "/portal/mn-wic/")


@pytest.fixture
def later() -> object:
    """Moves the clock, and puts it back."""
    shifted = clock.shifted()
    yield clock.shift
    clock.shift(shifted)


class TestAPageOfOnesOwn:
    """Behind the door `participant`."""

    def test_opens_with_a_visit(self, visiting: Visiting) -> None:
        """Ben reads what he can do."""
        answer = visiting("P-2").get("/portal/home/")
        assert answer.status_code == 200
        assert b"My choices" in answer.content

    def test_leads_a_stranger_to_the_way_in(self, town: Path) -> None:
        """Without a word about what there would be."""
        answer = Client().get("/portal/home/")
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/portal/?why=over"

    def test_does_not_open_to_a_worker(self, signed_in: SignedIn) -> None:
        """A worker is no participant."""
        assert signed_in("cora").get("/portal/home/").status_code == 302

    def test_does_not_let_a_participant_into_the_console(self, visiting: Visiting) -> None:
        """A visit opens nothing of the staff's."""
        answer = visiting("P-2").get("/console/")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")

    @pytest.mark.parametrize("minutes", [15, 121])
    def test_closes_when_left_alone(self, visiting: Visiting, later: Callable[[timedelta], None], minutes: int) -> None:
        """After a quarter of an hour, and after two hours for certain."""
        client = visiting("P-2")
        later(clock.shifted() + timedelta(minutes=minutes))
        answer = client.get("/portal/home/")
        assert answer.headers["Location"] == "/portal/?why=over"
        with as_state():
            assert PortalVisit.objects.get().ended_at is not None
        assert client.get("/portal/home/").status_code == 302

    def test_stays_open_while_used(self, visiting: Visiting, later: Callable[[timedelta], None]) -> None:
        """Every ten minutes a page, for an hour; but not beyond two hours."""
        client = visiting("P-2")
        begun = clock.shifted()
        for step in range(1, 12):
            later(begun + timedelta(minutes=10 * step))
            assert client.get("/portal/home/").status_code == 200
        later(begun + timedelta(minutes=120))
        assert client.get("/portal/home/").status_code == 302


class TestEveryPage:
    """What it carries, whoever looks."""

    @pytest.mark.parametrize("path", PUBLIC)
    @pytest.mark.parametrize(("language", "other"), [("en", "Español"), ("es", "English")])
    def test_has_the_way_out_and_the_other_language(self, town: Path, path: str, language: str, other: str) -> None:
        """In both languages; and what we never ask by text."""
        shown = Client(headers={"Accept-Language": language}).get(path).content.decode()
        assert f'<html lang="{language}">' in shown
        assert other in shown
        assert 'href="/portal/leave/"' in shown
        assert 'id="never"' in shown

    @pytest.mark.parametrize("path", PUBLIC)
    def test_is_kept_nowhere(self, town: Path, path: str) -> None:
        """No copy in the browser, nothing told to others, nothing from elsewhere."""
        answer = Client().get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("path", PUBLIC)
    def test_has_a_title_that_tells_nothing(self, town: Path, path: str) -> None:
        """Not the program, not the agency: the title stands in the browser's history."""
        title = Client().get(path).content.decode().split("<title>")[1].split("</title>")[0]
        assert title == "My page"

    def test_of_an_unknown_program_is_not_there(self, town: Path) -> None:
        """And looks like the portal."""
        answer = Client().get("/portal/nobody/")
        assert answer.status_code == 404
        assert b"What we never ask by text" in answer.content


class TestLeaving:
    """The quick way out."""

    def test_ends_the_visit_and_goes_elsewhere(self, visiting: Visiting) -> None:
        """One link, without a question; the browser forgets."""
        client = visiting("R-1", MN)
        answer = client.get("/portal/leave/")
        assert answer.status_code == 302
        assert answer.headers["Location"] == "https://www.weather.gov/"
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert client.get("/portal/home/").status_code == 302
        with as_state(MN):
            assert PortalVisit.objects.get().ended_as == "left"

    def test_is_open_to_anyone(self, town: Path) -> None:
        """Without a visit it only leads away."""
        answer = Client().get("/portal/leave/")
        assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache"')

    def test_forgets_an_entry_that_only_began(self, town: Path, later: Callable[[timedelta], None]) -> None:
        """Whoever takes the phone next cannot choose the passphrase."""
        with as_state():
            code = make_start(Participant.objects.get(external_id="P-2").id, way="letter").code
        client = Client()
        client.post("/portal/nc-css/start/", {"start": code})
        assert client.get("/portal/nc-css/passphrase/").status_code == 200
        assert '"cookies"' in client.get("/portal/leave/").headers["Clear-Site-Data"]
        assert client.get("/portal/nc-css/passphrase/").headers["Location"] == "/portal/nc-css/start/"
        client.post("/portal/nc-css/start/", {"start": code})
        later(clock.shifted() + timedelta(minutes=15))
        assert client.get("/portal/nc-css/passphrase/").headers["Location"] == "/portal/nc-css/start/"

    def test_signs_no_worker_out(self, signed_in: SignedIn) -> None:
        """Neither a worker who tries it nor one whom another site sends here."""
        client = signed_in("cora")
        answer = client.get("/portal/leave/")
        assert answer.headers["Clear-Site-Data"] == '"cache"'
        assert client.get("/console/").status_code == 200
        sent = client.get("/portal/leave/", headers={"Sec-Fetch-Site": "cross-site"})
        assert "Clear-Site-Data" not in sent.headers


class TestAWorkerWhoSignsIn:
    """In a browser in which somebody was visiting."""

    def test_ends_the_visit(self, visiting: Visiting) -> None:
        """Nothing of it is left in the worker's session."""
        client = visiting("P-2")
        sign_in(client, make_worker("cora"))
        assert client.get("/portal/home/").status_code == 302
        with as_state():
            assert PortalVisit.objects.get().ended_as == "left"


class TestAnOddEncoding:
    """Of a request."""

    @pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "nothing-known", "utf-16"])
    def test_is_refused_before_anything_is_read(self, town: Path, charset: str) -> None:
        """It could hide signs that no text has; the form is refused and nothing breaks."""
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        client = Client(raise_request_exception=False)
        assert client.generic("POST", "/portal/nc-css/", rb"number=\ud800", content_type=kind).status_code == 400

    def test_may_be_named_when_it_is_the_usual_one(self, town: Path) -> None:
        """In capitals or not."""
        kind = "application/x-www-form-urlencoded; charset=UTF-8"
        assert Client().generic("POST", "/portal/nc-css/", b"number=hello", content_type=kind).status_code == 302

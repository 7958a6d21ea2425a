"""Who comes in, and who does not."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter
from tests.rooms.sites.cast import SignedIn, make_worker, sign_in
from tests.rooms.town import DURHAM, NC, WAKE, as_state

from harborline.kernel import clock
from harborline.ledger.models import Content
from harborline.people.selectors import participant_id
from harborline.sites.console import urls as console_urls
from harborline.sites.console.doors import DOORS
from harborline.sites.doors import Door
from harborline.sites.middleware import OPENED, SEEN
from harborline.workforce.facts import StaffRole
from harborline.workforce.services import assign

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
NOWHERE = uuid.UUID(int=7)
URLS = [one for one in console_urls.urlpatterns if isinstance(one, URLPattern)]


def address(door: Door) -> str:
    """The door's address, for something that does not exist where it names one."""
    found = next((one for one in URLS if one.name == door.view.partition(":")[2]), None)
    if found is not None:
        # An expression of its own ("pdf|txt") names what it takes; its first choice stands for it.
        named = re.findall(r"\(\?P<(\w+)>([^|)]+)", str(found.pattern))
        taken = {
            name: 7 if isinstance(one, IntConverter) else NOWHERE for name, one in found.pattern.converters.items()
        }
        return reverse(door.view, kwargs=taken | dict(named))
    raise AssertionError(door.view)


def said(content: bytes, asked: str) -> str:
    """What a page says, without the form tokens and without what was asked for."""
    return TOKEN.sub("", content.decode()).replace(asked, "")


class TestAStranger:
    """Somebody who may see nothing."""

    @pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.view}")
    def test_is_led_to_the_sign_in_page_from_every_door(self, db: None, door: Door) -> None:
        """Before signing in, nothing opens, not even to say that it is not there."""
        answer = Client().generic(door.method, address(door))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))

    def test_without_an_assignment_is_told_what_to_do(self, signed_in: SignedIn) -> None:
        """A worker of no program sees no program."""
        answer = signed_in("stranger").get("/console/")
        assert answer.status_code == 403
        assert "You have no program to work in." in answer.content.decode()

    def test_of_another_county_finds_nobody(self, signed_in: SignedIn) -> None:
        """Dev asks for Ben, who lives in Wake County: the page says what it says for nobody at all."""
        with as_state():
            ben = participant_id(NC, "P-2")
        client = signed_in("dev")
        hidden, absent = (client.get(reverse("console:participant", args=[who])) for who in (ben, NOWHERE))
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert said(hidden.content, str(ben)) == said(absent.content, str(NOWHERE))

    def test_searching_finds_nobody(self, signed_in: SignedIn) -> None:
        """The search gives the same answer for a hidden number as for an invented one."""
        client = signed_in("dev")
        hidden, absent = (client.post(reverse("console:participants"), {"q": q}) for q in ("P-2", "P-777"))
        assert said(hidden.content, "P-2") == said(absent.content, "P-777")


class TestAWorker:
    """Somebody with an assignment."""

    def test_without_training_does_not_work(self, signed_in: SignedIn) -> None:
        """Training lapsed today: the page says so, and what to do."""
        answer = signed_in("cora", trained=False).get("/console/")
        assert answer.status_code == 403
        assert "Your security training is out of date." in answer.content.decode()

    def test_without_a_second_factor_sets_one_up_first(self, signed_in: SignedIn) -> None:
        """A password alone opens nothing."""
        answer = signed_in("cora", second_factor=False).get("/console/")
        assert answer.headers["Location"] == reverse("mfa_activate_totp")

    def test_is_refused_at_a_door_of_another_role_and_it_is_recorded(self, signed_in: SignedIn) -> None:
        """A case manager has nothing to do with vendors; somebody will see that she tried."""
        answer = signed_in("cora").get(reverse("console:vendors"))
        assert answer.status_code == 403
        assert "Your role does not open this page." in answer.content.decode()
        with as_state():
            assert Content.objects.filter(kind="sites.door-refused").count() == 1

    def test_may_not_send_a_form_where_only_reading_is_allowed(self, signed_in: SignedIn) -> None:
        """A page without a form takes none."""
        answer = signed_in("cora").post(reverse("console:notices"))
        assert answer.status_code == 405

    def test_meets_no_page_that_nobody_declared(self, signed_in: SignedIn) -> None:
        """Nobody makes their own account, whatever the library offers."""
        assert signed_in("cora").get(reverse("account_signup")).status_code == 404

    def test_works_in_own_programs_only(self, signed_in: SignedIn) -> None:
        """Choosing another program changes nothing."""
        client = signed_in("cora")
        client.post(reverse("console:program"), {"program": "mn-wic"})
        assert "North Carolina" in client.get("/console/").content.decode()


class TestSomebodyWithTwoRoles:
    """Here one, there another."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_does_in_each_county_what_the_role_there_does(self, signed_in: SignedIn) -> None:
        """Mia manages cases in Wake and audits everywhere: of Durham's people she opens none, of Wake's all."""
        mia = make_worker("mia")
        with as_state():
            assign(mia, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
            assign(mia, program=NC, role=StaffRole.AUDITOR, county="*")
            here, there = participant_id(NC, "P-2"), participant_id(NC, "P-5")
        client = Client()
        sign_in(client, mia)
        assert client.get(reverse("console:participant", args=[here])).status_code == 200
        assert client.get(reverse("console:participant", args=[there])).status_code == 404
        account = client.get(reverse("console:account"))
        assert account.context["entrance"].counties == ("*",)
        assert account.context["roles"] == ["auditor", "case-manager"]

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_has_at_a_door_only_the_roles_that_open_it(self, signed_in: SignedIn) -> None:
        """Eve supervises in Wake and manages cases in Durham: penalties and approvals are hers in Wake alone."""
        eve = make_worker("eve")
        with as_state():
            assign(eve, program=NC, role=StaffRole.SUPERVISOR, county=WAKE)
            assign(eve, program=NC, role=StaffRole.CASE_MANAGER, county=DURHAM)
        client = Client()
        sign_in(client, eve)
        at_door = client.get(reverse("console:penalties")).context["entrance"]
        assert (at_door.counties, at_door.roles) == ((WAKE,), {"supervisor"})
        assert client.get(reverse("console:participants")).context["entrance"].counties == (DURHAM, WAKE)


class TestSigningIn:
    """The sign-in page."""

    def tries(self, client: Client, email: str, password: str = "wrong words") -> str:  # noqa: S107 - of nobody
        """Type address and password; the page that follows."""
        answer = client.post(reverse("account_login"), {"login": email, "password": password})
        return answer.content.decode() if answer.status_code == 200 else answer.headers["Location"]

    def test_asks_for_the_code_after_the_password(self, town: Path) -> None:
        """The right password leads to the code, not yet into the console."""
        worker = make_worker("cora")
        worker.set_password("four quiet herons nest")
        worker.save()
        client = Client()
        assert self.tries(client, worker.email, "four quiet herons nest") == reverse("mfa_authenticate")
        assert client.get("/console/").status_code == 302

    def test_says_the_same_for_an_unknown_address_as_for_a_wrong_password(self, town: Path) -> None:
        """Nobody learns who works here."""
        known, unknown = (
            said(self.tries(Client(), email).encode(), email) for email in (make_worker("cora").email, "x@example.gov")
        )
        assert known == unknown

    def test_closes_after_three_wrong_tries(self, town: Path) -> None:
        """The fourth try is refused, the right password included."""
        worker = make_worker("cora")
        worker.set_password("four quiet herons nest")
        worker.save()
        for _ in range(3):
            self.tries(Client(), worker.email)
        assert "Too many failed login attempts" in self.tries(Client(), worker.email, "four quiet herons nest")


class TestASession:
    """How long somebody stays in."""

    def aged(self, client: Client, minutes: int) -> None:
        """Let the session's last activity be some minutes ago."""
        session = client.session
        session[SEEN] = (clock.now() - timedelta(minutes=minutes)).timestamp()
        session.save()

    def test_ends_after_thirty_idle_minutes(self, signed_in: SignedIn) -> None:
        """Somebody who left signs in again."""
        client = signed_in("cora")
        client.get("/console/")
        self.aged(client, 30)
        answer = client.get("/console/")
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert "why=idle" in answer.headers["Location"]
        assert not client.session.get("_auth_user_id")

    def test_ends_after_its_day_however_busy(self, signed_in: SignedIn) -> None:
        """Twelve hours after signing in, a click a second ago changes nothing."""
        client = signed_in("cora")
        client.get("/console/")
        session = client.session
        session[OPENED] = (clock.now() - timedelta(hours=12)).timestamp()
        session.save()
        assert "why=day" in client.get("/console/").headers["Location"]

    def test_is_not_kept_alive_by_what_a_page_fetches_itself(self, signed_in: SignedIn) -> None:
        """Counts that refresh themselves are nobody at the desk."""
        client = signed_in("cora")
        client.get("/console/")
        self.aged(client, 14)
        before = client.session[SEEN]
        client.get("/console/", headers={"X-Background": "1"})
        assert client.session[SEEN] == before

    def test_is_kept_alive_by_work(self, signed_in: SignedIn) -> None:
        """A click is somebody at the desk."""
        client = signed_in("cora")
        client.get("/console/")
        self.aged(client, 14)
        before = client.session[SEEN]
        client.get("/console/")
        assert client.session[SEEN] > before

    def test_that_ended_makes_a_fragment_load_the_whole_page(self, db: None) -> None:
        """The refreshed part of a page never shows the sign-in form inside the page."""
        answer = Client().get(reverse("console:notice-live", args=[NOWHERE]), headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))


class TestEveryPage:
    """What each answer carries."""

    def test_lets_nothing_in_from_elsewhere(self, signed_in: SignedIn) -> None:
        """No script, style, picture or frame but our own; nothing inline; no form to anywhere else."""
        policy = signed_in("cora").get("/console/").headers["Content-Security-Policy"]
        assert {part.strip() for part in policy.split(";")} == {
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        }

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "same-origin"),
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ],
    )
    def test_carries_its_protection(self, signed_in: SignedIn, header: str, value: str) -> None:
        """No copy stays in a browser, no other site sees or frames it."""
        assert signed_in("cora").get("/console/").headers[header] == value

    def test_asks_for_no_camera_microphone_or_place(self, signed_in: SignedIn) -> None:
        """The console needs no sensor."""
        allowed = signed_in("cora").get("/console/").headers["Permissions-Policy"]
        assert all(f"{sensor}=()" in allowed for sensor in ("camera", "microphone", "geolocation"))

    def test_takes_no_form_from_another_site(self, town: Path) -> None:
        """A form without our own token is turned away."""
        client = Client(enforce_csrf_checks=True)
        assert client.post(reverse("account_login"), {"login": "a@example.gov", "password": "x"}).status_code == 403

    def test_needs_no_setting_to_be_strict(self) -> None:
        """Pages tell nothing about the software when something breaks."""
        assert settings.DEBUG is False

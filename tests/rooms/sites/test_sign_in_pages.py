"""Signing in step by step, the locked screen, one's own account, and the pages of those who look after accounts."""

from __future__ import annotations

import re
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from tests.days import office_day
from tests.rooms.sites.cast import SignedIn, make_worker, sign_in
from tests.rooms.town import DURHAM, MN, NC, WAKE, as_state

from harborline.kernel import clock
from harborline.law import profiles
from harborline.ledger.models import Content
from harborline.sites.middleware import SEEN
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Acknowledgement, SignInAttempt, Worker
from harborline.workforce.selectors import placings_of, statement, worker_by_email
from harborline.workforce.services import acknowledge, assign, hire, record_training

NOBODY = uuid.UUID(int=7)
PASSWORD = "four quiet Herons nest 7"
NEXT = "nine loud Magpies argue 8"
LOGIN = reverse("account_login")


def with_password(name: str = "cora", *, second_factor: bool = True) -> tuple[Worker, str]:
    """Somebody of the cast with a password of their own, and the seed of their code app."""
    worker = make_worker(name, second_factor=False)
    worker.set_password(PASSWORD)
    worker.password_changed_at = clock.now() - timedelta(days=3)
    worker.save()
    seed = str(generate_totp_secret())
    if second_factor:
        TOTP.activate(worker, seed)
    return worker, seed


def code(seed: str) -> str:
    """What the code app shows now."""
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30)))


def shows_password(client: Client, worker: Worker, password: str = PASSWORD) -> str:
    """Types address and password; where that leads, or nowhere."""
    return client.post(LOGIN, {"login": worker.email, "password": password}).headers.get("Location", "")


def newcomer(*, signed: bool = True, trained_days: int = 200) -> Client:
    """Cora, signed in, with her training for so many days, perhaps without her signature."""
    today = office_day()
    with as_state():
        worker = hire(email="cora@example.gov", name="Cora", number="W-CORA")
        ends = today + timedelta(days=trained_days)
        record_training(worker, course="c", completed=ends - timedelta(days=365), expires=ends, certificate="1")
        if signed:
            acknowledge(worker, statement=statement().name, expires=today + timedelta(days=200))
        assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
    TOTP.activate(worker, generate_totp_secret())
    client = Client()
    sign_in(client, worker)
    return client


def left_alone(client: Client, minutes: int) -> None:
    """Nobody has touched the screen for so long."""
    session = client.session
    session[SEEN] = (clock.now() - timedelta(minutes=minutes)).timestamp()
    session.save()


class TestSigningIn:
    """Password, then the second factor, then the signature; nothing opens in between."""

    def test_leads_into_the_console_after_both(self, town: Path) -> None:
        """Each step is kept: begun, proven, passed."""
        worker, seed = with_password()
        client = Client()
        assert shows_password(client, worker) == reverse("mfa_authenticate")
        client.post(reverse("mfa_authenticate"), {"code": code(seed)})
        assert client.get("/console/").status_code == 200
        kept = list(SignInAttempt.objects.order_by("at", "id").values_list("kind", "way"))
        assert [kind for kind, _ in kept].count("started") == 2
        assert kept[-1] == ("passed", "web")
        with as_state(min(profiles())):
            assert Content.objects.filter(kind="workforce.signed-in").count() == 1

    @pytest.mark.parametrize("wrong", ["000000", "", "12345", "abcdef", "' OR 1=1"])
    def test_stops_at_a_wrong_code(self, town: Path, wrong: str) -> None:
        """And what was typed wrong is kept too."""
        worker, seed = with_password()
        client = Client()
        shows_password(client, worker)
        if wrong == code(seed):
            pytest.skip("one in a million: the guess is right")
        assert client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
        assert client.get("/console/").status_code == 302

    def test_closes_after_three_wrong_codes(self, town: Path) -> None:
        """The right password is no way to guess codes for ever; the right code no longer helps."""
        worker, seed = with_password()
        client = Client()
        shows_password(client, worker)
        for _ in range(3):
            client.post(reverse("mfa_authenticate"), {"code": "000001"})
        client.post(reverse("mfa_authenticate"), {"code": code(seed)})
        assert client.get("/console/").status_code == 302
        assert SignInAttempt.objects.filter(kind="locked").exists()

    @pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 7}', '{"response": {}}', "not json"])
    def test_takes_no_passkey_that_cannot_be_read(self, town: Path, credential: str) -> None:
        """Whatever a browser sends, it is a wrong answer and no broken page."""
        worker, _ = with_password()
        client = Client()
        shows_password(client, worker)
        assert client.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
        assert client.get("/console/").status_code == 302

    def test_works_once_with_a_recovery_code(self, town: Path) -> None:
        """Somebody whose phone is lost; the same code again is wrong."""
        worker, _ = with_password()
        spare = RecoveryCodes.activate(worker).generate_codes()[0]
        for opens in (200, 302):
            client = Client()
            shows_password(client, worker)
            client.post(reverse("mfa_authenticate"), {"code": spare})
            assert client.get("/console/").status_code == opens

    def test_without_a_second_factor_opens_the_set_up_and_nothing_else(self, committed: None) -> None:
        """Every page of the console leads there; then the code app is set up and counts for this session."""
        worker, _ = with_password(second_factor=False)
        client = Client()
        shows_password(client, worker)
        activate = reverse("mfa_activate_totp")
        for name in ("console:home", "console:notices", "console:account", "own:requirements", "usersessions_list"):
            assert client.get(reverse(name)).headers["Location"] == activate
        page = client.get(activate, follow=True)
        if page.redirect_chain:
            client.post(page.redirect_chain[-1][0], {"password": PASSWORD})
            page = client.get(activate)
        seed = re.search(r'id="totp-secret">([A-Z2-7]+)<', page.content.decode())
        assert seed
        client.post(activate, {"code": code(seed[1])})
        assert Authenticator.objects.filter(user=worker, type="totp").exists()
        assert seed[1] not in str(list(Authenticator.objects.values_list("data", flat=True)))
        assert client.get("/console/").status_code == 200

    def test_of_somebody_enrolled_needs_it_in_this_very_session(self, town: Path) -> None:
        """Having a code app is not showing it."""
        client = Client()
        client.force_login(make_worker("cora"))
        assert "why=factor" in client.get("/console/").headers["Location"]

    def test_with_a_given_password_leads_to_choosing_another(self, town: Path) -> None:
        """Nothing else opens first; the next one holds the rules."""
        worker, seed = with_password()
        Worker.objects.filter(id=worker.id).update(password_given=True)
        client = Client()
        shows_password(client, worker)
        client.post(reverse("mfa_authenticate"), {"code": code(seed)})
        change = reverse("account_change_password")
        assert client.get("/console/").headers["Location"] == change
        assert client.get(reverse("mfa_index")).headers["Location"] == change
        weak = {"oldpassword": PASSWORD, "password1": "Password123456!", "password2": "Password123456!"}
        assert client.post(change, weak).status_code == 200
        client.post(change, {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT})
        worker.refresh_from_db()
        assert not worker.password_given
        assert worker.check_password(NEXT)
        with as_state():
            assert Content.objects.filter(kind="workforce.password-set").exists()

    def test_shows_the_warning_first(self, town: Path) -> None:
        """Watched and recorded, and what the tax law says."""
        page = Client().get(LOGIN).content.decode()
        assert "Use is watched, recorded and looked at." in page
        assert "7213A" in page


class TestALockedScreen:
    """Somebody left the desk for fifteen minutes."""

    def test_asks_who_is_there_and_shows_the_hidden_page_again(self, town: Path) -> None:
        """The password again is enough; the session is the same."""
        worker, seed = with_password()
        client = Client()
        shows_password(client, worker)
        client.post(reverse("mfa_authenticate"), {"code": code(seed)})
        client.get("/console/")
        left_alone(client, 15)
        answer = client.get(reverse("console:notices"))
        again = reverse("account_reauthenticate")
        assert answer.headers["Location"].startswith(again)
        assert client.get(reverse("own:requirements")).status_code == 302
        shown = client.post(again, {"password": PASSWORD, "next": reverse("console:notices")})
        assert shown.headers["Location"] == reverse("console:notices")
        assert client.get(reverse("console:notices")).status_code == 200

    def test_is_not_opened_by_looking_again_or_by_a_page_itself(self, signed_in: SignedIn) -> None:
        """Neither clicks nor the page's own requests are a person who proved who they are."""
        client = signed_in("cora")
        client.get("/console/")
        left_alone(client, 16)
        for _ in range(2):
            assert client.get("/console/").status_code == 302
        assert client.post(reverse("own:here")).status_code == 302
        assert client.get("/console/", headers={"X-Background": "1"}).status_code == 302
        assert client.get("/console/", headers={"HX-Request": "true"}).headers["HX-Redirect"]

    def test_is_put_off_by_typing(self, signed_in: SignedIn) -> None:
        """A page that only listens tells that somebody types."""
        client = signed_in("cora")
        client.get("/console/")
        left_alone(client, 14)
        assert client.post(reverse("own:here")).status_code == 204
        left = client.session[SEEN]
        assert clock.now().timestamp() - left < 60


class TestAnAccountThatIsOff:
    """Termination, expiry."""

    @pytest.mark.parametrize("changed", [{"terminated_on": 0}, {"expires_at": 0}, {"is_active": False}])
    def test_is_signed_out_at_the_next_request(self, signed_in: SignedIn, changed: dict[str, object]) -> None:
        """A session in the middle of its work ends."""
        client = signed_in("cora")
        assert client.get("/console/").status_code == 200
        now = clock.now()
        values = {"terminated_on": office_day(), "expires_at": now, "is_active": False}
        Worker.objects.filter(number="W-CORA").update(**{name: values[name] for name in changed})
        assert client.get("/console/").headers["Location"].startswith(LOGIN)
        assert client.get("/console/").status_code == 302


class TestTheGate:
    """Training, signature, assignment."""

    @pytest.mark.clause("OFFSET-8.2:informed", shows="refuses")
    def test_opens_when_the_requirements_are_signed(self, town: Path) -> None:
        """Nothing before; the words name the tax law; the signature opens the console; the words stay readable."""
        client = newcomer(signed=False)
        refused = client.get("/console/")
        assert refused.status_code == 403
        assert reverse("own:requirements") in refused.content.decode()
        page = client.get(reverse("own:requirements")).content.decode()
        assert "7213" in page
        shown = statement("en")
        form = {"statement": shown.name, "language": "en", "read": "on", "signed_as": "Cora"}
        for wrong in ({"signed_as": "Dev"}, {"read": ""}, {"statement": "something/9"}):
            assert client.post(reverse("own:requirements"), form | wrong).status_code == 200
            assert client.get("/console/").status_code == 403
        client.post(reverse("own:requirements"), form)
        assert client.get("/console/").status_code == 200
        kept = Acknowledgement.objects.get(signed_as="Cora")
        assert "7213" in client.get(reverse("own:certificate", args=[kept.id])).content.decode()

    @pytest.mark.clause("OFFSET-8.2:trained", shows="refuses")
    @pytest.mark.parametrize(("days", "opens", "reminded"), [(200, 200, False), (7, 200, True), (0, 403, False)])
    def test_reminds_before_it_closes(self, town: Path, days: int, opens: int, *, reminded: bool) -> None:
        """Training that lapses in a week is a line on every page; training that lapsed closes them."""
        answer = newcomer(trained_days=days).get("/console/")
        assert answer.status_code == opens
        assert ("Do the course again before that day." in answer.content.decode()) is reminded


class TestOnesOwnSessions:
    """The list, and ending one."""

    def test_can_be_ended_one_by_one_by_their_owner_only(self, town: Path) -> None:
        """Cora ends the one at the library; Dev finds it not."""
        worker, seed = with_password()
        here, library = Client(), Client()
        shows_password(here, worker)
        here.post(reverse("mfa_authenticate"), {"code": code(seed)})
        sign_in(library, worker)
        assert library.get("/console/").status_code == 200
        other = UserSession.objects.get(session_key=library.session.session_key)
        assert here.get(reverse("usersessions_list")).status_code == 200
        dev = Client()
        sign_in(dev, make_worker("dev"))
        end = reverse("own:session-end", args=[other.pk])
        assert dev.post(end).status_code == 404
        assert library.get("/console/").status_code == 200
        assert here.post(end).headers["Location"] == reverse("usersessions_list")
        assert library.get("/console/").status_code == 302
        assert here.get("/console/").status_code == 200

    def test_tell_where_they_came_from_and_when(self, signed_in: SignedIn) -> None:
        """Another page at once writes nothing, one from elsewhere does, and one a while later."""
        cora = signed_in("cora")
        cora.get("/console/")
        kept = UserSession.objects.get(session_key=cora.session.session_key)
        cora.get("/console/")
        assert UserSession.objects.get(pk=kept.pk).last_seen_at == kept.last_seen_at
        cora.get("/console/", REMOTE_ADDR="192.0.2.7")
        moved = UserSession.objects.get(pk=kept.pk)
        assert (moved.ip, moved.last_seen_at > kept.last_seen_at) == ("192.0.2.7", True)
        session = cora.session
        session["seen_s"] -= 21
        session.save()
        cora.get("/console/", REMOTE_ADDR="192.0.2.7")
        assert UserSession.objects.get(pk=kept.pk).last_seen_at > moved.last_seen_at


class TestLookingAfterAccounts:
    """Sol, the security officer."""

    def new(self, **changed: str) -> dict[str, str]:
        """A new worker's form."""
        given = {
            "name": "Nia New", "email": "nia@example.gov", "number": "W-NIA", "kind": "regular",
            "role": "case-manager", "county": "37183",
        }  # fmt: skip
        return given | changed

    def test_makes_an_account_that_opens_nothing_yet(self, signed_in: SignedIn) -> None:
        """Each of two people sees half of a password, once; training, signature and second factor are to come."""
        sol, eli = signed_in("sol"), signed_in("eli")
        page = sol.post(reverse("console:worker-new"), self.new()).content.decode()
        nia = worker_by_email("nia@example.gov")
        first = re.search(r"[0-9a-f]{6}-[0-9a-f]{6}-(?=<)", page)
        assert first
        whole = sol.get(reverse("console:worker", args=[nia.id])).content.decode()
        assert first[0] not in whole
        assert "May not work here." in whole
        waits = re.search(r"workers/resets/([0-9a-f-]{36})/", eli.get(reverse("console:workers")).content.decode())
        assert waits
        page = eli.post(reverse("console:reset-decide", args=[waits[1]]), {"answer": "yes"}).content.decode()
        second = re.search(r"[0-9a-f]{6}-[0-9a-f]{6}!A", page)
        assert second
        assert first[0] not in page
        nia.refresh_from_db()
        assert nia.check_password(first[0] + second[0])
        assert nia.password_given
        client = Client()
        shows_password(client, nia, first[0] + second[0])
        assert client.get("/console/").headers["Location"] == reverse("account_change_password")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "SOL@example.gov"}, {"number": "W-SOL"}, {"email": "no address"}, {"county": "Wake"},
            {"county": "99999"}, {"county": "27053"}, {"county": ""}, {"role": ""},
            {"role": "owner"}, {"kind": "temporary"}, {"kind": "emergency", "ends": "2999-01-01"}, {"name": ""},
        ],
    )  # fmt: skip
    def test_makes_none_of_a_wrong_form(self, signed_in: SignedIn, wrong: dict[str, str]) -> None:
        """The page says what is wrong; nothing was made."""
        sol = signed_in("sol")
        before = Worker.objects.count()
        assert sol.post(reverse("console:worker-new"), self.new(**wrong)).status_code == 200
        assert Worker.objects.count() == before

    def test_begins_with_the_least(self, signed_in: SignedIn) -> None:
        """Neither all counties nor the state's operator is what an untouched form gives."""
        sol, worker = signed_in("sol"), make_worker("gil", trained=False)
        with as_state():
            assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=DURHAM)
        for address in (reverse("console:worker-new"), reverse("console:worker", args=[worker.id])):
            page = sol.get(address).content.decode()
            assert 'value="*"' not in page
            assert re.search(r'<option value=""[^>]*>- Choose -', page)
        before = len(placings_of(worker.id, NC))
        sol.post(reverse("console:worker-assign", args=[worker.id]), {"role": "case-manager", "county": "99999"})
        assert len(placings_of(worker.id, NC)) == before

    def test_gives_takes_trains_and_ends(self, signed_in: SignedIn) -> None:
        """Each is an entry in the log, and the next page shows it."""
        sol = signed_in("sol")
        worker = make_worker("gil", trained=False)
        with as_state():
            assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=DURHAM)
        one = [worker.id]
        today = office_day()
        sol.post(reverse("console:worker-assign", args=one), {"role": "case-manager", "county": "37183"})
        given = {"subject": "security", "course": "C", "completed": today.isoformat(), "certificate": "9"}
        sol.post(reverse("console:worker-training", args=one), given)
        assert "May work here." in sol.get(reverse("console:worker", args=one)).content.decode()
        work = placings_of(worker.id, "nc-css")[0]
        sol.post(reverse("console:worker-assignment-end", args=[worker.id, work.id]))
        sol.post(reverse("console:worker-leave", args=one), {"last_day": today.isoformat()})
        page = sol.get(reverse("console:worker", args=one)).content.decode()
        assert "May not work here." in page
        with as_state():
            kinds = set(Content.objects.values_list("kind", flat=True))
        expected = {"assigned", "trained", "assignment-ended", "terminated"}
        assert {f"workforce.{kind}" for kind in expected} <= kinds

    def test_is_nothing_for_a_supervisor_who_only_reads(self, signed_in: SignedIn) -> None:
        """Eli sees the list and no button; the door refuses the form."""
        sol_page = signed_in("sol").get(reverse("console:workers")).content.decode()
        eli = signed_in("eli")
        page = eli.get(reverse("console:workers")).content.decode()
        assert reverse("console:worker-new") in sol_page
        assert reverse("console:worker-new") not in page
        assert eli.post(reverse("console:worker-new"), self.new()).status_code == 403
        assert signed_in("cora").get(reverse("console:workers")).status_code == 403

    def test_ends_at_the_wall_of_the_program(self, signed_in: SignedIn) -> None:
        """A clinic's worker is as unknown to Sol as nobody at all."""
        sol, clara = signed_in("sol"), make_worker("clara")
        hidden, absent = (sol.get(reverse("console:worker", args=[who])) for who in (clara.id, uuid.UUID(int=7)))
        assert (hidden.status_code, absent.status_code) == (404, 404)
        for act in ("password", "factor", "sessions", "release", "leave", "training", "assign"):
            answer = sol.post(reverse(f"console:worker-{act}", args=[clara.id]), {"last_day": "2026-01-01"})
            assert answer.status_code in {302, 404}
        clara.refresh_from_db()
        assert clara.terminated_on is None
        assert not clara.password_given
        assert "Clara" not in sol.get(reverse("console:workers")).content.decode()

    def test_of_oneself_is_for_somebody_else(self, signed_in: SignedIn) -> None:
        """Sol cannot give Sol more work, nor a password."""
        sol = signed_in("sol")
        me = worker_by_email("sol@example.gov")
        sol.post(reverse("console:worker-assign", args=[me.id]), {"role": "supervisor", "county": "*"})
        answer = sol.post(reverse("console:worker-password", args=[me.id]))
        assert answer.status_code in {302, 403}
        assert {one.role for one in placings_of(me.id, "nc-css")} == {"security-officer"}
        me.refresh_from_db()
        assert not me.password_given

    def test_takes_a_second_person_for_an_auditor(self, signed_in: SignedIn) -> None:
        """Sol proposes; Sol's own yes is none; a second officer gives."""
        sol, worker = signed_in("sol"), make_worker("ada")
        known = {"name": "Ada", "email": worker.email, "number": worker.number, "role": "auditor", "county": "*"}
        last = (clock.now() + timedelta(days=30)).date().isoformat()
        page = sol.post(reverse("console:worker-new"), self.new(**known, last_day=last)).content.decode()
        assert "This role needs two people." in page
        assert not re.search(r"[0-9a-f]{6}-[0-9a-f]{6}!A", page)
        assert placings_of(worker.id, "nc-css") == []
        assert (
            reverse("console:proposal-decide", args=[NOBODY])[:-38] not in sol.get("/console/workers/").content.decode()
        )
        second = make_worker("sam")
        with as_state():
            assign(second, program="nc-css", role=StaffRole.SECURITY_OFFICER)
        sam = Client()
        sign_in(sam, second)
        found = re.search(r"workers/proposals/([0-9a-f-]{36})/", sam.get("/console/workers/").content.decode())
        assert found
        decide = reverse("console:proposal-decide", args=[found[1]])
        sol.post(decide, {"answer": "yes"})
        assert placings_of(worker.id, "nc-css") == []
        sam.post(decide, {"answer": "yes"})
        assert [one.role for one in placings_of(worker.id, "nc-css")] == ["auditor"]
        assert placings_of(worker.id, MN) == []

    def test_resets_an_officers_password_with_two(self, signed_in: SignedIn) -> None:
        """Sol asks, sees no password and cannot say yes; Olga says yes and sees it; silence is no answer."""
        sol, olga, sam = signed_in("sol"), signed_in("olga"), make_worker("sam")
        with as_state():
            assign(sam, program="nc-css", role=StaffRole.SECURITY_OFFICER)
        before = Worker.objects.get(id=sam.id).password
        asked = sol.post(reverse("console:worker-password", args=[sam.id]), follow=True).content.decode()
        assert "A second person must say yes." in asked
        asked = sol.get(reverse("console:worker", args=[sam.id])).content.decode()
        assert "A new password: waits for a second person." in asked
        sol.post(reverse("console:worker-factor", args=[sam.id]))
        assert Worker.objects.get(id=sam.id).password == before
        found = re.search(r"workers/resets/([0-9a-f-]{36})/", olga.get(reverse("console:workers")).content.decode())
        assert found
        decide = reverse("console:reset-decide", args=[found[1]])
        assert decide not in sol.get(reverse("console:workers")).content.decode()
        assert "A second person must approve this." in sol.post(decide, {"answer": "yes"}, follow=True).content.decode()
        olga.post(decide)
        assert Worker.objects.get(id=sam.id).password == before
        for one in re.findall(
            r"workers/resets/([0-9a-f-]{36})/", olga.get(reverse("console:workers")).content.decode()
        ):
            answer = olga.post(reverse("console:reset-decide", args=[one]), {"answer": "yes"})
            if answer.status_code == 200:
                assert "Tell Sam this second half in person." in answer.content.decode()
        assert Worker.objects.get(id=sam.id).password_given
        assert not Authenticator.objects.filter(user=sam).exists()

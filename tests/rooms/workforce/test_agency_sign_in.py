"""Signing in with the agency's identity provider, against a real one on a port."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client, override_settings
from django.urls import reverse
from tests.days import office_day
from tests.rooms.town import as_state
from tests.rooms.workforce.identity_provider import CLIENT, SECRET, Provider, encoded, provided
from tests.rooms.workforce.office import OFFICER, approves, as_worker, made

from harborline.kernel import Invalid, clock
from harborline.law import profiles
from harborline.ledger.models import Content
from harborline.workforce.agency_settings import providers
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import SignInAttempt, Worker
from harborline.workforce.services import reset_second_factor

START, BACK = "/account/agency/", "/account/agency/back/"
# Before anybody chose a program, what happens stands in the log of the first one.
FIRST = min(profiles())
AWAY = "/accounts/login/?why=agency"
CORA = {"sub": "agency|cora", "email": "Cora@example.gov", "email_verified": True, "amr": ["pwd", "otp", "mfa"]}


def through(client: Client, *, query: str = "") -> str:
    """The browser goes to the provider and back; the address it comes back with."""
    there = urlsplit(client.get(START + query).headers["Location"])
    line = HTTPConnection(str(there.hostname), there.port, timeout=10)
    line.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(str(line.getresponse().getheader("Location")))
    line.close()
    return f"{back.path}?{back.query}"


def signs_in(client: Client) -> str:
    """The whole way; where it ends."""
    return str(client.get(through(client)).headers["Location"])


@pytest.fixture
def agency(db: None, tmp_path: Path) -> Iterator[Provider]:
    """The provider of the settings; it vouches for Cora."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    with provided() as provider:
        provider.claims = dict(CORA)
        chosen = providers(
            issuer=provider.issuer, client=CLIENT, secret_file=str(secret), name="NC ID", acr="urn:nc:two"
        )
        with override_settings(SOCIALACCOUNT_PROVIDERS=chosen):
            yield provider


class TestSomebodyTheAgencyKnows:
    """Cora has an account here, and one there."""

    def test_comes_in_without_a_password_of_ours(self, agency: Provider) -> None:
        """With the second factor shown there; bound, recorded, and no token is kept."""
        cora, client = made("cora"), Client()
        assert "NC ID" in client.get(reverse("account_login")).content.decode()
        assert signs_in(client) == "/console/"
        assert client.get("/console/").status_code == 200
        bound = SocialAccount.objects.get(user=cora)
        assert (bound.uid, bound.extra_data) == ("agency|cora", {"amr": ["pwd", "otp", "mfa"]})
        assert not SocialToken.objects.exists()
        assert list(SignInAttempt.objects.values_list("kind", "way")) == [("passed", "agency")]
        with as_state(FIRST):
            kinds = set(Content.objects.values_list("kind", flat=True))
        assert {"workforce.agency-account-bound", "workforce.signed-in"} <= kinds

    def test_is_asked_with_a_challenge_and_for_nothing_the_address_added(self, agency: Provider) -> None:
        """PKCE by S256, a state of its own each time; scope and process are ours."""
        client = Client()
        made("cora")
        for _ in range(2):
            through(
                client, query="?scope=everything&process=connect&auth_params=prompt%3Dnone&next=https://evil.example/"
            )
        first, second = agency.asked
        assert first["code_challenge_method"] == "S256"
        assert len(first["code_challenge"]) == 43
        assert first["state"] != second["state"]
        assert first["code_challenge"] != second["code_challenge"]
        assert set(first["scope"].split()) == {"openid", "email"}
        assert "prompt" not in first

    def test_without_a_second_factor_there_sets_one_up_here(self, agency: Provider) -> None:
        """Silence says nothing; a value the agency named counts."""
        made("cora")
        for said, opens in (({"amr": ["pwd"]}, 302), ({"amr": None}, 302), ({"amr": None, "acr": "urn:nc:two"}, 200)):
            agency.claims = CORA | said
            client = Client()
            signs_in(client)
            answer = client.get("/console/")
            assert answer.status_code == opens
            if opens == 302:
                assert answer.headers["Location"] == reverse("mfa_activate_totp")

    def test_with_a_second_factor_here_shows_it_as_well(self, agency: Provider) -> None:
        """Whoever set up a code app is asked for it."""
        TOTP.activate(made("cora"), generate_totp_secret())
        client = Client()
        assert signs_in(client) == reverse("mfa_authenticate")
        assert client.get("/console/").status_code == 302

    def test_stays_the_same_when_the_address_there_changes(self, agency: Provider) -> None:
        """Bound by the provider's own name for the account."""
        cora = made("cora")
        signs_in(Client())
        agency.claims = CORA | {"email": "cora.new@example.gov"}
        client = Client()
        assert signs_in(client) == "/console/"
        assert client.session["_auth_user_id"] == str(cora.pk)

    def test_goes_back_to_the_page_it_wanted_but_to_no_other_site(self, agency: Provider) -> None:
        """The next page is ours."""
        made("cora")
        for wanted, got in (("/console/account/", "/console/account/"), ("https://evil.example/", "/console/")):
            client = Client()
            assert client.get(through(client, query=f"?next={wanted}")).headers["Location"] == got

    def test_comes_back_without_the_cookie_and_gets_one_page_in_between(self, agency: Provider) -> None:
        """Coming from another site a strict cookie stays at home; our own page fetches it."""
        made("cora")
        client, elsewhere = Client(), Client()
        back = through(client)
        page = elsewhere.get(back)
        assert page.status_code == 200
        assert 'http-equiv="refresh"' in page.content.decode()
        assert "_redir" in page.content.decode()
        assert client.get(f"{back}&_redir=").headers["Location"] == "/console/"

    def test_shows_themselves_there_again_when_the_screen_locks(self, agency: Provider) -> None:
        """Nobody is asked for a password they do not have."""
        made("cora")
        client = Client()
        signs_in(client)
        client.get("/console/")
        session = client.session
        session["seen_s"] = clock.now().timestamp() - 16 * 60
        session.save()
        locked = client.get("/console/account/").headers["Location"]
        assert locked.startswith(START)
        assert (
            client.get(through(client, query=f"?{urlsplit(locked).query}")).headers["Location"] == "/console/account/"
        )
        assert client.get("/console/account/").status_code == 200


class TestSomebodyElse:
    """Whom nobody here knows."""

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "stranger@example.gov"}, {"email_verified": False}, {"email_verified": None}, {"email": None},
            {"email": ""}, {"email": ["cora@example.gov"]},
        ],
    )  # fmt: skip
    def test_is_led_back_with_the_same_words(self, agency: Provider, claims: dict[str, Any]) -> None:
        """Unknown, or an address the provider does not vouch for; kept in the log."""
        made("cora")
        agency.claims = CORA | claims
        client = Client()
        assert signs_in(client) == AWAY
        assert client.get("/console/").status_code == 302
        assert not SocialAccount.objects.exists()
        with as_state(FIRST):
            assert Content.objects.filter(kind="workforce.sign-in-failed").count() == 1

    def test_who_got_the_address_of_a_colleague_gets_nothing_of_theirs(self, agency: Provider) -> None:
        """Cora's account is bound; a new account there with her address opens nothing, until an officer resets it."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        signs_in(Client())
        agency.claims = CORA | {"sub": "agency|another"}
        assert signs_in(Client()) == AWAY
        with as_worker(sol):
            reset_second_factor(cora, roles=OFFICER)
        approves(cora)
        assert signs_in(Client()) == "/console/"

    @pytest.mark.parametrize("changed", ["terminated_on", "is_active", "expires_at"])
    def test_who_left_stays_outside(self, agency: Provider, changed: str) -> None:
        """Whatever the provider says."""
        made("cora")
        signs_in(Client())
        now = clock.now()
        values = {"terminated_on": office_day(), "is_active": False, "expires_at": now}
        Worker.objects.filter(number="W-CORA").update(**{changed: values[changed]})
        assert signs_in(Client()) == AWAY


def unsigned(provider: Provider) -> None:
    """A token with algorithm `none`."""
    parts = provider.signed().split(".")
    provider.token = f"{encoded(json.dumps({'alg': 'none'}).encode())}.{parts[1]}."


def header(**changed: str) -> Callable[[Provider], None]:
    """A token with another header."""

    def change(provider: Provider) -> None:
        provider.header = provider.header | changed

    return change


def claims(**changed: Any) -> Callable[[Provider], None]:  # noqa: ANN401 - any value
    """A token with other claims."""

    def change(provider: Provider) -> None:
        provider.claims = provider.claims | changed

    return change


def says(token: str) -> Callable[[Provider], None]:
    """These very words as token."""

    def change(provider: Provider) -> None:
        provider.token = token

    return change


def of_a_stranger(provider: Provider) -> None:
    """Signed with a key that is not the provider's."""
    provider.stranger = rsa.generate_private_key(65537, 2048)


def of_another_issuer(provider: Provider) -> None:
    """The discovery document names somebody else."""
    provider.named = "https://login.evil.example"


FORGERIES = {
    "no signature": unsigned,
    "a stranger's key": of_a_stranger,
    "a secret instead of a key": header(alg="HS256"),
    "an unknown key": header(kid="key-2"),
    "another client": claims(aud="somebody-else"),
    "another issuer": claims(iss="https://login.evil.example"),
    "over": claims(exp=int(time.time()) - 60),
    "without an end": claims(exp=None),
    "without a name": claims(sub=None),
    "an empty name": claims(sub=""),
    "without an audience": claims(aud=None),
    "not a token": says("xyz"),
    "three empty parts": says(".."),
}


class TestAForgery:
    """What an attacker between us and the provider would send."""

    @pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
    def test_opens_nothing(self, agency: Provider, forgery: Callable[[Provider], None]) -> None:
        """Cora is known; the token is not right."""
        made("cora")
        forgery(agency)
        client = Client()
        assert signs_in(client) == AWAY
        assert client.get("/console/").status_code == 302

    def test_of_the_discovery_document_opens_nothing(self, agency: Provider) -> None:
        """Another issuer's document leads nowhere."""
        made("cora")
        of_another_issuer(agency)
        assert Client().get(START).headers["Location"] == AWAY

    def test_of_the_state_opens_nothing(self, agency: Provider) -> None:
        """A code that somebody else's browser asked for is not taken; nor is one used twice."""
        made("cora")
        back = through(Client())
        victim = Client()
        victim.get(START)
        assert victim.get(f"{back}&_redir=").headers["Location"] == AWAY
        client = Client()
        own = through(client)
        assert client.get(own).headers["Location"] == "/console/"
        again = Client()
        again.cookies = client.cookies
        assert again.get(f"{own}&_redir=").headers["Location"] == AWAY

    def test_of_the_code_opens_nothing(self, agency: Provider) -> None:
        """A code that was asked for with another challenge is refused by the provider."""
        made("cora")
        client, attacker = Client(), Client()
        stolen = parse_qs(urlsplit(through(attacker)).query)["code"][0]
        state = parse_qs(urlsplit(through(client)).query)["state"][0]
        assert client.get(BACK, {"code": stolen, "state": state}).headers["Location"] == AWAY
        assert agency.refused == [stolen]

    @pytest.mark.parametrize("query", ["", "?code=1", "?state=1", "?error=access_denied", "?code=1&state=%00&_redir="])
    def test_of_the_way_back_opens_nothing(self, agency: Provider, query: str) -> None:
        """Whatever somebody types; what holds a NUL is not even read."""
        answer = Client().get(BACK + query)
        assert answer.status_code in ({400} if "%00" in query else {200, 302})
        assert answer.headers.get("Location", AWAY) == AWAY


class TestTheProvider:
    """Its settings, and when it is not there."""

    def test_that_does_not_answer_is_no_broken_page(self, agency: Provider) -> None:
        """The sign-in page says to try again; a password still works."""
        address = agency.issuer
        agency.issuer = "http://127.0.0.1:9"
        assert address
        assert Client().get(START).headers["Location"] == AWAY

    def test_that_is_not_set_is_no_page_at_all(self, db: None) -> None:
        """Nothing is offered."""
        for page in (START, BACK):
            assert Client().get(page).status_code == 404
        assert "agency" not in Client().get(reverse("account_login")).content.decode()

    @pytest.mark.parametrize(
        ("issuer", "client", "secret"),
        [("http://login.example", CLIENT, "s"), ("login.example", CLIENT, "s"), ("https://l.example", "", "s"),
         ("https://l.example", CLIENT, ""), ("ftp://l.example", CLIENT, "s")],
    )  # fmt: skip
    def test_that_is_not_whole_or_not_safe_stops_the_start(
        self, tmp_path: Path, issuer: str, client: str, secret: str
    ) -> None:
        """An open line, no client, no secret."""
        path = tmp_path / "secret"
        path.write_text(secret)
        with pytest.raises(Invalid):
            providers(issuer=issuer, client=client, secret_file=str(path), name="n", acr="")

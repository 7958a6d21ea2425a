"""Limits at the way into the portal: nobody learns from them, nobody uses up what is others', nobody waits for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from procrastinate import RetryStrategy
from tests.rooms.sites.test_portal_entering import WORDS, asks, enters, inside, knows_words, texted
from tests.rooms.town import ANA, BEN, as_state, bring_in

from harborline.messaging.models import Message
from harborline.people.facts import FeedKind
from harborline.people.models import Participant
from harborline.people.portal.rules import LIMITS, WRONG
from harborline.people.portal_models import PortalAttempt, PortalCode, PortalKey, PortalStart, PortalVisit
from harborline.people.services import ask_code, make_start, nobodys
from harborline.people.tasks import codes
from harborline.walls import current_or_none

pytestmark = pytest.mark.usefixtures("carrier")
Hashed = list[bool]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Hashed:
    """One entry for each slow digest that is made: whether a unit of work was open meanwhile."""
    nobodys()
    made: Hashed = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, *given: Any, **named: Any) -> str:  # noqa: ANN401 - as Django has it
        made.append(current_or_none() is not None)
        return str(encode(self, *given, **named))

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    return made


def from_(place: str) -> Client:
    """A browser at this address."""
    return Client(REMOTE_ADDR=place)


def paper(number: str = "P-2", *, way: str = "letter") -> str:
    """A code to begin with."""
    with as_state():
        return make_start(Participant.objects.get(external_id=number).id, way=way).code


def shows(client: Client, code: str, words: str = WORDS) -> Any:  # noqa: ANN401 - Django's answer
    """Type a code to begin with and the passphrase one has."""
    client.post("/portal/nc-css/start/", {"start": code})
    return client.post("/portal/nc-css/passphrase/", {"passphrase": words})


class TestTime:
    """What takes long takes as long for everybody."""

    def test_is_the_same_for_a_number_that_is_known(self, town: Path, tmp_path: Path, hashed: Hashed) -> None:
        """Known, protected, nobody's: one slow digest each, and the database waits for none."""
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        knows_words("P-2")
        knows_words("P-1")
        for number in (BEN, ANA, "+19195550177", "hello"):
            client = Client()
            asks(client, number)
            hashed.clear()
            enters(client, "123456", "wrong words here")
            assert hashed == [False]

    def test_of_a_wrong_passphrase_holds_no_unit_of_work(self, town: Path, hashed: Hashed) -> None:
        """Beside a code on a paper too."""
        knows_words("P-2")
        code = paper()
        hashed.clear()
        shows(Client(), code, "wrong words here")
        assert hashed == [False]

    def test_is_not_spent_on_a_place_that_waits(self, town: Path, hashed: Hashed) -> None:
        """Thirty wrong codes, and then nothing slow is done any more."""
        client = from_("192.0.2.7")
        asks(client, "+19195550177")
        for _ in range(WRONG["place"]):
            client.post("/portal/nc-css/start/", {"start": "wrong"})
        hashed.clear()
        assert enters(client, "123456").status_code == 422
        assert hashed == []


class TestOnePlace:
    """What somebody at one network address can do to others: nothing."""

    def test_does_not_use_up_what_the_program_has(self, town: Path) -> None:
        """However often it asks, no more than its own thirty count for the program, and for a number."""
        with as_state():
            for step in range(LIMITS["place"] + 10):
                ask_code(f"+1919555{step % 20:04}", place="192.0.2.7", language="en")
            ask_code("+19195550177", place="192.0.2.8", language="en")
            kept = list(PortalAttempt.objects.values_list("key", flat=True))
        times = sorted(kept.count(key) for key in set(kept))
        assert times[-2:] == [LIMITS["place"] + 1, LIMITS["place"] + 10]
        assert max(times[:-2]) == 2

    def test_that_waits_does_not_use_up_a_number(self, town: Path) -> None:
        """Ben gets his code, though somebody asked for one to his number again and again."""
        knows_words("P-2")
        stranger = from_("192.0.2.7")
        for step in range(LIMITS["place"]):
            stranger.post("/portal/nc-css/", {"number": f"+1919555{step:04}"})
        for _ in range(6):
            stranger.post("/portal/nc-css/", {"number": BEN})
        asks(from_("192.0.2.8"), BEN)
        with as_state():
            assert Message.objects.filter(kind="code").count() == 1

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
         ("::ffff:192.0.2.7", "192.0.2.7", True), ("192.0.2.7", "192.0.2.8", False), ("fe80::1%eth0", "fe80::2", True)],
    )  # fmt: skip
    def test_is_a_household_with_all_its_addresses(self, town: Path, one: str, other: str, *, same: bool) -> None:
        """Whoever has a prefix has 18 quintillion addresses of IPv6."""
        for place in (one, other):
            from_(place).post("/portal/nc-css/start/", {"start": "wrong"})
        with as_state():
            assert len(set(PortalAttempt.objects.values_list("key", flat=True))) == (1 if same else 2)

    def test_counts_one_after_the_other(self, town: Path) -> None:
        """Until the work is done nobody else counts for the same number, place or program."""
        with as_state():
            ask_code(BEN, place="192.0.2.7", language="en")
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
                assert cursor.fetchone()[0] >= 3


class TestTheOtherParent:
    """Knows the number, may hold the phone, and wants to keep somebody out."""

    def test_cannot_keep_out_who_has_a_paper(self, town: Path) -> None:
        """However many codes by text they get wrong."""
        knows_words("P-2")
        for place in range(2):
            stranger = from_(f"192.0.2.{place}")
            asks(stranger, BEN)
            for _ in range(6):
                enters(stranger, "000000", "wrong words here")
        client = from_("198.51.100.1")
        assert shows(client, paper()).headers["Location"] == "/portal/home/"
        assert inside(client)

    def test_cannot_guess_on_with_one_paper(self, town: Path) -> None:
        """Five wrong passphrases beside one code, then even the right one waits."""
        knows_words("P-2")
        code = paper()
        for place in range(WRONG["start"]):
            assert shows(from_(f"192.0.2.{place}"), code, "wrong words here").status_code == 422
        assert shows(from_("198.51.100.1"), code).status_code == 422
        assert shows(from_("198.51.100.1"), paper()).status_code == 302

    def test_tries_a_code_however_often_without_an_error(self, town: Path) -> None:
        """The counter of tries stops where tries stop counting."""
        asks(Client(), BEN)
        with as_state():
            PortalCode.objects.update(tries=32_767)
        client = Client()
        asks(client, BEN)
        with as_state():
            PortalCode.objects.update(tries=32_767)
        assert enters(client, "123456").status_code == 422


class TestALink:
    """Of somebody who is protected since it was made."""

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    def test_opens_no_more(self, town: Path, tmp_path: Path) -> None:
        """The page says what it says of any wrong code; a paper still opens."""
        knows_words("P-1")
        link = paper("P-1", way="link")
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        answer = Client().post("/portal/nc-css/start/", {"start": link})
        assert (answer.status_code, b"This did not work." in answer.content) == (422, True)
        assert Client().post("/portal/nc-css/start/", {"start": paper("P-1")}).status_code == 302


class TestTwoTaps:
    """The button is pressed again before the page came."""

    def test_on_the_first_passphrase_make_one(self, town: Path) -> None:
        """The second finds the code used and leads to the beginning."""
        first, second, code = Client(), Client(), paper()
        for client in (first, second):
            client.post("/portal/nc-css/start/", {"start": code})
        said = {"passphrase": WORDS, "again": WORDS}
        answers = [client.post("/portal/nc-css/passphrase/", said).headers["Location"] for client in (first, second)]
        assert answers == ["/portal/home/", "/portal/nc-css/start/"]
        with as_state():
            assert PortalKey.objects.count() == 1
            assert PortalStart.objects.get().used_at is not None


class TestANewPassphrase:
    """Somebody else is inside with the old one."""

    def test_ends_every_visit_that_stands(self, town: Path) -> None:
        """The moment it is chosen."""
        knows_words("P-2")
        other = Client()
        asks(other, BEN)
        enters(other, texted())
        assert inside(other)
        knows_words("P-2")
        assert not inside(other)
        with as_state():
            assert PortalVisit.objects.get().ended_as == "new-passphrase"


class TestTheQueue:
    """Codes wait for a worker."""

    def test_tries_again_when_sending_failed(self) -> None:
        """Three times: a code is good for ten minutes."""
        assert isinstance(codes.retry_strategy, RetryStrategy)
        assert codes.retry_strategy.max_attempts == 3

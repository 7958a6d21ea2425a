"""Coming into the portal: by a code and the passphrase, and by nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.rooms.sites.cast import SignedIn
from tests.rooms.town import ANA, BEN, MAYA, MN, NC, as_state, bring_in

from harborline.consent.facts import Means
from harborline.consent.services import suppress
from harborline.disclosure.facts import Kin
from harborline.disclosure.services import declare_kin
from harborline.kernel import clock
from harborline.messaging.answering.codes import PLACE, with_code
from harborline.messaging.models import Message, MessageContent
from harborline.messaging.sealing import open_text_of
from harborline.people.facts import FeedKind
from harborline.people.models import Participant
from harborline.people.portal_models import PortalAttempt, PortalCode, PortalKey, PortalVisit, PortalWish
from harborline.people.services import (
    begin_try,
    choose_passphrase,
    forget_old_attempts,
    make_start,
    send_waiting_codes,
    try_code,
)
from harborline.walls import Actor, acting

WORDS = "blue kettle on friday"
pytestmark = pytest.mark.usefixtures("carrier")


def person_of(number: str, program: str = NC) -> Any:  # noqa: ANN401 - an id
    """The person behind a participant."""
    with as_state(program):
        return Participant.objects.get(external_id=number).person_id


def knows_words(number: str, program: str = NC) -> None:
    """They were here before and chose a passphrase."""
    with as_state(program):
        choose_passphrase(person_of(number, program), WORDS)


def asks(client: Client, number: str, program: str = NC) -> Any:  # noqa: ANN401 - Django's answer
    """Ask for a code, and let the queue worker do what it does."""
    answer = client.post(f"/portal/{program}/", {"number": number})
    with as_state(program):
        send_waiting_codes()
    return answer


def texted(program: str = NC) -> str | None:
    """The code in the newest text, as the carrier gets it."""
    with as_state(program):
        message = Message.objects.filter(kind="code").order_by("-created_at").first()
        if message is None:
            return None
        kept = MessageContent.objects.get(message_id=message.id)
        words = open_text_of(program, message.id, bytes(kept.sealed)).text
        assert PLACE in words
        found = re.search(r"\d{6}", with_code(message.id, words))
        return found.group() if found else None


def enters(client: Client, code: str | None, words: str = WORDS, program: str = NC) -> Any:  # noqa: ANN401 - as above
    """Type code and passphrase."""
    return client.post(f"/portal/{program}/code/", {"code": code or "", "passphrase": words})


def inside(client: Client) -> bool:
    """Whether the first page behind the door opens."""
    return client.get("/portal/home/").status_code == 200


def family_of(client: Client, number: str, program: str = NC) -> None:
    """The worker who is signed in there says that this participant is of their family."""
    with as_state(program):
        somebody = Participant.objects.get(external_id=number)
    me = Actor("worker", str(client.session["_auth_user_id"]))
    with acting(me, program=program, counties=(somebody.county,), purpose="test"):
        declare_kin(somebody.id, Kin.FAMILY)


class TestACodeByText:
    """Ben was here before; his number gets a code."""

    def test_lets_in_together_with_the_passphrase(self, town: Path) -> None:
        """Once."""
        knows_words("P-2")
        client = Client()
        assert asks(client, BEN).headers["Location"] == "/portal/nc-css/code/"
        code = texted()
        answer = enters(client, code)
        assert answer.headers["Location"] == "/portal/home/"
        assert inside(client)
        other = Client()
        asks(other, "+19195550199")
        assert enters(other, code).status_code == 422

    @pytest.mark.parametrize("words", ["wrong words here", "", "P-2", "Ana Torres"])
    def test_opens_nothing_without_it(self, town: Path, words: str) -> None:
        """The other parent knows the case, and may hold the phone."""
        knows_words("P-2")
        client = Client()
        asks(client, BEN)
        assert enters(client, texted(), words).status_code == 422
        assert not inside(client)

    def test_dies_at_the_fourth_try(self, town: Path) -> None:
        """The right code comes too late."""
        knows_words("P-2")
        client = Client()
        asks(client, BEN)
        code = texted()
        for _ in range(3):
            assert enters(client, "000000" if code != "000000" else "000001").status_code == 422
        assert enters(client, code).status_code == 422
        with as_state():
            assert PortalCode.objects.get().used_at is None

    def test_dies_after_ten_minutes(self, town: Path) -> None:
        """The clock moved on."""
        knows_words("P-2")
        client, shifted = Client(), clock.shifted()
        asks(client, BEN)
        code = texted()
        try:
            clock.shift(shifted + timedelta(minutes=10))
            assert enters(client, code).status_code == 422
        finally:
            clock.shift(shifted)

    def test_is_used_once(self, town: Path) -> None:
        """Replayed by somebody who saw it, in the very same request."""
        knows_words("P-2")
        client = Client()
        asks(client, BEN)
        with as_state():
            request = PortalCode.objects.get().id
            code = str(texted())
            trials = [begin_try(request, place="x") for _ in range(2)]
            entered = [try_code(one, code, second=one.kept.proves(WORDS), place="x") for one in trials if one]
        assert [one is not None for one in entered] == [True, False]

    def test_is_kept_nowhere(self, town: Path) -> None:
        """The record of the text has no code; the request has a keyed digest and no number."""
        knows_words("P-2")
        client = Client()
        asks(client, BEN)
        code = str(texted())
        with as_state():
            row = PortalCode.objects.get()
            assert row.sealed is None
            assert code.encode() not in bytes(row.digest or b"")
            message = Message.objects.get(kind="code")
            kept = open_text_of(NC, message.id, bytes(MessageContent.objects.get(message_id=message.id).sealed))
        assert code not in kept.text
        assert kept.to == BEN

    def test_says_nothing_of_the_case(self, town: Path) -> None:
        """Who sends it, the code, ten minutes, a warning; in the language of the page."""
        knows_words("P-2")
        asks(Client(headers={"Accept-Language": "es"}), BEN)
        with as_state():
            message = Message.objects.get(kind="code")
            kept = open_text_of(NC, message.id, bytes(MessageContent.objects.get(message_id=message.id).sealed))
        assert "Su clave es ******. Sirve 10 minutos. Nunca se la pedimos." in kept.text


class TestEveryNumber:
    """Who is known, protected or stopped cannot be seen from outside."""

    def numbers(self, tmp_path: Path) -> dict[str, str]:
        """One of each kind."""
        return {"known": BEN, "protected": ANA, "nobody's": "+19195550177", "no number": "hello"}

    def test_gets_the_same_pages(self, town: Path, tmp_path: Path) -> None:
        """Ben was here before, Ana is protected, the others are nobody's: word for word the same."""
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        knows_words("P-2")
        knows_words("P-1")
        shown = set()
        for number in self.numbers(tmp_path).values():
            client = Client()
            first = asks(client, number)
            wrong = enters(client, "123456", "wrong words here")
            pages = [client.get("/portal/nc-css/code/"), wrong]
            words = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()) for page in pages]
            shown.add((first.status_code, first.headers["Location"], wrong.status_code, *words))
        assert len(shown) == 1

    def test_costs_the_same_work(self, town: Path) -> None:
        """The request does the same statements for every number: whose it is, is looked up later."""
        knows_words("P-2")
        asks(Client(), "+19195550166")
        counts = set()
        for number in (BEN, "+19195550177", "hello"):
            with CaptureQueriesContext(connection) as seen:
                Client().post("/portal/nc-css/", {"number": number})
            counts.add(len(seen))
        assert len(counts) == 1

    def test_is_checked_with_the_same_slow_work(self, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whether a number is somebody's with a passphrase, somebody's without, or nobody's."""
        encode, done = PBKDF2PasswordHasher.encode, []

        def counted(self: PBKDF2PasswordHasher, *given: Any, **named: Any) -> str:  # noqa: ANN401 - as Django has it
            done.append(1)
            return str(encode(self, *given, **named))

        monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
        knows_words("P-2")
        counts = []
        for number in ("+19195550177", BEN, ANA, "+19195550178"):
            client = Client()
            asks(client, number)
            done.clear()
            enters(client, "123456", "wrong words here")
            counts.append(len(done))
        # The first of a process makes what nobody has, once.
        assert counts[1:] == [1, 1, 1]
        assert counts[0] in {1, 2}

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    def test_of_a_protected_person_gets_no_text(self, town: Path, tmp_path: Path) -> None:
        """Also when she was here before."""
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        knows_words("P-1")
        asks(Client(), ANA)
        assert texted() is None

    def test_that_stopped_gets_no_text_but_a_worker_a_task(self, town: Path) -> None:
        """Once, however often it is asked."""
        knows_words("P-2")
        with as_state():
            suppress(BEN, Means.TEXT)
        for _ in range(2):
            asks(Client(), BEN)
        assert texted() is None
        with as_state():
            assert PortalWish.objects.get().field == "code-other-way"

    def test_is_asked_for_only_so_often(self, town: Path) -> None:
        """The sixth request within an hour sends nothing, and looks the same."""
        knows_words("P-2")
        for _ in range(6):
            assert asks(Client(), BEN).status_code == 302
        with as_state():
            assert Message.objects.filter(kind="code").count() == 5
            assert PortalCode.objects.filter(outcome="too-often").count() == 1

    def test_of_somebody_who_never_began_gets_no_text(self, town: Path) -> None:
        """The first time needs a code handed over."""
        asks(Client(), MAYA, MN)
        assert texted(MN) is None


class TestACodeHandedOver:
    """From a worker, by letter, to the safe contact."""

    def made(self, number: str = "P-2", *, way: str = "letter", renews: bool = False) -> str:
        """A worker made it."""
        with as_state():
            who = Participant.objects.get(external_id=number).id
            return make_start(who, way=way, renews=renews).code

    def begins(self, client: Client, code: str) -> Any:  # noqa: ANN401 - as above
        """Type the code."""
        return client.post("/portal/nc-css/start/", {"start": code})

    def test_lets_somebody_choose_a_passphrase(self, town: Path) -> None:
        """The first time; typed with small letters and without hyphens."""
        client = Client()
        assert self.begins(client, self.made().lower().replace("-", " ")).status_code == 302
        answer = client.post("/portal/nc-css/passphrase/", {"passphrase": WORDS, "again": WORDS})
        assert answer.headers["Location"] == "/portal/home/"
        assert inside(client)

    def test_works_once(self, town: Path) -> None:
        """The paper that lies about opens nothing."""
        code = self.made()
        first = Client()
        self.begins(first, code)
        first.post("/portal/nc-css/passphrase/", {"passphrase": WORDS, "again": WORDS})
        assert self.begins(Client(), code).status_code == 422

    def test_asks_for_the_passphrase_when_there_is_one(self, town: Path) -> None:
        """And takes no other."""
        knows_words("P-2")
        client = Client()
        self.begins(client, self.made())
        assert client.post("/portal/nc-css/passphrase/", {"passphrase": "something else"}).status_code == 422
        assert not inside(client)
        assert client.post("/portal/nc-css/passphrase/", {"passphrase": WORDS}).status_code == 302
        assert inside(client)

    def test_renews_the_passphrase_when_a_worker_saw_who_it_is(self, town: Path) -> None:
        """The old one is over."""
        knows_words("P-2")
        client = Client()
        self.begins(client, self.made(way="in-person", renews=True))
        client.post("/portal/nc-css/passphrase/", {"passphrase": "green lamp by night", "again": "green lamp by night"})
        assert inside(client)
        with as_state():
            assert PortalKey.objects.filter(ended_at__isnull=True).count() == 1
            assert PortalKey.objects.count() == 2

    @pytest.mark.parametrize("again", ["other words here", ""])
    def test_wants_the_passphrase_twice(self, town: Path, again: str) -> None:
        """The same."""
        client = Client()
        self.begins(client, self.made())
        answer = client.post("/portal/nc-css/passphrase/", {"passphrase": WORDS, "again": again})
        assert answer.status_code == 422

    def test_refuses_an_easy_passphrase(self, town: Path) -> None:
        """And keeps the code for another try."""
        client = Client()
        self.begins(client, self.made())
        easy = {"passphrase": "111111111111", "again": "111111111111"}
        assert client.post("/portal/nc-css/passphrase/", easy).status_code == 422
        assert client.post("/portal/nc-css/passphrase/", {"passphrase": WORDS, "again": WORDS}).status_code == 302

    @pytest.mark.parametrize("forged", ["AAAA-AAAA-AAAA-AAAA-AAAA", "x", "' OR 1=1 --", "0" * 60])
    def test_cannot_be_guessed(self, town: Path, forged: str) -> None:
        """Anything else gets one and the same sentence."""
        self.made()
        answer = self.begins(Client(), forged)
        assert answer.status_code == 422
        assert b"This did not work." in answer.content

    def test_as_a_link_opens_nothing_by_being_looked_at(self, town: Path) -> None:
        """Mail scanners open links; the code is still good, and still needs the passphrase."""
        knows_words("P-2")
        code = self.made(way="link")
        assert Client().get(f"/portal/nc-css/start/{code}/").status_code == 200
        client = Client()
        assert self.begins(client, code).status_code == 302
        assert client.post("/portal/nc-css/passphrase/", {"passphrase": WORDS}).status_code == 302

    def test_of_another_program_opens_nothing(self, town: Path) -> None:
        """Programs are separate worlds."""
        answer = Client().post("/portal/mn-wic/start/", {"start": self.made()})
        assert answer.status_code == 422

    def test_ends_the_one_before(self, town: Path) -> None:
        """Only the newest works."""
        old = self.made()
        self.made()
        assert self.begins(Client(), old).status_code == 422

    def test_waits_after_many_wrong_tries_from_one_place(self, town: Path) -> None:
        """Even the right one, for a while."""
        code = self.made()
        client = Client()
        for _ in range(30):
            self.begins(client, "wrong")
        assert self.begins(client, code).status_code == 422


class TestSteps:
    """Pages between cannot be entered from the side."""

    @pytest.mark.parametrize(("path", "to"), [("code", ""), ("passphrase", "start/")])
    def test_lead_back_to_the_beginning(self, town: Path, path: str, to: str) -> None:
        """Nobody asked, nobody showed a code."""
        for answer in (Client().get(f"/portal/nc-css/{path}/"), Client().post(f"/portal/nc-css/{path}/", {})):
            assert answer.headers["Location"] == f"/portal/nc-css/{to}"

    def test_forget_the_browser_before(self, signed_in: SignedIn) -> None:
        """Coming in ends whatever session was there, a worker's too."""
        knows_words("P-2")
        client = signed_in("cora")
        asks(client, BEN)
        enters(client, texted())
        assert inside(client)
        assert client.get("/console/").status_code == 302

    def test_are_counted_and_forgotten_after_a_month(self, town: Path) -> None:
        """With the number that was typed: the counting needs an hour; the rest is in the proof log."""
        asks(Client(), BEN)
        shifted = clock.shifted()
        try:
            clock.shift(shifted + timedelta(days=31))
            with as_state():
                assert forget_old_attempts() == 4
                assert (PortalAttempt.objects.count(), PortalCode.objects.count()) == (0, 0)
        finally:
            clock.shift(shifted)

    def test_counts_nobody_in_twice(self, town: Path) -> None:
        """A visit begun is on record."""
        knows_words("P-2")
        client = Client()
        asks(client, BEN)
        enters(client, texted())
        with as_state():
            assert PortalVisit.objects.get().way == "code"

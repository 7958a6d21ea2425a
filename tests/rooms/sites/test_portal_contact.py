"""The pages of a person's own questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.rooms.sites.visitors import visit_for
from tests.rooms.town import MN, NC, as_state

from harborline.contact.models import ContactEntry, ContactThread
from harborline.contact.selectors import own_contacts
from harborline.contact.services import answer, write_note

Visiting = Callable[..., Client]
ONCE = re.compile(r'name="once" value="([0-9a-f]+)"')
SAYS_NOTHING = re.compile(r"<title>(.*?)</title>")


def asks(client: Client, words: str = "Where do I park?", **more: str) -> HttpResponse:
    """Fill in the form and send it."""
    once = ONCE.findall(client.get("/portal/messages/new/").content.decode())
    form = {"topic": "other", "words": words, "language": "en", "once": once[0] if once else "x", **more}
    return cast("HttpResponse", client.post("/portal/messages/new/", form))


def only() -> UUID:
    """The one contact there is, in any program."""
    found = []
    for program in (NC, MN):
        with as_state(program):
            found += list(ContactThread.objects.filter(program=program).values_list("id", flat=True))
    (one,) = found
    return one


class TestAsking:
    """A person asks."""

    def test_leads_to_the_question_with_the_day_of_the_answer(self, visiting: Visiting) -> None:
        """Ben sees his words and until when his case manager answers."""
        ben = visiting("P-2")
        answer_ = asks(ben)
        assert answer_.status_code == 302
        page = ben.get(answer_.headers["Location"]).content.decode()
        assert "Where do I park?" in page
        assert re.search(r"Your case manager answers by \w+\.? \d", page)
        assert "Something else" in ben.get("/portal/messages/").content.decode()

    def test_is_said_in_spanish_too(self, visiting: Visiting) -> None:
        """The topics are those of the list, in the language of the page."""
        page = visiting("P-2", language="es").get("/portal/messages/new/").content.decode()
        assert "Una cita en la corte" in page

    @pytest.mark.parametrize(
        "change", [{"words": ""}, {"words": "x" * 4001}, {"topic": "x"}, {"topic": "documents"}, {"once": ""}]
    )
    def test_says_what_is_missing_and_keeps_the_words(self, visiting: Visiting, change: dict[str, str]) -> None:
        """Nothing is lost but what cannot be used."""
        ben = visiting("P-2")
        given = {"words": "My long question", **change}
        shown = asks(ben, **given)
        assert shown.status_code == 422
        assert given["words"][:20] in shown.content.decode()
        with as_state():
            assert not ContactThread.objects.exists()

    def test_twice_with_one_form_makes_one(self, visiting: Visiting) -> None:
        """Back and send again."""
        ben = visiting("P-2")
        first, second = asks(ben, once="same"), asks(ben, once="same")
        assert first.headers["Location"] == second.headers["Location"]
        with as_state():
            assert ContactThread.objects.count() == ContactEntry.objects.count() == 1

    def test_takes_strange_signs_for_what_they_are(self, visiting: Visiting) -> None:
        """Markup is words, and what nobody sees is gone."""
        ben = visiting("P-2")
        shown = ben.get(asks(ben, "<script>alert(1)</script> {{ x }} \u202e").headers["Location"]).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ x }}" in shown

    def test_with_words_of_danger_shows_the_numbers_first(self, visiting: Visiting) -> None:
        """And the question is kept all the same."""
        ben = visiting("P-2")
        sent = asks(ben, "he said he will kill me tonight")
        assert sent.headers["Location"].endswith("/safe/")
        page = ben.get(sent.headers["Location"]).content.decode()
        for number in ("911", "988", "1-800-799-7233"):
            assert f'href="tel:{number}"' in page
        assert "kill" not in page

    @pytest.mark.parametrize("path", ["/portal/messages/", "/portal/messages/new/"])
    def test_has_a_title_that_tells_nothing(self, visiting: Visiting, path: str) -> None:
        """It stands in the browser's history."""
        assert SAYS_NOTHING.findall(visiting("P-2").get(path).content.decode()) == ["Messages"]


class TestTheClinicsContactUs:
    """Minnesota asks for the opt-in first."""

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="refuses")
    def test_opens_after_the_opt_in(self, visiting: Visiting) -> None:
        """The words first, then the form; pressing without the box does nothing."""
        maya = visiting("R-1", MN)
        assert "I want to use Contact Us." in maya.get("/portal/messages/new/").content.decode()
        assert asks(maya).headers["Location"] == "/portal/messages/new/"
        maya.post("/portal/messages/agree/", {"language": "en"})
        assert "I want to use Contact Us." in maya.get("/portal/messages/new/").content.decode()
        maya.post("/portal/messages/agree/", {"language": "en", "agreed": "yes"})
        sent = asks(maya, "Can I bring my baby?")
        assert "Your clinic answers by" in maya.get(sent.headers["Location"]).content.decode()

    def test_says_to_call_who_has_no_number(self, visiting: Visiting) -> None:
        """Rosa has a number, Noor's row has none: the page stays kind."""
        nobody = visiting("R-2", MN)
        shown = nobody.post("/portal/messages/agree/", {"language": "en", "agreed": "yes"}, follow=True)
        assert "We have no phone number for you." in shown.content.decode()


class TestAQuestion:
    """With what was said."""

    def test_shows_the_answer_and_the_card(self, visiting: Visiting, signed_in: Callable[..., Any]) -> None:
        """The first page counts it until it was read."""
        cora = signed_in("cora")
        ben = visiting("P-2")
        asks(ben)
        found = only()
        once = {"words": "Behind the house.", "language": "en", "once": "a", "step": "send"}
        assert cora.post(f"/console/questions/{found}/", once).status_code == 302
        assert "There is a new answer for you." in ben.get("/portal/home/").content.decode()
        page = ben.get(f"/portal/messages/{found}/").content.decode()
        assert "Behind the house." in page
        assert "Cora" not in page
        assert "There is a new answer for you." not in ben.get("/portal/home/").content.decode()

    def test_is_gone_on_with(self, visiting: Visiting) -> None:
        """Once for each form."""
        ben = visiting("P-2")
        asks(ben)
        found = only()
        for _ in range(2):
            assert ben.post(f"/portal/messages/{found}/", {"words": "One more thing", "once": "m"}).status_code == 302
        assert ben.post(f"/portal/messages/{found}/", {"words": " ", "once": "n"}).status_code == 422
        assert ben.get(f"/portal/messages/{found}/").content.decode().count("One more thing") == 1

    def test_of_somebody_else_is_not_there(self, visiting: Visiting) -> None:
        """Ana of the same case, Otto of another county, Maya of another program, and a guessed id."""
        asks(visiting("P-2"))
        found = only()
        for number, program in (("P-1", NC), ("P-5", NC), ("R-1", MN)):
            other = visiting(number, program)
            for path in (
                f"/portal/messages/{found}/",
                f"/portal/messages/{found}/safe/",
                f"/portal/messages/{UUID(int=5)}/",
            ):
                assert other.get(path).status_code == 404
            assert other.post(f"/portal/messages/{found}/", {"words": "x", "once": "y"}).status_code == 404
            assert "Where do I park?" not in other.get("/portal/messages/").content.decode()

    def test_of_somebody_else_is_not_even_in_sight(self, visiting: Visiting) -> None:
        """Behind Ana's own walls Ben's rows do not exist; behind Ben's, notes of staff do not."""
        asks(visiting("P-2"))
        found = only()
        with as_state():
            write_note(found, "to be checked")
        for number, threads, entries in (("P-2", 1, 1), ("P-1", 0, 0)):
            with visit_for(number).acting("test"):
                assert ContactThread.objects.count() == threads
                assert ContactEntry.objects.count() == entries

    def test_looks_the_same_for_who_is_protected(self, visiting: Visiting) -> None:
        """Same words and same days; only the words they wrote differ."""
        pages = []
        for number in ("P-1", "P-2"):
            client = visiting(number, language="en")
            sent = asks(client)
            page = client.get(sent.headers["Location"]).content.decode()
            pages.append(re.sub(r'[0-9a-f-]{32,36}|csrfmiddlewaretoken" value="[^"]+|\d+:\d\d', "", page))
        assert pages[0] == pages[1]
        with visit_for("P-1").acting("test"):
            assert len(own_contacts([one.id for one in visit_for("P-1").participants])) == 1
        with as_state():
            first = ContactThread.objects.all()[0]
            assert answer(first.id, "Thank you.", language="en", once="z").entry_id

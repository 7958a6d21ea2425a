"""Texts that tell nothing, as staff see them: nobody learns from a page who gets them, or why."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.test_console import caseload, id_of, page, row
from tests.rooms.town import ANA, BEN, NC, as_state, bring_in

from harborline.kernel import clock
from harborline.messaging.models import Message
from harborline.messaging.selectors import runs
from harborline.messaging.selectors.transcripts import Asked, lives
from harborline.messaging.services import plan_run
from harborline.people.facts import FeedKind
from harborline.people.services import choose_wording


@pytest.fixture
def told(signed_in: SignedIn, carrier: None, tmp_path: Path) -> uuid.UUID:
    """A notice to Ana, who is protected and chose texts, and to Ben; answers the run."""
    today = clock.now().date().isoformat()
    bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "protective-order", "Wake District Court", today, "", "yes")])
    client = signed_in("cora")
    for number in ("P-1", "P-2"):
        form = {"signed-language": "en", "signed-signed_as": "Somebody Else", "signed-seen": "on"}
        client.post(reverse("console:release", args=[id_of(NC, number)]), form)
    rows = (
        row("P-1", "C-100", "custodial-party", ANA), row("P-2", "C-100", "noncustodial-parent", BEN)
    )  # fmt: skip
    started: dict[str, Any] = {"template": "appointment-reminder", "caseload": caseload(*rows)}
    signed_in("olga").post(reverse("console:start"), started)
    with as_state():
        run = runs()[0]
    plan_run(run.id, program=NC)
    return run.id


def text_to(number: str) -> Message:
    """The text to somebody."""
    who = id_of(NC, number)
    with as_state():
        return Message.objects.get(participant_id=who)


def life(client: Client, number: str) -> str:
    """The life of the text to somebody."""
    return page(client, "console:message", text_to(number).id)


def asked_about(number: str) -> Asked:
    """Everything of one of the cast."""
    return Asked(participants=frozenset({id_of(NC, number)}))


class TestATextThatTellsNothing:
    """What Ana's telephone got, because she is protected."""

    def test_went_out_so(self, told: uuid.UUID) -> None:
        """The tests below look at something."""
        assert (text_to("P-1").template_key, text_to("P-2").template_key) == ("discreet", "appointment-reminder")

    def test_has_the_notices_own_name_on_her_page(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """As Ben's has on his."""
        client = signed_in("cora")
        hers, his = (page(client, "console:participant", id_of(NC, one)) for one in ("P-1", "P-2"))
        assert "Discreet" not in hers
        assert hers.count("Appointment reminder") == his.count("Appointment reminder") > 0

    def test_reads_like_everybody_elses(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """The same words and as many parts: what one says of this day and office the other says too."""
        client = signed_in("cora")
        hers, his = life(client, "P-1"), life(client, "P-2")
        begin, end = "The life of one text", "Participant"
        assert hers[hers.index(begin) : hers.index(end)] == his[his.index(begin) : his.index(end)]
        assert "9:30" in hers

    def test_looks_the_same_when_somebody_only_asked_for_it(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """Ana's own wish changes nothing on the page of that text."""
        client = signed_in("cora")
        before = life(client, "P-1")
        with as_state():
            choose_wording(text_to("P-1").participant_id or uuid.uuid4(), discreet=True)
        assert life(client, "P-1").split("Receipt code")[0] == before.split("Receipt code")[0]

    def test_has_the_notices_own_name_and_digest_in_what_is_exported(self, told: uuid.UUID) -> None:
        """As Ben's has; the words stay what they were, since they are evidence."""
        with as_state():
            hers, his = (
                next(one for one in lives(asked_about(who)) if one.direction == "out") for who in ("P-1", "P-2")
            )
        assert (hers.template, hers.template_sha256) == (his.template, his.template_sha256)
        assert hers.words != his.words

    def test_is_counted_among_the_others(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """The exact texts of the run do not tell that somebody gets other words, nor how many do."""
        said = page(signed_in("cora"), "console:notice-texts", told)
        assert "For 2 people." in said
        assert "For 1 person." not in said
        assert "Some people get these words instead. Who gets them is not shown." in said

    def test_is_proven_to_those_only_who_keep_protections(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """The receipt has the very words; a case manager has no way to it, for anybody's text."""
        for number in ("P-1", "P-2"):
            address = reverse("console:proof", args=[text_to(number).id])
            assert signed_in("cora").get(address).status_code == 403

    def test_says_the_same_when_the_wish_is_taken_back(self, told: uuid.UUID, signed_in: SignedIn) -> None:
        """The page promises nothing that a protection would break."""
        client, ana = signed_in("cora"), id_of(NC, "P-1")
        client.post(reverse("console:wording", args=[ana]), {"discreet": "no"})
        said = page(client, "console:participant", ana)
        assert "This person does not ask for texts that tell nothing any more." in said


class TestHerOwnPage:
    """What the portal says of texts."""

    def test_promises_nothing_else_than_happens(self, told: uuid.UUID, visiting: SignedIn) -> None:
        """Ana and Ben read the same sentence, and it is true for both."""
        pages = [visiting(one).get("/portal/choices/").content.decode() for one in ("P-1", "P-2")]
        for said in pages:
            assert "Texts name the program" not in said
            assert "We may send such texts all the same." in said

"""The consent centre: agree, stop, ask for changes, keep a receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.test_portal_entering import family_of
from tests.rooms.town import ANA, BEN, MN, NC, as_state, bring_in

from harborline.consent.keeping import evidence_of
from harborline.consent.models import Consent
from harborline.consent.selectors import suppressed_numbers
from harborline.kernel import clock
from harborline.law import block, profile
from harborline.ledger.models import Content
from harborline.people.facts import FeedKind
from harborline.people.models import Participant, PhoneNumber
from harborline.people.portal_models import PortalWish
from harborline.people.sealing import seal_field
from harborline.vault.services import blind_index

Visiting = Callable[..., Client]
OTHER = "+19195550188"
STROKES = [[[10, 20], [30, 40]], [[50, 60]]]


def words(program: str = NC, language: str = "en") -> str:
    """The digest of the statement."""
    return block(profile(program).consent.release_statement, language).sha256


def signs(client: Client, **more: str) -> Any:  # noqa: ANN401 - Django's answer
    """Sign for texts."""
    form = {"signed_as": "Ben Torres", "statement": words(), "once": uuid4().hex, **more}
    return client.post("/portal/choices/agree/", form)


def durham_knows_another(client: Client) -> Client:
    """From now on the second county has another number for Ana."""
    with as_state():
        row = PhoneNumber.objects.get(participant__person__external_id="N-1", county="37063", until_at__isnull=True)
        sealed = seal_field(NC, row.participant_id, "phone", OTHER)
        PhoneNumber.objects.filter(id=row.id).update(e164=sealed, phone_idx=blind_index("phone", OTHER))
    return client


def consent(program: str = NC) -> Consent:
    """The only one."""
    with as_state(program):
        return Consent.objects.get()


class TestAgreeing:
    """Ben signs for texts himself."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    def test_keeps_the_signature_with_its_bundle(self, visiting: Visiting) -> None:
        """The words as shown, the name, the strokes; the digest is of exactly these bytes."""
        assert signs(visiting("P-2"), drawn=json.dumps(STROKES)).status_code == 302
        kept = consent()
        with as_state():
            evidence = evidence_of(kept)
        bundle = json.loads(evidence["bundle"])
        assert evidence["evidence"] == hashlib.sha256(evidence["bundle"].encode()).hexdigest()
        assert (bundle["how"], bundle["strokes"], bundle["signed_as"]) == ("drawn", STROKES, "Ben Torres")
        assert bundle["statement"]["sha256"] == kept.statement_sha256 == words()
        assert kept.recorded_by.startswith("participant:")

    def test_is_enough_with_a_typed_name(self, visiting: Visiting) -> None:
        """No drawing, no script."""
        assert signs(visiting("P-2")).status_code == 302
        with as_state():
            assert evidence_of(consent())["how"] == "typed"

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.parametrize(
        "wrong",
        [{"signed_as": " "}, {"statement": "0" * 64}, {"drawn": "no"}, {"drawn": "[[[1,99999]]]"}, {"drawn": '{"a":1}'},
         {"drawn": "[" * 5000}],
    )  # fmt: skip
    def test_keeps_nothing_that_is_no_signature(self, visiting: Visiting, wrong: dict[str, str]) -> None:
        """No name, other words than shown, a drawing that is none."""
        assert signs(visiting("P-2"), **wrong).status_code == 422
        with as_state():
            assert Consent.objects.count() == 0

    @pytest.mark.clause("MN-WIC-9.6:release-statement", shows="keeps")
    def test_shows_minnesotas_words_and_notice(self, visiting: Visiting) -> None:
        """The statement word for word, after the four things of the notice."""
        shown = visiting("R-1", MN).get("/portal/choices/agree/").content.decode()
        assert block("mn-text-release", "en").words in shown
        assert shown.index("You may say no.") < shown.index("Type your name to sign")
        for part in ("Why we ask:", "What happens then:", "Who may see it:"):
            assert part in shown

    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="keeps")
    @pytest.mark.parametrize("page", ["choices/agree/", "choices/change/", "messages/new/", "papers/send/"])
    def test_comes_after_the_notice_wherever_something_private_is_asked(self, visiting: Visiting, page: str) -> None:
        """Why, whether one must, what follows, who sees it: above the first field, in the words of the program."""
        client = visiting("R-1", MN)
        client.post("/portal/messages/agree/", {"agreed": "yes", "language": "en"})
        shown = client.get(f"/portal/{page}").content.decode().split("<main")[1]
        assert "the state WIC office" in shown
        before = shown[: shown.index("<form")]
        for part in ("Why we ask:", "You may say no.", "What happens then:", "Who may see it:"):
            assert part in before

    def test_covers_every_county_that_knows_the_person(self, visiting: Visiting) -> None:
        """Ana is on a case in two counties."""
        assert signs(visiting("P-1"), signed_as="Ana Torres").status_code == 302
        with as_state():
            assert sorted(Consent.objects.values_list("county", flat=True)) == ["37063", "37183"]

    def test_counts_once_however_often_the_button_is_pressed(self, visiting: Visiting) -> None:
        """The same form twice is one release; the same page opened again is another form."""
        client, once = visiting("P-2"), uuid4().hex
        for _ in range(2):
            assert signs(client, once=once).status_code == 302
        with as_state():
            assert Consent.objects.count() == 1

    def test_signs_each_countys_own_number(self, visiting: Visiting) -> None:
        """Durham has another number for Ana than Wake: each release is for the number of its county."""
        client = durham_knows_another(visiting("P-1"))
        shown = client.get("/portal/choices/agree/").content.decode()
        assert "ends in 0101" in shown
        assert "ends in 0188" in shown
        signs(client, signed_as="Ana Torres")
        with as_state():
            kept = dict(Consent.objects.values_list("county", "phone_idx"))
        assert bytes(kept["37063"]) == blind_index("phone", OTHER)
        assert bytes(kept["37183"]) == blind_index("phone", ANA)


class TestStopping:
    """Off is one button."""

    def test_stops_the_number_at_once(self, visiting: Visiting) -> None:
        """For every program of the agency; signing again undoes it."""
        client = visiting("P-2")
        signs(client)
        assert client.post("/portal/choices/stop/").status_code == 302
        idx = blind_index("phone", BEN)
        with as_state():
            assert suppressed_numbers(NC, [idx]) == {idx}
        assert b"Stopped, for the number that ends in 0102" in client.get("/portal/choices/").content
        signs(client)
        with as_state():
            assert suppressed_numbers(NC, [idx]) == set()

    def test_stops_every_number_of_theirs(self, visiting: Visiting) -> None:
        """Also the one that only the other county has."""
        client = durham_knows_another(visiting("P-1"))
        signs(client, signed_as="Ana Torres")
        client.post("/portal/choices/stop/")
        both = {blind_index("phone", number) for number in (ANA, OTHER)}
        with as_state():
            assert suppressed_numbers(NC, list(both)) == both
        assert client.get("/portal/choices/").content.count(b"Stopped, for the number") == 2

    def test_opens_where_only_the_second_county_has_a_number(self, visiting: Visiting) -> None:
        """What may be chosen does not hang on which county comes first."""
        client = visiting("P-1")
        with as_state():
            PhoneNumber.objects.filter(participant__external_id="P-1").update(until_at=clock.now())
            first = Participant.objects.filter(person__external_id="N-1").order_by("external_id").first()
            assert first is not None
            assert first.external_id == "P-1"
        assert b"For the number that ends in" in client.get("/portal/choices/agree/").content
        assert signs(client, signed_as="Ana Torres").status_code == 302
        assert consent().county == "37063"

    def test_turns_texts_about_ones_messages_on_and_off(self, visiting: Visiting) -> None:
        """WIC's own platform, and nothing else."""
        client = visiting("R-1", MN)
        client.post("/portal/choices/thread/", {"texts": "on"})
        assert (consent(MN).platform, consent(MN).kind) == ("contact-us", "portal-opt-in")
        client.post("/portal/choices/thread/", {"texts": "off"})
        assert consent(MN).ended_as == "withdrawn"

    def test_makes_texts_tell_nothing(self, visiting: Visiting) -> None:
        """In every county."""
        visiting("P-1").post("/portal/choices/wording/", {"discreet": "on"})
        with as_state():
            assert set(Participant.objects.filter(person__external_id="N-1").values_list("discreet", flat=True)) == {
                True
            }


class TestAskingForAChange:
    """Phone, address, safe contact, language."""

    def test_changes_nothing_until_a_worker_confirms(self, visiting: Visiting, signed_in: SignedIn) -> None:
        """Ben asks, Cora confirms, Ben sees it."""
        client = visiting("P-2")
        client.post("/portal/choices/change/", {"field": "language", "value": "Hmong, please"})
        assert b"Your office looks at it." in client.get("/portal/choices/").content
        cora = signed_in("cora")
        with as_state():
            waiting = PortalWish.objects.get()
        assert b"Hmong, please" not in cora.get("/console/portal/").content
        assert b"Hmong, please" not in cora.get(f"/console/participants/{waiting.participant_id}/portal/").content
        assert b"Hmong, please" in cora.get(f"/console/portal/{waiting.id}/").content
        with as_state():
            assert Content.objects.filter(kind="people.wish-opened").count() == 1
        cora.post(f"/console/portal/{waiting.id}/settle/", {"settled_as": "confirmed"})
        assert b"confirmed" in client.get("/portal/choices/").content

    def test_is_nobody_elses_to_see(self, visiting: Visiting, signed_in: SignedIn) -> None:
        """Not the other parent's, not another county's worker's."""
        visiting("P-2").post("/portal/choices/change/", {"field": "language", "value": "77 Quiet Road"})
        assert b"77 Quiet Road" not in visiting("P-1").get("/portal/choices/").content
        assert b"77 Quiet Road" not in signed_in("dev").get("/console/portal/").content
        with as_state():
            waiting = PortalWish.objects.get()
        assert signed_in("dev").get(f"/console/portal/{waiting.id}/").status_code == 404

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    @pytest.mark.parametrize(("field", "seen"), [("phone", False), ("address", False), ("safe-contact", False),
                                                 ("language", True)])  # fmt: skip
    def test_of_a_protected_person_tells_nobody_where_she_is(
        self, visiting: Visiting, signed_in: SignedIn, tmp_path: Path, field: str, *, seen: bool
    ) -> None:
        """Staff reach her in the safe way and ask, as they do with Ben; nor does her page tell who holds her phone."""
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        told, cora = [], signed_in("cora")
        for who in ("P-1", "P-2"):
            client = visiting(who)
            client.post("/portal/choices/change/", {"field": field, "value": "77 Quiet Road"})
            with as_state():
                waiting = PortalWish.objects.get(participant__external_id=who)
            shown = cora.get(f"/console/portal/{waiting.id}/")
            assert shown.status_code == 200
            told.append(shown.content.replace(str(waiting.id).encode(), b"").count(b" "))
            assert (b"77 Quiet Road" in shown.content) is seen
            assert (b"77 Quiet Road" in client.get("/portal/choices/").content) is seen
        assert told[0] == told[1]

    def test_of_ones_own_family_is_neither_opened_nor_settled(self, visiting: Visiting, signed_in: SignedIn) -> None:
        """Cora is Ben's sister."""
        visiting("P-2").post("/portal/choices/change/", {"field": "phone", "value": "919-555-0155"})
        cora = signed_in("cora")
        with as_state():
            waiting = PortalWish.objects.get()
        family_of(cora, "P-2")
        assert cora.get(f"/console/portal/{waiting.id}/").status_code == 403
        cora.post(f"/console/portal/{waiting.id}/settle/", {"settled_as": "confirmed"})
        with as_state():
            assert PortalWish.objects.get().settled_at is None

    @pytest.mark.parametrize("form", [{}, {"field": "ssn", "value": "1"}, {"field": "language", "value": " "},
                                      {"field": "language", "value": "x" * 301}])  # fmt: skip
    def test_keeps_nothing_that_says_nothing(self, visiting: Visiting, form: dict[str, str]) -> None:
        """Unknown fields, empty or endless words."""
        assert visiting("P-2").post("/portal/choices/change/", form).status_code == 422
        with as_state():
            assert PortalWish.objects.count() == 0


class TestTheReceipt:
    """An authoritative copy for the person."""

    def test_has_the_fields_of_the_standard(self, visiting: Visiting) -> None:
        """Header, processing, parties, events; the number only by its last four."""
        client = visiting("P-2")
        signs(client)
        told = json.loads(client.get(f"/portal/choices/{consent().id}/receipt.json").content)
        assert set(told) == {"header", "processing", "parties", "events", "us"}
        assert {"schema_version", "record_id", "pii_principal_id"} <= set(told["header"])
        wanted = {
            "privacy_notice", "language", "purpose", "pii_information", "pii_controllers", "storage_locations",
            "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
        }  # fmt: skip
        assert wanted <= set(told["processing"])
        assert {"party_id", "party_name", "party_contact", "party_type"} <= set(told["parties"][0])
        assert {"event_time", "validity_duration", "entity_id", "event_type", "event_state"} <= set(told["events"][0])
        assert BEN not in json.dumps(told)

    @pytest.mark.parametrize(("language", "title"), [("en", "Your receipt"), ("es", "Su recibo")])
    def test_can_be_printed(self, visiting: Visiting, language: str, title: str) -> None:
        """A tagged page with the words agreed to, under a name that tells nothing."""
        client = visiting("P-2", language=language)
        signs(client, statement=words(language=language))
        answer = client.get(f"/portal/choices/{consent().id}/receipt.pdf")
        reader = PdfReader(BytesIO(answer.content))
        shown = " ".join(reader.pages[0].extract_text().split())
        assert title in shown
        assert block("nc-text-agreement", language).words[:40] in shown
        assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt.pdf"'

    def test_shows_a_name_no_font_of_ours_has(self, visiting: Visiting) -> None:
        """As codes; never an error."""
        client = visiting("P-2")
        signs(client, signed_as="名前 \U0001f600 Torres")
        answer = client.get(f"/portal/choices/{consent().id}/receipt.pdf")
        assert answer.status_code == 200
        assert "Torres" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()

    @pytest.mark.parametrize("name", ["receipt.pdf", "receipt.json"])
    def test_of_somebody_else_is_not_there(self, visiting: Visiting, name: str) -> None:
        """Ana cannot open Ben's by its id."""
        signs(visiting("P-2"))
        assert visiting("P-1").get(f"/portal/choices/{consent().id}/{name}").status_code == 404

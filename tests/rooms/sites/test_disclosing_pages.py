"""The pages on who learns what: a person's fields, what waits, what was told outside, the written policy."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from tests.days import office_day
from tests.rooms.sites.cast import SignedIn
from tests.rooms.town import NC, as_state

from harborline.disclosure.models import (
    BrokenGlass,
    CourtOverride,
    Look,
    PolicyVersion,
    RegistryTask,
    Release,
)
from harborline.disclosure.selectors import unexplained
from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.people.facts import HeldName, Source
from harborline.people.models import Participant
from harborline.people.selectors import participant_id
from harborline.people.services import hold_value
from harborline.workforce.models import Worker
from harborline.workforce.places import Supervision

SSN = "900-00-1234"
WHERE = "12 Elm St, Raleigh"


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    """What a page says, without its marks."""
    content = answer.content.decode()
    main = content[content.index("<main") :] if "<main" in content else content
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.fixture
def ana(town: object) -> uuid.UUID:
    """Ana's row in Wake, with her number on file."""
    with as_state():
        found = Participant.objects.get(external_id="P-1").id
        hold_value(found, HeldName.SSN, SSN, source=Source.CASE_SYSTEM)
    return found


def page(who: uuid.UUID, name: str = "fields") -> str:
    """The address of a person's page."""
    return reverse(f"console:{name}", args=[who])


def opens(client: Client, who: uuid.UUID, field: str, purpose: str = "enforcement", **more: str) -> Any:  # noqa: ANN401 - as above
    """Press the button of a field."""
    return client.post(page(who), {"field": field, "purpose": purpose, **more})


Protect = Callable[[Client], None]


@pytest.fixture
def protect(ana: uuid.UUID) -> Protect:
    """Somebody protects Ana by the form."""

    def act(client: Client) -> None:
        said = {"protection-kind": "fvi", "protection-reason": "agency-decision", "protection-source": "told at intake"}
        assert "Recorded" in words(client.post(page(ana, "protect"), said, follow=True))

    return act


class TestTheStranger:
    """Dev works in another county, Clara in another program."""

    @pytest.mark.parametrize("name", ["fields", "releases", "accounting"])
    def test_finds_nothing(self, signed_in: SignedIn, ana: uuid.UUID, name: str) -> None:
        """A guessed address answers as if nobody were there."""
        for stranger in ("dev", "clara"):
            assert signed_in(stranger).get(page(ana, name)).status_code == 404

    def test_opens_nothing(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Nor by pressing the button."""
        answer = opens(signed_in("dev"), ana, "ssn")
        assert answer.status_code == 404
        assert SSN not in answer.content.decode()

    def test_in_a_role_without_the_permission_stays_outside(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """The state and the security officer open no fields; the case manager reviews nothing."""
        for name in ("olga", "sol"):
            assert signed_in(name).get(page(ana)).status_code == 403
            assert opens(signed_in(name), ana, "ssn").status_code == 403
        cora = signed_in("cora")
        assert cora.get(reverse("console:safeguards")).status_code == 403
        assert cora.get(reverse("console:policy-propose")).status_code == 403


class TestTheFields:
    """One at a time, by purpose."""

    def test_show_no_value_before_somebody_opens_it(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """The page names fields and buttons only."""
        said = words(signed_in("cora").get(page(ana)))
        assert "Social Security number" in said
        assert SSN not in said
        assert WHERE not in said

    def test_open_whole_masked_or_not_at_all_by_the_purpose(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Enforcement needs the number; a caller's question needs four digits and no address."""
        cora = signed_in("cora")
        assert SSN in words(opens(cora, ana, "ssn"))
        masked = words(opens(cora, ana, "ssn", "customer-service"))
        assert "1234" in masked
        assert SSN not in masked
        hidden = opens(cora, ana, "address", "customer-service")
        assert hidden.status_code == 403
        assert "This is not shown for that purpose." in words(hidden)
        assert "refused" in words(cora.get(page(ana)))

    @pytest.mark.parametrize(("field", "purpose"), [("phone", "enforcement"), ("", ""), ("ssn'--", "enforcement")])
    def test_that_nobody_knows_are_nothing(self, signed_in: SignedIn, ana: uuid.UUID, field: str, purpose: str) -> None:
        """No trace of what might be there."""
        assert opens(signed_in("cora"), ana, field, purpose).status_code == 404

    def test_answer_a_purpose_nobody_wrote_with_nothing(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """What the policy does not name looks like an empty field."""
        said = words(opens(signed_in("cora"), ana, "ssn", "curiosity"))
        assert "There is nothing on file." in said
        assert SSN not in said

    def test_look_alike_for_a_protected_person_and_an_empty_field(
        self, signed_in: SignedIn, ana: uuid.UUID, protect: Protect
    ) -> None:
        """Word for word, on the page and on every page after it."""
        cora = signed_in("cora")
        assert WHERE in words(opens(cora, ana, "address"))
        protect(cora)
        cora.get(page(ana))
        blocked, empty = words(opens(cora, ana, "address")), words(opens(cora, ana, "school"))
        assert WHERE not in blocked
        said = [one[: one.index("What is your work here now?")] for one in (blocked, empty)]
        assert said[0].replace("Home address", "School") == said[1]
        after = words(cora.get(page(ana)))
        assert "refused" not in after
        assert "protective" not in after.split("What happened?")[0].casefold()

    def test_say_nothing_about_a_protection_to_the_case_manager(
        self, signed_in: SignedIn, ana: uuid.UUID, protect: Protect
    ) -> None:
        """The supervisor reads why; Cora's page is the same as before but for who opened what."""
        cora, eli = signed_in("cora"), signed_in("eli")
        before = words(cora.get(page(ana)))
        protect(eli)
        assert words(cora.get(page(ana))) == before
        assert "told at intake" in words(eli.get(page(ana)))

    def test_of_tax_information_name_the_penalty(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """To those trained in it; Cora is not."""
        with as_state():
            hold_value(ana, HeldName.INCOME, "41,000", source=Source.IRS)
        answer = opens(signed_in("cora"), ana, "income")
        assert answer.status_code == 403
        assert "41,000" not in words(answer)


class TestANewValue:
    """Written down with who told it."""

    def test_takes_the_place_of_the_old_one(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """The court told a new address: it counts when Eli, who supervises Cora by then, wrote down the same."""
        cora, eli = signed_in("cora"), signed_in("eli")
        said = {"value-field": "address", "value-value": "1 New St, Cary", "value-source": "court"}
        assert "not part of your work now" in words(eli.post(page(ana, "value"), said, follow=True))
        assert WHERE in words(opens(cora, ana, "address"))
        waits = words(cora.post(page(ana, "value"), said, follow=True))
        assert "Written down. It counts once another person writes down the same." in waits
        assert "Home address: W-CORA" in waits
        assert WHERE in words(opens(cora, ana, "address"))
        assert "W-CORA" in words(eli.get(reverse("console:safeguards")))
        with as_state():
            one, above = (Worker.objects.get(email=f"{name}@example.gov") for name in ("cora", "eli"))
            Supervision.objects.create(id=new_id(), worker=one, supervisor=above, program=NC, from_at=clock.now())
        assert "Written down." in words(eli.post(page(ana, "value"), said, follow=True))
        opened = words(opens(cora, ana, "address"))
        assert "1 New St, Cary" in opened
        assert "Told by: Court" in opened

    @pytest.mark.parametrize(
        "wrong", [{"value-source": "irs"}, {"value-verified_by": "court"}, {"value-value": " "}, {"value-field": "x"}]
    )
    def test_is_refused_without_training_confirmation_or_words(
        self, signed_in: SignedIn, ana: uuid.UUID, wrong: dict[str, str]
    ) -> None:
        """Tax information by the untrained; a source that confirms itself; nothing at all."""
        cora = signed_in("cora")
        said = {"value-field": "address", "value-value": "1 New St, Cary", "value-source": "court", **wrong}
        assert "Written down." not in words(cora.post(page(ana, "value"), said, follow=True))
        assert WHERE in words(opens(cora, ana, "address"))


class TestAnEmergency:
    """Opens one person for four hours; somebody reviews it."""

    def test_is_said_with_its_reason_and_reviewed_by_another(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Eli is not tied to Ana; Sol sees his emergency on the first page and reviews it."""
        eli, sol = signed_in("eli"), signed_in("sol")
        assert "not part of your work now" in words(opens(eli, ana, "ssn"))
        assert "Call, hearing or report" in words(eli.post(page(ana, "glass"), {"glass-reason": "danger"}, follow=True))
        said = {"glass-reason": "danger", "glass-reference": "call 4711"}
        assert "You are here because of an emergency" in words(eli.post(page(ana, "glass"), said, follow=True))
        assert SSN in words(opens(eli, ana, "ssn"))
        assert "Emergencies to review" in words(sol.get(reverse("console:home")))
        listed = words(sol.get(reverse("console:safeguards")))
        assert "Somebody is in danger" in listed
        assert "W-ELI: call 4711" in listed
        with as_state():
            glass = BrokenGlass.objects.get().id
        review = reverse("console:glass-review", args=[glass])
        assert "cannot also say yes" in words(eli.post(review, {"outcome": "justified"}, follow=True)).casefold()
        assert "Choose one first" in words(sol.post(review, {"outcome": "fine"}, follow=True))
        assert "Reviewed." in words(sol.post(review, {"outcome": "justified"}, follow=True))
        assert "W-ELI: call 4711" not in words(sol.get(reverse("console:safeguards")))

    def test_that_was_misuse_leads_to_the_register_of_penalties(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """And is over at once."""
        eli, sol = signed_in("eli"), signed_in("sol")
        eli.post(page(ana, "glass"), {"glass-reason": "danger", "glass-reference": "call 4711"})
        with as_state():
            review = reverse("console:glass-review", args=[BrokenGlass.objects.get().id])
        answer = sol.post(review, {"outcome": "misuse"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("console:penalties")
        assert "closed to the worker now" in words(answer)
        assert "You are here because of an emergency" not in words(eli.get(page(ana, "fields")))
        assert "not part of your work now" in words(opens(eli, ana, "ssn"))

    def test_never_opens_ones_own_family(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Cora says that Ana is her family; from now on nothing opens."""
        cora = signed_in("cora")
        cora.post(page(ana, "kin"), {"kin-kin": "family"})
        assert opens(cora, ana, "ssn").status_code == 403
        said = {"glass-reason": "danger", "glass-reference": "call 1"}
        assert "Nobody opens their own record" in words(cora.post(page(ana, "glass"), said, follow=True))

    def test_never_opens_a_page_of_ones_own_family(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Neither hers nor that of the others on her cases; that Cora tried is on record, and Dev's page opens."""
        cora = signed_in("cora")
        with as_state():
            ben = participant_id(NC, "P-2")
        assert cora.get(page(ana, "participant")).status_code == 200
        cora.post(page(ana, "kin"), {"kin-kin": "family"})
        with as_state():
            before = Look.objects.filter(participant_id=ana).count()
        for view in ("participant", "fields"):
            answer = cora.get(page(ana, view))
            assert answer.status_code == 403
            assert "Nobody opens their own record" in words(answer)
        with as_state():
            assert Look.objects.filter(participant_id=ana, kin="family").count() == 2
            assert Look.objects.filter(participant_id=ana).count() == before + 2
        for view, given in (("stop", {"means": "in-person"}), ("contact", {}), ("wording", {"discreet": "yes"})):
            assert "Nobody opens their own record" in words(cora.post(page(ana, view), given, follow=True))
        cora.post(page(ben, "kin"), {"kin-kin": "self"})
        assert cora.get(page(ben, "participant")).status_code == 403
        assert signed_in("eli").get(page(ana, "participant")).status_code == 200


class TestACourtsOrder:
    """Brought by one, confirmed by another, used once."""

    def test_opens_the_address_once(self, signed_in: SignedIn, ana: uuid.UUID, protect: Protect) -> None:
        """Eli brings it, Sol confirms it, Eli opens it once and hands it over."""
        eli, sol = signed_in("eli"), signed_in("sol")
        eli.post(page(ana, "glass"), {"glass-reason": "court-hearing", "glass-reference": "26-CV-1"})
        protect(signed_in("cora"))
        until = office_day().isoformat()
        eli.post(page(ana, "order"), {
            "order-field": "address", "order-court": "District Court", "order-docket": "26-CV-1", "order-until": until,
        })  # fmt: skip
        with as_state():
            order = CourtOverride.objects.get().id
        assert WHERE not in words(opens(eli, ana, "address", order=str(order)))
        assert "Confirmed." in words(sol.post(reverse("console:order-confirm", args=[order]), follow=True))
        assert "Open it by this order" in words(eli.get(page(ana)))
        assert WHERE in words(opens(eli, ana, "address", order=str(order)))
        assert WHERE not in words(opens(eli, ana, "address", order=str(order)))
        assert "Open it by this order" not in words(eli.get(page(ana)))


class TestTellingOutside:
    """Asked, approved, accounted for."""

    def test_goes_from_the_form_to_the_accounting(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Cora asks, Eli approves; page and file tell it."""
        cora, eli = signed_in("cora"), signed_in("eli")
        said = {
            "recipient_kind": "other-state", "recipient": "Virginia DCSE", "basis": "program-duty",
            "road": "secure-file", "place": "agency-premises", "payment": "none", "tell-ssn": "on",
        }  # fmt: skip
        assert cora.post(page(ana, "releases"), {**said, "road": ""}).status_code == 422
        assert "No field was chosen." in words(cora.post(page(ana, "releases"), {**said, "tell-ssn": ""}))
        assert cora.post(page(ana, "releases"), said).status_code == 302
        assert "waits for a second person" in words(cora.get(page(ana, "releases")))
        with as_state():
            release = Release.objects.get().id
        approve = reverse("console:release-approve", args=[release])
        assert cora.post(approve).status_code == 403
        assert "Approved." in words(eli.post(approve, follow=True))
        (row,) = json.loads(cora.get(page(ana, "accounting")).content)["releases"]
        assert (row["recipient"], row["fields"], row["approved_by"]) == ("Virginia DCSE", ["ssn"], "W-ELI")

    def test_registry_tasks_are_closed_by_hand(self, signed_in: SignedIn, ana: uuid.UUID, protect: Protect) -> None:
        """Once told, the task is gone."""
        sol = signed_in("sol")
        protect(signed_in("cora"))
        assert "Protection added" in words(sol.get(reverse("console:safeguards")))
        with as_state():
            task = RegistryTask.objects.get().id
        assert "This is done" in words(sol.post(reverse("console:registry-told", args=[task]), follow=True))
        assert "Protection added" not in words(sol.get(reverse("console:safeguards")))


class TestALook:
    """Of somebody whose work it was not."""

    def test_is_asked_about_and_answered(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Eli looked at Ana; he says why, with what shows it; Cora's looks are her work."""
        eli, cora = signed_in("eli"), signed_in("cora")
        for client in (eli, cora):
            client.get(page(ana, "participant"))
        assert "Why did you open these?" in words(eli.get(reverse("console:home")))
        assert "Why did you open these?" not in words(cora.get(reverse("console:home")))
        with as_state():
            day = unexplained()[0].day.isoformat()
        answer = page(ana, "look-answer")
        assert "Thank you." in words(
            eli.post(answer, {"day": day, "said": "a hearing", "reference": "docket 7"}, follow=True)
        )
        assert cora.post(answer, {"day": day, "said": "x"}).status_code == 404
        assert "Choose one first" in words(eli.post(answer, {"day": "soon", "said": "x"}, follow=True))
        with as_state():
            assert (unexplained()[0].said, unexplained()[0].reference) == ("a hearing", "docket 7")

    def test_is_told_to_the_person_by_role_alone(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """No worker, office, county or hour."""
        cora = signed_in("cora")
        cora.get(page(ana, "participant"))
        opens(cora, ana, "ssn")
        said = words(cora.get(page(ana, "releases"))).partition("as the person may know it")[2]
        assert "Case manager: 2 times" in said
        assert "W-CORA" not in said.partition("Tell somebody outside")[0]


class TestWhoApproves:
    """The second person reads what is told before it is."""

    def test_sees_all_of_it_and_may_say_no(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Parts of an offset, which payment, by which road, where it will lie; then the reason stands."""
        cora, eli = signed_in("cora"), signed_in("eli")
        said = {
            "recipient_kind": "court", "recipient": "District Court", "basis": "court-order", "reference": "D-1",
            "road": "paper", "place": "agency-premises", "payment": "tax-refund", "tell-offset": "on",
            "part-date": "on", "part-amount": "on",
        }  # fmt: skip
        assert cora.post(page(ana, "releases"), said).status_code == 302
        waiting = words(eli.get(reverse("console:safeguards")))
        assert "Federal offset (Amount of the offset, Date of the offset). Tax refund. Paper, At an agency." in waiting
        with as_state():
            asked = Release.objects.get()
        no = reverse("console:release-turn-down", args=[asked.id])
        assert "Say why it is turned down." in words(eli.post(no, {"because": " "}, follow=True))
        assert cora.post(no, {"because": "no"}).status_code == 403
        assert "Turned down. Nothing was told." in words(eli.post(no, {"because": "the source is asked"}, follow=True))
        assert "turned down W-ELI: the source is asked" in words(cora.get(page(ana, "releases")))
        assert json.loads(cora.get(page(ana, "accounting")).content)["releases"] == []

    def test_finds_the_parts_in_the_accounting(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """As file and as paper."""
        cora, eli = signed_in("cora"), signed_in("eli")
        said = {
            "recipient_kind": "court", "recipient": "District Court", "basis": "court-order", "reference": "D-1",
            "road": "paper", "place": "agency-premises", "payment": "tax-refund", "tell-offset": "on",
            "part-date": "on", "part-amount": "on",
        }  # fmt: skip
        cora.post(page(ana, "releases"), said)
        with as_state():
            asked = Release.objects.get()
        eli.post(reverse("console:release-approve", args=[asked.id]))
        (row,) = json.loads(cora.get(page(ana, "accounting")).content)["releases"]
        assert (row["offset_parts"], row["payment"]) == (["amount", "date"], "tax-refund")
        paper = PdfReader(BytesIO(cora.get(page(ana, "accounting-pdf")).content))
        text = " ".join(" ".join(one.extract_text() for one in paper.pages).split())
        assert "Date of the offset" in text


class TestTheAccessGraph:
    """From the rules as they hold."""

    def test_names_who_sees_a_person_and_what_a_worker_sees(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Cora by her case; Eli is only one of the others."""
        cora, sol = signed_in("cora"), signed_in("sol")
        signed_in("eli")
        graph = words(sol.get(page(ana, "who-sees")))
        assert "W-CORA Cora" in graph
        assert "own case" in graph
        assert "Enforce support: Social Security number, Home address" in graph
        assert "Supervisor: 1" in graph
        assert "These roles look up nobody by number" in graph
        assert "Names and addresses for letters, many people at once: State operator, Supervisor" in graph
        mine = words(sol.get(reverse("console:what-sees", args=["W-CORA"])))
        assert "own case: 3" in mine
        assert sol.get(reverse("console:what-sees", args=["W-NOBODY"])).status_code == 404
        assert cora.get(page(ana, "who-sees")).status_code == 403


class TestThePolicy:
    """Written, printed, changed by two."""

    @pytest.mark.clause("OFFSET-8.2:written-policies", shows="keeps")
    def test_is_read_by_everybody_and_changed_by_two(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Olga proposes, Sol approves."""
        olga, sol = signed_in("olga"), signed_in("sol")
        assert "as it ships" in words(signed_in("cora").get(reverse("console:policy")))
        paper = PdfReader(BytesIO(olga.get(reverse("console:policy-pdf")).content))
        printed = " ".join(page.extract_text() for page in paper.pages)
        assert "Federal tax information" in printed
        assert "OFFSET-8.4:tax-refund" in printed
        form = olga.get(reverse("console:policy-propose"))
        text = form.context["form"].initial["content"]
        wrong = olga.post(
            reverse("console:policy-propose"), {"content": text.replace("clear", "open", 1), "because": "x"}
        )
        assert wrong.status_code == 422
        assert "row 1" in words(wrong)
        later = text.replace("2026-01-01", office_day().isoformat(), 1).replace('"masked"', '"clear"', 1)
        over = olga.post(reverse("console:policy-propose"), {"content": text, "because": "yearly"})
        assert "The day on which it would begin has passed." in words(over)
        assert olga.post(reverse("console:policy-propose"), {"content": later, "because": "yearly"}).status_code == 302
        with as_state():
            version = PolicyVersion.objects.get().id
        approve = reverse("console:policy-approve", args=[version])
        assert "cannot also say yes" in words(olga.post(approve, follow=True)).casefold()
        listed = sol.get(reverse("console:policy")).content.decode()
        assert approve not in listed
        read = reverse("console:policy-version", args=[version])
        assert read in listed
        shown = words(sol.get(read)).partition("The whole version")
        assert "Answer the person's own question" in shown[0].replace("&#x27;", "'")
        changed = "Case manager Social Security number Opens with its last four signs Opens whole the last four digits"
        assert changed in shown[0]
        assert "Find a person" not in shown[0]
        assert "Find a person" in shown[2]
        assert "[[row]]" in shown[2]
        assert approve in sol.get(read).content.decode()
        assert approve not in signed_in("cora").get(read).content.decode()
        assert "Approved by W-SOL." in words(sol.post(approve, follow=True))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_opens_in_both_languages(signed_in: SignedIn, ana: uuid.UUID, language: str) -> None:
    """For the supervisor and the security officer."""
    pages = {
        "cora": [reverse("console:my-looks"), reverse("console:home")],
        "eli": [page(ana), page(ana, "releases"), reverse("console:safeguards"), reverse("console:policy")],
        "sol": [
            page(ana, "who-sees"),
            reverse("console:what-sees", args=["W-CORA"]),
            reverse("console:safeguards"),
            page(ana, "releases"),
            reverse("console:policy-propose"),
        ],
    }
    for name, addresses in pages.items():
        client = signed_in(name)
        client.cookies["django_language"] = language
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert f'lang="{language}"' in answer.content.decode()

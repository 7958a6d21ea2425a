"""The pages of vendors, from the draft to the end, as three people see them."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import ALL, SignedIn, make_worker, sign_in
from tests.rooms.town import NC, as_state

from harborline.kernel import clock
from harborline.vendors.facts import FaxKind, StepKind
from harborline.vendors.models import Engagement, Paper
from harborline.vendors.screening.lists import categories, requirements_of
from harborline.vendors.selectors import connector_may, fax_lines, life, lists
from harborline.workforce.facts import StaffRole
from harborline.workforce.services import assign

TAGS = re.compile(r"<[^>]+>")
DRAFT = {
    "name": "Example Carrier Inc.", "systems": "Its API", "free_service": "no", "domain": "carrier.example",
    "purposes": ["texting"], "elements": ["phone-number", "message-text"], "connectors": ["twilio"],
    "uei": "", "lei": "", "cage": "",
}  # fmt: skip


def ago(days: int) -> str:
    """A day so many days ago, as a form sends it."""
    return (clock.now().date() - timedelta(days=days)).isoformat()


def words(answer: Any) -> str:  # noqa: ANN401 - a response of the client
    """The words of a page."""
    return " ".join(TAGS.sub(" ", answer.content.decode()).split())


def paper() -> SimpleUploadedFile:
    """A signed letter."""
    return SimpleUploadedFile("letter.pdf", b"%PDF-1.7 signed", content_type="application/pdf")


def oscar() -> Client:
    """A second state operator."""
    worker = make_worker("oscar")
    with as_state():
        assign(worker, program=NC, role=StaffRole.STATE_OPERATOR, county=ALL)
    client = Client()
    sign_in(client, worker)
    return client


def gate() -> str:
    """The gate's reason for texts."""
    with as_state():
        return connector_may("twilio", program=NC, purpose="texting").reason


def answers() -> dict[str, Any]:
    """Every question answered with no."""
    said = {"on": ago(9), "uses_covered": "no", "none_above_tenth": "yes", "subprocessors": ""}
    for name in categories():
        said |= {f"{name}_supplies": "no", f"{name}_made": "", f"{name}_exception": "", f"{name}_document": ""}
    return said


class Office:
    """Three people at their windows, and one company."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.olga, self.oscar, self.sol = signed_in("olga"), oscar(), signed_in("sol")
        self.id = uuid.UUID(int=0)

    def draft(self, **changes: Any) -> Any:  # noqa: ANN401 - a response
        """Olga begins."""
        answer = self.olga.post(reverse("console:vendor-new"), {**DRAFT, **changes})
        with as_state():
            newest = Engagement.objects.order_by("-drafted_at").first()
        self.id = newest.id if newest else self.id
        return answer

    def step(self, who: str, step: str, **said: Any) -> Any:  # noqa: ANN401 - a response
        """Somebody takes a step through its form."""
        client: Client = getattr(self, who)
        return client.post(reverse("console:vendor-step", args=[self.id, step]), said)

    def reviewed(self) -> None:
        """Handed in, and four times yes."""
        assert self.step("olga", "submitted", on=ago(30), why="Texts to parents").status_code == 302
        for who, area in (("oscar", "program"), ("sol", "security"), ("oscar", "legal"), ("sol", "it")):
            said = {"on": ago(25), "area": area, "reviewer": "R. Viewer", "approve": "yes", "reason": ""}
            assert self.step(who, "reviewed", **said).status_code == 302

    def letter(self, **changes: Any) -> Any:  # noqa: ANN401 - a response
        """Oscar records the letter."""
        said = {
            "on": ago(20), "document_no": "NCDHHS-2026-17", "signer": "Director", "valid_from": ago(20),
            "valid_until": ago(-300), "systems": "API", "purposes": ["texting"],
            "elements": ["phone-number", "message-text"], "paper": paper(), **changes,
        }  # fmt: skip
        return self.step("oscar", "permitted", **said)

    def contracted(self) -> None:
        """Contract, examination, memorandum, certification, answers."""
        wants, signed = requirements_of(NC), {"signer": "CEO", "paper": paper()}
        for who, step, said in (
            ("olga", "contracted", {"on": ago(15), "number": "C-1", "until": ago(-900), "paper": paper()}),
            ("oscar", "vetted", {"on": ago(14), "signer": "Counsel", "checks": list(wants.checks)}),
            ("olga", "memorandum", {"on": ago(13), "signer": "CEO", "version": wants.memorandum, "paper": paper()}),
            ("olga", "certified", {**signed, "on": ago(12), "uses_covered": "no", "flow_down": "yes"}),
            ("olga", "answered", answers()),
        ):  # fmt: skip
            answer = self.step(who, step, **said)
            assert answer.status_code == 302, words(answer)

    def page(self, who: str = "olga") -> str:
        """The company's page."""
        client: Client = getattr(self, who)
        return words(client.get(reverse("console:vendor", args=[self.id])))

    def live(self) -> None:
        """The whole way."""
        self.draft()
        self.reviewed()
        assert self.letter().status_code == 302
        self.contracted()
        assert self.step("sol", "screened").status_code == 302
        assert self.step("oscar", "live").status_code == 302


@pytest.fixture
def office(signed_in: SignedIn) -> Office:
    """Olga, Oscar and Sol."""
    return Office(signed_in)


class TestACompany:
    """From the draft to going live, through the forms."""

    def test_goes_the_whole_way(self, office: Office) -> None:
        """Each page shows the next step; at the end data may go."""
        office.draft()
        assert "Next step" in office.page()
        assert "Hand in the request" in office.page()
        office.reviewed()
        assert "Record the written permission" in office.page()
        assert office.letter().status_code == 302
        assert gate() == "vendor-not-live"
        assert "Record the contract" in office.page()
        office.contracted()
        assert office.step("sol", "screened").headers["Location"].endswith("/screening/")
        assert office.step("oscar", "live").status_code == 302
        assert gate() == "allowed"
        assert "Data may go to this company now." in office.page()
        listed = words(office.sol.get(reverse("console:vendors")))
        assert "Example Carrier Inc. In force" in listed

    def test_shows_a_contract_before_the_permission_as_what_it_is(self, office: Office) -> None:
        """Refused, in words, with everything that was typed still there."""
        office.draft()
        office.reviewed()
        office.letter()
        answer = office.step("olga", "contracted", on=ago(20), number="C-77", until=ago(-9), paper=paper())
        assert answer.status_code == 422
        assert "The contract is not later than the permission." in words(answer)
        assert "C-77" in answer.content.decode()

    def test_refuses_the_same_person_twice(self, office: Office) -> None:
        """Olga asked, so Olga does not review."""
        office.draft()
        office.step("olga", "submitted", on=ago(30), why="w")
        said = {"on": ago(25), "area": "program", "reviewer": "R", "approve": "yes", "reason": ""}
        answer = office.step("olga", "reviewed", **said)
        assert (answer.status_code, "This step needs another person" in words(answer)) == (422, True)

    @pytest.mark.parametrize(("changes", "said"), [
        ({"paper": ""}, "This field is required"),
        ({"paper": SimpleUploadedFile("x.pdf", b"hello")}, "PDF, PNG or JPEG"),
        ({"valid_from": ago(30)}, "signed before it begins"),
        ({"elements": ["phone-number"]}, "must cover"),
        ({"document_no": ""}, "This field is required"),
    ])  # fmt: skip
    def test_says_what_is_wrong_with_a_letter(self, office: Office, changes: dict[str, Any], said: str) -> None:
        """At its field."""
        office.draft()
        office.reviewed()
        answer = office.letter(**changes)
        assert answer.status_code == 422
        assert said in words(answer)

    def test_says_what_is_wrong_with_a_draft(self, office: Office) -> None:
        """Too little data for the purpose; an identifier of the wrong form."""
        assert "cannot do without" in words(office.draft(elements=["phone-number"]))
        assert "Identifiers (uei): is not a UEI" in words(office.draft(uei="short"))
        assert "This field is required" in words(office.draft(purposes=[]))

    def test_keeps_and_gives_its_papers(self, office: Office) -> None:
        """The signed letter comes back as it went in; a stranger to vendors cannot open it."""
        office.draft()
        office.reviewed()
        office.letter()
        with as_state():
            kept = Paper.objects.get()
        address = reverse("console:vendor-paper", args=[kept.id])
        answer = office.sol.get(address)
        assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 signed", "application/pdf")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'

    def test_is_stopped_and_goes_on(self, office: Office) -> None:
        """At once; another person lets it go on; ended, it is over for good."""
        office.live()
        office.step("sol", "suspended", because="an incident")
        assert gate() == "vendor-suspended"
        assert "Somebody stopped this company." in office.page()
        assert office.step("sol", "resumed", because="over").status_code == 422
        office.step("olga", "resumed", because="over")
        assert gate() == "allowed"
        office.step("sol", "revoked", because="contract ended")
        assert "Ended for good" in office.page()
        assert "Record the contract" not in office.page()

    def test_has_contractors_of_its_own(self, office: Office) -> None:
        """Added below it, and led through the same steps."""
        office.draft()
        parent = office.id
        said = {**DRAFT, "name": "Cloud Below Inc.", "domain": "below.example"}
        answer = office.olga.post(reverse("console:vendor-below", args=[parent]), said)
        assert answer.status_code == 302
        assert "Cloud Below Inc." in office.page()
        below = words(office.olga.get(answer.headers["Location"]))
        assert "Hand in the request" in below

    def test_shows_and_allows_tax_information_field_by_field(self, office: Office) -> None:
        """With the law that allows it."""
        office.draft(
            purposes=["files"], elements=["case-file", "fti:ssn"], connectors=["sftp"], name="Print House LLC"
        )  # fmt: skip
        office.reviewed()
        assert office.letter(purposes=["files"], elements=["case-file", "fti:ssn"]).status_code == 302
        assert "No tax information may go to this company." in office.page()
        said = {"element": "fti:ssn", "legal_basis": "26 U.S.C. 6103(l)(6)", "from": ago(0), "until": ago(-300)}
        assert office.step("sol", "tax-field", **said).status_code == 302
        assert "26 U.S.C. 6103(l)(6)" in office.page()


class TestTheScreening:
    """What was found, and the decision."""

    def test_is_explained_and_decided(self, office: Office) -> None:
        """A real maker of fibre gear, cleared by the security officer until a day."""
        office.draft(name="ComNet Communication Networks, Inc.")
        office.reviewed()
        office.letter()
        office.contracted()
        office.step("sol", "screened")
        address = reverse("console:vendor-screening", args=[office.id])
        said = words(office.sol.get(address))
        assert "“comnet” is a name of the listed company." in said
        assert office.step("oscar", "live").status_code == 422
        decision = {
            "form": "hit-0", "hit-0-entry": "us-fcc-covered-list:9", "hit-0-same": "no",
            "hit-0-reason": "Maker of fibre gear", "hit-0-until": ago(-300),
        }  # fmt: skip
        office.sol.post(reverse("console:vendor-decide", args=[office.id]), decision)
        assert "Other companies with a similar name" in words(office.sol.get(address))
        assert office.step("oscar", "live").status_code == 302

    def test_is_not_decided_without_a_reason(self, office: Office) -> None:
        """Or without saying which."""
        office.draft(name="ComNet Communication Networks, Inc.")
        office.sol.post(reverse("console:vendor-decide", args=[office.id]), {"form": "hit-0"}, follow=True)
        with as_state():
            assert life(office.id).screening.open_hits


class TestTheListsPage:
    """Loading a newer list."""

    def load(self, office: Office, content: bytes) -> Any:  # noqa: ANN401 - a response
        """Sol loads a file."""
        file = SimpleUploadedFile("list.csv", content, content_type="text/csv")
        return office.sol.post(reverse("console:vendor-list-load"), {"file": file})

    def test_takes_a_newer_one_and_refuses_an_older_one(self, office: Office) -> None:
        """The older one leaves the loaded one in force, and says so."""
        rows = b"row,name,kind,aliases,identifiers,scope,added\n1,Huawei,entity,,,,\n"
        assert self.load(office, b"harborline-list,us-fcc-covered-list,2026-09-01,1\n" + rows).status_code == 302
        answer = self.load(office, b"harborline-list,us-fcc-covered-list,2026-08-01,1\n" + rows)
        assert answer.status_code == 422
        assert "stays in force" in words(answer)
        with as_state():
            assert lists()["us-fcc-covered-list"].version.isoformat() == "2026-09-01"

    def test_names_the_place_in_a_broken_one(self, office: Office) -> None:
        """Line and remedy."""
        assert "must begin with" in words(self.load(office, b"x\n"))

    def test_gives_its_template(self, office: Office) -> None:
        """Which can be loaded's form."""
        answer = office.sol.get(reverse("console:vendor-list-template"))
        assert answer.content.startswith(b"harborline-list,")


class TestTheOtherPages:
    """Endings and fax lines."""

    def test_show_what_ends_soon(self, office: Office) -> None:
        """Days left, what is over first."""
        office.draft()
        office.reviewed()
        office.letter(valid_until=ago(-20))
        office.contracted()
        said = words(office.sol.get(reverse("console:vendor-endings")))
        # Where the office is, the day of this machine may not have begun.
        assert any(f"The written permission ends Example Carrier Inc. {days} days" in said for days in (20, 21))

    def test_register_and_end_a_fax_line(self, office: Office) -> None:
        """Attested by local IT; ended with a reason."""
        line = {
            "label": "Clinic", "kind": FaxKind.IT_SERVICE.value, "attested_by": "County IT", "attested_on": ago(1),
            "until": ago(-90),
        }  # fmt: skip
        assert office.sol.post(reverse("console:vendor-fax-attest"), line).status_code == 302
        assert "May be used" in words(office.sol.get(reverse("console:vendor-fax-lines")))
        office.sol.post(reverse("console:vendor-fax-end"), {"label": "Clinic", "because": "moved"})
        with as_state():
            assert fax_lines()[0].withdrawn
        assert "Not used" in words(office.sol.get(reverse("console:vendor-fax-lines")))
        assert office.sol.post(reverse("console:vendor-fax-attest"), {**line, "until": ago(3)}).status_code == 422


class TestWhoMayNot:
    """Readers and strangers."""

    def test_a_supervisor_looks_and_does_nothing(self, office: Office, signed_in: SignedIn) -> None:
        """No button, and no way around it."""
        office.draft()
        eli = signed_in("eli")
        said = words(eli.get(reverse("console:vendor", args=[office.id])))
        assert "Example Carrier Inc." in said
        assert "Stop it" not in said
        assert eli.get(reverse("console:vendor-new")).status_code == 403
        assert eli.post(reverse("console:vendor-step", args=[office.id, "submitted"]), {"why": "w"}).status_code == 403

    def test_another_program_sees_nothing(self, office: Office, signed_in: SignedIn) -> None:
        """Clara of Minnesota has no such page, and a case manager none at all."""
        office.draft()
        for name in ("clara", "cora"):
            client = signed_in(name)
            assert client.get(reverse("console:vendor", args=[office.id])).status_code == 403

    def test_an_unknown_company_or_step_is_nothing(self, office: Office) -> None:
        """No trace of what might be there."""
        nobody = uuid.uuid4()
        assert office.olga.get(reverse("console:vendor", args=[nobody])).status_code == 404
        office.draft()
        assert office.olga.get(reverse("console:vendor-step", args=[office.id, "explode"])).status_code == 404
        assert office.olga.get(reverse("console:vendor-step", args=[office.id, "stopped"])).status_code == 404

    @pytest.mark.usefixtures("carrier")
    def test_the_simulated_company_says_what_it_is(self, signed_in: SignedIn) -> None:
        """With its whole life, and no way to add to it by hand."""
        olga = signed_in("olga")
        with as_state():
            one = Engagement.objects.get()
            assert life(one.id).last(StepKind.LIVE)
        said = words(olga.get(reverse("console:vendor", args=[one.id])))
        assert "It is a simulation: nothing leaves this machine." in said
        assert said.count("simulated: nothing leaves this machine") > 3


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_opens_in_both_languages(office: Office, language: str) -> None:
    """Each page and each form of each step."""
    office.live()
    office.olga.cookies["django_language"] = language
    pages = [
        reverse(f"console:{name}")
        for name in ("vendors", "vendor-new", "vendor-endings", "vendor-lists", "vendor-fax-lines")
    ]
    pages += [reverse(f"console:{name}", args=[office.id]) for name in ("vendor", "vendor-below", "vendor-screening")]
    kinds = [kind.value for kind in StepKind if kind.value not in {"drafted", "stopped"}]
    pages += [reverse("console:vendor-step", args=[office.id, kind]) for kind in kinds]
    for page in pages:
        answer = office.olga.get(page)
        assert answer.status_code == 200, page
        assert f'lang="{language}"' in answer.content.decode()

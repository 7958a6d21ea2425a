"""A real company from the draft to its end, as records."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.town import MN, NC, as_state
from tests.rooms.vendors.office import (
    ANSWERS,
    OPERATOR,
    PAPER,
    ago,
    as_worker,
    contract,
    do,
    drafted,
    go_live,
    live,
    permit,
    review,
)

from harborline.kernel import Invalid, NotFound, Refused, clock, ports
from harborline.ledger.models import Content
from harborline.ledger.selectors import entries_of
from harborline.vendors.facts import LifeState, StepKind
from harborline.vendors.life.rules import state_of
from harborline.vendors.models import Approval, Connector, Paper, Step, Vendor
from harborline.vendors.ports import VendorGate
from harborline.vendors.selectors import connector_may, life, vendor_lives
from harborline.vendors.services import (
    Given,
    approve_vendor,
    draft,
    must_carry,
    open_paper,
    register_vendor,
    revoke,
    take,
)
from harborline.vendors.watching import watch

YEAR = timedelta(days=335)


def gate(connector: str = "twilio", *, program: str = NC, purpose: str = "texting", **more: Any) -> str:  # noqa: ANN401 - as the gate
    """The gate's reason."""
    with as_state(program):
        return connector_may(connector, program=program, purpose=purpose, **more).reason


class TestALife:
    """Step by step, with papers and two people."""

    def test_opens_the_gate_only_at_its_end(self, db: None) -> None:
        """Refused at every station before going live."""
        assert gate() == "vendor-not-approved"
        made = drafted()
        assert gate() == "vendor-not-approved"
        review(made.id)
        permit(made.id)
        assert gate() == "vendor-not-live"
        contract(made.id)
        assert gate() == "vendor-not-live"
        go_live(made.id)
        assert gate() == "allowed"

    def test_is_recorded_step_by_step(self, db: None) -> None:
        """Who, which step, which day, and what it said."""
        made = live()
        with as_state():
            kinds = [one.kind for one in reversed(entries_of("vendor:example-carrier-inc", limit=50))]
            assert kinds[:2] == ["vendors.drafted", "vendors.submitted"]
            assert kinds.count("vendors.reviewed") == 4
            assert kinds[-1] == "vendors.live"
            letter = next(one for one in entries_of("vendor:example-carrier-inc") if one.kind == "vendors.approved")
            assert letter.actor == "worker:oscar"
            assert letter.content["detail"]["document_no"] == "NCDHHS-2026-17"  # type: ignore[index,call-overload]  # JSON
            assert Step.objects.filter(engagement=made).count() == len(kinds) - 2  # draft and screening are no steps

    def test_refuses_a_contract_before_the_permission(self, db: None) -> None:
        """And shows why."""
        made = drafted()
        review(made.id)
        permit(made.id)
        with pytest.raises(Refused, match="contract-before-permission"):
            do("olga", made.id, StepKind.CONTRACTED, 20, number="C-1", until=ago(-900))

    def test_refuses_a_contract_of_tomorrow(self, db: None) -> None:
        """Dated in the future."""
        made = drafted()
        review(made.id)
        permit(made.id)
        with pytest.raises(Refused, match="date-in-the-future"):
            do("olga", made.id, StepKind.CONTRACTED, -1, number="C-1", until=ago(-900))

    def test_keeps_its_papers_sealed(self, db: None, blobs: Path) -> None:
        """The file on disk shows nothing; opening it is recorded."""
        made = drafted()
        review(made.id)
        step = permit(made.id)
        with as_state():
            (paper,) = Paper.objects.filter(step=step)
            kept = (blobs / f"{paper.id}.sealed").read_bytes()
            assert b"director" not in kept
            assert open_paper(paper.id)[1] == PAPER.content
            assert entries_of(f"vendor-paper:{paper.id}")[0].kind == "vendors.paper-opened"

    @pytest.mark.parametrize("content", [b"", b"hello", b"MZ\x90", b"<html>"])
    def test_takes_no_paper_that_is_none(self, db: None, content: bytes) -> None:
        """Empty, text, a program, a page."""
        made = drafted()
        review(made.id)
        with as_worker("oscar"), pytest.raises(Invalid, match="document"):
            take(made.id, StepKind.PERMITTED, on=ago(20), roles=OPERATOR, papers=[Given("x.pdf", content)], detail={
                "document_no": "1", "signer": "S", "valid_from": clock.now(), "valid_until": clock.now() + YEAR,
                "purposes": ["texting"], "elements": ["phone-number", "message-text"], "systems": "s",
            })  # fmt: skip

    def test_needs_the_signed_letter(self, db: None) -> None:
        """A number and a name are not a letter."""
        made = drafted()
        review(made.id)
        with as_worker("oscar"), pytest.raises(Invalid, match="signed document"):
            take(made.id, StepKind.PERMITTED, on=ago(20), roles=OPERATOR, detail={
                "document_no": "1", "signer": "S", "valid_from": clock.now(), "valid_until": clock.now() + YEAR,
                "purposes": ["texting"], "elements": ["phone-number", "message-text"], "systems": "s",
            })  # fmt: skip

    def test_is_its_programs_own(self, db: None) -> None:
        """Minnesota sees nothing of it and cannot use it."""
        made = live()
        with as_state(MN):
            assert vendor_lives() == []
            with pytest.raises(NotFound):
                life(made.id)
        assert gate(program=MN) == "vendor-not-approved"

    def test_of_a_second_vendor_is_refused_in_north_carolina(self, db: None) -> None:
        """One carrier of texts; another purpose is another matter."""
        live()
        second = drafted("Second Carrier LLC", connectors=[])
        review(second.id)
        with pytest.raises(Refused, match="program-has-its-one-vendor"):
            permit(second.id)
        live("Mail House LLC", purposes=["mail"], elements=["email-address", "message-text"], connectors=["smtp"])
        assert gate("smtp", purpose="mail") == "allowed"

    def test_ends_with_its_letter(self, db: None) -> None:
        """Revoked by the id of the permission; nothing more can be done, and a new life may begin."""
        made = live()
        with as_worker("sol"):
            revoke(Approval.objects.get(engagement=made).id, because="a breach")
        assert gate() == "permission-revoked"
        with pytest.raises(Refused, match="life-is-over"):
            do("oscar", made.id, StepKind.RECERTIFIED, 0, signer="CEO", uses_covered=False)
        live()
        assert gate() == "allowed"


class TestWhatStopsAVendor:
    """By a person or by itself."""

    def test_is_somebody_who_suspends(self, db: None) -> None:
        """At once, and until another person resumes."""
        made = live()
        do("sol", made.id, StepKind.SUSPENDED, 0, because="an incident")
        assert gate() == "vendor-suspended"
        with pytest.raises(Refused, match="needs-another-person"):
            do("sol", made.id, StepKind.RESUMED, 0, because="over")
        do("olga", made.id, StepKind.RESUMED, 0, because="over")
        assert gate() == "allowed"

    def test_is_the_end_of_the_letter_by_itself(self, db: None) -> None:
        """Nobody does anything: the gate shuts, and the product records it once."""
        live(days=30)
        after = clock.now() + timedelta(days=31)
        assert gate(now=after) == "permission-expired"
        clock.shift(timedelta(days=31))
        try:
            assert watch(NC, screen_after=YEAR) == 1
            assert watch(NC, screen_after=YEAR) == 0
            with as_state():
                assert Content.objects.filter(kind="vendors.stopped").count() == 1
                (found,) = vendor_lives()
                assert state_of(life=found, now=clock.now())[0] is LifeState.EXPIRED
        finally:
            clock.shift(timedelta(0))

    def test_is_the_year_without_a_new_certification(self, db: None) -> None:
        """Certified again, it goes on."""
        made = live(days=900)
        later = clock.now() + timedelta(days=360)
        assert gate(now=later) == "recertification-overdue"
        clock.shift(timedelta(days=360))
        try:
            watch(NC, screen_after=YEAR)
            do("olga", made.id, StepKind.RECERTIFIED, 0, signer="CEO", uses_covered=False)
            assert gate() == "allowed"
        finally:
            clock.shift(timedelta(0))

    def test_is_one_of_its_own_contractors(self, db: None) -> None:
        """Each repeats the way under it; its end is the end of both."""
        made = drafted()
        review(made.id)
        permit(made.id)
        contract(made.id, answers={**ANSWERS, "subprocessors": ["Cloud Below Inc."]})
        with pytest.raises(Refused, match="subprocessor-without-permission"):
            go_live(made.id)
        below = live("Cloud Below Inc.", under=made.id, connectors=[], purposes=["texting"])
        do("oscar", made.id, StepKind.LIVE, 0)
        assert gate() == "allowed"
        do("sol", below.id, StepKind.SUSPENDED, 0, because="an incident")
        assert gate() == "subprocessor-not-live"

    def test_is_being_free_of_charge(self, db: None) -> None:
        """A free service is never opened, however complete its papers are."""
        live("Free Texts", free_service=True)
        assert gate() == "free-service"


class TestTheGate:
    """For every connector."""

    @pytest.mark.parametrize(("connector", "purpose", "elements"), [
        ("smtp", "mail", ["email-address", "message-text"]),
        ("number-lookup", "lookup", ["phone-number"]),
        ("object-store", "storage", ["sealed-file"]),
        ("sftp", "files", ["case-file"]),
    ])  # fmt: skip
    def test_asks_for_program_purpose_and_data(
        self, db: None, connector: str, purpose: str, elements: list[str]
    ) -> None:
        """Mail, lookup, storage, files: each its own permission."""
        live(purposes=[purpose], elements=elements, connectors=[connector])
        assert gate(connector, purpose=purpose, elements=elements) == "allowed"
        assert gate(connector, purpose=purpose, elements=[*elements, "case-number"]) == "permission-does-not-cover-data"
        assert gate(connector, purpose="texting") == "vendor-not-approved"
        assert gate("kannel", purpose=purpose) == "vendor-not-approved"

    def test_is_a_port_for_adapters(self, db: None) -> None:
        """They ask it without knowing this room, inside and outside a unit of work."""
        live()
        asked = ports.serving(VendorGate)
        assert asked.may("twilio", program=NC, purpose="texting").allowed
        with as_state(MN):
            assert asked.may("twilio", program=NC, purpose="texting").allowed
            assert vendor_lives() == []

    def test_records_what_it_refused(self, committed: None) -> None:
        """The record stands when the caller's work is undone."""
        with pytest.raises(Refused, match="vendor-not-approved"), as_state():
            must_carry("sftp", program=NC, purpose="files", elements=["case-file"])
        with as_state():
            assert entries_of("connector:sftp")[0].content["reason"] == "vendor-not-approved"

    def test_gives_tax_fields_one_by_one(self, db: None) -> None:
        """On its list with a legal basis, notice, visit and certification; no other field."""
        made = live(
            purposes=["files"], elements=["case-file", "fti:ssn", "fti:address"], connectors=["sftp"],
        )  # fmt: skip
        with as_state():
            asked = {"program": NC, "purpose": "files"}
            assert connector_may("sftp", **asked, elements=["fti:ssn"]).reason == "tax-field-not-allowed"  # type: ignore[arg-type]  # text
        basis: dict[str, Any] = {
            "element": "fti:ssn",
            "legal_basis": "26 U.S.C. 6103(l)(6)",
            "from": ago(3),
            "until": ago(-300),
        }
        do("sol", made.id, StepKind.TAX_FIELD, 0, **basis)
        do("sol", made.id, StepKind.TAX_NOTICE, 50, note="Letter to the IRS Office of Safeguards")
        do("sol", made.id, StepKind.TAX_VISIT, 5, note="Report 1")
        do("sol", made.id, StepKind.TAX_CERTIFIED, 5, note="Name, address, description, duration")
        assert gate("sftp", purpose="files", elements=["fti:ssn"]) == "allowed"
        assert gate("sftp", purpose="files", elements=["fti:address"]) == "tax-field-not-allowed"


class TestADraft:
    """What cannot be begun."""

    @pytest.mark.parametrize(("changes", "where"), [
        ({"name": "..."}, "name"), ({"name": "x" * 201}, "name"), ({"purposes": []}, "purposes"),
        ({"purposes": ["spying"]}, "purposes"), ({"elements": ["phone-number"]}, "elements"),
        ({"elements": ["soul", "phone-number", "message-text"]}, "elements"), ({"systems": " "}, "systems"),
        ({"identifiers": {"uei": "short"}}, "identifiers.uei"), ({"connectors": ["smtp"]}, "connectors"),
        ({"connectors": ["simulator"]}, "connectors"),
    ])  # fmt: skip
    def test_names_what_is_wrong(self, db: None, changes: dict[str, Any], where: str) -> None:
        """Each part with its place."""
        said: dict[str, Any] = {
            "name": "X Inc", "purposes": ["texting"], "elements": ["phone-number", "message-text"], "systems": "s",
            **changes,
        }  # fmt: skip
        with as_worker("olga"), pytest.raises(Invalid) as wrong:
            draft(said.pop("name"), **said)
        assert wrong.value.where == where

    def test_takes_no_connector_from_another_company(self, db: None) -> None:
        """One connector leads to one company."""
        drafted()
        with pytest.raises(Invalid, match="another company"):
            drafted("Other Inc")
        with as_state():
            assert Connector.objects.get(name="twilio").vendor.name == "Example Carrier Inc."

    def test_knows_a_company_by_its_name(self, db: None) -> None:
        """The same company for another program is the same company; two of one key stay apart."""
        drafted()
        drafted("EXAMPLE CARRIER INC.", program=MN)
        drafted("Example, Carrier Inc", connectors=[])
        with as_state():
            assert sorted(Vendor.objects.values_list("key", flat=True)) == [
                "example-carrier-inc",
                "example-carrier-inc-2",
            ]


class TestASimulatedCompany:
    """The demonstration's."""

    def test_goes_the_same_way_and_says_what_it_is(self, db: None) -> None:
        """Every step is there, each with the word."""
        with as_state():
            register_vendor("sim", name="Simulated carrier", connectors=["simulator"], simulated=True)
            approve_vendor(
                "sim", program=NC, document_no="SIMULATED-1", signer="Nobody", signed_on=ago(2),
                valid_from_at=clock.now() - timedelta(days=1), valid_until_at=clock.now() + YEAR,
            )  # fmt: skip
            (found,) = vendor_lives()
            assert {step.kind for step in found.steps} >= set(StepKind) - {
                StepKind.DRAFTED, StepKind.RECERTIFIED, StepKind.SUSPENDED, StepKind.RESUMED, StepKind.REVOKED,
                StepKind.STOPPED, StepKind.TAX_FIELD, StepKind.TAX_NOTICE, StepKind.TAX_VISIT, StepKind.TAX_CERTIFIED,
            }  # fmt: skip
            assert "simulated" in found.steps[0].detail["why"]

    def test_is_no_short_cut_for_a_real_one(self, db: None) -> None:
        """Nobody's word stands in for the state's."""
        with as_state():
            register_vendor("real", name="Real Carrier", connectors=["twilio"])
            with pytest.raises(Invalid, match="only a simulated one"):
                approve_vendor(
                    "real", program=NC, document_no="1", signer="S", signed_on=ago(2),
                    valid_from_at=clock.now() - timedelta(days=1), valid_until_at=clock.now() + YEAR,
                )  # fmt: skip

"""What may be told outside: by which law, to whom, by which road; each condition alone."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.disclosure.facts import (
    Basis,
    OffsetPart,
    Payment,
    Place,
    Recipient,
    ReleaseFacts,
    Road,
    Step,
    Told,
    TransmissionFacts,
)
from harborline.disclosure.outside.rules import (
    may_release,
    may_reveal_in_bulk,
    partner_may_be_told,
    value_may_be_told,
)
from harborline.kernel import Decision, allow, refuse
from harborline.law import profile
from harborline.people.facts import TAX_SOURCES, HeldName, Shield, Source

NC, MN = profile("nc-css"), profile("mn-wic")
OPEN = Shield(own=False, shared=False)
GOOD = ReleaseFacts(
    kind="iv-d",
    recipient=Recipient.OTHER_STATE,
    basis=Basis.PROGRAM,
    reference="",
    steps=frozenset(),
    fields=(Told(HeldName.SSN, source=Source.CASE_SYSTEM),),
    offset_parts=frozenset(),
    road=Road.SECURE_FILE,
    place=Place.PREMISES,
    payment=Payment.NONE,
    shield=OPEN,
    protection_age=timedelta(hours=1),
    override=False,
    asked_by="worker:a",
    approved_by="worker:b",
)
WIC = dataclasses.replace(GOOD, kind="wic", recipient=Recipient.COURT, fields=(Told(HeldName.ADDRESS),))
OFFSET = dataclasses.replace(
    GOOD,
    recipient=Recipient.CUSTODIAL_PARENT,
    fields=(Told(HeldName.OFFSET, tax=True, source=Source.OFFSET_PROGRAM),),
    offset_parts=frozenset({OffsetPart.DATE, OffsetPart.AMOUNT, OffsetPart.SOURCE}),
    steps=frozenset({Step.OFFSET_RECEIVED}),
    payment=Payment.TAX_REFUND,
    road=Road.PAPER,
)

FILE = TransmissionFacts(
    id=uuid.uuid4(),
    recipient="Virginia DCSE",
    kind=Recipient.OTHER_STATE,
    basis=Basis.AGREEMENT,
    reference="locate LOC0001.DAT",
    fields=(HeldName.SSN,),
    needed=frozenset({HeldName.SSN}),
    participants=(uuid.uuid4(),),
    prepared_by="worker:a",
    approved_by="worker:b",
    standing=allow(),
)
OFFSETS = dataclasses.replace(
    FILE,
    kind=Recipient.IVD_OFFICE,
    fields=(HeldName.OFFSET,),
    needed=frozenset({HeldName.OFFSET}),
    tax=True,
    payment=Payment.TAX_REFUND,
    offset_parts=frozenset({OffsetPart.DATE, OffsetPart.AMOUNT}),
)


def asked(facts: ReleaseFacts = GOOD, **changed: Any) -> Decision:  # noqa: ANN401 - fields by name
    """The decision about the facts, changed."""
    made = dataclasses.replace(facts, **changed)
    return may_release(facts=made, profile=MN if made.kind == "wic" else NC)


class TestARelease:
    """In child support."""

    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="allows")
    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="allows")
    def test_goes_to_another_state(self) -> None:
        """Asked by one, approved by another."""
        assert asked().allowed

    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="refuses")
    @pytest.mark.parametrize("approver", ["", "worker:a"])
    def test_needs_a_second_person(self, approver: str) -> None:
        """Nobody tells anything outside alone."""
        assert not asked(approved_by=approver).allowed

    @pytest.mark.parametrize(
        ("recipient", "field", "told"),
        [
            (Recipient.TANF, HeldName.SSN, True),
            (Recipient.TANF, HeldName.INCOME, False),
            (Recipient.CUSTODY_SEEKER, HeldName.ADDRESS, True),
            (Recipient.CUSTODY_SEEKER, HeldName.SSN, False),
            (Recipient.CUSTODIAL_PARENT, HeldName.ADDRESS, False),
            (Recipient.CUSTODIAL_PARENT, HeldName.INCOME, False),
            (Recipient.LAW_ENFORCEMENT, HeldName.ADDRESS, False),
            (Recipient.OTHER, HeldName.SSN, False),
        ],
    )
    def test_tells_each_recipient_what_their_duties_need(
        self, recipient: Recipient, field: HeldName, *, told: bool
    ) -> None:
        """As the federal rules list them."""
        assert asked(recipient=recipient, fields=(Told(field),)).allowed == told

    def test_keeps_bank_matches_inside_the_program(self) -> None:
        """To another child support agency, yes; to food assistance, no."""
        bank = (Told(HeldName.INCOME, source=Source.BANK_MATCH),)
        assert asked(fields=bank).allowed
        assert asked(fields=bank, recipient=Recipient.SNAP).reason == "bank-match-stays-inside"

    @pytest.mark.parametrize("recipient", [Recipient.MEDICAID, Recipient.CHIP, Recipient.SNAP])
    def test_tells_registry_values_only_when_a_second_source_confirms_them(self, recipient: Recipient) -> None:
        """An employer from the directory of new hires."""
        alone = Told(HeldName.EMPLOYER, source=Source.NEW_HIRES)
        assert asked(recipient=recipient, fields=(alone,)).reason == "registry-value-not-verified"
        assert asked(recipient=recipient, fields=(dataclasses.replace(alone, verified=True),)).allowed

    def test_asks_a_parent_outside_the_program_for_three_signatures(self) -> None:
        """Purpose, sole use, who they are."""
        signed = (Step.PURPOSE_ATTESTED, Step.SOLE_USE_ATTESTED, Step.STATUS_ATTESTED)
        for missing in signed:
            steps = frozenset(signed) - {missing}
            assert asked(recipient=Recipient.RESIDENT_PARENT, steps=steps).reason == f"{missing.value}-missing"
        assert asked(recipient=Recipient.RESIDENT_PARENT, steps=frozenset(signed)).allowed

    def test_names_its_docket_or_agreement(self) -> None:
        """An agreement without a number is none."""
        assert asked(basis=Basis.AGREEMENT).reason == "reference-missing"
        assert asked(basis=Basis.AGREEMENT, reference="A-7").allowed

    def test_of_nothing_is_none(self) -> None:
        """A field must be chosen."""
        assert asked(fields=()).reason == "nothing-to-tell"


class TestTaxInformation:
    """An offset, and what is made of it."""

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="allows")
    def test_is_told_to_the_custodial_parent_once_the_money_came(self) -> None:
        """Date, amount and source, on paper."""
        assert asked(OFFSET).allowed
        assert asked(OFFSET, steps=frozenset()).reason == "offset-not-received"

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    @pytest.mark.parametrize("recipient", [Recipient.CUSTODIAL_PARENT, Recipient.COURT])
    def test_keeps_back_the_reason_for_a_hold_and_from_a_court_the_source(self, recipient: Recipient) -> None:
        """Some parts are nobody's outside."""
        part = OffsetPart.REASON_FOR_HOLD if recipient is Recipient.CUSTODIAL_PARENT else OffsetPart.SOURCE
        decision = asked(OFFSET, recipient=recipient, offset_parts=frozenset({part}))
        assert decision.reason == "tax-part-not-for-this-recipient"

    @pytest.mark.clause("NC-CSS-22-18:pii-fti-in-texts", shows="refuses")
    @pytest.mark.clause("OFFSET-8.0:by-factor", shows="refuses")
    @pytest.mark.parametrize("road", [Road.TEXT, Road.EMAIL_BODY, Road.FAX, Road.VOICE, Road.PORTAL])
    def test_never_travels_by_text_mail_or_fax(self, road: Road) -> None:
        """Whoever should learn it."""
        assert asked(OFFSET, road=road).reason == "tax-information-not-by-this-road"

    @pytest.mark.clause("OFFSET-8.0:by-factor", shows="allows")
    @pytest.mark.parametrize("road", [Road.PAPER, Road.SECURE_FILE, Road.EMAIL_SEALED])
    def test_travels_by_paper_and_sealed_files(self, road: Road) -> None:
        """The roads that may carry it."""
        assert asked(OFFSET, road=road).allowed

    def test_stays_in_the_country(self) -> None:
        """Not even sealed."""
        assert asked(OFFSET, place=Place.ABROAD).reason == "tax-information-stays-in-the-country"

    @pytest.mark.parametrize("missing", ["road", "place", "payment"])
    def test_of_an_unknown_kind_goes_nowhere(self, missing: str) -> None:
        """Location, form and payment decide together; without one of them there is no answer but no."""
        assert asked(OFFSET, **{missing: None}).reason == "road-place-or-payment-unknown"

    @given(
        source=st.sampled_from(sorted(TAX_SOURCES)),
        recipient=st.sampled_from(Recipient),
        field=st.sampled_from([one for one in HeldName if one is not HeldName.OFFSET]),
        road=st.sampled_from(Road),
    )
    def test_about_wages_or_addresses_is_never_told(
        self, source: Source, recipient: Recipient, field: HeldName, road: Road
    ) -> None:
        """From a tax source nothing but the offset leaves, whatever else is right."""
        told = (Told(field, tax=True, source=source),)
        assert not asked(recipient=recipient, fields=told, road=road, offset_parts=frozenset(OffsetPart)).allowed


class TestWhereabouts:
    """Of somebody on a case with somebody protected."""

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    @pytest.mark.parametrize("shield", [Shield(own=True, shared=True), Shield(own=False, shared=True)])
    @pytest.mark.parametrize("field", [HeldName.ADDRESS, HeldName.EMPLOYER, HeldName.SCHOOL])
    def test_go_nowhere(self, shield: Shield, field: HeldName) -> None:
        """To no state, no court, no partner."""
        for recipient in Recipient:
            assert not asked(recipient=recipient, fields=(Told(field),), shield=shield).allowed

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_go_to_the_court_that_ordered_it(self) -> None:
        """And to nobody else by that order."""
        shield, fields = Shield(own=True, shared=True), (Told(HeldName.ADDRESS),)
        assert asked(recipient=Recipient.COURT, fields=fields, shield=shield, override=True).allowed
        assert not asked(recipient=Recipient.OTHER_STATE, fields=fields, shield=shield, override=True).allowed

    @pytest.mark.parametrize("age", [None, timedelta(days=3)])
    def test_wait_while_protections_are_old_or_were_never_loaded(self, age: timedelta | None) -> None:
        """Everybody's alike."""
        assert not asked(fields=(Told(HeldName.ADDRESS),), protection_age=age).allowed

    def test_are_asked_about_last(self) -> None:
        """A refusal for another reason is the same for the protected."""
        for shield in (OPEN, Shield(own=True, shared=True)):
            decision = asked(recipient=Recipient.OTHER, fields=(Told(HeldName.ADDRESS),), shield=shield)
            assert decision.reason == "field-not-for-this-recipient"


class TestWic:
    """Its own bases and steps."""

    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="refuses")
    @pytest.mark.parametrize(
        ("basis", "steps"),
        [
            (Basis.SUBPOENA, (Step.COUNSEL_NOTIFIED, Step.QUASH_ATTEMPTED)),
            (Basis.COURT_ORDER, (Step.COUNSEL_NOTIFIED, Step.LIMITED_TO_NECESSARY)),
            (Basis.SEARCH_WARRANT, (Step.COUNSEL_NOTIFIED, Step.LIMITED_TO_NECESSARY)),
        ],
    )
    def test_answers_a_court_only_after_each_step(self, basis: Basis, steps: tuple[Step, ...]) -> None:
        """Counsel first; then a motion to quash, or a limit to what is necessary."""
        for count in range(len(steps)):
            for some in itertools.combinations(steps, count):
                assert not asked(WIC, basis=basis, reference="D-1", steps=frozenset(some)).allowed
        assert asked(WIC, basis=basis, reference="D-1", steps=frozenset(steps)).allowed

    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="allows")
    def test_tells_whom_the_person_signed_for_and_the_person(self) -> None:
        """A signed release names its paper; the person may always ask."""
        assert asked(WIC, basis=Basis.SIGNED_RELEASE, reference="R-1", recipient=Recipient.OTHER).allowed
        assert asked(WIC, basis=Basis.SUBJECT_ACCESS, recipient=Recipient.SUBJECT).allowed

    def test_tells_child_support_nothing_on_its_own(self) -> None:
        """The two programs are separate worlds: without agreement or release nothing crosses."""
        assert not asked(WIC, basis=Basis.PROGRAM, recipient=Recipient.OTHER_STATE).allowed


class TestManyAtOnce:
    """A file for a partner."""

    def test_open_only_for_a_transmission_that_somebody_else_approved(self) -> None:
        """As it was approved, and once."""
        made = FILE
        assert may_reveal_in_bulk(transmission=made, opened=False).allowed
        assert may_reveal_in_bulk(transmission=made, opened=True).reason == "opened-before"
        changed = dataclasses.replace(made, intact=False)
        assert may_reveal_in_bulk(transmission=changed, opened=False).reason == "changed-since-approved"
        for approver in ("", "worker:a"):
            wrong = dataclasses.replace(made, approved_by=approver)
            assert not may_reveal_in_bulk(transmission=wrong, opened=False).allowed
        assert not may_reveal_in_bulk(transmission=None, opened=False).allowed

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"standing": refuse("agreement-expired")}, "agreement-expired"),
            ({"kind": Recipient.SNAP, "fields": (HeldName.SCHOOL,)}, "allowed"),
            ({"kind": Recipient.TANF, "fields": (HeldName.INCOME,)}, "field-not-for-this-recipient"),
            ({"kind": Recipient.PARTNER}, "field-not-for-this-recipient"),
            ({"kind": Recipient.FEDERAL_OFFICE, "fields": (HeldName.EMPLOYER,)}, "field-not-for-this-recipient"),
            ({"basis": Basis.CHILD_ABUSE_REPORT}, "basis-not-of-this-program"),
            ({"basis": Basis.AGREEMENT, "reference": ""}, "reference-missing"),
        ],
    )
    def test_may_hold_what_the_partner_may_have(self, changed: Mapping[str, Any], reason: str) -> None:
        """By the same rules as one release to one recipient, and while the agreement stands."""
        found = partner_may_be_told(transmission=dataclasses.replace(FILE, **changed), tax_cleared=False, profile=NC)
        assert found.reason == reason

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    @pytest.mark.parametrize(
        ("changed", "cleared", "reason"),
        [
            ({}, True, "allowed"),
            ({}, False, "not-trained-in-tax-information"),
            ({"tax": False}, True, "agreement-not-for-tax-information"),
            ({"kind": Recipient.OTHER_STATE, "offset_parts": frozenset({OffsetPart.DATE})}, True,
             "tax-information-not-in-bulk"),
            ({"kind": Recipient.TANF}, True, "field-not-for-this-recipient"),
            ({"offset_parts": frozenset()}, True, "tax-part-not-for-this-recipient"),
            ({"place": Place.ABROAD}, True, "tax-information-stays-in-the-country"),
        ],
    )  # fmt: skip
    def test_holds_tax_information_only_for_the_programs_own_offices(
        self, changed: Mapping[str, Any], *, cleared: bool, reason: str
    ) -> None:
        """Under an agreement classified for it, prepared by people trained in it."""
        made = dataclasses.replace(OFFSETS, **changed)
        assert partner_may_be_told(transmission=made, tax_cleared=cleared, profile=NC).reason == reason

    @pytest.mark.parametrize(
        ("told", "reason"),
        [
            (Told(HeldName.SSN, source=Source.CASE_SYSTEM), "allowed"),
            (Told(HeldName.SSN, tax=True, source=Source.IRS), "tax-information-stays-inside"),
            (Told(HeldName.SSN, tax=True, source=Source.CASE_SYSTEM), "tax-information-stays-inside"),
            (Told(HeldName.INCOME, source=Source.BANK_MATCH), "bank-match-stays-inside"),
            (Told(HeldName.INCOME, source=Source.NEW_HIRES), "registry-value-not-verified"),
            (Told(HeldName.INCOME, source=Source.NEW_HIRES, verified=True), "allowed"),
        ],
    )
    def test_holds_each_value_by_its_source(self, told: Told, reason: str) -> None:
        """One that the partner may not have stays out, and the others go."""
        made = dataclasses.replace(FILE, kind=Recipient.SNAP, fields=(HeldName.SSN, HeldName.INCOME))
        assert value_may_be_told(transmission=made, told=told, profile=NC).reason == reason

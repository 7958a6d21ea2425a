"""Contractors who see federal tax information, and lines that carry faxes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.rules.vendors.lives import TODAY, life, steps

from harborline.kernel import Decision
from harborline.vendors.facts import FaxKind, FaxLineFacts, FtiStanding, LifeFacts, StepKind, TaxField
from harborline.vendors.rules import fax_line_private
from harborline.vendors.tax.rules import certification_due, may_see_tax, visit_due

SSN = TaxField("fti:ssn", "26 U.S.C. 6103(l)(6); Pub. L. 118-258 s. 202", date(2026, 1, 1), date(2027, 1, 1))
GOOD = FtiStanding(
    fields=(SSN,),
    notified_on=date(2026, 1, 1),
    visited_on=date(2026, 1, 12),
    certified_on=date(2026, 1, 12),
    contract_from=date(2026, 1, 12),
    contract_until=date(2030, 1, 12),
)


def contractor(**changes: Any) -> LifeFacts:  # noqa: ANN401 - one field each
    """A contractor whose contract holds Exhibit 7."""
    whole = [
        replace(one, detail={**one.detail, "checks": [*one.detail["checks"], "exhibit-7"]})
        if one.kind is StepKind.VETTED
        else one
        for one in steps()
    ]
    return life(steps=tuple(whole), fti=replace(GOOD, **changes))


def seen(who: LifeFacts, *elements: str) -> Decision:
    """The answer for some elements, today."""
    return may_see_tax(life=who, elements=elements or ("fti:ssn",), today=TODAY)


class TestATaxField:
    """One field at a time."""

    def test_may_be_seen_on_its_legal_basis(self) -> None:
        """On the list, in its dates, with notice, visit and certification."""
        assert seen(contractor()).allowed

    def test_is_no_question_for_other_data(self) -> None:
        """A phone number asks none of this, from anybody."""
        assert seen(life(), "phone-number").allowed

    @pytest.mark.parametrize(("field", "reason"), [
        (replace(SSN, legal_basis=" "), "tax-field-not-allowed"),
        (replace(SSN, element="fti:address"), "tax-field-not-allowed"),
        (replace(SSN, until_date=TODAY), "tax-field-not-allowed"),
        (replace(SSN, from_date=TODAY + timedelta(days=1)), "tax-field-not-allowed"),
    ])  # fmt: skip
    def test_is_refused_off_its_list(self, field: TaxField, reason: str) -> None:
        """No basis, another field, over, not yet."""
        assert seen(contractor(fields=(field,))).reason == reason

    def test_opens_no_other_field(self) -> None:
        """The number allowed says nothing about the address."""
        assert seen(contractor(), "fti:ssn", "fti:address").reason == "tax-field-not-allowed"

    def test_needs_the_safeguards_in_the_contract(self) -> None:
        """Publication 1075, Exhibit 7."""
        assert seen(life(fti=GOOD)).reason == "tax-safeguards-not-in-contract"


class TestTheClocks:
    """Notice, visits, certification."""

    @pytest.mark.parametrize(("days", "allowed"), [(44, False), (45, True)])
    def test_of_the_notice_run_45_days(self, days: int, allowed: bool) -> None:
        """Told to the IRS 45 days before."""
        assert seen(contractor(notified_on=TODAY - timedelta(days=days))).allowed is allowed

    def test_of_the_notice_never_began(self) -> None:
        """Nobody told them."""
        assert seen(contractor(notified_on=None)).reason == "tax-notice-runs"

    def test_of_the_visit_come_every_three_years(self) -> None:
        """Counted from the last one, at first from the contract's beginning."""
        assert visit_due(GOOD) == date(2029, 1, 11)
        assert seen(contractor(visited_on=TODAY - timedelta(days=3 * 365))).reason == "tax-visit-overdue"

    @pytest.mark.parametrize(("until", "due"), [
        (date(2026, 6, 1), None), (date(2028, 1, 12), date(2027, 1, 12)), (date(2030, 1, 12), date(2029, 1, 11)),
    ])  # fmt: skip
    def test_of_the_visit_follow_the_term(self, until: date, due: date | None) -> None:
        """None below six months, the middle of a shorter contract, every third year of a longer one."""
        assert visit_due(replace(GOOD, visited_on=None, contract_until=until)) == due

    def test_of_a_contract_nobody_recorded_are_overdue(self) -> None:
        """A missing fact refuses."""
        assert seen(contractor(contract_from=None, contract_until=None)).reason == "tax-visit-overdue"

    def test_of_the_certification_come_yearly(self) -> None:
        """A year after the last one."""
        assert certification_due(GOOD) == date(2027, 1, 12)
        assert seen(contractor(certified_on=TODAY - timedelta(days=365))).reason == "tax-certification-overdue"
        assert seen(contractor(certified_on=None)).reason == "tax-certification-overdue"


LINE = FaxLineFacts("Clinic", "mn-wic", FaxKind.UNIT_MACHINE, "County IT", date(2026, 5, 1), date(2027, 5, 1))


class TestAFaxLine:
    """Private, or none at all."""

    @pytest.mark.clause("MN-WIC-9.6:fax-private-line", shows="allows")
    @pytest.mark.parametrize("kind", [FaxKind.UNIT_MACHINE, FaxKind.IT_SERVICE])
    def test_of_the_unit_or_run_by_it_may_be_used(self, kind: FaxKind) -> None:
        """Once local IT attested it."""
        assert fax_line_private(line=replace(LINE, kind=kind), program="mn-wic", today=TODAY).allowed

    @pytest.mark.clause("MN-WIC-9.6:fax-private-line", shows="refuses")
    @pytest.mark.parametrize(("line", "reason"), [
        (None, "fax-line-unknown"),
        (replace(LINE, program="nc-css"), "fax-line-unknown"),
        (replace(LINE, kind=FaxKind.SHARED_MACHINE), "fax-line-shared"),
        (replace(LINE, attested_by=" "), "fax-line-not-attested"),
        (replace(LINE, attested_on=None), "fax-line-not-attested"),
        (replace(LINE, attested_on=TODAY + timedelta(days=1)), "fax-line-not-attested"),
        (replace(LINE, withdrawn=True), "fax-line-not-attested"),
        (replace(LINE, attested_until=TODAY), "fax-line-attestation-ended"),
        (replace(LINE, attested_until=None), "fax-line-attestation-ended"),
    ])  # fmt: skip
    def test_that_is_not_private_carries_nothing(self, line: FaxLineFacts | None, reason: str) -> None:
        """Unknown, another program's, shared, never or no longer attested."""
        assert fax_line_private(line=line, program="mn-wic", today=TODAY).reason == reason

"""May a contractor see federal tax information: field by field, on a legal basis, with its clocks. Pure.

Source: 26 U.S.C. 6103(l)(6) as amended by Pub. L. 118-258 section 202; 6103(p)(9) (on-site review every three years, at
mid-point of a shorter contract, none below six months; yearly certification); IRS Publication 1075, 2.E.6 (45-day
notice) and Exhibit 7. The product holds the fields; which of them the law allows is the program's counsel's to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule, strictest
from harborline.vendors.facts import FTI_FIELDS, FtiStanding, LifeFacts, StepKind

NOTICE: Final = timedelta(days=45)
VISIT_EVERY: Final = timedelta(days=3 * 365)
NO_VISIT_BELOW: Final = timedelta(days=183)
CERTIFY_EVERY: Final = timedelta(days=365)


def may_see_tax(*, life: LifeFacts, elements: Iterable[str], today: date) -> Decision:
    """Whether a contractor may be handed these fields of federal tax information today; others are none of this rule.

    1. Each field stands on its allow-list, on a legal basis, within its dates. 2. The contract holds Exhibit 7. 3. The
    notice was given 45 days before. 4. The on-site review is not overdue. 5. Nor is the yearly certification.
    """
    asked = frozenset(element for element in elements if element.startswith("fti:"))
    if not asked:
        return allow()
    return strictest(
        (
            tax_fields_allowed(fields=life.fti, asked=asked, today=today),
            safeguards_contracted(life=life),
            notice_given(fti=life.fti, today=today),
            visited_in_time(fti=life.fti, today=today),
            certified_in_time(fti=life.fti, today=today),
        )
    )


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:only-as-necessary")
def tax_fields_allowed(*, fields: FtiStanding, asked: frozenset[str], today: date) -> Decision:
    """Every field asked for is on the vendor's list, with its legal basis, from and until which day."""
    held = {
        one.element
        for one in fields.fields
        if one.legal_basis.strip() and one.element in FTI_FIELDS and one.from_date <= today < one.until_date
    }
    return allow() if asked <= held else refuse("tax-field-not-allowed")


@rule("OFFSET-8.4:tax-refund")
def safeguards_contracted(*, life: LifeFacts) -> Decision:
    """The examined contract holds the safeguard language of Publication 1075, Exhibit 7."""
    vetted = life.last(StepKind.VETTED)
    found = vetted is not None and "exhibit-7" in vetted.detail.get("checks", ())
    return allow() if found else refuse("tax-safeguards-not-in-contract")


@rule("OFFSET-8.4:tax-refund")
def notice_given(*, fti: FtiStanding, today: date) -> Decision:
    """The IRS was told at least 45 days before."""
    if fti.notified_on is None or today < fti.notified_on + NOTICE:
        return refuse("tax-notice-runs")
    return allow()


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:routine-monitoring")
def visited_in_time(*, fti: FtiStanding, today: date) -> Decision:
    """The contractor's site was reviewed by the day it was due."""
    due = visit_due(fti)
    return allow() if due is None or today < due else refuse("tax-visit-overdue")


@rule("OFFSET-8.4:tax-refund")
def certified_in_time(*, fti: FtiStanding, today: date) -> Decision:
    """The contractor was certified within the last year: name, address, description and duration of the contract."""
    due = certification_due(fti)
    return allow() if due is not None and today < due else refuse("tax-certification-overdue")


def visit_due(fti: FtiStanding) -> date | None:
    """The day by which the next on-site review must have taken place; None for a contract below six months.

    Every three years from the last one (at first, from the contract's beginning); at mid-point of a shorter contract.
    """
    if fti.contract_from is None or fti.contract_until is None:
        return date.min
    term = fti.contract_until - fti.contract_from
    if term < NO_VISIT_BELOW:
        return None
    if term < VISIT_EVERY and fti.visited_on is None:
        return fti.contract_from + term / 2
    if term < VISIT_EVERY:
        return None
    return (fti.visited_on or fti.contract_from) + VISIT_EVERY


def certification_due(fti: FtiStanding) -> date | None:
    """The day by which the next yearly certification is due; None while there was none."""
    return None if fti.certified_on is None else fti.certified_on + CERTIFY_EVERY

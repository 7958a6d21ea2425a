"""What may be told to whom outside, on which law, by which road; pure.

Sources: 45 CFR 302.35, 303.21(d), 307.13(a); 26 U.S.C. 6103(l)(6), (l)(10) and the IRS matrix for child support; IRS
Publication 1075, 3.3 (e-mail, fax); for WIC 7 CFR 246.26(d) and (i).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

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
from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.law import Profile
from harborline.people.facts import TAX_SOURCES, WHEREABOUTS, HeldName, Shield, Source

_ALL: Final = frozenset(HeldName)
_RELATIVES: Final = frozenset({HeldName.SSN, HeldName.ADDRESS, HeldName.EMPLOYER, HeldName.SUBSTITUTE_ADDRESS})
_LATEST: Final = frozenset({HeldName.ADDRESS, HeldName.EMPLOYER, HeldName.SUBSTITUTE_ADDRESS})
FIELDS: Final[Mapping[Recipient, frozenset[HeldName]]] = {
    Recipient.IVD_OFFICE: _ALL,
    Recipient.FEDERAL_OFFICE: frozenset({HeldName.SSN, HeldName.ADDRESS}),
    Recipient.OTHER_STATE: _ALL,
    Recipient.TRIBAL: _ALL,
    Recipient.TANF: _RELATIVES,
    Recipient.CHILD_WELFARE: _RELATIVES,
    Recipient.FOSTER_CARE: _RELATIVES,
    Recipient.MEDICAID: _ALL,
    Recipient.CHIP: _ALL,
    Recipient.SNAP: _ALL,
    Recipient.COURT: _ALL,
    Recipient.RESIDENT_PARENT: _RELATIVES,
    Recipient.CUSTODIAL_PARENT: frozenset({HeldName.OFFSET}),
    Recipient.CUSTODY_SEEKER: _LATEST,
    Recipient.SUBJECT: _ALL,
}
"""Which fields a kind of recipient may have at all in child support; who is not listed gets nothing."""

_WIC_BASES: Final = frozenset(
    {Basis.PROGRAM, Basis.SIGNED_RELEASE, Basis.SUBJECT_ACCESS, Basis.SUBPOENA, Basis.SEARCH_WARRANT,
     Basis.COURT_ORDER, Basis.CHILD_ABUSE_REPORT, Basis.AGREEMENT}
)  # fmt: skip
_NEEDS_REFERENCE: Final = frozenset(Basis) - {Basis.PROGRAM, Basis.SUBJECT_ACCESS}
_WIC_STEPS: Final[Mapping[Basis, tuple[Step, ...]]] = {
    Basis.SUBPOENA: (Step.COUNSEL_NOTIFIED, Step.QUASH_ATTEMPTED),
    Basis.COURT_ORDER: (Step.COUNSEL_NOTIFIED, Step.LIMITED_TO_NECESSARY),
    Basis.SEARCH_WARRANT: (Step.COUNSEL_NOTIFIED, Step.LIMITED_TO_NECESSARY),
}
_ATTESTATIONS: Final = (Step.PURPOSE_ATTESTED, Step.SOLE_USE_ATTESTED, Step.STATUS_ATTESTED)
_REGISTRIES: Final = frozenset({Source.CASE_REGISTRY, Source.NEW_HIRES})
_REGISTRY_VERIFIED: Final = frozenset({Recipient.MEDICAID, Recipient.CHIP, Recipient.SNAP})
_BANK: Final = frozenset({Recipient.IVD_OFFICE, Recipient.OTHER_STATE, Recipient.TRIBAL, Recipient.SUBJECT})
_TAX_ROADS: Final = frozenset({Road.EMAIL_SEALED, Road.SECURE_FILE, Road.PAPER})
_OFFSET_PARTS: Final[Mapping[Recipient, frozenset[OffsetPart]]] = {
    Recipient.IVD_OFFICE: frozenset(OffsetPart),
    Recipient.CUSTODIAL_PARENT: frozenset({OffsetPart.DATE, OffsetPart.AMOUNT, OffsetPart.SOURCE}),
    Recipient.COURT: frozenset({OffsetPart.DATE, OffsetPart.AMOUNT}),
    Recipient.OTHER_STATE: frozenset({OffsetPart.DATE, OffsetPart.AMOUNT, OffsetPart.SOURCE}),
    Recipient.TRIBAL: frozenset({OffsetPart.DATE, OffsetPart.AMOUNT, OffsetPart.SOURCE}),
}


def may_release(*, facts: ReleaseFacts, profile: Profile) -> Decision:
    """Whether somebody outside may be told.

    1. The basis is one of the program, with its reference. 2. What must come before has happened. 3. The recipient may
    have these fields from these sources. 4. Tax information only as the tax law says, by a road that may carry it.
    5. Another person approves. 6. Only then the shield, so that nothing before it depends on it.
    """
    decision = strictest(
        (
            basis_of_the_program(facts=facts),
            steps_before(facts=facts),
            recipient_may_have(facts=facts),
            tax_may_be_told(facts=facts),
            may_travel(tax=_tax(facts), road=facts.road, place=facts.place, payment=facts.payment),
            approved_by_another(facts=facts),
        )
    )
    return whereabouts_may_leave(facts=facts, profile=profile) if decision.allowed else decision


@rule("OFFSET-8.1:proceedings", "MN-WIC-9.6:safeguards-private-data", "NC-CSS-22-18:every-transmission-confidential")
def basis_of_the_program(*, facts: ReleaseFacts) -> Decision:
    """A law that this program rests on, and the docket, release or agreement it is shown by."""
    if facts.kind == "wic" and facts.basis not in _WIC_BASES:
        return refuse("basis-not-of-this-program")
    if (
        facts.kind != "wic"
        and facts.basis is Basis.CHILD_ABUSE_REPORT
        and facts.recipient is not Recipient.CHILD_WELFARE
    ):
        return refuse("basis-not-of-this-program")
    if facts.basis in _NEEDS_REFERENCE and not facts.reference.strip():
        return hold("reference-missing")
    return allow()


@rule("MN-WIC-9.6:safeguards-private-data", "OFFSET-8.1:proceedings")
def steps_before(*, facts: ReleaseFacts) -> Decision:
    """WIC: counsel, then a motion to quash a subpoena; orders and warrants limited. A parent attests three things."""
    wanted = _WIC_STEPS.get(facts.basis, ()) if facts.kind == "wic" else ()
    if facts.kind != "wic" and facts.recipient is Recipient.RESIDENT_PARENT:
        wanted = _ATTESTATIONS
    missing = [step for step in wanted if step not in facts.steps]
    return hold(f"{missing[0]}-missing") if missing else allow()


@rule("NC-CSS-22-18:every-transmission-confidential", "OFFSET-8.2:only-as-necessary", "OFFSET-8.3:exchange-safeguarded")
def recipient_may_have(*, facts: ReleaseFacts) -> Decision:
    """Field by field and source by source: what the recipient's own duties need, as the federal rules list them."""
    if not facts.fields:
        return refuse("nothing-to-tell")
    if facts.kind == "wic":
        return allow() if _wic_recipient(facts) else refuse("recipient-not-in-the-rules")
    return strictest(_field_for(facts.recipient, told) for told in facts.fields)


def _wic_recipient(facts: ReleaseFacts) -> bool:
    if facts.recipient is Recipient.SUBJECT or facts.basis is Basis.SIGNED_RELEASE:
        return True
    if facts.basis is Basis.CHILD_ABUSE_REPORT:
        return facts.recipient is Recipient.CHILD_WELFARE
    if facts.basis in _WIC_STEPS:
        return facts.recipient in (Recipient.COURT, Recipient.LAW_ENFORCEMENT)
    return facts.basis is Basis.AGREEMENT and facts.recipient in (Recipient.SNAP, Recipient.MEDICAID, Recipient.TANF)


def _field_for(recipient: Recipient, told: Told) -> Decision:
    if told.field not in FIELDS.get(recipient, frozenset()):
        return refuse("field-not-for-this-recipient")
    if told.source == Source.BANK_MATCH and recipient not in _BANK:
        return refuse("bank-match-stays-inside")
    if told.source in _REGISTRIES and recipient in _REGISTRY_VERIFIED and not told.verified:
        return refuse("registry-value-not-verified")
    return allow()


@rule("OFFSET-8.4:tax-refund")
def tax_may_be_told(*, facts: ReleaseFacts) -> Decision:
    """Of tax information only an offset is told: which parts, to whom, and to a parent only once the money came."""
    if not _tax(facts):
        return allow()
    if any(told.tax and told.field != HeldName.OFFSET for told in facts.fields):
        return refuse("tax-information-stays-inside")
    if not facts.offset_parts or facts.offset_parts - _OFFSET_PARTS.get(facts.recipient, frozenset()):
        return refuse("tax-part-not-for-this-recipient")
    if facts.recipient is Recipient.CUSTODIAL_PARENT and Step.OFFSET_RECEIVED not in facts.steps:
        return hold("offset-not-received")
    return allow()


@rule("OFFSET-8.0:by-factor", "OFFSET-8.4:tax-refund", "NC-CSS-22-18:pii-fti-in-texts")
def may_travel(*, tax: bool, road: Road | None, place: Place | None, payment: Payment | None) -> Decision:
    """Where it will lie, how it travels and which payment was offset are known, and fit.

    Tax information, and whatever a refund's offset brought, never goes into a text, the body of an e-mail, a fax, a
    call or the portal's pages, and never leaves the country.
    """
    if road is None or place is None or payment is None:
        return refuse("road-place-or-payment-unknown")
    if not tax and payment is not Payment.TAX_REFUND:
        return allow()
    if road not in _TAX_ROADS:
        return refuse("tax-information-not-by-this-road")
    return refuse("tax-information-stays-in-the-country") if place is Place.ABROAD else allow()


@rule("OFFSET-8.2:only-as-necessary", "NC-CSS-22-18:every-transmission-confidential")
def approved_by_another(*, facts: ReleaseFacts) -> Decision:
    """Nobody tells anything outside alone."""
    if not facts.approved_by:
        return hold("second-person-needed")
    return refuse("same-person") if facts.approved_by == facts.asked_by else allow()


@rule("OFFSET-8.1:protective-order", "OFFSET-8.1:harm", "OFFSET-8.3:exchange-safeguarded")
def whereabouts_may_leave(*, facts: ReleaseFacts, profile: Profile) -> Decision:
    """Whereabouts of anybody on a case with somebody protected go nowhere, but to a court that ordered it, once."""
    if not any(told.field in WHEREABOUTS for told in facts.fields):
        return allow()
    fresh = protections_fresh(age=facts.protection_age, profile=profile)
    if not fresh.allowed:
        return fresh
    if facts.shield == Shield(own=False, shared=False):
        return allow()
    if facts.override and facts.recipient is Recipient.COURT:
        return allow("court-override")
    return refuse("whereabouts-blocked")


@rule("OFFSET-8.1:harm")
def protections_fresh(*, age: timedelta | None, profile: Profile) -> Decision:
    """Protections that are too old, or were never loaded, hold every release of whereabouts."""
    if age is None:
        return hold("protections-never-loaded")
    limit = timedelta(hours=profile.texting.protection_max_age_h)
    return hold("protections-too-old") if age > limit else allow()


@rule("OFFSET-8.3:exchange-safeguarded", "OFFSET-8.2:only-as-necessary")
def may_reveal_in_bulk(*, transmission: TransmissionFacts | None, opened: bool) -> Decision:
    """Many values open once, for a transmission that one person prepared and another approved as it still is."""
    if transmission is None or not transmission.approved_by:
        return refuse("transmission-not-approved")
    if transmission.approved_by == transmission.prepared_by:
        return refuse("same-person")
    if not transmission.intact:
        return refuse("changed-since-approved")
    return refuse("opened-before") if opened else allow()


def partner_may_be_told(*, transmission: TransmissionFacts, tax_cleared: bool, profile: Profile) -> Decision:
    """Whether a partner may be told these fields at all, whoever the people are.

    1. The agreement lets files go. 2. The basis is one of the program. 3. The recipient may have these fields. 4. Tax
    information goes only under an agreement classified for it, by somebody trained in it, to whom the law names.
    """
    told = tuple(Told(name, tax=name == HeldName.OFFSET) for name in transmission.fields)
    facts = _as_release(transmission, told, profile.kind)
    tax = _tax(facts) or transmission.payment is Payment.TAX_REFUND
    return strictest(
        (
            transmission.standing,
            basis_of_the_program(facts=facts),
            recipient_may_have(facts=facts),
            tax_may_be_told(facts=facts),
            may_travel(tax=tax, road=facts.road, place=facts.place, payment=facts.payment),
            tax_in_bulk(tax=tax, transmission=transmission),
            cleared_for_tax_files(classified=transmission.tax, tax_cleared=tax_cleared),
        )
    )


def value_may_be_told(*, transmission: TransmissionFacts, told: Told, profile: Profile) -> Decision:
    """Whether one value, by its source, may go into the file; judged before it opens."""
    facts = _as_release(transmission, (told,), profile.kind)
    return strictest(
        (
            recipient_may_have(facts=facts),
            tax_may_be_told(facts=facts),
            may_travel(tax=_tax(facts), road=facts.road, place=facts.place, payment=facts.payment),
            tax_in_bulk(tax=_tax(facts), transmission=transmission),
        )
    )


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:only-as-necessary")
def tax_in_bulk(*, tax: bool, transmission: TransmissionFacts) -> Decision:
    """Tax information goes in bulk to offices of the program only, under an agreement classified for it.

    Source: the IRS matrix for child support, which lets other states have it case by case.
    """
    if not tax:
        return allow()
    if not transmission.tax:
        return refuse("agreement-not-for-tax-information")
    return allow() if transmission.kind is Recipient.IVD_OFFICE else refuse("tax-information-not-in-bulk")


@rule("OFFSET-8.2:trained", "OFFSET-8.4:tax-refund")
def cleared_for_tax_files(*, classified: bool, tax_cleared: bool) -> Decision:
    """Files under an agreement with tax information are the work of people trained in it."""
    return allow() if tax_cleared or not classified else refuse("not-trained-in-tax-information")


def _as_release(transmission: TransmissionFacts, told: tuple[Told, ...], kind: str) -> ReleaseFacts:
    return ReleaseFacts(
        kind=kind,
        recipient=transmission.kind,
        basis=transmission.basis,
        reference=transmission.reference,
        steps=frozenset(),
        fields=told,
        offset_parts=transmission.offset_parts,
        road=Road.SECURE_FILE,
        place=transmission.place,
        payment=transmission.payment,
        shield=Shield(own=False, shared=False),
        protection_age=None,
        override=False,
        asked_by=transmission.prepared_by,
        approved_by=transmission.approved_by,
    )


def _tax(facts: ReleaseFacts) -> bool:
    return any(told.tax or told.source in TAX_SOURCES for told in facts.fields)

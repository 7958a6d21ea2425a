"""The words of these pages: fields, states, ties, emergencies, protections, recipients, laws, roads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.vocabulary import BASES, ROLES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FIELDS: Final[Mapping[str, StrPromise]] = {
    "ssn": _("Social Security number"),
    "address": _("Home address"),
    "substitute-address": _("Address for letters"),
    "employer": _("Employer"),
    "school": _("School"),
    "income": _("Income"),
    "offset": _("Federal offset"),
}

GROUPS: Final[Mapping[str, StrPromise]] = {
    "identity-number": _("Social Security number"),
    "whereabouts": _("Where somebody is: address, employer, school"),
    "mailing": _("Address for letters"),
    "finances": _("Income"),
    "tax": _("Federal tax information"),
    "letters": _("Names and addresses for letters, many people at once"),
    "calls": _("Names and telephone numbers, many people at once"),
}

FIELD_STATES: Final[Mapping[str, StrPromise]] = {
    "clear": _("Opens whole"),
    "masked": _("Opens with its last four signs"),
    "hidden": _("Not shown for this purpose"),
    "blocked": _("Not named"),
}

TIES: Final[Mapping[str, StrPromise]] = {
    "": _("none"),
    "caseload": _("own case"),
    "team": _("case of the team"),
    "supervisor": _("supervises the case"),
    "cover": _("stands in"),
    "recent-contact": _("recent contact"),
    "broken-glass": _("emergency"),
    "approved": _("approved by a second person"),
}

EMERGENCIES: Final[Mapping[str, StrPromise]] = {
    "court-hearing": _("A court hearing is on"),
    "danger": _("Somebody is in danger"),
    "caller-waiting": _("The person is on the phone or here"),
    "worker-absent": _("The worker of the case cannot be reached"),
}

FINDINGS: Final[Mapping[str, StrPromise]] = {
    "justified": _("It was right"),
    "not-needed": _("It was not needed"),
    "misuse": _("It was misuse"),
}

KIN: Final[Mapping[str, StrPromise]] = {
    "self": _("It is me"),
    "family": _("They are my family"),
    "household": _("They live with me"),
}

PROTECTIONS: Final[Mapping[str, StrPromise]] = {
    "fvi": _("Family violence indicator"),
    "protective-order": _("Protective order"),
    "other": _("Other reason"),
}

REASONS: Final[Mapping[str, StrPromise]] = {
    "protection-order": _("Protection order"),
    "restraint-order": _("Restraining order"),
    "good-cause": _("Good cause"),
    "court-order": _("Court order"),
    "agency-decision": _("Decision of the agency"),
    "case-system": _("The case system says so"),
}

CHANGES: Final[Mapping[str, StrPromise]] = {
    "added": _("Protection added"),
    "changed": _("Protection changed"),
    "ended": _("Protection ended"),
    "expired": _("Protection ran out"),
}

RECIPIENTS: Final[Mapping[str, StrPromise]] = {
    "other-state": _("Child support agency of another state"),
    "tribal-iv-d": _("Tribal child support agency"),
    "iv-a": _("Cash assistance (TANF)"),
    "iv-b": _("Child welfare"),
    "iv-e": _("Foster care"),
    "medicaid": _("Medicaid"),
    "chip": _("Children's health insurance"),
    "snap": _("Food assistance (SNAP)"),
    "iv-d-office": _("Office of the child support program"),
    "federal-office": _("Federal child support office"),
    "court": _("Court"),
    "custodial-parent": _("Custodial parent"),
    "resident-parent": _("Resident parent outside the program"),
    "custody-seeker": _("Person authorized about custody"),
    "subject": _("The person themselves"),
    "partner": _("Partner under an agreement"),
    "law-enforcement": _("Law enforcement"),
    "other": _("Somebody else"),
}

LAWS: Final[Mapping[str, StrPromise]] = {
    "program-duty": _("Work of the program"),
    "court-order": _("A court order"),
    "subpoena": _("A subpoena"),
    "search-warrant": _("A search warrant"),
    "signed-release": _("A signed release of the person"),
    "subject-access": _("The person asks for their own records"),
    "agreement": _("An agreement"),
    "child-abuse-report": _("A report of child abuse"),
}

STEPS: Final[Mapping[str, StrPromise]] = {
    "counsel-notified": _("Counsel was told"),
    "quash-attempted": _("We asked the court to set it aside"),
    "limited-to-necessary": _("It is limited to what is necessary"),
    "purpose-attested": _("The parent signed what it is for"),
    "sole-use-attested": _("The parent signed to keep it to themselves"),
    "status-attested": _("The parent signed who they are to the child"),
    "offset-received": _("The money of the offset has come"),
}

ROADS: Final[Mapping[str, StrPromise]] = {
    "text": _("Text message"),
    "e-mail-body": _("E-mail"),
    "e-mail-sealed": _("Sealed e-mail"),
    "fax": _("Fax"),
    "voice": _("By word of mouth"),
    "portal": _("Portal"),
    "secure-file": _("Secure file"),
    "paper": _("Paper"),
}

DESTINATIONS: Final[Mapping[str, StrPromise]] = {
    "agency-premises": _("At an agency"),
    "contractor": _("At a contractor"),
    "cloud": _("In a cloud"),
    "outside-the-country": _("Outside the United States"),
}

PAYMENTS: Final[Mapping[str, StrPromise]] = {
    "none": _("No offset"),
    "tax-refund": _("Tax refund"),
    "administrative": _("Other federal payment"),
}

PARTS: Final[Mapping[str, StrPromise]] = {
    "date": _("Date of the offset"),
    "amount": _("Amount of the offset"),
    "source": _("Where the money is from"),
    "reason-for-hold": _("Why it is held"),
}

SOURCES: Final[Mapping[str, StrPromise]] = {
    "irs": _("Internal Revenue Service"),
    "offset-program": _("Federal offset program"),
    "fiscal-service": _("Bureau of the Fiscal Service"),
    "ssa-tax": _("Social Security Administration, from tax records"),
    "cms-tax": _("Medicare and Medicaid, from tax records"),
    "case-system": _("Case system"),
    "participant": _("The person"),
    "third-party": _("Somebody else"),
    "employer": _("Employer"),
    "court": _("Court"),
    "other-state": _("Another state"),
    "case-registry": _("Federal case registry"),
    "new-hires": _("National directory of new hires"),
    "bank-match": _("Match with banks"),
}

SIGNS: Final[Mapping[str, StrPromise]] = {
    "own-record": _("It is the worker's own record."),
    "family": _("The worker said that they are family or live together."),
    "same-surname": _("Worker and person have the same last name."),
    "protected-person": _("Somebody on this person's cases is protected."),
    "many-people": _("The worker opened many people that day who were not part of their work."),
    "again-and-again": _("The worker opened this person several times that day."),
    "unexplained": _("No case, team, stand-in or contact explains it."),
}

_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "field": {**FIELDS, "texts": _("Texts")},
    "group": GROUPS,
    "field-state": FIELD_STATES,
    "tie": TIES,
    "emergency": EMERGENCIES,
    "finding": FINDINGS,
    "kin": KIN,
    "protection": PROTECTIONS,
    "reason": REASONS,
    "change": CHANGES,
    "recipient": RECIPIENTS,
    "law": {**BASES, **LAWS},
    "step": STEPS,
    "road": ROADS,
    "destination": DESTINATIONS,
    "payment": PAYMENTS,
    "part": PARTS,
    "source": SOURCES,
    "role": ROLES,
    "sign": SIGNS,
}


def word(code: str, catalogue: str) -> StrPromise | str:
    """The word for a code in one of the catalogues; the code itself when it has none."""
    return _CATALOGUES[catalogue].get(code, code)


def offered(catalogue: str, codes: list[str] | None = None) -> list[tuple[str, StrPromise | str]]:
    """The codes of a catalogue, or some of them, as a form offers them."""
    return [(code, word(code, catalogue)) for code in (codes or [each for each in _CATALOGUES[catalogue] if each])]

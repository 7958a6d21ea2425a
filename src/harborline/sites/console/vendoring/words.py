"""The words of these pages: states, steps, purposes, data, checks, questions; what a hit of the screening says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from harborline.sites.vocabulary import State
from harborline.vendors.facts import Hit

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATES: Final[Mapping[str, State]] = {
    "draft": State(_("Draft"), "quiet"),
    "in-review": State(_("Being reviewed"), "wait"),
    "declined": State(_("Declined"), "stop"),
    "permitted": State(_("Permitted, not open yet"), "wait"),
    "live": State(_("In force"), "good"),
    "suspended": State(_("Stopped"), "stop"),
    "revoked": State(_("Ended for good"), "quiet"),
    "expired": State(_("Expired"), "stop"),
}

BANDS: Final[Mapping[str, State]] = {
    "clear": State(_("No name found"), "good"),
    "review": State(_("To look at"), "wait"),
    "match": State(_("Name on a list"), "stop"),
}

STEPS: Final[Mapping[str, StrPromise]] = {
    "drafted": _("Draft begun"),
    "submitted": _("Request handed in"),
    "reviewed": _("Review"),
    "permitted": _("Written permission"),
    "contracted": _("Contract signed"),
    "vetted": _("Contract examined and approved"),
    "memorandum": _("Memorandum countersigned"),
    "certified": _("Certification signed"),
    "answered": _("Questions answered"),
    "screened": _("Screened against the lists"),
    "live": _("Opened"),
    "recertified": _("Certified again"),
    "suspended": _("Stopped"),
    "resumed": _("Allowed to go on"),
    "revoked": _("Ended for good"),
    "stopped": _("No longer in force, by itself"),
    "tax-field": _("Tax information allowed"),
    "tax-notice": _("Notice to the tax agency"),
    "tax-visit": _("Visit at the company's site"),
    "tax-certified": _("Yearly tax certification"),
}

ACTS: Final[Mapping[str, StrPromise]] = {
    "submitted": _("Hand in the request"),
    "reviewed": _("Record a review"),
    "permitted": _("Record the written permission"),
    "contracted": _("Record the contract"),
    "vetted": _("Record the examination of the contract"),
    "memorandum": _("Record the signed memorandum"),
    "certified": _("Record the certification"),
    "answered": _("Answer the questions"),
    "screened": _("Screen the company now"),
    "live": _("Open the company for use"),
    "recertified": _("Record the yearly certification"),
    "suspended": _("Stop the company for now"),
    "resumed": _("Let the company go on"),
    "revoked": _("End the permission for good"),
    "tax-field": _("Allow tax information"),
    "tax-notice": _("Record the notice to the tax agency"),
    "tax-visit": _("Record a visit at the company's site"),
    "tax-certified": _("Record the yearly tax certification"),
}

HINTS: Final[Mapping[str, StrPromise]] = {
    "submitted": _("The request goes to four reviewers: program, security, legal and IT."),
    "reviewed": _("Who handed in the request cannot review it. Program and security are two people."),
    "permitted": _("Nothing may be shown to the company, and no contract signed, before this letter."),
    "contracted": _("The contract must be later than the permission."),
    "vetted": _("Mark only what the contract really says. Another person than the one who recorded it does this."),
    "memorandum": _("The company signs the very version that holds between state and counties."),
    "certified": _("The company certifies that it uses no prohibited equipment, and its own contractors too."),
    "answered": _("A name cannot show these things, so they are asked."),
    "screened": _("The name, its owners and its identifiers are compared with every list. What is found is kept."),
    "live": _("From now on data may go to the company. Another person than the one who asked does this."),
    "recertified": _("Once a year, or the company is stopped by itself."),
    "suspended": _("At once. Another person can let the company go on."),
    "resumed": _("Another person than the one who stopped it does this."),
    "revoked": _("At once, and for good. Texts that are already out stay out."),
    "tax-field": _("One kind of information at a time, each with the law that allows it."),
    "tax-notice": _("Tax information may go out 45 days after the notice."),
    "tax-visit": _("Every three years, or in the middle of a shorter contract."),
    "tax-certified": _("Every year: name, address, description and duration of the contract."),
}

PURPOSES: Final[Mapping[str, StrPromise]] = {
    "texting": _("Carry texts"),
    "mail": _("Carry e-mail"),
    "fax": _("Carry faxes"),
    "lookup": _("Look up phone numbers"),
    "storage": _("Store sealed files"),
    "files": _("Exchange case files"),
}

ELEMENTS: Final[Mapping[str, StrPromise]] = {
    "phone-number": _("Phone number"),
    "message-text": _("Words of the message"),
    "email-address": _("E-mail address"),
    "fax-number": _("Fax number"),
    "document": _("Document"),
    "sealed-file": _("Sealed file"),
    "case-file": _("Case file"),
    "person-name": _("Name of the person"),
    "case-number": _("Case number"),
    "fti:ssn": _("Tax information: Social Security number"),
    "fti:name": _("Tax information: name"),
    "fti:address": _("Tax information: address"),
    "fti:filing-status": _("Tax information: filing status"),
    "fti:dependents": _("Tax information: dependents"),
    "fti:offset-date": _("Tax information: date of the offset"),
    "fti:offset-amount": _("Tax information: amount of the offset"),
    "fti:joint-filing": _("Tax information: joint filing"),
    "fti:spouse-payment": _("Tax information: payment to the spouse"),
}

AREAS: Final[Mapping[str, StrPromise]] = {
    "program": _("Program"),
    "security": _("Security"),
    "legal": _("Legal"),
    "it": _("IT department"),
}

CHECKS: Final[Mapping[str, StrPromise]] = {
    "term-contract": _("Names the statewide term contract"),
    "encryption": _("Encryption on the way and where data lies"),
    "fips-module": _("Encryption with a FIPS-validated module"),
    "us-only": _("Data stays in the United States"),
    "breach-notice": _("When and how a breach is reported"),
    "return-or-destroy": _("Data is returned or destroyed at the end"),
    "audit-right": _("The program may inspect and audit"),
    "retention": _("How long records are kept"),
    "tcpa-duties": _("Duties under the texting laws"),
    "data-practices-act": _("The company follows chapter 13 like a government office"),
    "889-flow-down": _("The section 889 certification, also for its own contractors"),
    "exhibit-7": _("The tax safeguards (Publication 1075, Exhibit 7)"),
}

CONNECTORS: Final[Mapping[str, StrPromise]] = {
    "simulator": _("Simulated phones"),
    "twilio": _("Texts over a Twilio-compatible service"),
    "kannel": _("Texts over our own Kannel gateway"),
    "smtp": _("E-mail"),
    "hylafax": _("Fax over our own HylaFAX server"),
    "mail-to-fax": _("Fax over a mail-to-fax service"),
    "number-lookup": _("Lookup of phone numbers"),
    "object-store": _("Storage of sealed files"),
    "sftp": _("Files over SFTP"),
    "drop-folder": _("Files over a drop folder"),
}

SCHEMES: Final[Mapping[str, StrPromise]] = {
    "uei": _("UEI (SAM.gov)"),
    "lei": _("LEI"),
    "cage": _("CAGE code"),
    "domain": _("Web address"),
}

DEVICES: Final[Mapping[str, StrPromise]] = {
    "uncrewed-aircraft": _("Does the company supply or use a drone, or an essential part of one?"),
    "routers": _("Does it supply or use a consumer-grade router, such as the one for a clinic's wireless network?"),
    "power-inverters": _("Does it supply or use a power inverter?"),
    "robotic-devices": _("Does it supply or use an advanced robotic device?"),
}

EXCEPTIONS: Final[Mapping[str, StrPromise]] = {
    "blue-uas-list": _("On the Blue UAS list"),
    "domestic-end-product": _("Domestic end product (Buy American)"),
    "conditional-approval": _("Conditional approval"),
    "toy": _("Toy drone"),
    "authorised-before": _("Authorized before the list"),
}

FAX_KINDS: Final[Mapping[str, StrPromise]] = {
    "unit-machine": _("A machine that only this unit's staff use"),
    "it-service": _("A fax service that local IT runs"),
    "shared-machine": _("A machine that several programs share"),
}

DUES: Final[Mapping[str, StrPromise]] = {
    "permission": _("The written permission ends"),
    "contract": _("The contract ends"),
    "certification": _("The yearly certification is due"),
    "screening": _("The yearly screening is due"),
    "clearance": _("A decision about a name on a list ends"),
    "tax-field": _("The allowance for tax information ends"),
    "tax-visit": _("The visit at the company's site is due"),
    "tax-certification": _("The yearly tax certification is due"),
    "fax-line": _("The attestation of a fax line ends"),
}

DOCUMENTS: Final[Mapping[str, StrPromise]] = {
    "request": _("Request for permission"),
    "permission": _("Letter of permission"),
    "certification": _("Certification with flow-down clause"),
    "approval-file": _("Approval file"),
}

DETAILS: Final[Mapping[str, StrPromise]] = {
    "why": _("Why"),
    "because": _("Why"),
    "reason": _("Reason"),
    "area": _("Area"),
    "reviewer": _("Reviewer"),
    "approve": _("Approves"),
    "document_no": _("Number of the letter"),
    "signer": _("Signed by"),
    "systems": _("Systems"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "number": _("Number"),
    "until": _("Until"),
    "version": _("Version"),
    "flow_down": _("Flows down"),
    "uses_covered": _("Uses prohibited equipment"),
    "none_above_tenth": _("Nobody owns more than a tenth"),
    "note": _("Note"),
    "element": _("Information"),
    "legal_basis": _("Legal basis"),
    "from": _("From"),
    "purposes": _("Purposes"),
    "elements": _("Data"),
    "checks": _("The contract says"),
    "subprocessors": _("Its own contractors"),
}

_RELATIONS: Final[Mapping[str, StrPromise]] = {
    "listed-name": _("a name of the listed company"),
    "former": _("a former name of the listed company"),
    "trade-name": _("a trade name of the listed company"),
    "subsidiary": _("a subsidiary of the listed company"),
    "parent": _("the parent of the listed company"),
    "brand": _("a brand of the listed company, or equipment it makes for others"),
    "divested": _("a company that the listed one owned and sold"),
    "misspelling": _("a common misspelling of the listed company"),
}
_HOWS: Final[Mapping[str, StrPromise]] = {
    "word": _("“%(shown)s” is %(relation)s."),
    "native": _("“%(shown)s” is %(relation)s."),
    "together": _("“%(shown)s” reads as “%(say)s”, %(relation)s."),
    "plural": _("“%(shown)s” is nearly “%(say)s”, %(relation)s."),
    "slip": _("“%(shown)s” is a slip of the pen away from “%(say)s”, %(relation)s."),
    "inside": _("“%(shown)s” holds “%(say)s”, %(relation)s."),
    "identifier": _("%(shown)s belongs to the listed company."),
    "unreadable": _("No list has names in this script. Give the name in Latin letters."),
}
_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "step": STEPS,
    "act": ACTS,
    "hint": HINTS,
    "purpose": PURPOSES,
    "element": ELEMENTS,
    "area": AREAS,
    "check": CHECKS,
    "connector": CONNECTORS,
    "scheme": SCHEMES,
    "device": DEVICES,
    "exception": EXCEPTIONS,
    "fax": FAX_KINDS,
    "due": DUES,
    "document": DOCUMENTS,
    "detail": DETAILS,
}


def word(code: str, catalogue: str) -> str:
    """The word for a code; the code itself where there is none."""
    return str(_CATALOGUES[catalogue].get(code, code))


def yes_no(*, answer: bool) -> str:
    """An answer in words."""
    return _now("yes") if answer else _now("no")


def explained(hit: Hit) -> str:
    """Why a name points at an entry, in the language of the page."""
    said = hit.reasons
    relation = str(_RELATIONS.get(said.relation, said.relation))
    parts = [str(_HOWS[said.how]) % {"shown": said.shown[:60], "say": said.say, "relation": relation}]
    if said.confidence == "unverified":
        parts.append(_now("Nobody has verified this name."))
    if said.rest:
        parts.append(_now("The name also says: %(words)s.") % {"words": ", ".join(said.rest[:5])})
    if hit.owner:
        parts.insert(0, _now("About the owner %(name)s:") % {"name": hit.owner})
    return " ".join(parts)

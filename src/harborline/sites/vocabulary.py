"""The words for codes: states of texts, notices and permissions, roles, feeds, languages, places in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class State:
    """Where something is: its word and its tone (good, wait, stop, quiet)."""

    word: StrPromise
    tone: str


STATES: Final[Mapping[str, State]] = {
    "queued": State(_("Waiting to go out"), "wait"),
    "attempted": State(_("Being handed over"), "wait"),
    "accepted": State(_("With the phone company"), "wait"),
    "sent": State(_("Sent to the phone"), "wait"),
    "delivered": State(_("Arrived"), "good"),
    "rejected": State(_("Not taken by the phone company"), "stop"),
    "unknown": State(_("Not sure if it arrived"), "wait"),
    "failed": State(_("Did not arrive"), "stop"),
    "expired": State(_("Ran out of time"), "stop"),
    "lapsed": State(_("Too late to send"), "stop"),
    "cancelled": State(_("Cancelled"), "quiet"),
    "withheld": State(_("Not sent"), "stop"),
    "held": State(_("Held"), "wait"),
    "refused": State(_("Not sent"), "stop"),
    "already": State(_("Told before"), "quiet"),
    "hidden": State(_("Covered by another text"), "quiet"),
    "busy": State(_("Phone company was busy"), "wait"),
}

RUN_STATES: Final[Mapping[str, State]] = {
    "planning": State(_("Reading the file"), "wait"),
    "awaiting-approval": State(_("Waits for a second person"), "wait"),
    "ready": State(_("Ready to send"), "wait"),
    "scheduled": State(_("Waits for its time"), "wait"),
    "running": State(_("Going out"), "good"),
    "paused": State(_("Paused"), "wait"),
    "cancelled": State(_("Cancelled"), "quiet"),
    "finished": State(_("Done"), "good"),
}

CONSENT_STATES: Final[Mapping[str, State]] = {
    "given": State(_("In force"), "good"),
    "temporary": State(_("Until the next contact"), "wait"),
    "unattested": State(_("From an old list, not confirmed"), "wait"),
    "lapsed": State(_("Ended"), "stop"),
    "withdrawn": State(_("Stopped by the person"), "stop"),
    "texts-off": State(_("Texts are turned off"), "stop"),
    "ended": State(_("Ended"), "quiet"),
    "none": State(_("None"), "quiet"),
}

KINDS: Final[Mapping[str, StrPromise]] = {
    "keyword": _("Text with START"),
    "signed-release": _("Signed form"),
    "verbal-temporary": _("Spoken permission"),
    "app-opt-in": _("Turned on in the app"),
    "portal-opt-in": _("Turned on in the portal"),
}

MEANS: Final[Mapping[str, StrPromise]] = {
    "telephone": _("On the phone"),
    "in-person": _("In person"),
    "letter": _("By letter"),
    "e-mail": _("By e-mail"),
}

ROLES: Final[Mapping[str, StrPromise]] = {
    "state-operator": _("State operator"),
    "case-manager": _("Case manager"),
    "supervisor": _("Supervisor"),
    "security-officer": _("Security officer"),
    "auditor": _("Auditor"),
    "clinic-staff": _("Clinic staff"),
}

FEEDS: Final[Mapping[str, StrPromise]] = {
    "people": _("People"),
    "cases": _("Cases and parties"),
    "case-managers": _("Case managers"),
    "protections": _("Protections"),
    "appointments": _("Appointments"),
    "contacts": _("Contacts that took place"),
}

CHANGES: Final[Mapping[str, StrPromise]] = {
    "added": _("New"),
    "changed": _("Changed"),
    "removed": _("Gone"),
}

STEPS: Final[Mapping[str, StrPromise]] = {
    "planned": _("Decided"),
    "queued": _("Sealed and put in line"),
    "set-aside": _("Held back for now"),
    "attempted": _("Handed to the phone company"),
    "accepted": _("Taken by the phone company"),
    "rejected": _("Not taken by the phone company"),
    "busy": _("Phone company was busy"),
    "unknown": _("No clear answer"),
    "sent": _("Sent to the phone"),
    "delivered": _("Arrived on the phone"),
    "failed": _("Did not arrive"),
    "expired": _("Ran out of time"),
    "cancelled": _("Cancelled"),
}

LANGUAGES: Final[Mapping[str, StrPromise]] = {
    "en": _("English"),
    "es": _("Spanish"),
    "so": _("Somali"),
    "hmn": _("Hmong"),
    "vi": _("Vietnamese"),
    "ar": _("Arabic"),
    "fr": _("French"),
    "zh": _("Chinese"),
    "ru": _("Russian"),
    "kar": _("Karen"),
    "am": _("Amharic"),
    "om": _("Oromo"),
}

ROW_PROBLEMS: Final[Mapping[str, StrPromise]] = {
    "bad-reference": _("This is empty or has signs other than letters and digits."),
    "unknown-county": _("This is not the code of a county of this program."),
    "unknown-role": _("This is not a role of this program."),
    "bad-name": _("The name is empty, too long, or has signs that cannot be printed."),
    "bad-language": _("This is not the short code of a language."),
    "bad-zip": _("This is not a ZIP code."),
    "no-such-date": _("This day does not exist. Write year-month-day."),
    "no-such-time": _("This time does not exist. Write hours:minutes."),
    "unknown-office": _("This is not an office of this program."),
    "wrong-width": _("This row has too many or too few columns."),
    "repeated-row": _("This row stands twice."),
    # Telephone numbers
    "bad-number": _("This is not a number of ten digits. Write 919-555-0123."),
    "no-such-number": _("No such number can exist in the United States."),
    "not-a-number": _("This is not a phone number. Write ten digits such as 919-555-0123."),
    "too-short": _("The number has too few digits. Write the area code and seven digits."),
    "too-long": _("The number has too many digits. Write the area code and seven digits."),
    "extension": _("A number with an extension cannot get a text. Write a direct number."),
    "not-us": _("This is not a number in the United States."),
    "no-country-code": _("After the plus sign comes the 1 of the United States. Write +1 and the ten digits."),
    "toll-free": _("This is a toll-free number, not a person's phone."),
    "premium": _("This is a premium-rate number, not a person's phone."),
    "personal": _("This is a follow-me number, which cannot get a text."),
    "n11": _("This is a service code such as 911, not a person's phone."),
    "directory": _("This is a directory assistance number, not a person's phone."),
    "unassigned": _("No phone has this area code or exchange. Check for a typing error."),
    "fictional": _("This number is kept for films and examples. Write the real one."),
    "own-sender": _("This is this program's own sending number."),
}

PLACES: Final[Mapping[str, StrPromise]] = {
    "sender": _("name of the program"),
    "appointment_date": _("date"),
    "appointment_time": _("time"),
    "office": _("name of the office"),
    "office_phone": _("phone of the office"),
    "office_hours": _("opening hours"),
    "office_address": _("address of the office"),
    "portal_link": _("link"),
    "callback": _("phone of the program"),
}

REMARKS: Final[Mapping[str, StrPromise]] = {
    "person_name": _("Names a person"),
    "ssn": _("Has a Social Security number"),
    "dl_number": _("Has a driver's license number"),
    "dob": _("Has a date of birth"),
    "case_number": _("Has a case number"),
    "financial_account": _("Has an account number"),
    "street_address_or_whereabouts": _("Says where a person is"),
    "health_info": _("Says something about health"),
    "fti": _("Speaks of a tax refund or offset"),
    "dv": _("Speaks of family violence"),
    "amount_owed": _("Says what a person owes or gets"),
    "abbreviation": _("Has a short form of a word"),
    "requests_private_info": _("Asks for something private by text"),
    "reserved_reply_word": _("Uses a reply word for something else"),
    "shortened_url": _("Has a shortened link"),
    "hard_to_read": _("Is hard to read"),
    "too-long": _("Is too long for a text"),
    "no-stop-word": _("Does not say how to stop"),
    "no-sender": _("Does not say who writes"),
    "not-discreet": _("Tells a date, a place or what office writes"),
    "missing-language": _("Has no words in this language: these people get no text"),
    "not-gsm": _("Takes more parts than it must"),
}

TRIGGERS: Final[Mapping[str, StrPromise]] = {
    "created": _("the day it was made"),
    "received": _("the day it came in"),
    "viewed": _("the moment it was read"),
    "settled": _("the day it was settled"),
    "case-closed": _("the closing of the case"),
    "last-text": _("the last text to the number"),
    "final-expenditure-report": _("the final expenditure report of the year"),
    "controller-release": _("the release by the controller"),
    "audit-closed": _("the close of the audit"),
}

DISPOSALS: Final[Mapping[str, StrPromise]] = {
    "destroy": _("destroyed"),
    "hide": _("not shown any more"),
    "never": _("kept"),
}

BASES: Final[Mapping[str, StrPromise]] = {
    "litigation": _("A case before a court"),
    "breach": _("A breach of data"),
    "court-order": _("A court order"),
    "subpoena": _("A subpoena"),
    "search-warrant": _("A search warrant"),
    "public-records": _("A public records request"),
    "subject-access": _("The person asks for their own records"),
    "signed-release": _("A signed release of the person"),
    "audit": _("An audit"),
    "program-administration": _("Work of the program"),
    "child-abuse-report": _("A report of child abuse"),
    "designated-use": _("A use the state agency has designated"),
}

BEFORE: Final[Mapping[str, StrPromise]] = {
    "counsel-notified": _("Counsel was told"),
    "quash-attempted": _("We asked the court to set it aside"),
    "limited-to-necessary": _("It is limited to what is necessary"),
}

TOPICS: Final[Mapping[str, StrPromise]] = {
    "appointment": _("An appointment"),
    "benefits": _("Benefits"),
    "card": _("The card"),
    "formula": _("Formula"),
    "proxy": _("A proxy"),
    "moving": _("A move"),
    "documents": _("Documents"),
    "payment": _("A payment"),
    "court": _("A court date"),
    "contact-details": _("How to reach them"),
    "stop": _("To get no more texts"),
    "thanks": _("Thanks or a greeting"),
    "nothing": _("Nothing"),
    "other": _("Something else (write it in the note)"),
}

GONE: Final[Mapping[str, StrPromise]] = {
    "closed": _("read and closed"),
    "session-ended": _("gone with the end of the session"),
    "viewed-limit": _("read; gone when its time was over"),
    "unread-limit": _("gone unread when its time was over"),
}

OUTCOMES: Final[Mapping[str, StrPromise]] = {
    "person-reached": _("We reached the person"),
    "emergency-services": _("Emergency services were called"),
    "not-reached": _("We could not reach the person"),
    "no-danger": _("There was no danger"),
}

INSIDE: Final[Mapping[str, StrPromise]] = {
    **REMARKS,
    "photo_or_document": _("Has or offers a picture or paper"),
}

PLATFORMS: Final[Mapping[str, StrPromise]] = {
    "notices": _("Texts"),
    "contact-us": _("Contact Us"),
}

DOUBTS: Final[Mapping[str, StrPromise]] = {
    "possible-stop": _("They may have asked to stop"),
    "wrong-number": _("Somebody wrote that this is the wrong number"),
    "both-parents": _("Both parents of a case have this number"),
    "deactivated": _("The phone company switched this number off"),
    "reassigned": _("This number may have a new owner"),
}

KNOWLEDGE: Final[Mapping[str, StrPromise]] = {
    "person-said": _("The person said so"),
    "carrier-said": _("The phone company said so"),
    "carrier-list": _("It stands in the phone company's list"),
}

BECAUSE: Final[Mapping[str, StrPromise]] = {
    "pace": _("The phone company takes only so many a second"),
    "day-limit": _("The phone company takes only so many a day"),
    "hours": _("Some wait for the allowed hours"),
    "caps": _("Some wait because the person had enough texts"),
    "runs-before": _("Other notices go first"),
    "scheduled": _("It waits for its time"),
    "not-planned": _("We are still reading the file"),
    "not-released": _("Nobody has released it yet"),
    "sender-stopped": _("The number is stopped"),
    "protections-old": _("The list of protected people is too old"),
    "slow-carrier": _("The phone company may be slower"),
    "too-late": _("Some would be too late"),
}

_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "knowledge": KNOWLEDGE,
    "because": BECAUSE,
    "doubt": DOUBTS,
    "topic": TOPICS,
    "gone": GONE,
    "outcome": OUTCOMES,
    "inside": INSIDE,
    "platform": PLATFORMS,
    "basis": BASES,
    "before": BEFORE,
    "remark": REMARKS,
    "trigger": TRIGGERS,
    "disposal": DISPOSALS,
    "kind": KINDS,
    "means": MEANS,
    "role": ROLES,
    "feed": FEEDS,
    "change": CHANGES,
    "step": STEPS,
    "language": LANGUAGES,
    "place": PLACES,
}
PART_STATES: Final[Mapping[str, State]] = {
    "working": State(_("Works"), "good"),
    "failing": State(_("Fails and is tried again"), "wait"),
    "stopped": State(_("Stopped"), "stop"),
}

HOLD_STATES: Final[Mapping[str, State]] = {
    "asked": State(_("Waits for a second person"), "wait"),
    "standing": State(_("Stands"), "good"),
    "release-asked": State(_("Release asked for"), "wait"),
    "released": State(_("Released"), "quiet"),
}

EXPORT_STATES: Final[Mapping[str, State]] = {
    "asked": State(_("Asked for"), "wait"),
    "approved": State(_("Approved"), "good"),
    "made": State(_("Handed out"), "good"),
}

DISPOSAL_STATES: Final[Mapping[str, State]] = {
    "prepared": State(_("Waits for approval"), "wait"),
    "approved": State(_("Approved, about to go"), "wait"),
    "finished": State(_("Destroyed"), "quiet"),
    "withdrawn": State(_("Given up"), "quiet"),
}

WORDING_STATES: Final[Mapping[str, State]] = {
    "proposed": State(_("Waits for the state"), "wait"),
    "approved": State(_("Approved"), "good"),
    "refused": State(_("Refused"), "stop"),
    "retired": State(_("Not used any more"), "quiet"),
}

_STATE_CATALOGUES: Final[Mapping[str, Mapping[str, State]]] = {
    "wording": WORDING_STATES,
    "part": PART_STATES,
    "hold": HOLD_STATES,
    "disposal": DISPOSAL_STATES,
    "export": EXPORT_STATES,
    "text": STATES,
    "run": RUN_STATES,
    "consent": CONSENT_STATES,
}


def named(code: str, catalogue: str) -> StrPromise | str:
    """The word for a code in one of the catalogues; the code itself when it has none."""
    return _CATALOGUES[catalogue].get(code, code)


def state(code: str, catalogue: str) -> State:
    """The word and tone of a state."""
    return _STATE_CATALOGUES[catalogue][code]

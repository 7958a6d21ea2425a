"""What a decision says to staff: one plain sentence, the next step, and the clauses behind "Why?".

Reason codes come from the rules of the rooms; a test fails on a code without words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.translation import gettext_lazy as _

from harborline.law import Clause, clauses
from harborline.sites.contact_sentences import OF_CONTACT
from harborline.sites.disclosure_sentences import OF_DISCLOSURE
from harborline.sites.documents_sentences import OF_DOCUMENTS
from harborline.sites.exchange_sentences import OF_EXCHANGE
from harborline.sites.more_sentences import OF_OTHERS, OF_VENDORS
from harborline.sites.oversight_sentences import OF_OVERSIGHT
from harborline.sites.portal_sentences import OF_PORTAL
from harborline.sites.saying import Words
from harborline.sites.transfer_sentences import OF_TRANSFER
from harborline.sites.workforce_sentences import OF_WORKFORCE

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Decided(Protocol):
    """Anything with a reason code and the clauses it rests on."""

    @property
    def reason(self) -> str:
        """The code, in kebab case."""

    @property
    def clauses(self) -> Iterable[str]:
        """Clause ids."""


class RowFault(Protocol):
    """A row of a file that cannot be used: a stable code, and the words of the room that found it."""

    @property
    def code(self) -> str:
        """The code, in kebab case."""

    @property
    def problem(self) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words, with its clauses and the moment from which asking again makes sense."""

    sentence: StrPromise
    next_step: StrPromise
    clauses: tuple[Clause, ...]
    until: datetime | None = None


_NOTHING_TO_DO = _("You do not have to do anything.")
_CHECK_FILE = _("Check the case system. Then send a corrected file.")
_CALL_OR_WRITE = _("Call or write to this person.")
_SHORTER = _("Ask the state office for other words.")
_ASK_STATE = _("Ask the state office for permission.")
_NO_PERMISSION = _("The company that carries the texts has no permission now.")
_TELL_SECURITY = _("Tell your supervisor or the security officer.")

WORDS: Final[Mapping[str, Words]] = {
    **OF_VENDORS,
    **OF_OTHERS,
    **OF_EXCHANGE,
    **OF_DOCUMENTS,
    **OF_DISCLOSURE,
    **OF_PORTAL,
    **OF_WORKFORCE,
    **OF_OVERSIGHT,
    **OF_TRANSFER,
    **OF_CONTACT,
    # Who may get a notice
    "allowed": Words(_("The text may go out."), _NOTHING_TO_DO),
    "answer": Words(_("This text answers a text from the person."), _NOTHING_TO_DO),
    "with-another-row": Words(_("One text covers this row and another row with the same phone."), _NOTHING_TO_DO),
    "told-before": Words(_("This person already got a text about this appointment."), _NOTHING_TO_DO),
    "not-on-file": Words(_("We do not have this person on this case."), _CHECK_FILE),
    "other-county-on-file": Words(_("Our records name another county for this person."), _CHECK_FILE),
    "no-number": Words(_("There is no phone number for this person."), _CALL_OR_WRITE),
    "nobody-to-write-to": Words(_("None of these people has an address on file."), _("Take the call list.")),
    "texts-off": Words(_("Texts to this person are turned off."), _("Send a letter.")),
    "number-used-by-both-parties": Words(
        _("Another person on the case also uses this phone number."),
        _("Ask this person for their own number. Do not call the number on file."),
    ),
    "appointment-passed": Words(_("The appointment is over."), _NOTHING_TO_DO),
    "no-template-in-language": Words(
        _("There is no approved text in this person's language."), _("Call with an interpreter, or ask for a text.")
    ),
    "protections-never-loaded": Words(
        _("The list of protected people was never loaded."), _("Load the nightly import. Then texts can go out.")
    ),
    "protections-too-old": Words(
        _("The list of protected people is too old."), _("Load the nightly import. Then texts can go out.")
    ),
    # Consent
    "no-consent": Words(
        _("This person has not said yes to texts on this number."), _("Ask for permission at the next contact.")
    ),
    "spoken-permission-lapsed": Words(
        _("The spoken permission has ended. No signed form came in."), _("Ask for a signed form at the next contact.")
    ),
    "release-expired": Words(_("The signed form is too old."), _("Ask for a new signed form.")),
    "kind-not-accepted": Words(
        _("This program does not take this kind of permission."), _("Ask for a signed form at the next contact.")
    ),
    "list-awaits-attestation": Words(
        _("The permission came from an old list. Nobody has confirmed it."), _("Confirm it, or ask the person again.")
    ),
    "opt-in-covers-portal-only": Words(
        _("The permission is for the app only."), _("Ask for permission for these texts at the next contact.")
    ),
    "opt-in-does-not-cover-platform": Words(
        _("The permission is for the app only."), _("Ask for permission for these texts at the next contact.")
    ),
    "no-portal-opt-in": Words(
        _("This person has not said yes to texts in the app."),
        _("Answer in another way, or ask them to turn texts on."),
    ),
    "portal-opt-in-ended": Words(_("The person turned texts in the app off."), _("Answer in another way.")),
    "dependents-cannot-consent": Words(
        _("A child cannot say yes for a case."), _("Ask the parent, guardian or proxy.")
    ),
    "spoken-permission-not-accepted": Words(
        _("This program does not take spoken permission."), _("Ask for a signed form.")
    ),
    "asked-to-stop-needs-signature": Words(
        _("Someone asked us to stop texts to this number."), _("Ask for a signed form before you start again.")
    ),
    "release-without-required-statement": Words(
        _("The form does not hold the required words."), _("Use the form from this page.")
    ),
    "release-not-signed": Words(_("The signature is missing."), _("Add the signed form, or type the name.")),
    "no-signed-release-at-next-contact": Words(
        _("The spoken permission has ended. No signed form came in."), _("Ask for a signed form at the next contact.")
    ),
    "nobody-on-file-with-number": Words(_("Nobody on file has this phone number."), _CHECK_FILE),
    "possible-opt-out": Words(
        _("This person may have asked us to stop."), _("Read their text. Then say if they asked to stop.")
    ),
    # When and how often
    "day-is-full": Words(_("This number had enough texts today."), _("The text goes out later by itself.")),
    "week-is-full": Words(_("This number had enough texts this week."), _("The text goes out later by itself.")),
    "quiet-hours": Words(
        _("It is too early or too late where this person may be."), _("The text goes out at the next allowed time.")
    ),
    "no-lawful-hour-left": Words(_("There is no allowed hour left before the appointment."), _CALL_OR_WRITE),
    "too-late": Words(_("It was too late to send this text."), _CALL_OR_WRITE),
    "no-lawful-hour": Words(_("There is no hour in which this number may get texts."), _CALL_OR_WRITE),
    "outside-hours": Words(
        _("It is too early or too late where this person may be."), _("The text goes out at the next allowed time.")
    ),
    # The words of a text
    "nothing-found": Words(_("Nothing is wrong with these words."), _NOTHING_TO_DO),
    "text-cannot-be-filled": Words(
        _("Something is missing for this text, such as the phone of the office."), _("Add it. Then send again.")
    ),
    "text-too-long": Words(_("This text is too long."), _SHORTER),
    "names-the-person": Words(_("This text names the person."), _SHORTER),
    "private-in-text": Words(_("This text says something private."), _SHORTER),
    "asks-for-private": Words(_("This text asks for something private."), _SHORTER),
    "abbreviation-in-text": Words(_("This text has a short form of a word."), _("Write the word in full.")),
    "hard-to-read": Words(_("This text is hard to read."), _SHORTER),
    "unlawful-wording": Words(_("This text uses a reply word or a link in a wrong way."), _SHORTER),
    "unsaid": Words(_("This text could not be sent."), _CALL_OR_WRITE),
    # Carriers and vendors
    "no-written-permission": Words(_NO_PERMISSION, _ASK_STATE),
    "permission-not-yet-valid": Words(_("The permission for the company has not begun."), _("Wait until it begins.")),
    "permission-expired": Words(_("The permission for the company has ended."), _ASK_STATE),
    "permission-revoked": Words(_("The permission for the company was taken back."), _ASK_STATE),
    "permission-does-not-cover-data": Words(
        _("The permission for the company does not cover what it would see."), _ASK_STATE
    ),
    "vendor-approved-for-something-else": Words(_("The company may do other work, but not carry texts."), _ASK_STATE),
    "second-vendor-live": Words(
        _("Two companies have permission, but this program may have only one."), _("End one of the two permissions.")
    ),
    "program-has-its-one-vendor": Words(
        _("This program may have only one company, and it has one."), _("End the other permission first.")
    ),
    "free-service": Words(_("Free text services are not allowed."), _("Choose a company with a contract.")),
    "carrier-busy": Words(_("The phone company was busy too long."), _CALL_OR_WRITE),
    "network-failed": Words(_("The text did not reach the phone."), _CALL_OR_WRITE),
    "network-expired": Words(_("The phone was off too long."), _CALL_OR_WRITE),
    "vendor-not-approved": Words(_NO_PERMISSION, _ASK_STATE),
    "carrier-rejected": Words(_("The phone company did not take the text."), _("Check the number with the person.")),
    "carrier-unknown": Words(
        _("We do not know if this text arrived."), _("Wait for the phone company's answer. Do not send it again.")
    ),
    "carrier-failed": Words(_("The phone company could not deliver the text."), _CALL_OR_WRITE),
    "expired": Words(_("The text did not arrive in time."), _CALL_OR_WRITE),
    "run-cancelled": Words(_("Someone stopped this notice before the text went out."), _("Send the notice again.")),
    # Runs
    "role-may-not-start-runs": Words(
        _("Your role cannot start notices in this program."), _("Ask the state office to send it.")
    ),
    "role-may-not-steer-runs": Words(
        _("Your role cannot change notices in this program."), _("Ask the state office to do it.")
    ),
    "needs-second-person": Words(
        _("This notice goes to many people. A second person must look at it."), _("Ask a supervisor to approve it.")
    ),
    "second-person-is-the-first": Words(
        _("You started this notice, so you cannot approve it."), _("Ask someone else to approve it.")
    ),
    "moment-has-passed": Words(_("That time is already over."), _("Choose a later time.")),
    "run-is-planning": Words(_("We are still reading the file."), _("Wait a moment and try again.")),
    "run-is-awaiting-approval": Words(
        _("This notice waits for a second person."), _("Ask a supervisor to approve it.")
    ),
    "run-is-ready": Words(_("This notice has not been sent yet."), _("Look at the texts. Then send it.")),
    "run-is-scheduled": Words(_("This notice waits for its time."), _("Change the time, or wait.")),
    "run-is-running": Words(_("This notice is going out now."), _("Pause it first.")),
    "run-is-paused": Words(_("This notice is paused."), _("Go on with it, or cancel it.")),
    "run-is-cancelled": Words(_("This notice was cancelled."), _("Start a new notice.")),
    "run-is-finished": Words(_("This notice is done."), _("Start a new notice.")),
    # Records
    "role-may-not-prove": Words(_("Your role does not prove texts."), _("Ask a supervisor.")),
    "role-may-not-prepare-disposal": Words(_("Your role does not dispose of records."), _("Ask a supervisor.")),
    "disposal-is-for-the-whole-program": Words(
        _("Records are disposed of for the whole program."), _("Ask someone who works for all counties.")
    ),
    "role-may-not-approve-disposal": Words(
        _("The schedule names another role for this approval."), _("Ask a person with that role.")
    ),
    "role-may-not-hold": Words(_("Your role does not place holds."), _("Ask a supervisor.")),
    "wide-hold-needs-the-state": Words(
        _("A hold without a person is for the whole state."), _("Name a person, or ask the state office.")
    ),
    "role-may-not-release": Words(_("Your role does not release holds."), _("Ask the state office.")),
    "same-person": Words(_("You asked for this, so you cannot also say yes."), _("Ask someone else.")),
    "nobody-named": Words(_("We do not know who asked."), _TELL_SECURITY),
    "on-hold": Words(_("A hold keeps this."), _NOTHING_TO_DO),
    "kept-longer": Words(_("The schedule keeps this longer."), _NOTHING_TO_DO),
    "never-destroyed": Words(_("The schedule keeps this always."), _NOTHING_TO_DO),
    "clock-has-not-begun": Words(_("The time of this record has not begun to run."), _NOTHING_TO_DO),
    "role-may-not-export": Words(_("Your role does not export records."), _("Ask a supervisor.")),
    "basis-not-of-this-program": Words(
        _("This legal basis is not one of this program."), _("Choose another, or ask your counsel.")
    ),
    "reference-missing": Words(
        _("The docket, release or agreement is missing."), _("Write its number. Then ask again.")
    ),
    "basis-is-for-one-person": Words(
        _("This legal basis is for one person's records."), _("Write the participant ID.")
    ),
    "basis-is-about-nobody": Words(
        _("Public records are about nobody: no person, case or number is chosen."), _("Choose a span of time only.")
    ),
    "counsel-notified-missing": Words(_("Counsel has not been told."), _("Tell counsel first.")),
    "quash-attempted-missing": Words(
        _("Nobody asked the court yet to set it aside."), _("Ask counsel to do so first.")
    ),
    "limited-to-necessary-missing": Words(
        _("It is not limited to what is necessary."), _("Limit it, then mark the box.")
    ),
    "second-person-needed": Words(_("A second person must approve this."), _("Ask someone else to approve it.")),
    "tables-were-restored": Words(
        _("The records were restored from a copy. Nothing is sent until they are checked."),
        _("Your operator compares requests to stop and texts since the copy. Two people then release it."),
    ),
    "already-sent-before-restore": Words(_("This text went out before the records were restored."), _NOTHING_TO_DO),
    "may-have-been-sent-before-restore": Words(
        _("This text may have gone out before the records were restored."), _CALL_OR_WRITE
    ),
    # Conversations
    "staff-do-not-text": Words(
        _("In this program staff never write to a person by text."),
        _("Call or write a letter. The state may send an approved notice."),
    ),
    "thread-not-started-by-person": Words(_("This person has not written to us here."), _("Answer in another way.")),
    "thread-too-old": Words(_("This person has not written for a long time."), _("Call or write a letter.")),
    "language-not-judged": Words(_("We cannot check words in this language."), _("Call with an interpreter.")),
    "documents-by-new-contact": Words(
        _("Nobody is asked for papers by text."), _("Ask them to start a new contact and submit documents there.")
    ),
    "nothing-to-send": Words(_("There is nothing to send."), _("Write a short answer.")),
    "read-it-first": Words(_("You have not read this text."), _("Open it first.")),
    "alert-still-open": Words(
        _("Somebody wrote of danger, and nobody said how it ended."), _("Close the alert first.")
    ),
    "was-read-already": Words(_("Somebody has read this text already."), _NOTHING_TO_DO),
    "what-was-asked-missing": Words(_("What was asked is missing."), _("Choose it. Then close the text.")),
    "note-too-long": Words(_("The note is too long."), _("Write it in fewer words.")),
    "acknowledge-it-first": Words(_("Nobody has taken this alert on."), _("Take it on first.")),
    "number-has-a-new-owner": Words(_("This phone number has a new owner."), _("Ask the person for their new number.")),
    "number-must-be-confirmed": Words(
        _("We are not sure that this number is still theirs."), _("Ask the person at the next contact.")
    ),
    # Words
    "role-may-not-propose-templates": Words(
        _("Your role does not propose texts."), _("Ask someone who works with people in the county.")
    ),
    "role-may-not-approve-templates": Words(_("Only the state approves texts."), _("Ask the state office.")),
    "template-already-decided": Words(_("This was already decided."), _("Propose new words.")),
    "template-must-be-put-right": Words(
        _("These words cannot be approved before they are put right."), _("Propose them again, corrected.")
    ),
    # Doors and work
    "not-in-your-role": Words(_("Your role does not open this page."), _("Ask a person whose work it is.")),
    "not-assigned": Words(_("You have no program to work in."), _("Ask your supervisor to assign you.")),
    "never-trained": Words(
        _("Your security training is not on file."), _("Do the training. Then ask your supervisor to record it.")
    ),
    "training-lapsed": Words(
        _("Your security training is out of date."), _("Do the training again. Then ask your supervisor to record it.")
    ),
    "requirements-not-signed": Words(
        _("You have not signed the rules and penalties."), _("Read them on the page “Your account” and sign.")
    ),
    "requirements-signature-lapsed": Words(
        _("It is time to sign the rules and penalties again."), _("Read them on the page “Your account” and sign.")
    ),
    "account-off": Words(_("This account is turned off."), _TELL_SECURITY),
    "employment-ended": Words(_("This account is turned off."), _TELL_SECURITY),
    "account-expired": Words(_("This account has ended."), _TELL_SECURITY),
    "not-signed-in": Words(_("You are not signed in."), _("Sign in.")),
    "sign-in-failed": Words(_("That did not match."), _("Try again.")),
    "too-many-tries": Words(_("There were too many tries."), _("Wait 15 minutes. Then try again.")),
    "nothing-was-asked": Words(_("We know too little to say yes."), _TELL_SECURITY),
}

# Codes that stand for one face on every page: what is turned off does not say by whom or why.
SAME_FACE: Final[Mapping[str, str]] = {
    "no-texts-by-safety-choice": "texts-off",
    "asked-to-stop": "texts-off",
    "number-asked-to-stop": "texts-off",
    "consent-withdrawn": "texts-off",
    "withdrawn": "texts-off",
}


_UNKNOWN = Words(_("This cannot go on."), _TELL_SECURITY)


def words(reason: str) -> Words:
    """The words for a reason code."""
    return WORDS.get(SAME_FACE.get(reason, reason), _UNKNOWN)


def told(decision: Decided) -> Told:
    """A decision in words."""
    said = words(decision.reason)
    wanted = frozenset(decision.clauses)
    found = tuple(each for each in clauses() if each.id in wanted)
    return Told(said.sentence, said.next_step, found, getattr(decision, "until", None))

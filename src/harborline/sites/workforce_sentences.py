"""Words for the reason codes of workforce: accounts, sessions, passwords, assignments, stand-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_OFFICER = _("Ask the security officer.")
_SIGN_IN = _("Sign in again.")
_OTHER_DAYS = _("Choose other days.")

OF_WORKFORCE: Final[Mapping[str, Words]] = {
    "account-unused": Words(_("Nobody used this account for a long time, so it is turned off."), _OFFICER),
    "stand-in-in-another-county": Words(
        _("The stand-in works in another county and would find none of these people."),
        _("Choose somebody of the same county, or ask for work there first."),
    ),
    "account-stays-off": Words(
        _("An account that is off, or a dismissal, is not put off to a later day."),
        _("Choose that day or an earlier one."),
    ),
    "account-is-on": Words(_("This account is not off."), _("There is nothing to bring back.")),
    "training-since-needed": Words(
        _("Nobody comes back without new training."),
        _("Record a security course that ended after the account went off."),
    ),
    "day-is-over": Words(_("Your work day here is over."), _SIGN_IN),
    "idle-too-long": Words(_("You were away for a while, so we signed you out."), _SIGN_IN),
    "screen-locked": Words(_("You were away for a while, so we locked the screen."), _("Show that it is still you.")),
    "second-factor-missing": Words(
        _("You have no second way yet to prove who you are."), _("Set up a code app or a passkey.")
    ),
    "second-factor-not-shown": Words(_("You did not show your second factor."), _SIGN_IN),
    "password-known-to-another": Words(_("Somebody else gave you this password."), _("Choose your own password.")),
    "password-too-old": Words(_("Your password is too old."), _("Choose a new password.")),
    "password-too-young": Words(
        _("You changed your password less than a day ago."), _("Wait a day. If somebody saw it, tell security.")
    ),
    "not-for-oneself": Words(_("You cannot do this for your own account."), _("Ask another security officer.")),
    "supervises-in-a-ring": Words(_("This person works under the worker already."), _("Choose somebody else.")),
    "role-may-not-give-access": Words(_("Your role does not give access to others."), _OFFICER),
    "sent-before": Words(_("This was sent before. It counts once."), _("Nothing to do.")),
    "has-this-work": Words(_("They have this work already, or it waits for a second person."), _("Nothing to do.")),
    "reset-needs-another": Words(
        _("You say yes for workers who work in your counties only and steer nothing."),
        _("Ask a security officer or state operator."),
    ),
    "program-has-its-officers": Words(
        _("This program already has its two first security officers."),
        _("They make the other accounts in the console."),
    ),
    "agency-account-unknown": Words(
        _("Nobody here has this account at the agency."), _("Sign in with your password, or ask the security officer.")
    ),
    "role-may-not-charge-duties": Words(_("Your role does not give duties to others."), _OFFICER),
    "owner-not-in-this-program": Words(_("This person does not work in this program."), _("Choose another person.")),
    "duty-too-seldom": Words(_("This duty must be done oftener."), _("Choose fewer days.")),
    "duty-kept-by-signatures": Words(
        _("Everybody signs this duty; there is no other evidence."), _("Ask those who are missing to sign.")
    ),
    "duty-has-nobody": Words(_("Nobody looks after this duty yet."), _OFFICER),
    "duty-of-somebody-else": Words(
        _("Somebody else looks after this duty."), _("Ask them, or have the duty given to you.")
    ),
    "duty-not-done-yet": Words(_("The day is still to come."), _("Write it down when it is done.")),
    "auditor-needs-an-end": Words(_("An auditor looks for a time that is said beforehand."), _("Choose a last day.")),
    "auditor-term-too-long": Words(
        _("An auditor may not look for that long."), _("Choose an earlier last day. You can ask again.")
    ),
    "role-may-not-audit": Words(_("Only an auditor of the whole program looks at samples."), _OFFICER),
    "sample-needs-a-seed": Words(
        _("A sample needs your own number or words to draw by."), _("Throw dice and type them.")
    ),
    "sample-too-large": Words(_("A sample has at most 100 records."), _("Draw fewer, or draw twice.")),
    "sample-of-a-span-that-is-over": Words(
        _("A sample is of days that are over."), _("Choose a first day before the last one, and none to come.")
    ),
    "already-decided": Words(_("Somebody already decided this."), _("You do not have to do anything.")),
    "one-gave-the-other-the-way-in": Words(
        _("One of you gave the other a way to sign in: you count as one person."),
        _("Ask somebody else to decide."),
    ),
    "ends-before-it-begins": Words(_("The end is not after the beginning."), _OTHER_DAYS),
    "begins-in-the-past": Words(_("The beginning is already over."), _OTHER_DAYS),
    "stands-in-for-oneself": Words(_("Nobody can stand in for themselves."), _("Choose another person.")),
    "not-both-in-this-program": Words(_("One of the two does not work in this program."), _("Choose another person.")),
    "cover-too-long": Words(_("Nobody may stand in for that long."), _("Choose a shorter time. You can ask again.")),
    "role-may-not-decide-cover": Words(_("Your role does not decide who stands in."), _("Ask a supervisor.")),
    "cover-of-another-county": Words(
        _("Your work does not cover the county whose people this would open."), _("Ask a supervisor of that county.")
    ),
    "cover-is-over": Words(_("The time of this stand-in is already over."), _("Ask for a new one.")),
    "account-would-be-over": Words(_("The account would already be over."), _OTHER_DAYS),
    "temporary-account-needs-an-end": Words(
        _("A temporary account needs a last day."), _("Choose when the account ends.")
    ),
    "temporary-account-too-long": Words(
        _("A temporary account may only live for two business days."), _("Choose an earlier end.")
    ),
}

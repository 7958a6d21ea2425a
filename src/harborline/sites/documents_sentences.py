"""Words for the reason codes of documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_AGAIN = _("Please choose the file again.")
_LATER = _("Try again in a few minutes.")
_OFFICE = _("Call your office. They can help you.")
_SUPERVISOR = _("Ask your supervisor.")
_PARTS = _("Send it in smaller parts, or take a photo of each page.")

OF_DOCUMENTS: Final[Mapping[str, Words]] = {
    "paper-is-empty": Words(_("The file is empty."), _AGAIN),
    "paper-too-large": Words(_("The file is too large."), _PARTS),
    "too-many-papers": Words(_("There are too many files at once."), _("Send these first, then the others.")),
    "too-many-papers-today": Words(_("You have sent as much as one day allows."), _("Send the others tomorrow.")),
    "no-papers": Words(_("No file was chosen."), _("Choose a file or take a photo.")),
    "no-room-for-papers": Words(_("We cannot take files right now."), _LATER),
    "nobody-known-yet": Words(_("The office finds out whose paper this is."), _("You do not have to do anything.")),
    "not-their-case": Words(_("This is not a case of this person."), _("Choose one from the list.")),
    "no-open-case": Words(_("This person has no open case."), _OFFICE),
    "more-than-announced": Words(_("More came in than the file has."), _AGAIN),
    "other-bytes-at-the-same-place": Words(_("The file changed on its way."), _AGAIN),
    "paper-broke-off": Words(_("The file did not come in whole."), _AGAIN),
    "reader-not-shut-in": Words(
        _("Papers wait, because their reader is not shut in as it must be."),
        _("Tell the operator. The page about checks says what is missing."),
    ),
    "not-checked-yet": Words(_("This paper is still being checked."), _LATER),
    "office-takes-it": Words(_("It was given to the office."), _("Anyone at the office can take it.")),
    "case-has-no-manager": Words(_("The case has no worker now."), _("The office has the paper.")),
    "holder-is-family": Words(_("Papers of family do not go to this worker."), _("Choose another worker.")),
    "holder-may-not-work": Words(_("This worker cannot work in this county now."), _("Choose another worker.")),
    "paper-of-family": Words(_("Papers of family are not for you."), _SUPERVISOR),
    "paper-not-your-work": Words(_("This paper is not part of your work."), _SUPERVISOR),
    "original-is-harmful": Words(
        _("Something harmful was found in the original."), _("It stays sealed. Ask the person for a photo.")
    ),
    "paper-not-there": Words(_("There is no such file any more."), _("Ask the person to send it again.")),
    "say-why-original": Words(_("Say why you need the original."), _("Write a few words.")),
    "say-why-behind": Words(_("Say why you need to see what was blacked out."), _("Write a few words.")),
    "page-was-changed": Words(
        _("Somebody changed this page while you were drawing."), _("Look at the page as it is now, and draw again.")
    ),
    "paper-was-refused": Words(_("This file could not be used."), _("The person was asked for another one.")),
}

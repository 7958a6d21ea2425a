"""Words for the reason codes of the participants' portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_NEW_CODE = _("Ask for a new code, or call your office.")
_COME_IN = _("Come in again with a code and your passphrase.")
_HAND_OVER = _("Hand the code over in person, by letter or to the safe contact.")

OF_PORTAL: Final[Mapping[str, Words]] = {
    "visit-ended": Words(_("This visit is over."), _COME_IN),
    "visit-too-long": Words(_("This visit lasted two hours, so it ended."), _COME_IN),
    "visit-idle": Words(_("Nothing happened for 15 minutes, so this visit ended."), _COME_IN),
    "no-single-holder": Words(_("The number belongs to nobody, or to more than one person."), _HAND_OVER),
    "no-adult": Words(_("The number belongs to no adult on a case."), _HAND_OVER),
    "not-by-text": Words(_("No code goes to this number by text."), _HAND_OVER),
    "no-passphrase-yet": Words(_("This person has not begun yet."), _HAND_OVER),
    "code-by-other-way": Words(_("No code goes to this number by text."), _("Call or write to give the code.")),
    "does-not-open": Words(_("This code does not open anything."), _NEW_CODE),
    "made-the-code": Words(_("You made this code yourself."), _("Another person looks at it.")),
    "passphrase-too-easy": Words(_("This is too easy to guess."), _("Use more words.")),
}

"""What decisions about questions of the portal and their answers say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_CALL = _("Call the person instead.")
_OTHER_OFFICE = _("Choose another office.")

OF_CONTACT: Final[Mapping[str, Words]] = {
    "contact-not-started-by-person": Words(
        _("Only the person can start a question here."), _("Call the person, or send a notice.")
    ),
    "too-many-questions-today": Words(
        _("There are many new questions today already."), _("Add to one of them, or call the office.")
    ),
    "contact-too-old": Words(_("This question was closed long ago."), _("Start a new question.")),
    "tax-information-in-answer": Words(_("There is tax information in this answer."), _CALL),
    "danger-in-answer": Words(
        _("There are words about family violence in this answer. Somebody else may read them on this screen."), _CALL
    ),
    "place-in-answer": Words(
        _("There is an address or a place in this answer."),
        _("Take it out. If it must stay, say why. It must never be where somebody else lives or works."),
    ),
    "somebody-else-in-answer": Words(
        _("This answer names somebody else on the case."), _("Take the name out. If it must stay, say why.")
    ),
    "answer-hard-to-read": Words(
        _("This answer is hard to read or has short forms."), _("Write shorter sentences. If it must stay, say why.")
    ),
    "answer-too-long": Words(_("This answer is too long."), _("Write less, or call the person.")),
    "language-not-read-over": Words(
        _("We cannot check this language."), _("Have somebody read it over who speaks it. Say who did.")
    ),
    "not-an-office-of-this-program": Words(_("This program has no such office."), _OTHER_OFFICE),
    "office-does-not-serve-person": Words(_("That office does not serve this person."), _OTHER_OFFICE),
    "worker-not-in-this-county": Words(_("This worker does not work in this county."), _("Choose another worker.")),
    "question-of-family": Words(
        _("This question is of your family, or goes to somebody of theirs."),
        _("Give it to a worker who is not of the family."),
    ),
    "question-not-your-work": Words(_("There is no such question here."), _("Go back to the list.")),
    "contact-closed-already": Words(_("This question is closed already."), _("Open it again first.")),
    "answer-it-first": Words(
        _("Nobody answered the newest words yet."), _("Answer first, or say that no response is needed.")
    ),
    "waiting-told-today": Words(
        _("The person got a text today already that a message waits."), _("You do not have to do anything.")
    ),
    "no-sender": Words(_("This program sends no texts now."), _("Ask the state office.")),
}

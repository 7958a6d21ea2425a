"""The words for codes of contact: states, entries, how one was closed; and the topics of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from harborline.contact.facts import BY_TEXT
from harborline.contact.selectors import topics
from harborline.sites.console.titles import page_language
from harborline.sites.vocabulary import State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATES: Final[Mapping[str, State]] = {
    "new": State(_("New"), "wait"),
    "on-us": State(_("Waiting on us"), "wait"),
    "on-person": State(_("Waiting on the person"), "quiet"),
    "reopened": State(_("Opened again"), "wait"),
    "closed": State(_("Closed"), "quiet"),
}

WORDS: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "entry": {
        "asked": _("They asked"),
        "wrote": _("They wrote"),
        "answered": _("We answered"),
        "note": _("Note for staff"),
        "text-in": _("They sent a text"),
        "text-out": _("We answered by text"),
        "assigned": _("Given to"),
        "office": _("Passed to the office"),
        "passed-on": _("Passed to an office of another county"),
        "closed": _("Closed"),
        "reopened": _("Opened again"),
    },
    "closed": {
        "answered": _("answered"),
        "no-response": _("no response needed"),
        "passed-on": _("passed on"),
    },
    "language": {"en": _("English"), "es": _("Spanish"), "so": _("Somali"), "hmn": _("Hmong")},
}


def topic_titles(program: str) -> dict[str, str]:
    """The title of every topic in the language of the page."""
    language = page_language()
    found = {one.key: one.title.get(language) or one.title["en"] for one in topics(program)}
    return found | {BY_TEXT: _now("A text they sent")}


def word(code: str, catalogue: str) -> str:
    """The word for a code, or the code itself."""
    return str(WORDS.get(catalogue, {}).get(code, code))

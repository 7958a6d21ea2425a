"""Wrong input in words: the field by its label, the problem, both in the language of the page.

Rooms say in English what is wrong and where (`kernel.Invalid`). Their words stand in the catalogue of translations,
gathered from the rooms themselves (scripts/translations.py), and their places get their labels here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from harborline.kernel import Fault, Invalid, Refused, Unavailable
from harborline.sites.sentences import told
from harborline.sites.vocabulary import ROW_PROBLEMS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_LATER = _("This is not available right now. Please try again later.")
_NUMBERED = re.compile(r"(row|line) (\d+)")
_INSIDE = re.compile(r"(identifiers|purposes)\.(.+)")
_COUNTED: Final = {"row": _("row %(number)s"), "line": _("line %(number)s")}
_REASON, _PHONE, _DAY = _("Reason"), _("Phone number"), _("Day")
# What stands under "" needs no label: the problem names it.
PLACES: Final[Mapping[str, StrPromise | str]] = {
    "--event": _("Event"),
    "--on": _DAY,
    "--reason": _REASON,
    "--series": _("Series"),
    "--source": _("Source"),
    "--to": _("Last day"),
    "--version": _("Version"),
    "--year": _("Year"),
    "actor": "",
    "adoption": "",
    "answer": _("Answer"),
    "appeal": _("Your answer"),
    "area": _("Area"),
    "at": _("When"),
    "attested_on": _("Day of the attestation"),
    "because": _REASON,
    "boxes": _("Boxes"),
    "categories": _("Kinds of devices"),
    "certificate": _("Certificate"),
    "connectors": _("Connectors"),
    "consent": _("Permission"),
    "counties": _("Counties"),
    "county": _("County"),
    "data_elements": _("Data elements"),
    "day of the course": _("Day of the course"),
    "derived_from": _("Value"),
    "document": _("Document"),
    "document_no": _("Number of the document"),
    "drawn": _("Drawing"),
    "e-mail": _("Work e-mail"),
    "effective": _("Holds from"),
    "element": _("Data elements"),
    "elements": _("Data elements"),
    "evidence": _("Evidence"),
    "expires": _("Counts until"),
    "expires_on": _("Holds until"),
    "export": "",
    "field": _("Field"),
    "file": _("File"),
    "first day": _("Due by"),
    "from": _("First day"),
    "hold": _("Hold"),
    "how": _("How"),
    "identifiers": _("Identifiers"),
    "key": _("Key"),
    "kin": _("What are they to you?"),
    "label": _("Name of the line"),
    "language": _("Language"),
    "login": _("Login"),
    "means": _("How did they ask?"),
    "minutes": _("Minutes"),
    "name": _("Name"),
    "name of the team": _("Name of the team"),
    "note": _("Note"),
    "number": _("Number"),
    "office": _("Office"),
    "once": "",
    "owners": _("Owners"),
    "paper": _("Document"),
    "participant": _("Person"),
    "password": _("Password"),
    "people": _("People"),
    "per second": _("Requests per second"),
    "policy": _("Policy"),
    "program": _("Program"),
    "public_key": _("Public key"),
    "purposes": _("Purposes"),
    "reason": _REASON,
    "recipient": _("Who is told?"),
    "reference": _("Reference"),
    "run": "",
    "roster": _("On call"),
    "said": _("Your answer"),
    "your template": _("Your text"),
    "schedule": _("Date and time"),
    "scopes": _("Scopes"),
    "selection": "",
    "settled_as": _("What became of it"),
    "signed_as": _("Name as signed"),
    "source": _("Source"),
    "statement": _("Statement"),
    "strokes": _("Drawing"),
    "supervisor": _("Supervisor"),
    "systems": _("Systems"),
    "title": _("Title"),
    "to": _("Worker"),
    "topic": _("Topic"),
    "until": _("Until"),
    "valid_from": _("Valid from"),
    "value": _("Value"),
    "vendor": _("Company"),
    "verified_by": _("Second source"),
    "version": _("Version"),
    "way": _("Way"),
    "why": _REASON,
    "words": _("Words"),
}


def place(where: str) -> str:
    """A place in the reader's words; what has no label, such as the name of a file, stands as it is."""
    return ", ".join(filter(None, (_labelled(part) for part in where.split(", ")))) if where else ""


def _labelled(part: str) -> str:
    numbered = _NUMBERED.fullmatch(part)
    if numbered:
        return str(_COUNTED[numbered[1]]) % {"number": numbered[2]}
    inside = _INSIDE.fullmatch(part)
    if inside:
        return f"{PLACES[inside[1]]} ({inside[2]})"
    return str(_PHONE if part in ROW_PROBLEMS else PLACES.get(part, part))


def problem(wrong: Invalid) -> str:
    """What is wrong, as one sentence in the language of the page."""
    words = _problem(wrong)
    return f"{words[:1].upper()}{words[1:]}"


def _problem(wrong: Invalid) -> str:
    if wrong.where in ROW_PROBLEMS:
        return str(ROW_PROBLEMS[wrong.where])
    words = gettext(wrong.words)
    said = words.format(**wrong.values) if wrong.values else words
    return said if said[-1:] in ".?!" else f"{said}."


def said(wrong: Fault, labels: Mapping[str, str] | None = None) -> str:
    """One fault for the page: a refusal with its next step, wrong input with its place; never what is hidden.

    `labels` are those of the form it came from, where the page has one.
    """
    if isinstance(wrong, Refused):
        words = told(wrong.decision)
        return f"{words.sentence} {words.next_step}"
    if isinstance(wrong, Unavailable):
        return str(_LATER)
    if not isinstance(wrong, Invalid):
        return gettext(wrong.neutral())
    label = (labels or {}).get(wrong.where) or place(wrong.where)
    return f"{label}: {_problem(wrong)}" if label else problem(wrong)


def beside(wrong: Invalid, fields: Collection[str]) -> tuple[str | None, str]:
    """The field of a form the fault belongs to, if it is one of these, and what to say beside it or above all."""
    if wrong.where in fields:
        return wrong.where, problem(wrong)
    return None, said(wrong)

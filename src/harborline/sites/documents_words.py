"""The words of papers, for staff and for the people who hand them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.vocabulary import State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATES: Final[Mapping[str, State]] = {
    "coming": State(_("Still coming in"), "wait"),
    "received": State(_("Received"), "wait"),
    "checked": State(_("Checked"), "wait"),
    "with-worker": State(_("Waiting for a decision"), "wait"),
    "accepted": State(_("Accepted"), "good"),
    "again": State(_("Asked for again"), "stop"),
    "refused": State(_("Could not be used"), "stop"),
    "dropped": State(_("Never finished"), "quiet"),
}

WAYS: Final[Mapping[str, StrPromise]] = {
    "portal": _("Portal"),
    "counter": _("Counter"),
    "mail": _("Mail"),
    "email": _("Secure e-mail"),
    "fax": _("Fax"),
}

LABELS: Final[Mapping[str, StrPromise]] = {
    "identity": _("Proof of identity"),
    "birth-record": _("Birth record"),
    "proof-of-address": _("Proof of address"),
    "proof-of-income": _("Proof of income"),
    "court-order": _("Court order"),
    "health-insurance": _("Health insurance"),
    "custody-paper": _("Paper about custody"),
    "paternity-paper": _("Paper about who the father is"),
    "payment-record": _("Record of payments"),
    "health-form": _("Form from a doctor or nurse"),
    "food-card-paper": _("Paper about food benefits"),
    "signed-permission": _("Signed permission"),
    "letter": _("Letter"),
    "other": _("Something else"),
}

AGAIN: Final[Mapping[str, StrPromise]] = {
    "blurred": _("The picture is blurred."),
    "dark": _("The picture is too dark."),
    "cut-off": _("A part of the paper is cut off."),
    "page-missing": _("A page is missing."),
    "other-paper": _("We need a different paper."),
    "out-of-date": _("The paper is too old."),
    "not-signed": _("The paper is not signed."),
    "other": _("Another reason"),
}

PROBLEMS: Final[Mapping[str, StrPromise]] = {
    "empty": _("The file is empty. Please choose it again."),
    "not-a-picture": _("We can take photos and PDF files. Take a photo of the paper and send that."),
    "archive": _("This is a packed file. Send each paper by itself, as a photo or a PDF."),
    "office-file": _("This file is from an office program. Save it as a PDF, or take a photo of the paper."),
    "web-page": _("This is a web page. Take a photo of the paper and send that."),
    "film": _("This is a film. Take a photo of the paper and send that."),
    "harmful": _("Something in this file could harm computers. Take a photo of the paper and send that."),
    "unreadable": _("We could not open this file. It may have broken on the way. Please send it again."),
    "locked": _("This file has a password. Save it without one, or take a photo of the paper."),
    "files-inside": _("There are other files inside this one. Send each paper by itself."),
    "programs-inside": _("There is a small program inside this file. Print it as a new PDF, or take a photo."),
    "form-inside": _("We cannot show this kind of form. Print it as a new PDF, or take a photo."),
    "film-inside": _("There is a film or a sound in this file. Take a photo of the paper and send that."),
    "too-many-pages": _("This file has too many pages. Send it in parts of 200 pages at most."),
    "picture-too-large": _("This picture is too large. Take a normal photo of the paper and send that."),
    "moving-picture": _("This picture moves. Take a photo of the paper and send that."),
    "no-pages": _("There is no page in this file. Take a photo of the paper and send that."),
    "too-heavy": _("We could not read this file. Take a photo of the paper and send that."),
}

ROUTES: Final[Mapping[str, StrPromise]] = {
    "allowed": _("Goes to the worker of the case."),
    "handed-on": _("A worker handed it on."),
    "office-takes-it": _("It was given to the office."),
    "case-has-no-manager": _("The case has no worker now, so the office has it."),
    "holder-is-family": _("The worker of the case may not have it, so the office has it."),
    "holder-may-not-work": _("The worker of the case cannot work now, so the office has it."),
    "never-finished": _("The upload was never finished."),
    "full": _("Read in full isolation."),
    "partial": _("Read in partial isolation."),
}

LOOKS: Final[Mapping[str, StrPromise]] = {
    "sniff": _("First bytes"),
    "scan": _("Malware scanner"),
    "copy": _("Pages as pixels"),
    "clean": _("nothing wrong"),
    "found": _("something wrong"),
    "no-answer": _("no answer, tried again later"),
}

MISSING: Final[Mapping[str, StrPromise]] = {
    "no-network": _("The reader can reach the network."),
    "own-processes": _("The reader sees other programs."),
    "no-files": _("The reader sees files of this machine."),
    "no-rights": _("The reader has special rights."),
    "limits": _("The reader can write files."),
}

SHOWN: Final[Mapping[str, StrPromise]] = {
    "page": _("Opened the paper"),
    "copy": _("Saw a page"),
    "original": _("Opened the original"),
    "unblackened": _("Saw a page without its black boxes"),
}

_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "way": WAYS,
    "label": LABELS,
    "again": AGAIN,
    "problem": PROBLEMS,
    "route": ROUTES,
    "look": LOOKS,
    "missing": MISSING,
    "shown": SHOWN,
}


def word(code: str, catalogue: str) -> StrPromise | str:
    """The word for a code in one of the catalogues; the code itself when it has none."""
    return _CATALOGUES[catalogue].get(code, code)


def state(code: str) -> State:
    """The word and tone of a state, for staff."""
    return STATES[code]


def offered(catalogue: str) -> list[tuple[str, StrPromise | str]]:
    """A catalogue as a form offers it."""
    return list(_CATALOGUES[catalogue].items())

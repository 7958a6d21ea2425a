"""The words of these pages: marks with their sentences, outcomes, kinds of data, penalties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MARKS: Final[Mapping[str, StrPromise]] = {
    "own-record": _("This is the worker's own record."),
    "same-address": _("This person lives with the worker."),
    "family": _("This person is of the worker's family."),
    "account-was-off": _("Somebody tried to use the account when it was off."),
    "burst": _("On this day the worker opened far more records that were not part of their work than ever before."),
    "ten-in-ten-minutes": _("The worker opened ten records or more in ten minutes, none of them part of their work."),
    "many-emergencies": _("The worker declared four emergencies or more in seven days."),
    "same-reason-again": _("The worker gave the same reason for emergencies of different people."),
    "many-searches": _("On this day the worker searched for many numbers that nobody has."),
    "search-met-block": _("The worker searched for somebody whose cases are protected, and was shown nothing."),
    "other-county": _("The worker searched for somebody of a county where they do not work."),
    "unusual-export": _("The worker took far more records than usual."),
    "public-person": _("Many would like to look this person up."),
    "coworker": _("This person has the name of somebody who works here."),
    "same-surname": _("Worker and person have the same last name."),
    "protected-person": _("Somebody on this person's cases is protected."),
    "again-and-again": _("The worker came back to this record on many days."),
    "outside-hours": _("The worker opened it at an hour when they do not work otherwise."),
    "drawn-by-lot": _("It was drawn by lot."),
    "unexplained": _("Nothing written down shows that it was part of the worker's work."),
}

OUTCOMES: Final[Mapping[str, StrPromise]] = {
    "explained": _("It was part of the work"),
    "reminder": _("I reminded the worker"),
    "retraining": _("The worker is trained again"),
    "penalty": _("A penalty follows"),
    "incident": _("It is an incident"),
}

PUBLIC_REASONS: Final[Mapping[str, StrPromise]] = {
    "office": _("Holds an office"),
    "press": _("Is in the news"),
    "known": _("Is known to many"),
    "staff": _("Family of somebody who works here"),
}

ELEMENTS: Final[Mapping[str, StrPromise]] = {
    "name": _("Names"),
    "identity-number": _("Social Security numbers"),
    "address": _("Addresses"),
    "employer": _("Employers"),
    "finances": _("Income or accounts"),
    "tax-information": _("Federal tax information"),
    "telephone": _("Telephone numbers"),
    "document": _("Documents"),
    "health": _("Health"),
    "other": _("Something else"),
}

PRIVATE: Final[Mapping[str, StrPromise]] = {
    "name": _("“%(words)s” looks like a name. Say what the person is, such as “a parent”."),
    "number": _("“%(words)s” looks like the number of a person, case or account. Leave it out."),
    "birth-date": _("“%(words)s” looks like a birth date. Leave it out."),
    "address": _("“%(words)s” looks like an address. Say only “a home address”."),
    "amount": _("“%(words)s” looks like an amount. Say only “an amount”."),
    "e-mail": _("“%(words)s” looks like an e-mail address. Leave it out."),
}

HOW_FOUND: Final[Mapping[str, StrPromise]] = {
    "nightly-watch": _("The nightly watch"),
    "worker": _("A worker"),
    "person-concerned": _("Somebody concerned"),
    "partner": _("Another agency or company"),
    "audit": _("An audit"),
    "technical-alarm": _("A technical alarm"),
}

PENALTIES: Final[Mapping[str, StrPromise]] = {
    "reminder": _("Reminder"),
    "retraining": _("Training again"),
    "written-warning": _("Written warning"),
    "suspension": _("Suspension"),
    "dismissal": _("Dismissal"),
}

PENALTY_STATES: Final[Mapping[str, StrPromise]] = {
    "waits": _("waits for a second person"),
    "refused": _("refused"),
    "in-force": _("in force, not read yet"),
    "read": _("in force, read"),
}

_CATALOGUES: Final[Mapping[str, Mapping[str, StrPromise]]] = {
    "mark": MARKS,
    "outcome": OUTCOMES,
    "public": PUBLIC_REASONS,
    "element": ELEMENTS,
    "private": PRIVATE,
    "how": HOW_FOUND,
    "penalty": PENALTIES,
    "penalty-state": PENALTY_STATES,
}


def word(code: str, catalogue: str) -> StrPromise | str:
    """The word for a code in one of the catalogues; the code itself when it has none."""
    return _CATALOGUES[catalogue].get(code, code)


def offered(catalogue: str) -> list[tuple[str, StrPromise | str]]:
    """The codes of a catalogue, as a form offers them."""
    return list(_CATALOGUES[catalogue].items())

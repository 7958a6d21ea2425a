"""The forms of these pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.disclosure.facts import (
    Basis,
    GlassReason,
    OffsetPart,
    Payment,
    Place,
    Recipient,
    Road,
    Step,
)
from harborline.disclosure.rules import social_security_number
from harborline.disclosure.services import Wanted
from harborline.kernel import Invalid
from harborline.people.facts import TAX_SOURCES, WHEREABOUTS, HeldName, ProtectionKind, ProtectionReason, Source
from harborline.sites.console.disclosing.words import FIELDS, LAWS, offered, word
from harborline.sites.console.staff.forms import end_of

_CHOOSE = ("", _("- Choose -"))
_PARENT_STEPS = (Step.PURPOSE_ATTESTED, Step.SOLE_USE_ATTESTED, Step.STATUS_ATTESTED, Step.OFFSET_RECEIVED)
_COURT_STEPS = (Step.COUNSEL_NOTIFIED, Step.QUASH_ATTEMPTED, Step.LIMITED_TO_NECESSARY)
_DAY = forms.DateInput({"type": "date"})


class GlassForm(forms.Form):
    """An emergency with its reason and what shows it."""

    reason = forms.ChoiceField(
        label=_("What is the emergency?"),
        choices=lambda: [_CHOOSE, *offered("emergency", [one.value for one in GlassReason])],
    )
    reference = forms.CharField(
        label=_("Call, hearing or report"),
        max_length=120,
        help_text=_("What others can look up later, with its number, day or hour."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ValueForm(forms.Form):
    """One value, who told it, and which other source confirmed it."""

    field = forms.ChoiceField(label=_("Field"), choices=lambda: [_CHOOSE, *offered("field", list(FIELDS))])
    value = forms.CharField(label=_("Value"), max_length=300, widget=forms.TextInput({"autocomplete": "off"}))
    source = forms.ChoiceField(
        label=_("Who told it?"),
        choices=lambda: [_CHOOSE, *offered("source")],
        help_text=_("What a tax office told is federal tax information until another source tells it."),
    )
    verified_by = forms.ChoiceField(
        label=_("Which second source confirms it?"),
        required=False,
        choices=lambda: [_CHOOSE, *offered("source", sorted(set(Source) - TAX_SOURCES))],
    )

    def clean(self) -> dict[str, Any]:
        """A Social Security number has the form of one."""
        given = super().clean() or {}
        if given.get("field") == HeldName.SSN and given.get("value"):
            try:
                given["value"] = social_security_number(given["value"])
            except Invalid:
                self.add_error("value", _("This is no Social Security number. Write nine digits."))
        return given


class KinForm(forms.Form):
    """What the worker is to the person beside work."""

    kin = forms.ChoiceField(label=_("What are they to you?"), choices=lambda: [_CHOOSE, *offered("kin")])


class ProtectionForm(forms.Form):
    """Who is protected, why, and who says so."""

    kind = forms.ChoiceField(
        label=_("What protects the person?"),
        choices=lambda: [_CHOOSE, *offered("protection", [one.value for one in ProtectionKind])],
    )
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=lambda: [
            _CHOOSE,
            *offered("reason", [one.value for one in ProtectionReason if one is not ProtectionReason.CASE_SYSTEM]),
        ],
    )
    source = forms.CharField(
        label=_("Who decided, or which paper says so?"), max_length=80, widget=forms.TextInput({"autocomplete": "off"})
    )
    until = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Leave this empty if it has no end."), widget=_DAY
    )

    def until_at(self, zone: str) -> datetime | None:
        """The end of the last day; None: no end."""
        return day_over(self.cleaned_data["until"], zone)


class OrderForm(forms.Form):
    """A court's order to open one field once."""

    field = forms.ChoiceField(
        label=_("What does the court want to know?"),
        choices=lambda: [_CHOOSE, *offered("field", sorted(WHEREABOUTS))],
    )
    court = forms.CharField(label=_("Court"), max_length=120)
    docket = forms.CharField(label=_("Docket number"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    until = forms.DateField(label=_("Last day"), help_text=_("Ten days from now at most."), widget=_DAY)

    def expires_at(self, zone: str) -> datetime:
        """The end of the last day."""
        over = day_over(self.cleaned_data["until"], zone)
        assert over is not None
        return over


class ReleaseForm(forms.Form):
    """Who outside is told what about a person, by which law, by which road."""

    recipient_kind = forms.ChoiceField(label=_("Who is told?"), choices=lambda: [_CHOOSE, *offered("recipient")])
    recipient = forms.CharField(
        label=_("Their name"), max_length=120, help_text=_("The office, court or person. It is kept sealed.")
    )
    basis = forms.ChoiceField(label=_("By which law?"), choices=lambda: [_CHOOSE, *offered("law", list(LAWS))])
    reference = forms.CharField(
        label=_("Docket, release or agreement"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    road = forms.ChoiceField(label=_("How does it travel?"), choices=lambda: [_CHOOSE, *offered("road")])
    place = forms.ChoiceField(label=_("Where will it lie?"), choices=lambda: [_CHOOSE, *offered("destination")])

    def __init__(self, *args: Any, wic: bool, orders: list[tuple[str, str]], **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self._boxes("tell", HeldName, "field")
        self._boxes("done", _COURT_STEPS if wic else _PARENT_STEPS, "step")
        if not wic:
            self.fields["payment"] = forms.ChoiceField(
                label=_("Which payment was offset?"), choices=lambda: offered("payment"), initial="none"
            )
            self._boxes("part", OffsetPart, "part")
        if orders:
            self.fields["override"] = forms.ChoiceField(
                label=_("Court order about where somebody is"), required=False, choices=[_CHOOSE, *orders]
            )

    def _boxes(self, prefix: str, codes: Iterable[str], catalogue: str) -> None:
        for code in codes:
            self.fields[f"{prefix}-{code}"] = forms.BooleanField(label=word(code, catalogue), required=False)

    def _marked(self, prefix: str) -> list[str]:
        return [
            name.removeprefix(f"{prefix}-")
            for name, value in self.cleaned_data.items()
            if value is True and name.startswith(f"{prefix}-")
        ]

    def wanted(self) -> Wanted:
        """What the form asks for."""
        given = self.cleaned_data
        return Wanted(
            recipient_kind=Recipient(given["recipient_kind"]),
            recipient=given["recipient"],
            basis=Basis(given["basis"]),
            reference=given["reference"],
            fields=[HeldName(name) for name in self._marked("tell")],
            road=Road(given["road"]),
            place=Place(given["place"]),
            payment=Payment(given.get("payment") or Payment.NONE),
            steps=frozenset(Step(name) for name in self._marked("done")),
            offset_parts=frozenset(OffsetPart(name) for name in self._marked("part")),
            override=UUID(given["override"]) if given.get("override") else None,
        )


class PolicyForm(forms.Form):
    """The next version of the written policy."""

    content = forms.CharField(
        label=_("Text of the policy"),
        max_length=200_000,
        help_text=_("Change the rows, and the day from which they hold."),
        widget=forms.Textarea({"rows": 24, "spellcheck": "false"}),
    )
    because = forms.CharField(label=_("Why does it change?"), max_length=300)


def day_over(day: Any, zone: str) -> datetime | None:  # noqa: ANN401 - a date, or nothing
    """The moment at which a day is over in a zone; None for no day."""
    return end_of(day, zone) if day else None

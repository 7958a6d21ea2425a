"""The forms of oversight."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.kernel import clock
from harborline.oversight.facts import Element, HowFound, Told
from harborline.oversight.selectors import private_in
from harborline.sites.console.oversight.words import offered, word
from harborline.sites.console.staff.forms import DAY

_MOMENT = {"type": "datetime-local"}
_WORDS = {"rows": 4, "maxlength": 1000}


class ReviewForm(forms.Form):
    """What was found."""

    outcome = forms.ChoiceField(label=_("What did you find?"), choices=offered("outcome"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What did you see and ask?"), required=False, max_length=1000, widget=forms.Textarea(attrs=_WORDS)
    )


class PublicForm(forms.Form):
    """Whom many would like to look up."""

    number = forms.CharField(label=_("Number of the participant"), max_length=40)
    because = forms.ChoiceField(label=_("Why?"), choices=offered("public"))


class IncidentForm(forms.Form):
    """What happened, without anybody's data."""

    occurred_at = forms.DateTimeField(
        label=_("When did it happen?"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    found_at = forms.DateTimeField(
        label=_("When was it found?"), widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    how_found = forms.ChoiceField(label=_("Who or what found it?"), choices=offered("how"))
    elements = forms.MultipleChoiceField(
        label=_("Which kinds of data?"), choices=offered("element"), widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(label=_("How many people, as far as you know?"), min_value=0, max_value=100_000_000)
    description = forms.CharField(
        label=_("What happened?"),
        max_length=1000,
        widget=forms.Textarea(attrs=_WORDS),
        help_text=_("Name nobody, and write no numbers of people, birth dates, amounts or addresses."),
    )
    place = forms.CharField(label=_("Where?"), max_length=200, help_text=_("Office and its town."))
    systems = forms.CharField(label=_("Which computers or programs?"), max_length=200)
    discipline = forms.CharField(label=_("What follows for those who did it?"), max_length=200, required=False)
    contact = forms.CharField(label=_("Whom may the authority call?"), max_length=200)

    def told(self) -> Told:
        """The report; times as typed are those of the program's zone."""
        given: dict[str, Any] = dict(self.cleaned_data)
        given["how_found"] = HowFound(given["how_found"])
        given["elements"] = frozenset(map(Element, given["elements"]))
        return Told(**given)


def name_what_is_private(form: IncidentForm) -> None:
    """Put each place that must not go outside beside its field, with what to write instead."""
    for one in private_in(form.told()):
        form.add_error(one.field, word(one.kind, "private") % {"words": one.words})


class AmendForm(IncidentForm):
    """What became known later; when and how it was found stay as they were first reported."""

    def __init__(self, *args: Any, found: Told, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self._found = found
        del self.fields["found_at"], self.fields["how_found"]

    def told(self) -> Told:
        """The report as it stands now."""
        self.cleaned_data |= {"found_at": self._found.found_at, "how_found": self._found.how_found.value}
        return super().told()


class StepForm(forms.Form):
    """What shows that somebody was told."""

    reference = forms.CharField(label=_("Which paper or number shows it?"), max_length=120)


class PenaltyForm(forms.Form):
    """A penalty for a worker."""

    worker = forms.CharField(label=_("Number of the worker"), max_length=40)
    kind = forms.ChoiceField(label=_("Which?"), choices=offered("penalty"))
    because = forms.CharField(
        label=_("For what?"),
        max_length=1000,
        widget=forms.Textarea(attrs=_WORDS),
        help_text=_("The worker reads this. Name no participant."),
    )
    basis = forms.CharField(label=_("Which finding, incident or paper?"), max_length=80)
    from_date = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=DAY))
    until_date = forms.DateField(label=_("A suspension ends on"), widget=forms.DateInput(attrs=DAY), required=False)


class ReceiptForm(forms.Form):
    """The worker read it."""

    typed = forms.CharField(
        label=_("Type your name: you read it"), max_length=200, help_text=_("This does not mean that you agree.")
    )
    appeal = forms.CharField(
        label=_("What do you say against it?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=_WORDS),
    )


def now_here(zone: str) -> datetime:
    """Now on the wall clock of a zone, to the minute, as a form begins with it."""
    return clock.now().astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0, tzinfo=None)

"""The forms of the console; each says in plain words what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _


class StartForm(forms.Form):
    """Which text goes to which file's people."""

    template = forms.ChoiceField(label=_("Which text?"), widget=forms.RadioSelect)
    caseload = forms.FileField(
        label=_("Caseload file"),
        help_text=_("A CSV file with one row for each person, as your case system writes it."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, templates: list[tuple[str, str]], **named: Any) -> None:  # noqa: ANN401 - as the base class  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["template"].choices = templates  # type: ignore[attr-defined]  # a choice field
        if len(templates) == 1:
            self.fields["template"].initial = templates[0][0]


class ScheduleForm(forms.Form):
    """A moment in the program's own time."""

    date = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}))

    def moment(self, zone: str) -> datetime:
        """The chosen moment, aware."""
        return datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"], ZoneInfo(zone))


class TestForm(forms.Form):
    """A test phone and a language."""

    to = forms.CharField(
        label=_("Test phone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=(("en", "English"), ("es", "Español")))


class SearchForm(forms.Form):
    """A participant's number in the case system."""

    q = forms.CharField(
        label=_("Participant ID"),
        max_length=40,
        help_text=_("The number in your case system."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RevokeForm(forms.Form):
    """Why a permission ends."""

    because = forms.CharField(label=_("Why does the permission end?"), max_length=200)


class PermissionForm(forms.Form):
    """A spoken permission for the number on file."""

    language = forms.ChoiceField(label=_("Language you read it in"), choices=(("en", "English"), ("es", "Español")))
    read_out = forms.BooleanField(label=_("I read the words above, and the person said yes."))


class ReleaseForm(forms.Form):
    """A signed release: typed here with the person, or on paper with its scan."""

    language = forms.ChoiceField(label=_("Language of the form"), choices=(("en", "English"), ("es", "Español")))
    signed_as = forms.CharField(
        label=_("Name as signed"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scan = forms.FileField(
        label=_("Scan of the paper form"),
        required=False,
        help_text=_("Leave this empty if the person typed the name here with you."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

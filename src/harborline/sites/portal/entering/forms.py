"""The forms of coming in; none of them tells who is known."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """The number that gets a code."""

    number = forms.CharField(
        label=_("Your mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )


class CodeForm(forms.Form):
    """The code of the text and the passphrase, together."""

    code = forms.CharField(
        label=_("Code from the text"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    passphrase = forms.CharField(
        label=_("Your passphrase"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class StartForm(forms.Form):
    """A code from a paper, from a worker or from a link."""

    start = forms.CharField(
        label=_("Your code"),
        help_text=_("20 letters and numbers, from a paper or from your office."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ShowForm(forms.Form):
    """The passphrase somebody has."""

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class ChooseForm(forms.Form):
    """A new passphrase, twice."""

    passphrase = forms.CharField(
        label=_("Choose a passphrase"),
        help_text=_("At least 12 letters, numbers or spaces. Use words only you would think of."),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    again = forms.CharField(
        label=_("Type it again"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_again(self) -> str:
        """The same twice."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("passphrase"):
            raise forms.ValidationError(_("The two are not the same."))
        return again

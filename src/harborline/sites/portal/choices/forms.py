"""The forms of the consent centre."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """A signature: the name typed, and drawn beside it where the page can take a drawing; `once` names the form."""

    signed_as = forms.CharField(
        label=_("Type your name to sign"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    drawn = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput(attrs={"id": "drawn"}))
    statement = forms.CharField(max_length=64, widget=forms.HiddenInput())
    once = forms.CharField(max_length=64, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


class WishForm(forms.Form):
    """One thing the office should change. Where somebody can be found is not written here: the office asks."""

    field = forms.ChoiceField(
        label=_("What should change?"),
        choices=(
            ("phone", _("My phone number")),
            ("address", _("My address")),
            ("safe-contact", _("My safe contact: somebody you may give a code or a letter for me")),
            ("language", _("The language you use with me")),
        ),
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("For another language: which one?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

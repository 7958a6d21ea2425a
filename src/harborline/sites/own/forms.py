"""The form under the requirements."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """Read, and one's own name typed; which words were on the page goes with it."""

    statement = forms.CharField(max_length=80, widget=forms.HiddenInput)
    language = forms.CharField(max_length=5, widget=forms.HiddenInput)
    read = forms.BooleanField(label=_("I read every point, and I understand what I risk."))
    signed_as = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        help_text=_("Type it as it stands above. This is your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

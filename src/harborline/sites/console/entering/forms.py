"""How a code to begin with travels."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

WAYS = (
    ("in-person", _("I hand it over now. I saw who they are.")),
    ("safe-contact", _("It goes to their safe contact.")),
    ("letter", _("It goes by letter to the address on file, or the substitute address.")),
    ("link", _("A link in a message. It only works for people who have a passphrase.")),
)


class HandOverForm(forms.Form):
    """The way, the language of the paper, and whether a forgotten passphrase may be chosen anew."""

    way = forms.ChoiceField(label=_("How does the code travel?"), choices=WAYS, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=(("en", "English"), ("es", "Español")))
    renews = forms.BooleanField(label=_("They forgot their passphrase and may choose a new one"), required=False)

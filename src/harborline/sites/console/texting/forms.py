"""The forms of these pages; each says in plain words what is missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from harborline.messaging.words.templates import PLACEHOLDERS

_ROWS = {"rows": 4, "spellcheck": "true"}


class ProposalForm(forms.Form):
    """Words in English and Spanish with a reason; what varies stands in braces and has a type."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    title_en = forms.CharField(label=_("What is this text for? (English)"), max_length=80)
    words_en = forms.CharField(
        label=_("Words in English"), max_length=700, strip=True, widget=forms.Textarea(attrs={**_ROWS, "lang": "en"})
    )
    title_es = forms.CharField(label=_("What is this text for? (Spanish)"), max_length=80, required=False)
    words_es = forms.CharField(
        label=_("Words in Spanish"),
        max_length=700,
        required=False,
        help_text=_("Without Spanish words, Spanish speakers get no text."),
        widget=forms.Textarea(attrs={**_ROWS, "lang": "es"}),
    )
    reason = forms.CharField(label=_("Why are these words needed?"), max_length=400)

    def __init__(self, *args: Any, kind: str, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        places = " ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[kind]))
        self.fields["words_en"].help_text = _("What changes from person to person stands in braces: %(places)s") % {
            "places": places
        }

    def clean(self) -> dict[str, Any]:
        """Spanish words need a Spanish title, and the other way round."""
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("title_es")) != bool(given.get("words_es")):
            self.add_error("title_es", _("Write both the title and the words in Spanish, or neither."))
        return given

    def proposal(self) -> dict[str, Any]:
        """What `wording.propose` takes."""
        given = self.cleaned_data
        languages = [language for language in ("en", "es") if given.get(f"words_{language}")]
        return {
            "key": given["key"] or slugify(given["title_en"])[:59],
            "title": {language: given[f"title_{language}"] for language in languages},
            "words": {language: given[f"words_{language}"].replace("\r\n", "\n") for language in languages},
            "reason": given["reason"],
        }

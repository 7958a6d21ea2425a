"""Words of papers on pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from harborline.sites import documents_words
from harborline.sites.vocabulary import State

register = template.Library()


@register.filter
def paper_word(code: object, catalogue: str) -> str:
    """The word for a code."""
    return str(documents_words.word(str(code), catalogue))


@register.filter
def paper_state(code: object) -> State:
    """The word and tone of a state, for staff."""
    return documents_words.state(str(code))


@register.filter
def paper_by(recorded_by: str, names: Mapping[str, str]) -> str:
    """Who did it, by name; the person and the product itself in plain words."""
    kind, _colon, identifier = str(recorded_by).partition(":")
    if kind == "system":
        return _("Harborline")
    if kind == "participant":
        return _("the person")
    return names.get(identifier, recorded_by)


@register.filter
def fingerprint(sha256: str) -> str:
    """The digest with the name of its method, as other programs show it."""
    return f"SHA-256 {sha256}" if sha256 else ""

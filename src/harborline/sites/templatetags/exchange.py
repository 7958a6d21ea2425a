"""Words of the exchange on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from harborline.sites.console.exchange import words
from harborline.sites.vocabulary import State

register = template.Library()


@register.filter
def exchange_word(code: object, catalogue: str) -> str:
    """The word for a code."""
    return words.word(str(code), catalogue)


@register.filter
def exchange_state(code: object, catalogue: str) -> State:
    """The word and tone of a state."""
    return words.state(str(code), catalogue)


@register.filter
def who(recorded_by: str, names: Mapping[str, str]) -> str:
    """Who did it, by name; machines and the product itself in plain words."""
    kind, _colon, identifier = str(recorded_by).partition(":")
    if kind == "partner":
        return _("the partner's machine")
    if kind == "carrier":
        return identifier
    if kind == "system":
        return _("Harborline")
    return names.get(identifier, recorded_by)


@register.filter
def spoken_detail(detail: Mapping[str, Any]) -> str:
    """The figures of an event in one line."""
    named = [(name, value) for name, value in detail.items() if value not in ("", None, {}, [])]
    return ", ".join(f"{name}: {_spoken(value)}" for name, value in named)


def _spoken(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} {one}" for name, one in value.items())
    return str(value)

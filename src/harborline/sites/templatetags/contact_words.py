"""Words of contact on pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from harborline.sites.console.contact import words
from harborline.sites.vocabulary import State

register = template.Library()


@register.filter
def contact_state(code: str) -> State:
    """The word and tone of a contact's state."""
    return words.STATES[str(code)]


@register.filter
def contact_word(code: str, catalogue: str) -> str:
    """The word for a code of contact."""
    return words.word(str(code), catalogue)


@register.filter
def of_actor(names: Mapping[str, str], actor: str) -> str:
    """The name of the worker who did something; nothing for a person or a machine."""
    kind, _colon, identifier = str(actor).partition(":")
    return names.get(identifier, "") if kind == "worker" else ""

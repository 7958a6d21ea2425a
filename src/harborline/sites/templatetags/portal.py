"""What the portal's templates ask for."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from harborline.sites.frame import in_language as choose

register = template.Library()


@register.filter
def in_language(words: Mapping[str, str]) -> str:
    """The words in the language of the page, else in English."""
    return choose(words)


_WISHES = {
    "phone": _("New phone number"),
    "address": _("New address"),
    "safe-contact": _("Safe contact"),
    "language": _("Language"),
    "code-other-way": _("Wants a code: call or write"),
}
_SETTLED = {"confirmed": _("confirmed"), "declined": _("declined"), "replaced": _("replaced by a newer one")}


@register.filter
def wish(field: str) -> str:
    """What somebody asked for."""
    return str(_WISHES[field])


@register.filter
def settled(how: str) -> str:
    """What became of it."""
    return str(_SETTLED[how])

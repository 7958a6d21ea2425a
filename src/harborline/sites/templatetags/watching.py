"""Words of oversight on pages."""

from __future__ import annotations

from django import template

from harborline.sites.console.oversight.words import word

register = template.Library()


@register.filter
def watched(code: str, catalogue: str) -> str:
    """The word for a code of oversight."""
    return str(word(str(code), catalogue))

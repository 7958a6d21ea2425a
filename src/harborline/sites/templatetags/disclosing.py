"""Words of disclosure on pages, and the alert about emergencies that wait."""

from __future__ import annotations

from django import template

from harborline.sites.console.disclosing.words import word

register = template.Library()


@register.filter
def disclosed(code: str, catalogue: str) -> str:
    """The word for a code of disclosure."""
    return str(word(str(code), catalogue))


@register.filter
def spoken_roles(roles: str) -> str:
    """Roles as records keep them, with commas, in words."""
    return ", ".join(str(word(role, "role")) for role in roles.split(",") if role)

"""Words of vendors on pages, and the stop of a notice run whose company may not carry now."""

from __future__ import annotations

from django import template

from harborline.messaging.selectors import CarrierStatus, carrier_status
from harborline.sites.console.vendoring.words import word

register = template.Library()


@register.filter
def vendor_word(code: str, catalogue: str) -> str:
    """The word for a code of vendors."""
    return word(str(code), catalogue)


@register.simple_tag
def stopped_carriers() -> list[CarrierStatus]:
    """The program's senders whose company may not carry now; inside a unit of work."""
    return [one for one in carrier_status() if not one.approved]

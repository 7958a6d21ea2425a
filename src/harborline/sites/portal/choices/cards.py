"""The consent centre's card on the first page after coming in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.sites.portal.parts import Card
from harborline.sites.visiting import Visit


def cards(visit: Visit) -> list[Card]:
    """The way to one's choices."""
    del visit
    return [Card(_("My choices"), _("How we may reach you, and what you agreed to."), reverse("portal:choices"))]

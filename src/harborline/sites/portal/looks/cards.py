"""The way to the list of who looked."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.sites.portal.parts import Card
from harborline.sites.visiting import Visit


def cards(visit: Visit) -> list[Card]:
    """The same card for everybody, without a number: nothing on it tells how often anybody looked."""
    del visit
    return [Card(_("Who looked"), _("Which kinds of workers opened your record."), reverse("portal:looks"))]

"""The card on the first page after coming in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.documents.facts import State
from harborline.documents.selectors import papers_of
from harborline.sites.portal.parts import Card
from harborline.sites.visiting import Visit


def cards(visit: Visit) -> list[Card]:
    """Send papers; first of all where one is asked for again."""
    found = [paper for one in visit.participants for paper in papers_of(one.id)]
    waits = sum(1 for paper in found if paper.state in (State.AGAIN, State.REFUSED))
    if visit.kind == "wic":
        text = _("Send photos or files to your clinic, and see what became of them.")
    else:
        text = _("Send photos or files to your case manager, and see what became of them.")
    again = _("We need a paper again.") if waits else ""
    return [Card(_("Send us papers"), again or text, reverse("portal:papers"), count=waits, waits=bool(waits))]

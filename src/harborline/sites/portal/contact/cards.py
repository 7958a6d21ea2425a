"""The card of questions on the first page after coming in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from harborline.contact.selectors import own_contacts
from harborline.sites.portal.parts import Card
from harborline.sites.visiting import Visit


def cards(visit: Visit) -> list[Card]:
    """Ask, and read answers; marked while one is not read."""
    unread = sum(one.unread for one in own_contacts([one.id for one in visit.participants]))
    text = _("There is a new answer for you.") if unread else _("Ask us something, and read our answers.")
    return [Card(_("Messages"), text, reverse("portal:contact"), count=unread, waits=bool(unread))]

"""The doors of the portal, part by part."""

from __future__ import annotations

from harborline.sites.doors import ANYONE, PARTICIPANT, Door
from harborline.sites.portal.choices.doors import DOORS as CHOICES
from harborline.sites.portal.contact.doors import DOORS as CONTACT
from harborline.sites.portal.documents.doors import DOORS as DOCUMENTS
from harborline.sites.portal.entering.doors import DOORS as ENTERING
from harborline.sites.portal.looks.doors import DOORS as LOOKS

_OWN = "the participant, for what is theirs"

DOORS = (
    Door("portal:front", "GET", ANYONE, "anyone: the public first page"),
    Door(
        "portal:leave",
        "GET",
        ANYONE,
        "anyone: leaves at once, and ends the visit if there is one",
        "people.visit-ended",
    ),
    Door("portal:home", "GET", PARTICIPANT, _OWN),
    *ENTERING,
    *CHOICES,
    *DOCUMENTS,
    *CONTACT,
    *LOOKS,
)

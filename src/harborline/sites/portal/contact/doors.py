"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import PARTICIPANT, Door

_OWN = "the participant, for what is theirs"

DOORS = (
    Door("portal:contact", "GET", PARTICIPANT, _OWN),
    Door("portal:contact-ask", "GET", PARTICIPANT, _OWN),
    Door("portal:contact-ask", "POST", PARTICIPANT, _OWN, "contact.begun"),
    Door("portal:contact-opt-in", "POST", PARTICIPANT, _OWN, "consent.given"),
    Door("portal:contact-thread", "GET", PARTICIPANT, _OWN, "contact.read-by-person"),
    Door("portal:contact-thread", "POST", PARTICIPANT, _OWN, "contact.wrote"),
    Door("portal:contact-safe", "GET", PARTICIPANT, _OWN),
)

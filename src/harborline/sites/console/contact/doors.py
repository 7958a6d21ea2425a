"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:contacts", "GET", "contact:read", _STAFF),
    Door("console:contact-thread", "GET", "contact:read", _STAFF, "contact.opened"),
    Door("console:contact-thread", "POST", "contact:answer", _STAFF, "contact.answered"),
    Door("console:contact-steer", "POST", "contact:answer", _STAFF, "contact.assigned"),
    Door("console:danger", "POST", "contact:answer", _STAFF, "danger.acknowledged"),
    Door("console:desk", "GET", "desk:read", _STAFF),
    Door("console:desk-sign", "GET", "desk:read", _STAFF, "people.participant-opened"),
    Door("console:desk-sign", "POST", "desk:sign", _STAFF, "consent.given"),
)

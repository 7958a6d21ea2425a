"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:portal-person", "GET", "participants:read", _STAFF, "people.participant-opened"),
    Door("console:portal-code", "POST", "consent:record", _STAFF, "people.start-made"),
    Door("console:portal-wishes", "GET", "consent:read", _STAFF),
    Door("console:portal-wish-words", "GET", "consent:record", _STAFF, "people.wish-opened"),
    Door("console:portal-renewal", "POST", "safeguards:review", _STAFF, "people.renewal-reviewed"),
    Door("console:portal-wish", "POST", "consent:record", _STAFF, "people.wish-settled"),
)

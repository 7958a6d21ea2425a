"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:dashboard", "GET", "notices:read", _STAFF),
    Door("console:words", "GET", "notices:read", _STAFF),
    Door("console:words-propose", "GET", "wording:propose", _STAFF),
    Door("console:words-propose", "POST", "wording:propose", _STAFF, "template.proposed"),
    Door("console:words-version", "GET", "notices:read", _STAFF),
    Door("console:words-decide", "POST", "wording:approve", _STAFF, "template.approved"),
)

"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (Door("console:dashboard", "GET", "notices:read", _STAFF),)

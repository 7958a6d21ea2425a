"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

DOORS: tuple[Door, ...] = ()

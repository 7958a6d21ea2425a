"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Disclosure."""

    name = "harborline.disclosure"
    label = "disclosure"

"""The sites as a Django application: templates, static files, translations."""

from __future__ import annotations

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """Its label differs from Django's own `sites`."""

    name = "harborline.sites"
    label = "harborline_sites"

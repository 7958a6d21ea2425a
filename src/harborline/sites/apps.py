"""The sites as a Django application: templates, static files, translations."""

from __future__ import annotations

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """Its label differs from Django's own `sites`."""

    name = "harborline.sites"
    label = "harborline_sites"

    def ready(self) -> None:
        """Whoever signs in as a worker leaves the portal."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - loads models

        from harborline.sites.visiting import leave_at_sign_in  # noqa: PLC0415 - as above

        user_logged_in.connect(leave_at_sign_in, dispatch_uid="harborline.sites.visiting")

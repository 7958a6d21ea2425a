"""Django application of consent."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Permissions, releases, opt-ins, withdrawals, stops."""

    name = "harborline.consent"
    label = "consent"

"""Django application of recovery."""

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    """Recovery."""

    name = "harborline.recovery"
    label = "recovery"

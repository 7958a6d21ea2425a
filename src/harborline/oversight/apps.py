"""Django application of oversight."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Oversight."""

    name = "harborline.oversight"
    label = "oversight"

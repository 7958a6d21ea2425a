"""Django application of vendors."""

from django.apps import AppConfig


class VendorsConfig(AppConfig):
    """Companies and the written permissions they hold."""

    name = "harborline.vendors"
    label = "vendors"

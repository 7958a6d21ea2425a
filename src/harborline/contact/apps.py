"""Django application of contact."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """Contact."""

    name = "harborline.contact"
    label = "contact"

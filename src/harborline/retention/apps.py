"""Django application of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Retention."""

    name = "harborline.retention"
    label = "retention"

"""Django application of the messaging room."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Messaging."""

    name = "harborline.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

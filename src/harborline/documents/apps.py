"""Django application of the documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Papers people hand in."""

    name = "harborline.documents"
    label = "documents"

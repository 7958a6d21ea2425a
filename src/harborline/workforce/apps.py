"""Django application of workforce."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    """Workers, their roles, training and sign-in."""

    name = "harborline.workforce"
    label = "workforce"

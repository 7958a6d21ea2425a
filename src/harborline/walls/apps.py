"""Django application of the walls: no tables of its own."""

from django.apps import AppConfig


class WallsConfig(AppConfig):
    """The walls."""

    name = "harborline.walls"
    label = "walls"

"""Django application of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, participants, cases, protections, feeds."""

    name = "harborline.people"
    label = "people"

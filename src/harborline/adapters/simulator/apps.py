"""Django application of the simulated carrier."""

from __future__ import annotations

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """The simulated carrier with its table of handset texts."""

    name = "harborline.adapters.simulator"
    label = "simulator"

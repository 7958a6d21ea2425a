"""Bring up Django with its wiring, once per process."""

from __future__ import annotations

import os

import django

_PREPARED = False


def prepare() -> None:
    """Load settings and rooms and serve every port; safe to call again."""
    global _PREPARED  # noqa: PLW0603 - one process, one start
    if _PREPARED:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harborline.project.settings")
    django.setup()
    from harborline.project.wiring import wire  # noqa: PLC0415 - models load only after setup

    wire()
    _PREPARED = True

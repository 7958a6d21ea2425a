"""Sealed blobs: the night's sweep puts aside what no table knows, so it must know every table."""

from __future__ import annotations

from django.apps import apps
from tests.architecture.test_house import SOURCE

from harborline.project.sweeping import HOLDERS

# Rooms that keep sealed blobs; a new one must name its column in `project.sweeping.HOLDERS`.
KEEPERS = {"documents", "exchange", "messaging", "project", "vault", "vendors"}


class TestTheSweep:
    """What it knows."""

    def test_knows_every_column_that_names_a_blob(self) -> None:
        """Else the night would put aside what is in use."""
        known = {(model.__name__, column) for model, column in HOLDERS}
        named = {
            (model.__name__, field.name)
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if "blob" in field.name and getattr(field, "column", None)
        }
        assert named <= known

    def test_knows_every_room_that_keeps_blobs(self) -> None:
        """A room that begins to keep blobs has to be looked at."""
        rooms = {
            path.relative_to(SOURCE).parts[0]
            for path in SOURCE.rglob("*.py")
            if "BlobDirectory(" in path.read_text(encoding="utf-8")
        }
        assert rooms == KEEPERS

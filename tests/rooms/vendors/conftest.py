"""What the tests of this room begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def blobs(tmp_path: Path) -> Iterator[Path]:
    """Documents go to a folder of the test."""
    from django.test import override_settings

    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"):
        yield tmp_path / "blobs"

"""What the tests of documents begin with: a town, a scanner that answers as told, the real reader of papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.documents.house import House


@pytest.fixture(autouse=True)
def blobs(tmp_path: Path) -> Iterator[Path]:
    """Contents go to a folder of the test."""
    from django.test import override_settings

    (tmp_path / "blobs").mkdir()
    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"):
        yield tmp_path / "blobs"


@pytest.fixture
def house(db: None, tmp_path: Path) -> Iterator[House]:
    """A county office with its people, and a scanner."""
    from tests.rooms.documents.house import opened

    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def lasting_house(committed: None, tmp_path: Path) -> Iterator[House]:
    """The same, and everything commits for real."""
    from tests.rooms.documents.house import opened

    with opened(tmp_path) as made:
        yield made

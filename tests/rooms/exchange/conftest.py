"""What the tests of the exchange begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.exchange.house import Office


@pytest.fixture(autouse=True)
def blobs(tmp_path: Path) -> Iterator[Path]:
    """Contents go to a folder of the test."""
    from django.test import override_settings

    (tmp_path / "blobs").mkdir()
    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"):
        yield tmp_path / "blobs"


@pytest.fixture
def office(db: None, tmp_path: Path) -> Iterator[Office]:
    """A county with an agreement in force."""
    from tests.rooms.exchange.house import open_office

    from harborline.ledger.services import forget_origin

    yield open_office(tmp_path)
    forget_origin()


@pytest.fixture
def lasting_office(committed: None, tmp_path: Path) -> Iterator[Office]:
    """The same, and everything commits for real."""
    from tests.rooms.exchange.house import open_office

    from harborline.ledger.services import forget_origin

    yield open_office(tmp_path)
    forget_origin()

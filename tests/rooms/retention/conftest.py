"""What the tests of this room begin with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def lasting_town(committed: None, tmp_path: Path) -> None:
    """The standing cast has moved in, and stays."""
    from tests.rooms.town import settle

    settle(tmp_path)

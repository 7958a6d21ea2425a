"""What the tests of this room begin with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def town(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in and nobody is protected; answers a directory for feed files."""
    from tests.rooms.town import settle

    settle(tmp_path)
    return tmp_path

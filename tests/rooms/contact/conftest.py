"""What the tests of this room begin with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def town(db: None, tmp_path: Path) -> None:
    """Everybody has moved in; each program has its number; Cora and Dev work on their cases."""
    from tests.rooms.contact.desk import settle_in

    settle_in(tmp_path)

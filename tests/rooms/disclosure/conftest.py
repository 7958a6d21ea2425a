"""What the tests of this room begin with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def town(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in and works; nobody is protected."""
    from tests.rooms.disclosure.desk import open_desk

    open_desk(tmp_path)
    return tmp_path


@pytest.fixture
def lasting_town(committed: None, tmp_path: Path) -> Path:
    """As `town`, committed for real, for what happens on several connections at once."""
    from tests.rooms.disclosure.desk import open_desk

    open_desk(tmp_path)
    return tmp_path

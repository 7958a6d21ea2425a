"""What the tests of this room begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.messaging.scene import Scene


@pytest.fixture
def scene(db: None) -> Scene:
    """A run, its office, and nobody in it yet."""
    from tests.rooms.messaging.scene import set_up

    return set_up()

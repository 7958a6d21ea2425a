"""What the tests of this room begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.oversight.file_room import FileRoom


@pytest.fixture
def room(committed: None, tmp_path: Path) -> Iterator[FileRoom]:
    """The standing cast, texted, with a published log."""
    from tests.rooms.oversight.file_room import furnish
    from tests.rooms.town import settle

    from harborline.kernel import ports
    from harborline.ledger.services import forget_origin
    from harborline.oversight.ports import LogKeys
    from harborline.project.proving import PublishedKeys

    served = ports.serving(LogKeys)
    settle(tmp_path)
    made = furnish(tmp_path)
    made.publish()
    ports.serve(LogKeys, PublishedKeys(tmp_path / "log"))
    yield made
    ports.serve(LogKeys, served)
    forget_origin()

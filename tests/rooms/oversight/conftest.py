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
    from tests.rooms.oversight.file_room import furnish  # noqa: PLC0415 - models load only after setup
    from tests.rooms.town import settle  # noqa: PLC0415 - as above

    from harborline.kernel import ports  # noqa: PLC0415 - as above
    from harborline.ledger.services import forget_origin  # noqa: PLC0415 - as above
    from harborline.oversight.ports import LogKeys  # noqa: PLC0415 - as above
    from harborline.project.proving import PublishedKeys  # noqa: PLC0415 - as above

    served = ports.serving(LogKeys)
    settle(tmp_path)
    made = furnish(tmp_path)
    made.publish()
    ports.serve(LogKeys, PublishedKeys(tmp_path / "log"))
    yield made
    ports.serve(LogKeys, served)
    forget_origin()

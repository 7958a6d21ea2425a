"""What the tests of the API begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def town(db: None, tmp_path: Path) -> Iterator[Path]:
    """Everybody has moved in, carriers are approved, Ben has opted in; nothing is remembered from before."""
    from django.test import override_settings
    from tests.rooms.api.people import open_the_way_out, permit
    from tests.rooms.town import settle

    from harborline.messaging.services import accepting
    from harborline.workforce.services import forget_machine_keys

    accepting.forget()
    forget_machine_keys()
    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs", WEBHOOK_REACH="loopback"):
        settle(tmp_path)
        open_the_way_out()
        permit("P-2")
        yield tmp_path

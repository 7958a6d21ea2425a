"""What the tests of the sites begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def town(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in; answers a directory for files."""
    from tests.rooms.town import settle

    settle(tmp_path)
    return tmp_path


@pytest.fixture
def signed_in(town: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Signs somebody of the cast in: `signed_in("cora")`; blobs go to a folder of the test."""
    from django.test import Client, override_settings
    from tests.rooms.sites.cast import make_worker, sign_in

    known: dict[str, Any] = {}

    def enter(name: str, **made: bool) -> Client:
        if name not in known:
            known[name] = make_worker(name, **made)
        client = Client()
        sign_in(client, known[name])
        return client

    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"):
        yield enter


@pytest.fixture
def carrier(town: Path) -> None:
    """Each program has its sender and a simulated company with permission."""
    from tests.rooms.sites.cast import open_the_way_out

    open_the_way_out()


@pytest.fixture
def visiting(town: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Lets somebody into the portal by their number in the case system: `visiting("P-2")`, `visiting("R-1", MN)`."""
    from django.test import override_settings
    from tests.rooms.sites.visitors import let_in

    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"):
        yield let_in

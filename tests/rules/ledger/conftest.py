"""A published log made for one test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.entry import entry_bytes, prefix
from harborline.ledger.note import SigningKey
from harborline.ledger.published import Directory
from harborline.ledger.tiles import WIDTH, Edge
from harborline.ledger.tree import leaf_hashes

ORIGIN = "notices.nc.example/log"


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The key of the log."""
    return SigningKey.generate(ORIGIN)


@pytest.fixture(scope="session")
def entries() -> list[bytes]:
    """Seven hundred entries in our form: two full bundles and a partial one."""
    beginning = prefix(ORIGIN)
    return [
        entry_bytes(beginning, uuid.UUID(int=number, version=4), number.to_bytes(32, "big"), bytes(32))
        for number in range(700)
    ]


@pytest.fixture
def publish(tmp_path: Path, key: SigningKey) -> Callable[[Sequence[bytes]], Directory]:
    """Publish these entries as a whole log and answer its directory; a second call extends nothing, it replaces."""

    def made(entries: Sequence[bytes]) -> Directory:
        directory, edge = Directory(tmp_path / "log"), Edge()
        for tile in edge.append(leaf_hashes(entries)) + edge.partial_tiles():
            directory.write_tile(tile)
        for start in range(0, len(entries), WIDTH):
            directory.write_bundle(start // WIDTH, list(entries[start : start + WIDTH]))
        directory.write_vkey(key.verifier)
        directory.write_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root()).signed(key))
        return directory

    return made

"""Keys for tests without a database: in memory or in a directory, put back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harborline.adapters.keys import MemoryJournal, MemoryRoot, MemoryStore
from harborline.kernel import ports
from harborline.vault import services
from harborline.vault.ports import ErasureJournal, KeyProvider, KeyStore


@contextmanager
def serving(provider: KeyProvider, store: KeyStore, journal: ErasureJournal) -> Iterator[None]:
    """Serve other keys inside the block."""
    before = ports.serving(KeyProvider), ports.serving(KeyStore), ports.serving(ErasureJournal)
    _serve(provider, store, journal)
    try:
        yield
    finally:
        _serve(*before)


def _serve(provider: KeyProvider, store: KeyStore, journal: ErasureJournal) -> None:
    ports.serve(KeyProvider, provider)
    ports.serve(KeyStore, store)
    ports.serve(ErasureJournal, journal)
    services.forget_keys()


@pytest.fixture
def memory_keys() -> Iterator[None]:
    """Keys that live for one test."""
    with serving(MemoryRoot(), MemoryStore(), MemoryJournal()):
        yield

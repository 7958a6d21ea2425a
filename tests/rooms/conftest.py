"""What all rooms' tests have in common: every service is watched while they run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.rooms import watch


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Before the first module of tests is read, so that it gets the watched services."""
    del module_path, parent
    watch.watch_services()


@pytest.fixture(scope="session", autouse=True)
def watched_tables(database: None) -> None:
    """The tables tell when they are changed."""
    watch.put_up_triggers()

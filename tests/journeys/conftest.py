"""A small demonstration that really sends, its pages on a port, and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.stage import Stage

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def stage(database: None, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """What keeps the demonstration of this process, once it was loaded."""
    from tests.journeys.stage import Stage

    return Stage(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="module")
def demonstration(stage: Stage) -> Iterator[None]:
    """Two programs with a few hundred invented people, one notice each already sent; all gone afterwards."""
    with stage.demonstrated():
        yield


@pytest.fixture(scope="module")
def address(demonstration: None) -> Iterator[str]:
    """The pages, served as they are in production, on a port of this machine."""
    from tests.journeys.stage import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; our own database work between clicks is not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture(autouse=True)
def _english_pages() -> None:
    from tests.journeys.people import everybody_reads_english

    everybody_reads_english()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go: the folder HARBORLINE_PICTURES names, else nowhere."""
    named = os.environ.get("HARBORLINE_PICTURES")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""A small demonstration, its pages and a browser; and a whole service with real processes for the faults."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.service import Service, service

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


@pytest.fixture(scope="module")
def demonstration(database: None) -> Iterator[None]:
    """Two programs with a few hundred invented people, one notice each already sent; all gone afterwards."""
    from tests.journeys.stage import demonstrated  # noqa: PLC0415 - models load only after the set-up

    with demonstrated():
        yield


@pytest.fixture(scope="module")
def address(demonstration: None) -> Iterator[str]:
    """The pages, served as they are in production, on a port of this machine."""
    from tests.journeys.stage import served  # noqa: PLC0415 - as above

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is used

    # Playwright's loop runs in this thread; our own database work between clicks is not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: HARBORLINE_PICTURES, else a temporary folder."""
    named = os.environ.get("HARBORLINE_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def whole_service(tmp_path_factory: pytest.TempPathFactory, soak: bool) -> Iterator[Service]:
    """A service of its own, made once: people enough for every journey of sending."""
    with service(tmp_path_factory.mktemp("service"), rows=13_000 if soak else 3_600, pace=5_000) as made:
        yield made


@pytest.fixture
def sending(whole_service: Service) -> Service:
    """The service with a carrier that behaves; how the carrier behaves is each test's to change."""
    whole_service.stub.behave(fault="none", every=1, delay_s=0.0, late_s=1.0, receipts="none", receipt_s=0.05)
    return whole_service

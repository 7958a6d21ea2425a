"""The tests' own installation: a home of its own, an embedded PostgreSQL, the database reached as the app role."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

_HOME = tempfile.TemporaryDirectory(prefix="harborline-tests-")
os.environ["HARBORLINE_HOME"] = _HOME.name
os.environ["HARBORLINE_FICTIONAL_NUMBERS"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harborline.project.settings")
os.environ.pop("HARBORLINE_DATABASE_URL", None)
LONGEST_FIRST = ("journeys", "contracts", "rooms")


def pytest_configure(config: pytest.Config) -> None:
    """Load rooms and wiring before tests are collected; the database itself starts with the first test that asks."""
    from harborline.project.start import prepare

    prepare()
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    # A quarter of a second for each password is meant for those who guess; how often it is asked is what tests count.
    PBKDF2PasswordHasher.iterations = 10_000
    from hypothesis import settings

    # Each change is tried on the same made-up input; the soak and `make fuzz` look for new ones.
    settings.register_profile("harborline", derandomize=not config.getoption("--soak"))
    settings.load_profile("harborline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, what takes minutes begins first: no process is left alone with it at the end."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: next((at for at, part in enumerate(LONGEST_FIRST) if part in item.path.parts), 9))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--soak` runs the long fault suites whole instead of their seeded sample."""
    parser.addoption("--soak", action="store_true", help="run the whole of the long fault suites")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """As root the clusters lie outside the homes (`/var/lib/harborline`): those of this session's homes go with it."""
    from tests.clusters import remove_clusters

    factory = getattr(session.config, "_tmp_path_factory", None)
    remove_clusters([Path(_HOME.name), *([factory.getbasetemp()] if factory else [])])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose outside program is missing is listed as not run, or fails where peers are required."""
    for mark in item.iter_markers("peer"):
        program = str(mark.args[0])
        if which(program) or Path(program).exists():
            continue
        if os.environ.get("HARBORLINE_PEERS") == "required":
            pytest.fail(f"the peer {program} is not installed; scripts/peers installs it")
        pytest.skip(f"not run: the peer {program} is not installed")


@pytest.fixture(autouse=True)
def plain_english() -> None:
    """No test begins in the language in which another one left a page."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> bool:
    """Whether the long fault suites run whole."""
    return bool(pytestconfig.getoption("--soak"))


@pytest.fixture(scope="session")
def home() -> Path:
    """The directory that holds this test session's whole state."""
    return Path(_HOME.name)


@pytest.fixture(scope="session")
def database(home: Path) -> Iterator[None]:
    """A migrated database behind its walls, reached as the app role (alias `default`)."""
    from harborline.project import embedded

    with embedded.running():
        from django.test.utils import setup_test_environment
        from tests.connected import close_all
        from tests.sweeping import stop_sweeping

        from harborline.project.migrations import migrate

        # The database ends with the tests: it need not outlive the machine's power.
        with embedded.admin_connection("postgres") as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        setup_test_environment()
        migrate()
        yield
        stop_sweeping()
        close_all()


@pytest.fixture
def db(database: None) -> Iterator[None]:
    """One test inside a transaction that is rolled back; what commits apart is swept away afterwards."""
    from django.db import transaction
    from tests.sweeping import sweep

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    sweep()


@pytest.fixture
def committed(database: None) -> Iterator[None]:
    """One test that commits for real; every table is emptied afterwards."""
    from tests.sweeping import sweep

    yield
    sweep()

"""The stage of the journeys: the product's own demonstration, small, and its pages on a port."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from rich.console import Console
from tests.connected import close_all

from harborline.kernel import clock
from harborline.ledger.services import forget_origin
from harborline.project import democlock, demonstration
from harborline.project.embedded import admin_connection
from harborline.project.home import home
from harborline.project.roles import closing_statements
from harborline.vault.services import forget_keys
from harborline.workforce.models import Worker

ROWS = {"nc-css": 150, "mn-wic": 100}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OPERATOR, SECOND = "operator@nc-css.example", "second@nc-css.example"
CLINIC, WIC_OPERATOR = "clinic@mn-wic.example", "operator@mn-wic.example"
CASE_MANAGER = "cora@nc-css.example"
PASSWORD = demonstration.PASSWORD
# The database that serves, the one it stands in for meanwhile, and the one that copies are made of.
SERVING, ASIDE, LOADED = "harborline", "harborline_aside", "harborline_loaded"
# What of a home belongs to the running server, whose databases are copied by itself.
SERVERS_OWN = {"database", "database.guard", "database.lock", "socket"}


class Stage:
    """The demonstration, loaded once in this process; each who asks gets a copy of their own.

    A copy is the whole database and every file of the home, and its clock shows the moment at which the loading
    ended. `folder` keeps the files.
    """

    def __init__(self, folder: Path) -> None:
        self._aside, self._loaded = folder / "aside", folder / "loaded"
        self._ended_at: datetime | None = None

    @contextmanager
    def demonstrated(self) -> Iterator[None]:
        """Have a copy in place of the tables and files that are there; these, settings and clock come back after."""
        rows, demo = demonstration.ROWS, settings.DEMO
        settings.DEMO, demonstration.ROWS = True, ROWS
        try:
            with self._all_set_aside():
                if self._ended_at is None:
                    self._load()
                else:
                    _copy_database(LOADED, SERVING)
                    _copy_files(self._loaded, home())
                    _show(self._ended_at)
                yield
        finally:
            settings.DEMO, demonstration.ROWS = demo, rows
            clock.shift(timedelta(0))

    def _load(self) -> None:
        _copy_database(ASIDE, SERVING)
        democlock.set_working_hours()
        quiet = Console(quiet=True)
        demonstration.run(demonstration.load(quiet), quiet)
        for email in (OPERATOR, SECOND, CLINIC, WIC_OPERATOR, CASE_MANAGER):
            TOTP.activate(Worker.objects.get(email=email), SECRET)
        _copy_files(home(), self._loaded)
        _copy_database(SERVING, LOADED)
        self._ended_at = clock.now()

    @contextmanager
    def _all_set_aside(self) -> Iterator[None]:
        _copy_files(home(), self._aside)
        _ask_server(f"ALTER DATABASE {SERVING} RENAME TO {ASIDE}")
        try:
            yield
        finally:
            _ask_server(f"DROP DATABASE IF EXISTS {SERVING}", f"ALTER DATABASE {ASIDE} RENAME TO {SERVING}")
            _copy_files(self._aside, home())


def _copy_database(source: str, target: str) -> None:
    _ask_server(f"CREATE DATABASE {target} OWNER hl_owner TEMPLATE {source}")
    # Who may connect is not copied.
    with admin_connection(target) as connection:
        for statement in closing_statements(target):
            connection.execute(statement)


def _ask_server(*statements: str) -> None:
    # Nobody may be in a database that is copied or renamed.
    close_all()
    with admin_connection("postgres") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname LIKE %s", [f"{SERVING}%"]
        )
        for statement in statements:
            connection.execute(statement)


def _copy_files(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True, mode=0o700)
    for path in target.iterdir():
        if path.name not in SERVERS_OWN:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    leave = shutil.ignore_patterns(*SERVERS_OWN)
    shutil.copytree(source, target, ignore=leave, dirs_exist_ok=True)
    # What is remembered of other files than these.
    forget_keys()
    forget_origin()


def _show(moment: datetime) -> None:
    shift = moment - clock.real_now()
    (home() / "demo-clock.json").write_text(json.dumps({"shift_s": shift.total_seconds()}))
    democlock.keep()


def code(period: int) -> str:
    """The six digits of the code app in a period of 30 seconds."""
    return str(format_hotp_value(hotp_value(SECRET, period)))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """The pages on a free port; answers their address."""
    server = make_server("localhost", 0, get_wsgi_application(), _Server, _Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

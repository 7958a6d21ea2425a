"""The stage of the journeys: the product's own demonstration, small, and its pages on a port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from rich.console import Console
from tests.log import forget_log

from harborline.kernel import clock
from harborline.project import democlock, demonstration
from harborline.project.embedded import admin_connection
from harborline.project.home import home
from harborline.workforce.models import Worker

ROWS = {"nc-css": 150, "mn-wic": 100}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OPERATOR, SECOND = "operator@nc-css.example", "second@nc-css.example"
CLINIC, WIC_OPERATOR = "clinic@mn-wic.example", "operator@mn-wic.example"
CASE_MANAGER = "cora@nc-css.example"
PASSWORD = demonstration.PASSWORD


@contextmanager
def demonstrated() -> Iterator[None]:
    """Load the demonstration and send its notices; put clock, settings and tables back afterwards."""
    rows, demo = demonstration.ROWS, settings.DEMO
    democlock.set_working_hours()
    settings.DEMO, demonstration.ROWS = True, ROWS
    try:
        quiet = Console(quiet=True)
        demonstration.run(demonstration.load(quiet), quiet)
        for email in (OPERATOR, SECOND, CLINIC, WIC_OPERATOR, CASE_MANAGER):
            TOTP.activate(Worker.objects.get(email=email), SECRET)
        yield
    finally:
        settings.DEMO, demonstration.ROWS = demo, rows
        (home() / "demo-clock.json").unlink(missing_ok=True)
        clock.shift(timedelta(0))
        _empty()
        forget_log()


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


def _empty() -> None:
    for alias in connections:
        connections[alias].close()
    with admin_connection("harborline") as connection:
        names = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'django_migrations' AND tablename NOT LIKE 'django_content%'"
            " AND tablename NOT LIKE 'auth_permission%'"
        ).fetchall()
        connection.execute("SET session_replication_role = replica")
        listed = ", ".join(str(name[0]) for name in names)
        connection.execute(f"TRUNCATE {listed} CASCADE")

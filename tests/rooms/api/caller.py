"""A system that calls the API as it is served: through the application of the web server, with nothing in between."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signals
from django.db import close_old_connections
from tests.rooms.town import NC

from harborline.kernel import clock
from harborline.project.wsgi import application
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.facts import Scope, StaffRole
from harborline.workforce.services import Issued, issue_key

JSON = "application/json"
ALL_SCOPES = tuple(Scope)


@dataclass
class Heard:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Caller:
    """A system with a key; `once` is made anew for each POST unless it is given."""

    key: str
    issued: Issued | None = None

    def get(self, path: str, **headers: str) -> Heard:
        """Ask."""
        return self.call("GET", path, b"", **headers)

    def post(self, path: str, told: object = None, *, once: str = "", **headers: str) -> Heard:
        """Send JSON."""
        body = b"" if told is None else json.dumps(told).encode()
        named = {"Idempotency-Key": once or uuid.uuid4().hex, **headers}
        return self.call("POST", path, body, content_type=JSON if told is not None else "", **named)

    def upload(self, path: str, file: bytes, *, once: str = "", name: str = "caseload.csv", **fields: str) -> Heard:
        """Send a file with fields, as a form."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name_}"\r\n\r\n{value}\r\n'.encode()
            for name_, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="caseload"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: text/csv\r\n\r\n", file, f"\r\n--{edge}--\r\n".encode()]
        named = {"Idempotency-Key": once or uuid.uuid4().hex}
        return self.call("POST", path, b"".join(parts), content_type=f"multipart/form-data; boundary={edge}", **named)

    def call(self, method: str, path: str, body: bytes = b"", *, content_type: str = "", **headers: str) -> Heard:
        """One request; headers are named with underscores."""
        place, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": place if place.startswith("/") else f"/api/v1/{place}",
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(len(body)),
        }
        if content_type:
            environ["CONTENT_TYPE"] = content_type
        named = {"Authorization": f"Bearer {self.key}" if self.key else "", **headers}
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in named.items() if value}
        return served(environ)


def served(environ: Mapping[str, Any]) -> Heard:
    """What the application answers."""
    began: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        began.append((status, headers))

    # The test holds the transaction that the end of a request would close, as in Django's own test client.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    try:
        body = b"".join(application(dict(environ), start))
    finally:
        signals.request_started.connect(close_old_connections)
        signals.request_finished.connect(close_old_connections)
    status, headers = began[0]
    return Heard(int(status.split()[0]), dict(headers), body)


def machine(
    *, program: str = NC, role: StaffRole = StaffRole.STATE_OPERATOR, county: str = "*",
    scopes: tuple[Scope, ...] = ALL_SCOPES, days: int = 30, per_second: int = 1_000,
) -> Caller:  # fmt: skip
    """A system with a fresh key."""
    actor = Actor("worker", "sol")
    with acting(actor, program=program, counties=ALL_COUNTIES, purpose="test"):
        issued = issue_key(
            name="Appointment system", role=role, scopes=scopes, county=county, per_second=per_second,
            expires_at=clock.now() + timedelta(days=days), roles=frozenset({"security-officer"}),
        )  # fmt: skip
    return Caller(issued.text, issued)

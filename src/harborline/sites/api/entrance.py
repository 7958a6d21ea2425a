"""Who comes in, and whether what they bring may be looked at: before any of it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
from django.http import HttpRequest
from ninja.security import HttpBearer

from harborline.kernel import Outcome, Refused
from harborline.kernel.natural import natural
from harborline.ledger.services import record_apart
from harborline.messaging.services import accepting
from harborline.sites.api.pace import PACES
from harborline.workforce.facts import MachineFacts, Scope
from harborline.workforce.rules import key_covers
from harborline.workforce.selectors import proven_key

log = structlog.get_logger(__name__)

JSON, FORM = "application/json", "multipart/form-data"
LONGEST_JSON_BYTES: Final = 1024 * 1024
LONGEST_FILE_BYTES: Final = 64 * 1024 * 1024
_LONGEST: Final = {JSON: LONGEST_JSON_BYTES, FORM: LONGEST_FILE_BYTES}
_BEARER: Final = re.compile(r"[Bb]earer ([!-~]{1,200})")
_ONCE: Final = re.compile(r"[!-~]{1,128}")


class Problem(Exception):  # noqa: N818 - the name says what it is
    """An answer that is a problem, by its kind (`problems.KINDS`)."""

    def __init__(self, code: str, detail: str = "", **headers: str) -> None:
        self.code, self.detail = code, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(code)


class MachineKey(HttpBearer):
    """The guard of one operation: key, scope, pace, length, content type, once key, in this order."""

    openapi_name = "machineKey"

    def __init__(self, scope: Scope, *, content_type: str = "") -> None:
        super().__init__()
        self.scope, self.content_type = scope, content_type

    def __call__(self, request: HttpRequest) -> MachineFacts:
        """The machine that comes in; raises `Problem` or `Refused`."""
        presented = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
        if presented is None:
            raise Problem("key-missing", WWW_Authenticate="Bearer")
        return self.authenticate(request, presented[1])

    def authenticate(self, request: HttpRequest, token: str) -> MachineFacts:
        """The machine of a key, when it may do this and brings it in the right form."""
        machine = proven_key(token)
        paced(machine, 1)
        decision = key_covers(scopes=machine.scopes, asked=self.scope.value)
        if decision.outcome is not Outcome.ALLOW:
            _record_refusal(machine, self.scope.value, decision.reason)
            raise Refused(decision)
        if request.method == "POST" and not _ONCE.fullmatch(request.META.get("HTTP_IDEMPOTENCY_KEY", "")):
            raise Problem("once-key-missing")
        if self.content_type:
            _bears(request, self.content_type)
        request.machine = machine  # type: ignore[attr-defined]  # read back by `machine_of`
        return machine


def paced(machine: MachineFacts, cost: int) -> None:
    """Count against the key's pace; raises `Problem` when it asks for too much at once."""
    wait_s = PACES.take(machine, cost)
    if wait_s:
        raise Problem("too-many", Retry_After=str(wait_s))


def machine_of(request: HttpRequest) -> MachineFacts:
    """The machine that the guard let in."""
    found = getattr(request, "machine", None)
    assert isinstance(found, MachineFacts)
    return found


def once_of(request: HttpRequest) -> bytes:
    """The digest of the request's once key."""
    return accepting.digest_of(request.META["HTTP_IDEMPOTENCY_KEY"])


@contextmanager
def reading(request: HttpRequest) -> Iterator[MachineFacts]:
    """A unit of work that reads for the machine."""
    machine = machine_of(request)
    with accepting.unit(machine, "api-reading"):
        yield machine


def refused(machine: MachineFacts, what: str, refusal: Refused) -> None:
    """Keep on record that a role was refused something."""
    _record_refusal(machine, what, refusal.decision.reason)


def _bears(request: HttpRequest, wanted: str) -> None:
    if request.content_type != wanted or (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
        raise Problem("content-type", f"This address takes {wanted}.", Accept=wanted)
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise Problem("length-required")
    if natural(length, most=_LONGEST[wanted]) is None:
        raise Problem("too-large", f"At most {_LONGEST[wanted]:,} bytes at once.")


def _record_refusal(machine: MachineFacts, what: str, reason: str) -> None:
    content: dict[str, Any] = {"key": str(machine.id), "asked": what, "reason": reason}
    with accepting.unit(machine, "api-door"):
        record_apart("api.refused", subject=f"machine:{machine.id}", content=content)
    log.warning("api refused", **content)

"""Which problems an operation may answer with, and how faults of the rooms become problems."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, Final

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from harborline.kernel import Fault, Invalid, NotFound, Refused, Unavailable
from harborline.messaging.services import accepting
from harborline.sites.api.entrance import Problem
from harborline.sites.api.problems import of_decision, problem
from harborline.sites.api.shapes import ProblemOut

log = structlog.get_logger(__name__)

READS: Final[dict[int, Any]] = dict.fromkeys((400, 401, 403, 404, 422, 429, 500, 503), ProblemOut)
WRITES: Final[dict[int, Any]] = {**READS, **dict.fromkeys((409, 411, 413, 415), ProblemOut)}
MOST_FAULTS: Final = 50
MOST_FRAMES: Final = 12


def register(api: NinjaAPI) -> None:
    """Let the API answer every fault with a problem."""
    api.add_exception_handler(Problem, of_problem)  # type: ignore[arg-type]  # ninja's type names any exception
    api.add_exception_handler(Fault, of_fault)  # type: ignore[arg-type]  # as above
    api.add_exception_handler(ValidationError, of_shape)  # type: ignore[arg-type]  # as above
    api.add_exception_handler(HttpError, of_unreadable)  # type: ignore[arg-type]  # as above
    api.add_exception_handler(Exception, of_anything)  # type: ignore[arg-type]  # as above


def of_problem(_request: HttpRequest, raised: Problem) -> HttpResponse:
    """A problem that was raised as one."""
    return problem(raised.code, raised.detail, headers=raised.headers)


def of_fault(_request: HttpRequest, fault: Fault) -> HttpResponse:
    """What a room raised: refused, invalid, not found, unavailable."""
    if isinstance(fault, Refused):
        return of_decision(fault.decision)
    if isinstance(fault, accepting.UnusableItemsError):
        errors = [{"pointer": f"/messages/{number}/{field}", "problem": told} for number, field, told in fault.problems]
        return problem("not-usable", errors=errors[:MOST_FAULTS])
    if isinstance(fault, Invalid):
        return problem("not-usable", errors=[{"pointer": f"/{fault.where}", "problem": fault.problem}])
    if isinstance(fault, NotFound):
        return problem("nothing-here")
    if isinstance(fault, Unavailable):
        return problem("unavailable", headers={"Retry-After": str(int(fault.retry_after_s or 5))})
    return of_anything(_request, fault)


def of_shape(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """What the shapes found: the place and what is wanted there, never what came."""
    errors = [{"pointer": _pointer(each["loc"]), "problem": str(each["msg"])} for each in wrong.errors[:MOST_FAULTS]]
    return problem("not-usable", errors=errors)


def of_unreadable(_request: HttpRequest, wrong: HttpError) -> HttpResponse:
    """A body that is not JSON, or not a form."""
    return problem("not-readable" if wrong.status_code < 500 else "broken")  # noqa: PLR2004 - RFC 9110


def of_anything(_request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody expected: its kind goes to the log, nothing of it to the caller."""
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database unavailable", error=type(error).__name__)
        return problem("unavailable", headers={"Retry-After": "5"})
    if isinstance(error, MultiPartParserError | SuspiciousOperation):
        # A form without its boundary, with too many parts or headers: Django says so before anything reads it.
        return problem("not-readable")
    log.error("api failed", error=type(error).__name__, where=_where(error))
    return problem("broken")


def _where(error: Exception) -> list[str]:
    # Files and lines alone: the message of an error may hold what it was about.
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def _pointer(place: tuple[Any, ...]) -> str:
    # The first two name the part of the request and our argument for it: ("body", "body", "messages", 0, "phone").
    shown = place[2:] if len(place) > 2 and place[0] in {"body", "form"} else place[1:]  # noqa: PLR2004 - as said
    return "/" + "/".join(_known(str(part)) for part in shown)


def _known(part: str) -> str:
    # An unknown field's own name is input too.
    return part if part.isascii() and part.replace("_", "").isalnum() and len(part) <= 20 else "…"  # noqa: PLR2004 - ours are shorter

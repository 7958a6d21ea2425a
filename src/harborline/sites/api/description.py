"""What the API says of itself: the OpenAPI description, and a page that shows it without a script."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

from harborline import __version__
from harborline.sites.api import messages, notices, refusals, webhooks
from harborline.sites.api.problems import CONTENT_TYPE, KINDS

ROOT: Final = "/api/v1"
ABOUT: Final = (
    "Hand in texts and notices, ask what became of them, hear of changes. Every text passes the same decisions as one"
    " of a caseload. Each POST carries a header Idempotency-Key of its own: the same key with the same request again"
    " does nothing and is answered as before, for at least 24 hours. Refusals are problems in the form of RFC 9457."
)
_ONCE: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A random value for each new request; the same again for the same request again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}

api = NinjaAPI(
    title="Harborline", version=__version__, description=ABOUT, openapi_url=None, docs_url=None, urls_namespace="api"
)
for each in (messages.router, notices.router, webhooks.router):
    api.add_router("", each)
refusals.register(api)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI 3.1 description: what the shapes give, with the once key and problems in their own content type."""
    made: dict[str, Any] = copy.deepcopy(dict(api.get_openapi_schema(path_prefix=f"{ROOT}/")))
    for operations in made["paths"].values():
        for method, operation in operations.items():
            if method == "post":
                operation["parameters"] = [*operation.get("parameters", []), _ONCE]
            for status, answer in operation["responses"].items():
                _as_problem(int(status), answer)
    return made


def _as_problem(status: int, answer: dict[str, Any]) -> None:
    content = answer.get("content", {})
    if status >= 400 and "application/json" in content:  # noqa: PLR2004 - RFC 9110
        answer["content"] = {CONTENT_TYPE: content["application/json"]}


def openapi(_request: HttpRequest) -> HttpResponse:
    """The description as JSON."""
    return HttpResponse(json.dumps(description()), content_type="application/json")


def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page, with every kind of problem and what to do."""
    made = description()
    operations = [
        {"method": method.upper(), "path": path, **told}
        for path, methods in made["paths"].items()
        for method, told in methods.items()
    ]
    kinds = [{"code": code, "kind": kind} for code, kind in KINDS.items()]
    return render(request, "api/docs.html", {"about": ABOUT, "operations": operations, "kinds": kinds})

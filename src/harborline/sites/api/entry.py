"""The way in for machines: what calls the API, the carriers' callbacks, the log and the health pages.

They have no session, no language, no form and no cookie, so their requests pass none of what deals with those: only
headers and doors. Whatever refusal has no problem of its own leaves the API as one. People's pages take the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from harborline.sites.api.problems import CONTENT_TYPE, DOCS, of_status
from harborline.sites.middleware import Answer, DoorsMiddleware, HeadersMiddleware

API: Final = "/api/"
OF_MACHINES: Final = (API, "/carriers/", "/health/", "/log/", "/metrics")
NOTHING_ELSE: Final = "default-src 'none'; frame-ancestors 'none'"
_REFUSALS_FROM: Final = 400
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ProblemsMiddleware:
    """Give every refusal of the API the form of a problem, answers their length and a policy that allows nothing."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        response = self._answer(request)
        if request.path.startswith(API):
            response = self._of_api(response)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    @staticmethod
    def _of_api(response: HttpResponse) -> HttpResponse:
        if response.status_code >= _REFUSALS_FROM and response.headers.get("Content-Type") != CONTENT_TYPE:
            response = of_status(response.status_code, response.headers)
        response.headers.setdefault("Content-Security-Policy", NOTHING_ELSE)
        return response


class MachineHandler(WSGIHandler):
    """Django behind the short chain."""

    chain = (SecurityMiddleware, HeadersMiddleware, ProblemsMiddleware, DoorsMiddleware)

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own
        """Put the short chain up in place of the one in the settings."""
        assert not is_async
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # the stubs lack it
        for kind in reversed(self.chain):
            each: Any = kind(handler)
            if hasattr(each, "process_view"):
                self._view_middleware.insert(0, each.process_view)
            if hasattr(each, "process_exception"):
                self._exception_middleware.append(each.process_exception)
            handler = convert_exception_to_response(each)
        self._middleware_chain = handler


def entry(pages: Application) -> Application:
    """One application for both: machines take the short way, everybody else the way of `pages`."""
    machines = MachineHandler()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        short = path.startswith(OF_MACHINES) and path != DOCS
        return machines(environ, start_response) if short else pages(environ, start_response)

    return answer

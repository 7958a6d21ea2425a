"""The way in for machines: what calls the API, the carriers' callbacks, the log and the health pages.

They have no session, no language, no form and no cookie, so their requests pass none of what deals with those: only
doors. Addresses are looked up among those of machines alone, and headers that every answer carries are worked out once.
Whatever refusal has no problem of its own leaves the API as one. People's pages take the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, get_resolver

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
    """Django behind the short chain; `urls` names the module of the machines' addresses."""

    chain = (ProblemsMiddleware, DoorsMiddleware)

    def __init__(self, urls: str) -> None:
        super().__init__()
        self._urls = get_resolver(urls)
        alike: Any = SecurityMiddleware(HeadersMiddleware(lambda _request: HttpResponse()))
        self._always = {name: value for name, value in alike(HttpRequest()).items() if name != "Content-Type"}

    def __call__(  # type: ignore[override]  # the stubs want Django's response; a server wants what it can write
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer; what is not streamed leaves in one piece, its connections given back before."""
        request = WSGIRequest(environ)
        response: Any = self.get_response(request)
        headers = {**self._always, **dict(response.items())}
        start_response(f"{response.status_code} {response.reason_phrase}", list(headers.items()))
        if response.streaming:
            response._handler_class = self.__class__  # noqa: SLF001 - Django's own: ends the request after the stream
            return response  # type: ignore[no-any-return]  # the stubs call it any response
        request.close()
        _give_back()
        return [response.content]

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Find the view of an address; raises `Http404`."""
        found = request.resolver_match = self._urls.resolve(request.path_info)
        return found

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


def _give_back() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def entry(pages: Application, urls: str) -> Application:
    """One application for both: machines take the short way to `urls`, everybody else the way of `pages`."""
    machines = MachineHandler(urls)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        short = path.startswith(OF_MACHINES) and path != DOCS
        return machines(environ, start_response) if short else pages(environ, start_response)

    return answer

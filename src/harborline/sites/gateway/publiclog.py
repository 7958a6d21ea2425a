"""The proof log as anyone may read it.

Source: C2SP tlog-tiles: a checkpoint changes and is never kept by caches, a tile never changes.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from harborline.kernel import NotFound, ports
from harborline.sites.gateway.ports import PublishedLog

FOR_EVER: Final = "public, max-age=31536000, immutable"
ALWAYS_ASK: Final = "no-cache"
TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
OPEN: Final = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


def checkpoint(_request: HttpRequest, path: str) -> HttpResponse:
    """The newest signed checkpoint of an epoch."""
    return _file(path, TEXT, ALWAYS_ASK)


def vkey(_request: HttpRequest, path: str) -> HttpResponse:
    """The line that verifies its signature."""
    return _file(path, TEXT, ALWAYS_ASK)


def beginning(_request: HttpRequest, path: str) -> HttpResponse:
    """How the log came to its key, step by step, and what a later epoch cites."""
    return _file(path, TEXT, ALWAYS_ASK)


def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile or a bundle of entries; the address was matched against the form of tile paths before it came here."""
    return _file(path, BYTES, FOR_EVER)


def _file(path: str, content_type: str, cache: str) -> HttpResponse:
    try:
        content = ports.serving(PublishedLog).read(path)
    except NotFound:
        return HttpResponse(status=404, content_type=TEXT, headers={"Cache-Control": ALWAYS_ASK})
    return HttpResponse(content, content_type=content_type, headers={"Cache-Control": cache, **OPEN})

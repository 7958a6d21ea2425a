"""A published log behind a web address: bounded in time and size, read a little ahead."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from harborline.kernel import Invalid, NotFound, Unavailable
from harborline.ledger.tiles import MAX_ENTRY_BYTES, WIDTH
from harborline.ledger.tree import HASH_BYTES
from harborline.ledger.verifier import Source

TIMEOUT_S = 20.0
TRIES = 3
AHEAD = 16
THREADS = 8
_MISSING = frozenset({403, 404, 410})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LARGEST_TEXT = 1_000_000
_LARGEST_BUNDLE = WIDTH * (MAX_ENTRY_BYTES + 2)
_GZIP = 16 + zlib.MAX_WBITS


class _SameKind(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to http, nor to anything else."""

    max_redirections = 3

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:  # noqa: ANN401 - six, of the base class
        """The request to follow, or an error."""
        request, _body, code, _message, headers, address = arguments
        if urlsplit(address).scheme not in {"https", request.type}:
            raise urllib.error.HTTPError(address, code, "redirected to another kind of address", headers, None)
        return super().redirect_request(*arguments)


class RemoteLog:
    """A log under its prefix, such as `https://notices.nc.example/log`; proxies are taken from the environment."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        if urlsplit(url).scheme not in {"https", "http"} or not urlsplit(url).netloc:
            raise Invalid("must begin with https:// or http://", "--log")
        self._prefix = url.rstrip("/")
        self._timeout_s = timeout_s
        self._opener = urllib.request.build_opener(_SameKind)

    def read(self, path: str) -> bytes:
        """One file; raises `NotFound` when the log has none there, `Unavailable` when it does not answer in time."""
        wrong = ""
        for tried in range(TRIES):
            if tried:
                time.sleep(0.3 * 2**tried)
            try:
                return self._fetched(path)
            except urllib.error.HTTPError as refused:
                refused.close()
                if refused.code in _MISSING:
                    raise NotFound(f"{path} is missing") from None
                wrong = f"answered {refused.code}"
                if refused.code not in _AGAIN:
                    break
            except (OSError, http.client.HTTPException, zlib.error) as failed:
                wrong = f"did not answer ({type(failed).__name__})"
        raise Unavailable(f"{self._prefix}/{path} {wrong}")

    def _fetched(self, path: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self._prefix}/{path}", headers={"Accept-Encoding": "gzip, identity", "User-Agent": "harborline-verify"}
        )
        largest = _largest(path)
        with self._opener.open(request, timeout=self._timeout_s) as answer:
            content: bytes = answer.read(largest + 1)
            packed = answer.headers.get("Content-Encoding", "").lower() == "gzip"
        if packed:
            # Unpacked no further than a file may be, so that a small answer cannot fill the memory.
            content = zlib.decompressobj(_GZIP).decompress(content, largest + 1)
        if len(content) > largest:
            raise Unavailable(f"{self._prefix}/{path} is larger than such a file can be", permanent=True)
        return content


class Ahead:
    """A source that reads the files it was told of before they are asked for."""

    def __init__(self, source: Source, paths: Iterable[str], pool: ThreadPoolExecutor) -> None:
        self._source, self._paths, self._pool = source, iter(paths), pool
        self._waiting: deque[tuple[str, Future[bytes]]] = deque()

    def read(self, path: str) -> bytes:
        """The file, read ahead when it is the next one."""
        while len(self._waiting) < AHEAD and (coming := next(self._paths, None)) is not None:
            self._waiting.append((coming, self._pool.submit(self._source.read, coming)))
        if self._waiting and self._waiting[0][0] == path:
            return self._waiting.popleft()[1].result()
        return self._source.read(path)


@contextmanager
def read_ahead(source: Source, paths: Iterable[str]) -> Iterator[Ahead]:
    """A source that reads `paths` ahead inside the block."""
    with ThreadPoolExecutor(THREADS) as pool:
        yield Ahead(source, paths, pool)


def _largest(path: str) -> int:
    if path.startswith("tile/entries/"):
        return _LARGEST_BUNDLE
    return WIDTH * HASH_BYTES if path.startswith("tile/") else _LARGEST_TEXT

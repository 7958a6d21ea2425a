"""One HTTP/1.1 line to a carrier that always knows whether a request was written.

Requests are never repeated and never pipelined: each takes an idle connection or opens one, up to a limit. What fails
before the first byte is `NotWritten`; whatever happens after it without a whole answer is `NoAnswer`.
Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from harborline.adapters.twilio.reply import Reply, Unreadable

CONNECTIONS: Final = 64
CONNECT_TIMEOUT_S: Final = 10.0
ANSWER_TIMEOUT_S: Final = 30.0
KEPT_S: Final = 20.0


class Answer(NamedTuple):
    """A whole HTTP answer."""

    status: int
    retry_after: str
    body: bytes


class NotWritten(Exception):  # noqa: N818 - the name says what happened
    """Nothing of the request left this machine."""


class NoAnswer(Exception):  # noqa: N818 - as above
    """The request, or part of it, was written, and no whole answer came."""


class Wire(Protocol):
    """Posts forms to one address over kept connections."""

    async def open(self) -> None:
        """Make ready."""

    async def post(self, form: bytes) -> Answer:
        """Post once; raises `NotWritten` or `NoAnswer`."""

    async def close(self) -> None:
        """Let go of every connection."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the forms go: the address and the value of the Authorization header."""

    url: str
    authorization: str

    def head(self) -> bytes:
        """The request up to the length of its body."""
        parts = urlsplit(self.url)
        return (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: {self.authorization}\r\n"
            "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        ).encode("ascii")


class DirectWire:
    """Speaks to the carrier without anything between (no proxy), at the least cost per text."""

    def __init__(
        self,
        place: Place,
        *,
        connections: int = CONNECTIONS,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        parts = urlsplit(place.url)
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._head = place.head()
        self._connect_timeout_s = connect_timeout_s
        self._answer_timeout_s = answer_timeout_s
        self._room = asyncio.Semaphore(connections)
        self._idle: list[_Line] = []

    async def open(self) -> None:
        """Connections are opened when they are needed."""

    async def post(self, form: bytes) -> Answer:
        """Post once over an idle or new connection."""
        return await self.ask(b"%b%d\r\n\r\n%b" % (self._head, len(form), form))

    async def ask(self, request: bytes) -> Answer:
        """Write a whole HTTP request once; raises `NotWritten` or `NoAnswer`."""
        async with self._room:
            line = self._kept() or await self._connect()
            answer = await line.ask(request, self._answer_timeout_s)
            if line.usable:
                self._idle.append(line)
            return answer

    async def close(self) -> None:
        """Drop the idle connections; none is in use by then."""
        while self._idle:
            self._idle.pop().drop()

    def _kept(self) -> _Line | None:
        oldest = asyncio.get_running_loop().time() - KEPT_S
        while self._idle:
            line = self._idle.pop()
            if line.usable and line.since > oldest:
                return line
            line.drop()
        return None

    async def _connect(self) -> _Line:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                _, line = await loop.create_connection(lambda: _Line(loop), self._host, self._port, ssl=self._tls)
        except TimeoutError:
            raise NotWritten("connect-timeout") from None
        except ssl.SSLError as error:
            raise NotWritten(f"tls-{error.reason or 'failed'}") from None
        except OSError:
            raise NotWritten("connect-failed") from None
        return line


class _Line(asyncio.Protocol):
    """One connection: one question at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._asked: asyncio.Future[Answer] | None = None
        self._reply = Reply()
        self.usable = True
        self.since = loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def ask(self, request: bytes, timeout_s: float) -> Answer:
        """Write the request and wait for its answer; the line is dropped when that does not come whole."""
        if self._transport.is_closing():
            raise NotWritten("connection-gone")
        self._asked = asked = self._loop.create_future()
        self._reply = Reply()
        timer = self._loop.call_later(timeout_s, self._fail, "answer-timeout")
        self._transport.write(request)
        try:
            answer: Answer = await asked
        finally:
            timer.cancel()
            if self._asked is not None:
                self.drop()
        return answer

    def drop(self) -> None:
        """Close at once."""
        self._asked = None
        self.usable = False
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the answer; bytes nobody asked for end the line."""
        if self._asked is None:
            self.drop()
            return
        try:
            if self._reply.feed(data):
                self._answer(keep=self._reply.keeps_alive)
        except Unreadable:
            self._fail("answer-unreadable")

    def connection_lost(self, exc: Exception | None) -> None:
        """Answer what is whole, else say that no answer will come."""
        self.usable = False
        if self._asked is None:
            return
        if exc is None and self._reply.whole_at_end():
            self._answer(keep=False)
        else:
            self._fail("connection-lost")

    def _answer(self, *, keep: bool) -> None:
        asked, self._asked = self._asked, None
        if not keep:
            self.drop()
        self.since = self._loop.time()
        if asked is not None and not asked.done():
            asked.set_result(Answer(self._reply.status, self._reply.retry_after, self._reply.body))

    def _fail(self, why: str) -> None:
        asked = self._asked
        self.drop()
        if asked is not None and not asked.done():
            asked.set_exception(NoAnswer(why))

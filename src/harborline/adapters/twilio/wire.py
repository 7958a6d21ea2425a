"""One HTTP/1.1 line to a carrier that always knows whether a request was written.

Requests are never repeated and never pipelined: each takes an idle connection or opens one, up to a limit. What fails
before the first byte is `NotWritten`; whatever happens after it without a whole answer is `NoAnswer`.
Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
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


Result = Answer | NotWritten | NoAnswer
"""What became of one request: a whole answer, or why there is none."""


class Wire(Protocol):
    """Posts forms to one address over kept connections."""

    async def open(self) -> None:
        """Make ready."""

    async def post(self, forms: Sequence[bytes]) -> list[Result]:
        """Post each form once, all at the same time as far as connections go; the results in the same order."""

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
    """Speaks to the carrier without anything between (no proxy), at the least cost per text.

    One future and no task for a whole batch: each line takes the next request itself when it has its answer.
    """

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
        self._room = connections
        self._idle: list[_Line] = []
        self._asking: set[_Line] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._waiting: deque[_Question] = deque()
        self._watch: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Connections are opened when they are needed."""

    async def post(self, forms: Sequence[bytes]) -> list[Result]:
        """Post each form once over idle or new connections."""
        head = self._head
        return await self._ask_all([b"%b%d\r\n\r\n%b" % (head, len(form), form) for form in forms])

    async def ask(self, request: bytes) -> Answer:
        """Write a whole HTTP request once; raises `NotWritten` or `NoAnswer`."""
        (result,) = await self._ask_all([request])
        if isinstance(result, Exception):
            raise result
        return result

    async def close(self) -> None:
        """Drop the idle connections; none is in use by then."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        while self._idle:
            self._idle.pop().drop()

    async def _ask_all(self, requests: Sequence[bytes]) -> list[Result]:
        if not requests:
            return []
        batch = _Batch(len(requests), asyncio.get_running_loop().create_future())
        for place, request in enumerate(requests):
            self._begin(_Question(request, batch, place))
        return await batch.whole

    def _begin(self, question: _Question) -> None:
        line = self._kept()
        if line is not None:
            self._put(line, question)
        elif len(self._asking) + len(self._connecting) < self._room:
            task = asyncio.get_running_loop().create_task(self._connect(question))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        else:
            self._waiting.append(question)

    def _put(self, line: _Line, question: _Question) -> None:
        self._asking.add(line)
        line.ask(question)
        if self._watch is None and self._asking:
            self._watch_later()

    def done(self, line: _Line, question: _Question, result: Result) -> None:
        """A line has the result of its question: it takes the next one, or rests."""
        self._asking.discard(line)
        question.batch.settle(question.place, result)
        if not self._waiting:
            if line.usable:
                self._idle.append(line)
            return
        following = self._waiting.popleft()
        if line.usable:
            self._put(line, following)
        else:
            self._begin(following)

    def _kept(self) -> _Line | None:
        oldest = asyncio.get_running_loop().time() - KEPT_S
        while self._idle:
            line = self._idle.pop()
            if line.usable and line.since > oldest:
                return line
            line.drop()
        return None

    async def _connect(self, question: _Question) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                _, line = await loop.create_connection(lambda: _Line(loop, self), self._host, self._port, ssl=self._tls)
        except TimeoutError:
            self._not_written(question, NotWritten("connect-timeout"))
        except ssl.SSLError as error:
            self._not_written(question, NotWritten(f"tls-{error.reason or 'failed'}"))
        except OSError:
            self._not_written(question, NotWritten("connect-failed"))
        else:
            self._put(line, question)

    def _not_written(self, question: _Question, why: NotWritten) -> None:
        question.batch.settle(question.place, why)
        if self._waiting:
            self._begin(self._waiting.popleft())

    def _watch_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(min(1.0, self._answer_timeout_s / 4), self._look_for_late)

    def _look_for_late(self) -> None:
        # One look at all lines now and then, instead of a timer for every text.
        self._watch = None
        latest = asyncio.get_running_loop().time() - self._answer_timeout_s
        for line in [line for line in self._asking if line.since < latest]:
            line.fail("answer-timeout")
        if self._asking:
            self._watch_later()


class _Batch:
    """Requests that were made together: whole when each has its result."""

    __slots__ = ("_left", "_results", "whole")

    def __init__(self, count: int, whole: asyncio.Future[list[Result]]) -> None:
        self.whole = whole
        self._left = count
        self._results: list[Result] = [NotWritten("not-asked")] * count

    def settle(self, place: int, result: Result) -> None:
        self._results[place] = result
        self._left -= 1
        if not self._left and not self.whole.done():
            self.whole.set_result(self._results)


class _Question(NamedTuple):
    request: bytes
    batch: _Batch
    place: int


class _Line(asyncio.Protocol):
    """One connection: one question at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wire: DirectWire) -> None:
        self._loop = loop
        self._wire = wire
        self._asked: _Question | None = None
        self._reply = Reply()
        self.usable = True
        self.since = loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, question: _Question) -> None:
        """Write the request; the wire hears of its result."""
        self._asked = question
        if self._transport.is_closing():
            self._settle(NotWritten("connection-gone"))
            return
        self._reply = Reply()
        self.since = self._loop.time()
        self._transport.write(question.request)

    def drop(self) -> None:
        """Close at once."""
        self.usable = False
        self._transport.abort()

    def fail(self, why: str) -> None:
        """No whole answer will come: the line is dropped."""
        self._settle(NoAnswer(why))

    def data_received(self, data: bytes) -> None:
        """Feed the answer; bytes nobody asked for end the line."""
        if self._asked is None:
            self.drop()
            return
        try:
            if self._reply.feed(data):
                self._answer(keep=self._reply.keeps_alive)
        except Unreadable:
            self.fail("answer-unreadable")

    def connection_lost(self, exc: Exception | None) -> None:
        """Answer what is whole, else say that no answer will come."""
        self.usable = False
        if self._asked is None:
            return
        if exc is None and self._reply.whole_at_end():
            self._answer(keep=False)
        else:
            self.fail("connection-lost")

    def _answer(self, *, keep: bool) -> None:
        reply = self._reply
        self.since = self._loop.time()
        self._settle(Answer(reply.status, reply.retry_after, reply.body), keep=keep)

    def _settle(self, result: Result, *, keep: bool = False) -> None:
        asked, self._asked = self._asked, None
        if not keep:
            self.drop()
        if asked is not None:
            self._wire.done(self, asked, result)

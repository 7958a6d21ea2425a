"""A cheap loopback carrier: speaks the Twilio-compatible Messages.json door, counts what it took, misbehaves on wish.

Run it as its own process: `python benchmarks/carrier_stub.py --port 0`; it prints one JSON line with its port, then
serves until SIGTERM and prints its statistics with its own CPU seconds. `GET /stats` tells the same while it runs,
`GET /taken` every text it took with the number of times, `POST /behave` (JSON of `Behaviour`) changes its manners.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
RECEIPT_LINES = 16
FAULTS = (
    "none", "late", "drop-after", "drop-before", "500-after", "500-before", "503", "429", "garbage", "rejected",
    "landline", "opted-out", "unauthorised",
)  # fmt: skip
RECEIPTS = ("none", "one", "plain", "doubled", "reversed", "early", "failed")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the stub acts: every `every`-th request (0: none) meets `fault`; `delay_s` before each answer.

    Faults named `…-after` take the text first, those named `…-before` do not. `late` takes it and answers after
    `late_s`. `receipts` come `receipt_s` after the answer (`early`: before it), signed with `token`. With `endings` the
    last four digits of the number choose the fault, as on the simulated network.
    """

    fault: str = "none"
    every: int = 1
    delay_s: float = 0.0
    late_s: float = 3.0
    receipts: str = "none"
    receipt_s: float = 0.05
    endings: bool = False
    token: str = ""


@dataclass(slots=True)
class Ledger:
    """What the stub took: texts by (number, words), attempts by callback address."""

    texts: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    requests: int = 0
    taken: int = 0
    receipts_sent: int = 0
    receipts_refused: int = 0
    started: float = field(default_factory=time.monotonic)

    def take(self, form: bytes) -> None:
        """Count one text by its raw form fields To and Body."""
        self.taken += 1
        self.texts[(field_of(form, b"To="), field_of(form, b"&Body="))] += 1

    def stats(self) -> dict[str, float]:
        """The totals and this process's CPU seconds."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "requests": self.requests,
            "taken": self.taken,
            "distinct": len(self.texts),
            "doubled": self.taken - len(self.texts),
            "receipts_sent": self.receipts_sent,
            "receipts_refused": self.receipts_refused,
            "cpu_s": used.ru_utime + used.ru_stime,
            "wall_s": time.monotonic() - self.started,
        }


def field_of(form: bytes, name: bytes) -> bytes:
    """The raw (still encoded) value that follows `name` in a form; empty when absent."""
    _, found, rest = form.partition(name)
    return rest.partition(b"&")[0] if found else b""


class Stub:
    """The state all connections share."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.ledger = Ledger()
        self.receipts: asyncio.Queue[tuple[float, str, dict[str, str]]] = asyncio.Queue()
        self._serial = itertools.count(1)
        self._nonce = os.urandom(9).hex()

    def fault(self, form: bytes) -> str:
        """What the request now counted meets."""
        if self.behaviour.endings:
            return _ENDINGS.get(field_of(form, b"To=")[-4:], "none")
        every = self.behaviour.every
        return self.behaviour.fault if every and self.ledger.requests % every == 0 else "none"

    def new_sid(self) -> str:
        """A fresh message sid of the provider's form (SM and 32 hex digits)."""
        return f"SM{self._nonce}{next(self._serial):014x}"

    def announce(self, form: bytes, sid: str) -> None:
        """Queue the receipts this text will have."""
        kind = self.behaviour.receipts
        if kind == "none":
            return
        fields_ = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        for offset, status in enumerate(_STATUSES[kind]):
            news = {"MessageSid": sid, "MessageStatus": status, "To": fields_["To"], "AccountSid": "ACstub"}
            if status == "undelivered":
                news["ErrorCode"] = "30003"
            due = time.monotonic() + (0.0 if kind == "early" else self.behaviour.receipt_s + offset * 0.001)
            self.receipts.put_nowait((due, fields_["StatusCallback"], news))


_STATUSES = {
    "one": ("delivered",),
    "plain": ("sent", "delivered"),
    "doubled": ("sent", "sent", "delivered", "delivered"),
    "reversed": ("delivered", "sent"),
    "early": ("sent", "delivered"),
    "failed": ("sent", "undelivered"),
}


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests may be pipelined, answers keep their order unless one is delayed."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.waiting: list[asyncio.TimerHandle] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Answer nobody who left."""
        del exc
        for handle in self.waiting:
            handle.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in the buffer."""
        self.buffer = self.buffer + data if self.buffer else data
        while (end := self.buffer.find(_HEAD_END)) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(_LENGTH)
            size = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            stop = end + 4 + size
            if len(self.buffer) < stop:
                return
            line, body = self.buffer[: self.buffer.find(b"\r\n")], self.buffer[end + 4 : stop]
            self.buffer = self.buffer[stop:]
            self.request(line, body)

    def request(self, line: bytes, body: bytes) -> None:
        """One request: a text, or a question to the stub itself."""
        if line.startswith(b"POST /2010-04-01/"):
            self.text(body)
        elif line.startswith(b"GET /stats"):
            self.answer(200, json.dumps(self.stub.ledger.stats()).encode())
        elif line.startswith(b"GET /taken"):
            self.answer(200, json.dumps(taken(self.stub.ledger)).encode())
        elif line.startswith(b"POST /behave"):
            self.stub.behaviour = replace(self.stub.behaviour, **json.loads(body))
            self.answer(200, json.dumps(asdict(self.stub.behaviour)).encode())
        else:
            self.answer(404, b"{}")

    def text(self, form: bytes) -> None:
        """Take a text, or meet it with the fault whose turn it is."""
        stub = self.stub
        stub.ledger.requests += 1
        fault = stub.fault(form)
        if fault in _NOT_TAKEN:
            self.later(stub.behaviour.delay_s, lambda: self.misbehave(fault))
            return
        stub.ledger.take(form)
        sid = stub.new_sid()
        stub.announce(form, sid)
        early = 0.2 if stub.behaviour.receipts == "early" else 0.0
        if fault == "none":
            self.later(stub.behaviour.delay_s + early, lambda: self.answer(201, _accepted(sid)))
        elif fault == "late":
            self.later(stub.behaviour.late_s, lambda: self.answer(201, _accepted(sid)))
        else:
            self.later(stub.behaviour.delay_s, lambda: self.misbehave(fault))

    def later(self, delay_s: float, answer: Callable[[], None]) -> None:
        """Answer now or after a delay."""
        if delay_s <= 0:
            answer()
        else:
            self.waiting.append(asyncio.get_running_loop().call_later(delay_s, answer))

    def misbehave(self, fault: str) -> None:
        """Close, or answer something other than 201."""
        if fault.startswith("drop"):
            assert self.transport is not None
            self.transport.abort()
            return
        status, body, headers = _ANSWERS[fault]
        self.answer(status, body, headers)

    def answer(self, status: int, body: bytes, headers: bytes = b"") -> None:
        """Write one answer."""
        assert self.transport is not None
        if not self.transport.is_closing():
            head = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%b\r\n"
            self.transport.write(head % (status, len(body), headers) + body)


def _accepted(sid: str) -> bytes:
    # The fields a client reads and some it does not, so that the client's parsing is not flattered.
    return (
        f'{{"account_sid":"ACstub","api_version":"2010-04-01","body":"","date_created":null,"direction":"outbound-api",'
        f'"error_code":null,"error_message":null,"num_media":"0","num_segments":"1","sid":"{sid}","status":"queued",'
        f'"uri":"/2010-04-01/Accounts/ACstub/Messages/{sid}.json"}}'
    ).encode()


def _error(code: int, status: int) -> bytes:
    return json.dumps({"code": code, "message": "stub", "more_info": "", "status": status}).encode()


_ENDINGS = {b"0198": "landline", b"0196": "opted-out", b"0195": "drop-after"}
_NOT_TAKEN = frozenset({"drop-before", "500-before", "503", "429", "rejected", "landline", "opted-out", "unauthorised"})
_ANSWERS: dict[str, tuple[int, bytes, bytes]] = {
    "500-after": (500, b"<html>Internal Server Error</html>", b""),
    "500-before": (500, b"<html>Internal Server Error</html>", b""),
    "503": (503, _error(20503, 503), b"Retry-After: 2\r\n"),
    "429": (429, _error(20429, 429), b"Retry-After: 1\r\n"),
    "garbage": (201, b"\x00\xffnot json", b""),
    "rejected": (400, _error(21211, 400), b""),
    "landline": (400, _error(21614, 400), b""),
    "unauthorised": (401, _error(20003, 401), b""),
    "opted-out": (400, _error(21610, 400), b""),
}


def taken(ledger: Ledger) -> list[dict[str, object]]:
    """Every text by number and words (decoded), with how often it was taken."""
    made = []
    for (to, body), times in ledger.texts.items():
        number, words = unquote_plus(to.decode()), unquote_plus(body.decode())
        made.append({"to": number, "body": words, "times": times})
    return made


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def send_receipts(stub: Stub) -> None:
    """Post queued receipts as they fall due, over one kept connection for each place."""
    kept: dict[str, Streams] = {}
    while True:
        due, url, news = await stub.receipts.get()
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        request = _receipt_request(url, urlencode(news).encode(), sign(stub.behaviour.token, url, news))
        # A connection that was kept may be gone: then once more over a new one.
        status = await _post(kept, url, request) or await _post(kept, url, request)
        stub.ledger.receipts_sent += 1
        stub.ledger.receipts_refused += status not in (200, 204)


async def _post(kept: dict[str, Streams], url: str, request: bytes) -> int:
    """The status of one answer; 0 when there was none."""
    parts = urlsplit(url)
    try:
        if parts.netloc not in kept:
            kept[parts.netloc] = await asyncio.open_connection(parts.hostname, parts.port or 80)
        reader, writer = kept[parts.netloc]
        writer.write(request)
        return await _status(reader)
    except (OSError, asyncio.IncompleteReadError):
        kept.pop(parts.netloc, None)
        return 0


def _receipt_request(url: str, form: bytes, signature: str) -> bytes:
    parts = urlsplit(url)
    return (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    ).encode() + form


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(_HEAD_END)
    lines = head.lower().split(b"\r\n")
    size = next((int(line.split(b":")[1]) for line in lines if line.startswith(_LENGTH)), 0)
    await reader.readexactly(size)
    return int(lines[0].split()[1])


def sign(token: str, url: str, form: dict[str, str]) -> str:
    """The provider's signature over address and form (HMAC-SHA1, base64); written apart from the product's own."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


async def serve(port: int, behaviour: Behaviour) -> None:
    """Serve until SIGTERM or SIGINT; the first line printed names the port, the last the statistics."""
    stub = Stub(behaviour)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: Connection(stub), "127.0.0.1", port)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    workers = [loop.create_task(send_receipts(stub)) for _ in range(RECEIPT_LINES)]
    await stop.wait()
    for worker in workers:
        worker.cancel()
    server.close()
    print(json.dumps(stub.ledger.stats()), flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--every", type=int, default=1, help="which requests meet the fault: every N-th")
    parser.add_argument("--delay-s", type=float, default=0.0)
    parser.add_argument("--late-s", type=float, default=3.0)
    parser.add_argument("--receipts", choices=RECEIPTS, default="none")
    parser.add_argument("--receipt-s", type=float, default=0.05)
    parser.add_argument("--endings", action="store_true", help="the last four digits of a number choose the fault")
    parser.add_argument("--token", default="", help="the auth token receipts are signed with")
    options = vars(parser.parse_args(arguments))
    port = options.pop("port")
    known = {one.name for one in fields(Behaviour)}
    asyncio.run(serve(port, Behaviour(**{name: value for name, value in options.items() if name in known})))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A witness as a program of its own over HTTP: nothing but `add-checkpoint`, no database, no account."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harborline.kernel import clock
from harborline.kernel.natural import natural
from harborline.ledger.facts import WitnessReply
from harborline.ledger.witness import ADD_CHECKPOINT, MAX_REQUEST_BYTES, TEXT_TYPE, Witness

TIMEOUT_S = 30.0


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; `prefix` is the path before `/add-checkpoint`."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness, prefix: str = "") -> None:
        self.witness = witness
        self.path = f"{prefix.rstrip('/')}/{ADD_CHECKPOINT}"
        super().__init__(address, WitnessHandler)


class WitnessHandler(BaseHTTPRequestHandler):
    """One connection of a log."""

    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S
    server: WitnessServer
    server_version = "harborline-witness"
    sys_version = ""

    def do_POST(self) -> None:
        """Answer one request."""
        if self.path != self.server.path:
            self._answer(WitnessReply(404, TEXT_TYPE, b"there is only add-checkpoint here\n"), close=True)
            return
        length = self.headers.get("Content-Length", "")
        size = natural(length, most=sys.maxsize)
        if size is None or size > MAX_REQUEST_BYTES:
            self._let_pass(size or 0)
            self._answer(WitnessReply(411 if size is None else 413, TEXT_TYPE, b""), close=True)
            return
        body = self.rfile.read(size)
        self._answer(self.server.witness.add_checkpoint(body, int(clock.now().timestamp())))

    def _let_pass(self, length: int) -> None:
        # Whoever is still sending would not read the answer; somebody who sends without end is cut off.
        left = min(length, 4 * MAX_REQUEST_BYTES)
        while left > 0 and (taken := self.rfile.read(min(left, 65_536))):
            left -= len(taken)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Say nothing on standard error; a proxy in front keeps the access log."""

    def _answer(self, answer: WitnessReply, *, close: bool = False) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)


def serve(witness: Witness, host: str, port: int, told: Callable[[str], None]) -> None:
    """Serve until interrupted; `told` hears the address."""
    with WitnessServer((host, port), witness) as server:
        bound_host, bound_port = server.server_address[:2]
        told(f"http://{bound_host!s}:{bound_port}{server.path}")
        server.serve_forever()

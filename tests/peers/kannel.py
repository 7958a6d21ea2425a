"""A real Kannel (bearerbox and smsbox) bound to a real SMPP message centre, all on the loopback."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

SMSC = Path(__file__).parent / "smsc"
NUMBER = "+19195550100"

_CONFIG = """
group = core
admin-port = {admin}
admin-password = tests
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1
log-file = {folder}/bearerbox.log
log-level = 1
store-type = file
store-location = {folder}/store
dlr-storage = internal
sms-resend-freq = 1
sms-resend-retry = 3

group = smsc
smsc = smpp
smsc-id = tests
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = tests
smsc-password = tests
system-type = ""
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
wait-ack = 60
wait-ack-expire = 2
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log
log-level = 1
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = harborline
password = tests-only
concatenation = true
max-messages = 10
omit-empty = true

{service}
"""


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


@dataclass
class Kannel:
    """A running gateway: its HTTP address, and what the message centre behind it took."""

    base_url: str
    _centre: subprocess.Popen[str]
    _said: queue.Queue[dict[str, Any]]
    _log: list[dict[str, Any]] = field(default_factory=list)

    def took(self) -> list[dict[str, Any]]:
        """Every text the message centre took so far."""
        while not self._said.empty():
            self._log.append(self._said.get())
        return [one for one in self._log if "took" in one]

    def wait_for(self, count: int, *, seconds: float = 15) -> list[dict[str, Any]]:
        """The texts taken, once there are `count`."""
        until = time.monotonic() + seconds
        while len(self.took()) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.took()

    def write_from(self, number: str, words: str, *, to: str = NUMBER) -> None:
        """A handset writes to the program's number."""
        assert self._centre.stdin is not None
        self._centre.stdin.write(json.dumps({"from": number, "to": to, "words": words}) + "\n")
        self._centre.stdin.flush()


@contextmanager
def running_kannel(folder: Path, *, service: str = "") -> Iterator[Kannel]:
    """Have a message centre, a bearerbox and a smsbox running inside the block; `service` is for inbound texts."""
    with _message_centre() as (centre, port, said):
        admin, boxes, http = _free_ports(3)
        config = folder / "kannel.conf"
        config.write_text(
            _CONFIG.format(admin=admin, boxes=boxes, http=http, smsc=port, folder=folder, service=service)
        )
        with _box("bearerbox", config, boxes), _box("smsbox", config, http):
            _bound(said)
            yield Kannel(f"http://127.0.0.1:{http}", centre, said)


@contextmanager
def _message_centre() -> Iterator[tuple[subprocess.Popen[str], int, queue.Queue[dict[str, Any]]]]:
    centre = subprocess.Popen(
        ["node", "smsc.js"], cwd=SMSC, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    said: queue.Queue[dict[str, Any]] = queue.Queue()
    assert centre.stdout is not None
    try:
        port = int(json.loads(centre.stdout.readline())["port"])
        threading.Thread(target=_listen, args=(centre.stdout, said), daemon=True).start()
        yield centre, port, said
    finally:
        centre.kill()
        centre.wait(10)


def _listen(stream: IO[str], said: queue.Queue[dict[str, Any]]) -> None:
    for line in stream:
        said.put(json.loads(line))


def _bound(said: queue.Queue[dict[str, Any]]) -> None:
    assert "bound" in said.get(timeout=20)


@contextmanager
def _box(name: str, config: Path, port: int) -> Iterator[None]:
    program = subprocess.Popen([f"/usr/sbin/{name}", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _listening(program, port)
        yield
    finally:
        program.terminate()
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait(10)


def _listening(program: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert program.poll() is None, "the gateway ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the gateway does not listen")

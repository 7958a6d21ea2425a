"""A whole service of its own for one test session: home, database, carrier stub, office, dispatchers, sequencer."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.peers.carrier_stub import CarrierStub, carrier_stub

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("harborline")
PROGRAM, SENDER = "nc-css", "main"
TOKEN = "loopback-token"
# What the states of a text say about the carrier: it has it, it never had it, nobody can say.
WENT = {"accepted", "sent", "delivered", "failed"}
NEVER_WENT = {"queued", "rejected", "lapsed", "cancelled", "withheld"}
UNKNOWN = "unknown"


class Service:
    """The processes of one installation and what the tests ask of them."""

    def __init__(self, home: Path, stub: CarrierStub, port: int) -> None:
        self.home = home
        self.stub = stub
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.env = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HARBORLINE_HOME": str(home),
            "HARBORLINE_PUBLIC_URL": self.address,
            "HARBORLINE_TWILIO_BASE_URL": stub.base_url,
            "HARBORLINE_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "HARBORLINE_TWILIO_AUTH_TOKEN": TOKEN,
        }
        self._office: subprocess.Popen[str] | None = None
        self._logs = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keep the office, and with it the database, open inside the block."""
        with (self.home / "office.log").open("w") as log:
            self._office = subprocess.Popen(
                [sys.executable, str(HERE / "office.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True, env=self.env,
            )  # fmt: skip
            try:
                yield
            finally:
                assert self._office.stdin is not None
                self._office.stdin.close()
                self._office.wait(60)

    def ask(self, what: str, **facts: Any) -> Any:  # noqa: ANN401 - JSON
        """One question to the office (a method of `Office`)."""
        office = self._office
        assert office is not None
        assert office.stdin is not None
        assert office.stdout is not None
        office.stdin.write(json.dumps({"ask": what, "with": facts}) + "\n")
        office.stdin.flush()
        answer = office.stdout.readline()
        assert answer, (self.home / "office.log").read_text()[-3000:]
        return json.loads(answer)

    def texts(self) -> list[dict[str, Any]]:
        """Every text of the program."""
        found: list[dict[str, Any]] = self.ask("texts")
        return found

    def states(self, run: str) -> Counter[str]:
        """How many texts of a run are in which state."""
        return Counter(self.ask("run", run=run)["texts"])

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A `harborline` process inside the block, told to stop at its end; its words are kept (`words_of`)."""
        self._logs += 1
        with (self.home / f"words-{self._logs}.log").open("w") as log:
            child = subprocess.Popen([COMMAND, *arguments], env=self.env, stdout=log, stderr=log)
        try:
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            child.wait(30)

    def words(self) -> str:
        """What the process started last has said."""
        return (self.home / f"words-{self._logs}.log").read_text()

    @contextmanager
    def dispatcher(self) -> Iterator[subprocess.Popen[bytes]]:
        """One dispatcher of the sender."""
        with self.running("worker", "dispatch", "--program", PROGRAM, "--sender", SENDER) as child:
            yield child

    @contextmanager
    def gateway(self) -> Iterator[None]:
        """The pages, where the carrier's receipts come in."""
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "--no-ws",
            "harborline.project.wsgi:application",
        ]  # fmt: skip
        child = subprocess.Popen(command, env=self.env)
        try:
            until(lambda: _listens(self.port), "the gateway to listen")
            yield
        finally:
            child.terminate()
            child.wait(30)

    def through(self, run: str, timeout_s: float = 60) -> Counter[str]:
        """Wait until nothing of the run is queued or on its way; answers its texts by state."""
        until(lambda: not set(self.states(run)) & {"queued", "attempted"}, "the run to be through", timeout_s)
        return self.states(run)

    def under_way(self, run: str, texts: int = 1) -> None:
        """Wait until some texts of the run have left the queue."""
        until(lambda: sum((states := self.states(run)).values()) - states["queued"] >= texts, "the run to be under way")

    def is_accounted_for(self) -> None:
        """Nothing was sent twice, nothing is lost, and the records agree with the carrier's, text by text."""
        # What a person settled as not arrived may have gone again, as a text of its own.
        texts = [text for text in self.texts() if text["reason"] != "settled-not-arrived"]
        kept = {(text["to"], text["body"]): text for text in texts}
        taken = {(to, body): times for to, body, times in self.stub.taken()}
        assert len(kept) == len(texts)
        assert [times for times in taken.values() if times != 1] == [], "a text was sent twice"
        assert set(taken) <= set(kept), "the carrier has a text that nobody wrote"
        wrong = [
            text["state"]
            for key, text in kept.items()
            if text["state"] != UNKNOWN and text["state"] not in (WENT if key in taken else NEVER_WENT)
        ]
        assert wrong == [], "the record and the carrier disagree"

    def log_verifies(self) -> None:
        """`harborline ledger verify` finds every entry, hash and signature in order."""
        until(lambda: self.ask("unpublished") == 0, "the log to be published")
        done = self.command("ledger", "verify")
        assert done.returncode == 0, done.stderr

    def command(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one `harborline` command to its end, as from a clean shell in another directory."""
        return subprocess.run(
            [COMMAND, *arguments], env=self.env | variables, cwd="/", capture_output=True, text=True, timeout=120,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip


def until(holds: Callable[[], bool], what: str, timeout_s: float = 30) -> None:
    """Wait for something to hold."""
    latest = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < latest, f"waited {timeout_s:.0f} s for {what}"
        time.sleep(0.05)


def kill(pid: int) -> None:
    """End a process with SIGKILL, as a power cut would."""
    os.kill(pid, signal.SIGKILL)


@contextmanager
def service(home: Path, *, rows: int, pace: int) -> Iterator[Service]:
    """A service in a home of its own, with invented people, a stub as its carrier and a sequencer at work."""
    with ExitStack() as stack:
        stub = stack.enter_context(carrier_stub("--token", TOKEN))
        made = Service(home, stub, _free_port())
        stack.enter_context(made.open())
        made.ask("settle", rows=rows, pace=pace)
        stack.enter_context(made.running("worker", "sequence"))
        yield made


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0

"""Wiring and rounds of what carries files: SFTP to partners' servers, the drop folder; OpenPGP and the scanner."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.db import connections

from harborline.adapters.drop_folder.giving import Giver
from harborline.adapters.drop_folder.taking import Taker
from harborline.adapters.marks import Marks
from harborline.adapters.openpgp.armour import Sequoia
from harborline.adapters.openpgp.ownkeys import OwnKeys
from harborline.adapters.scanner.clamd import LARGEST, Clamd
from harborline.adapters.sftp_client.facts import Ending, Outcome, Push
from harborline.exchange.facts import OutboundFile
from harborline.exchange.ports import Armour, Mailboxes, Outbox, Scanner
from harborline.kernel import Fault, Invalid, clock, ports
from harborline.ledger.services import log_origin
from harborline.project.exchanging import key_of
from harborline.project.home import home, keys_directory

log = structlog.get_logger(__name__)

CHANNEL: Final = "sftp-out"
PAUSES_S: Final = (300.0, 900.0, 3600.0)
"""After a failed attempt: how long until the next; after the last a person is asked."""
ROUND_S: Final = 5.0


def openpgp_keys() -> OwnKeys:
    """Our OpenPGP keys."""
    return OwnKeys(keys_directory(), f"Harborline {log_origin().removesuffix('/log')}")


def client_key() -> bytes:
    """The key with which we sign in on partners' servers, as OpenSSH PEM; made at the first question."""
    return key_of(keys_directory() / "ssh_client_ed25519_key", ed25519.Ed25519PrivateKey.generate)


def drop_base() -> Path:
    """Where the folders for the agency's managed-transfer client are."""
    return Path(os.environ.get("HARBORLINE_DROP_FOLDER") or home() / "drop")


def serve_carriers() -> None:
    """Serve OpenPGP, and the malware scanner where one is named."""
    ports.serve(Armour, Sequoia(lambda: openpgp_keys().secrets()))
    address = os.environ.get("HARBORLINE_CLAMD", "")
    if address:
        ports.serve(Scanner, Clamd(address, largest=clamd_largest()))


def clamd_largest() -> int:
    """Bytes of a file that ClamAV's daemon is set to look through."""
    said = os.environ.get("HARBORLINE_CLAMD_LARGEST", "")
    if said and not said.isdigit():
        raise Invalid("is a number of bytes", "HARBORLINE_CLAMD_LARGEST")
    return int(said) if said else LARGEST


@dataclass
class Turns:
    """Threads, one for each partner at the most: whoever's server stalls keeps nobody waiting but itself."""

    _running: dict[str, threading.Thread] = field(default_factory=dict)

    def free(self, partner: str) -> bool:
        """Whether nothing is done for a partner now."""
        return partner not in self._running or not self._running[partner].is_alive()

    def begin(self, partner: str, work: Callable[[], object]) -> None:
        """Do it beside; its connections to the database are given back at its end."""
        self._running[partner] = threading.Thread(target=_turn, args=(work,), name=f"to {partner}")
        self._running[partner].start()

    def end(self) -> None:
        """Wait for what is under way: each attempt has its own limit."""
        for thread in self._running.values():
            thread.join()


def _turn(work: Callable[[], object]) -> None:
    try:
        work()
    except Fault as fault:
        log.warning("carrying", step="turn", code=fault.code)
    except Exception as error:  # noqa: BLE001 - what it sent is looked at in the next round
        log.error("carrying failed", step="turn", error=type(error).__name__)  # noqa: TRY400 - a traceback could hold contents
    finally:
        _give_back()


def _give_back() -> None:
    for alias in ("default", "apart"):
        connections[alias].close()


@dataclass
class SftpOut:
    """Sends what is ready to partners' servers; one attempt each, then a pause that grows, then a person.

    Every partner has a turn of its own in each round, beside the others'.
    """

    outbox: Outbox
    marks: Marks
    key: bytes
    turns: Turns = field(default_factory=Turns)
    _tries: dict[UUID, tuple[int, float]] = field(default_factory=dict)

    def send_all(self, now_s: float) -> int:
        """Begin one round; answers for how many partners."""
        found: dict[str, list[tuple[OutboundFile, Callable[[str, UUID], IO[bytes]]]]] = {}
        for files, open_ in ((self.outbox.under_way, self.outbox.again), (self.outbox.ready, self.outbox.sending)):
            for file in files(CHANNEL):
                found.setdefault(f"{file.program}/{file.partner}", []).append((file, open_))
        free = [partner for partner in found if self.turns.free(partner)]
        for partner in free:
            self.turns.begin(partner, partial(self._each, found[partner], now_s))
        return len(free)

    def _each(self, files: Sequence[tuple[OutboundFile, Callable[[str, UUID], IO[bytes]]]], now_s: float) -> None:
        for file, open_ in files:
            self._one(file, now_s, open_)

    def _one(self, file: OutboundFile, now_s: float, open_: Callable[[str, UUID], IO[bytes]]) -> bool:
        tries, next_s = self._tries.get(file.transmission_id, (0, 0.0))
        if now_s < next_s:
            return False
        from harborline.adapters.sftp_client.pushing import push  # noqa: PLC0415 - SSH only where it is spoken

        try:
            opened = open_(file.program, file.transmission_id)
        except Fault as fault:
            log.warning("sftp out", code=fault.code)
            return False
        with opened as content:
            wanted = Push(
                file, lambda: content, self.key,
                asked=self.marks.get(file.transmission_id) is not None,
                ask=lambda: self.marks.put(file.transmission_id, {"name": file.name}),
            )  # fmt: skip
            outcome = push(wanted)
        self._ended(file, outcome, tries, max(now_s, clock.now().timestamp()))
        return True

    def _ended(self, file: OutboundFile, outcome: Outcome, tries: int, now_s: float) -> None:
        log.info("sftp out", ending=outcome.ending.value, why=outcome.why)
        if outcome.ending is Ending.AGAIN and tries < len(PAUSES_S):
            self._tries[file.transmission_id] = (tries + 1, now_s + PAUSES_S[tries])
            return
        self._tries.pop(file.transmission_id, None)
        if outcome.ending is Ending.DELIVERED:
            self.outbox.sent(file.program, file.transmission_id, outcome.why)
        else:
            if outcome.ending is Ending.HOST_KEY:
                self.outbox.alarm(file.program, file.agreement, "host-key-changed", outcome.why)
            unknown = outcome.ending in (Ending.UNKNOWN, Ending.CONFLICT)
            self.outbox.failed(file.program, file.transmission_id, outcome.ending.value, unknown=unknown)
        if outcome.ending is not Ending.UNKNOWN:
            self.marks.remove(file.transmission_id)


def carry_until(stop: threading.Event) -> None:
    """Carry files out and through the drop folder until told to stop; a second carrier of this home stands by."""
    base = home() / "carrying"
    with _alone(base, stop) as ours:
        if not ours:
            return
        outbox = ports.serving(Outbox)
        sender = SftpOut(outbox, Marks(base / "asked"), client_key())
        giver = Giver(outbox, drop_base(), Marks(base / "handed"))
        taker = Taker(outbox, ports.serving(Mailboxes), drop_base(), base / "receipts")
        steps = (sender.send_all, giver.hear_all, giver.hand_over_all, taker.take_all)
        while not stop.is_set():
            for step in steps:
                _tried(step)
            _give_back()
            stop.wait(ROUND_S)
        sender.turns.end()


def _tried(step: Callable[[float], int]) -> None:
    try:
        step(clock.now().timestamp())
    except Fault as fault:
        log.warning("carrying", step=step.__name__, code=fault.code)
    except Exception as error:  # noqa: BLE001 - one agreement's trouble must not stop the others' files
        log.error("carrying failed", step=step.__name__, error=type(error).__name__)  # noqa: TRY400 - a traceback could hold contents


@contextmanager
def _alone(base: Path, stop: threading.Event) -> Iterator[bool]:
    # Two carriers of one home would both look, and both send: the second waits until the first is gone.
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (base / "lock").open("a") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(ROUND_S)
            else:
                yield True
                return
        yield False

"""Checkpoints on their way to those who hold them outside, each sink in a thread of its own.

Nothing waits for a sink: a failing one is written down and tried again, ever more slowly. A holder that has seen
another history stops the sequencer, which is what it is there for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from harborline.kernel import Broken, Fault, Invalid, clock
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs, EpochFacts, PartState, Receipt, SignedHead
from harborline.ledger.integrating import Connection
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.ports import CheckpointSink
from harborline.ledger.promises import Promise
from harborline.ledger.published import Directory
from harborline.ledger.watching import SINK, forget, tell

RETRY_S = 5.0
LONGEST_RETRY_S = 600.0
ASK_S = 20.0
RENEW_S = 24 * 3600.0
"""A holder that tells the time (a witness, a time-stamping authority) is asked again for an unchanged log."""

_log = logging.getLogger(__name__)
_HELD = "INSERT INTO ledger_heldcheckpoint (holder, epoch, size, held_at, receipt) VALUES (%s, %s, %s, %s, %s)"
_NEWEST = (
    "SELECT size, held_at FROM ledger_heldcheckpoint WHERE holder LIKE %s AND epoch = %s ORDER BY number DESC LIMIT 1"
)
Alarm = Callable[[str, str], None]


def _quiet(_sink: str, _why: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Outside:
    """The sinks of an installation: `sinks` by name; `cosigner` names the one whose receipts are cosignatures.

    With `quorum_first` a checkpoint is published only once the cosigner was satisfied with it. `alarm(sink, why)` is
    called from the sink's thread when it begins to fail.
    """

    dsn: str
    sinks: Mapping[str, CheckpointSink]
    cosigner: str = ""
    quorum_first: bool = False
    alarm: Alarm = _quiet
    _lines: list[_Line] = field(default_factory=list)
    _cosigned: Note | None = None
    _broken: Broken | None = None
    _turn: threading.Condition = field(default_factory=threading.Condition)

    def promises(self, origin: str, keys: Sequence[VerifierKey]) -> list[Promise]:
        """The newest checkpoints of this log that can be read back now; who does not answer in time is left out."""
        found: dict[str, bytes | None] = {}

        def ask(name: str, sink: CheckpointSink) -> None:
            try:
                found[name] = sink.newest(origin)
            except Fault as wrong:
                _log.warning("sink %s cannot be read back: %s", name, wrong)

        threads = [threading.Thread(target=ask, args=each, daemon=True) for each in self.sinks.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(ASK_S)
        return [_promise(name, note, keys) for name, note in sorted(found.items()) if note is not None]

    @contextmanager
    def at_work(self, epoch: EpochFacts, directory: Directory) -> Iterator[None]:
        """Have every sink's thread running inside the block."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            forget(connection, [SINK + name for name in self.sinks])
        self._lines = [_Line(self, name, sink, epoch, directory) for name, sink in self.sinks.items()]
        for line in self._lines:
            line.start()
        try:
            yield
        finally:
            for line in self._lines:
                line.stop()

    def offer(self, note: Note) -> None:
        """Let every sink know the newest checkpoint; returns at once."""
        for line in self._lines:
            line.offer(note)

    def take_cosigned(self) -> Note | None:
        """The newest checkpoint with enough cosignatures under it, once."""
        with self._turn:
            taken, self._cosigned = self._cosigned, None
        return taken

    def stop_if_broken(self) -> None:
        """Raise `Broken` when a holder has seen another history of this log."""
        if self._broken is not None:
            raise self._broken

    def cosigned(self, note: Note, receipt: Receipt) -> None:
        """A cosigner is satisfied with a checkpoint: hand it to the sequencer with its cosignatures."""
        with self._turn:
            self._cosigned = Note.parse(bytes(note) + receipt.content)

    def broken(self, sink: str, wrong: Differs) -> None:
        """A holder contradicts us: the sequencer stops at its next step."""
        self._broken = Broken(
            f"{sink} holds another history of this log ({wrong}). Nothing is signed until a person looked"
        )


def _promise(name: str, note: bytes, keys: Sequence[VerifierKey]) -> Promise:
    try:
        return Promise(checkpoints.verified(note, *keys), f"the checkpoint held by {name}")
    except (Invalid, Differs) as wrong:
        raise Broken(f"what {name} holds as our checkpoint is not signed by this log: {wrong}") from None


class _Line(threading.Thread):
    """The way to one sink: waits for something new, delivers it, writes down what became of it."""

    def __init__(
        self, outside: Outside, name: str, sink: CheckpointSink, epoch: EpochFacts, directory: Directory
    ) -> None:
        super().__init__(name=f"sink-{name}", daemon=True)
        self._outside, self._sink, self._epoch, self._directory = outside, sink, epoch, directory
        self._part = SINK + name
        self._named = name
        self._turn = threading.Condition()
        self._newest: Note | None = None
        self._stopping = False
        self._delivered: int | None = None
        self._due_s = float("-inf")
        self._tries = 0

    def offer(self, note: Note) -> None:
        """Something new to deliver."""
        with self._turn:
            self._newest = note
            self._turn.notify()

    def stop(self) -> None:
        """End soon; a delivery under way is not waited for longer than a moment."""
        with self._turn:
            self._stopping = True
            self._turn.notify()
        self.join(1.0)

    def run(self) -> None:
        """Deliver until told to stop."""
        with suppress(psycopg.Error):
            self._remember()
        while (note := self._next()) is not None:
            self._deliver(note)

    def _remember(self) -> None:
        with psycopg.connect(self._outside.dsn, autocommit=True) as connection:
            row = connection.execute(_NEWEST, [f"{self._named}%", self._epoch.number]).fetchone()
        if row is not None:
            age_s = (clock.now() - row[1]).total_seconds()
            self._delivered = row[0]
            self._due_s = clock.monotonic_s() + self._sink.every_s - age_s

    def _next(self) -> Note | None:
        with self._turn:
            while not self._stopping:
                wait_s = self._due_s - clock.monotonic_s()
                if self._newest is not None and wait_s <= 0 and self._has_news(self._newest, wait_s):
                    return self._newest
                self._turn.wait(min(max(wait_s, 0.05), 60.0) if self._newest is not None else None)
        return None

    def _has_news(self, note: Note, wait_s: float) -> bool:
        return Checkpoint.parse(note.text).size != self._delivered or wait_s <= self._sink.every_s - RENEW_S

    def _deliver(self, note: Note) -> None:
        checkpoint = Checkpoint.parse(note.text)
        head = SignedHead(checkpoint.origin, checkpoint.size, checkpoint.root, bytes(note))
        try:
            receipt = self._sink.hold(head, self._directory)
            self._kept(note, checkpoint.size, receipt)
        except Differs as wrong:
            self._outside.broken(self._named, wrong)
            self._fails(PartState.STOPPED, str(wrong))
        except (Fault, OSError) as wrong:
            self._fails(
                PartState.FAILING, str(wrong) if isinstance(wrong, Fault) else (wrong.strerror or "cannot be reached")
            )
        except psycopg.Error:
            self._wait_longer()

    def _kept(self, note: Note, size: int, receipt: Receipt) -> None:
        now = clock.now()
        with psycopg.connect(self._outside.dsn, autocommit=True) as connection:
            for holder, content in receipt.holders or ((self._named, receipt.content),):
                connection.execute(_HELD, [holder, self._epoch.number, size, now, content])
            state = PartState.FAILING if receipt.missing else PartState.WORKING
            tell(connection, self._part, state, receipt.missing)
        if receipt.missing:
            self._fails(PartState.FAILING, receipt.missing)
            return
        if self._named == self._outside.cosigner:
            self._outside.cosigned(note, receipt)
        self._delivered, self._tries = size, 0
        self._due_s = clock.monotonic_s() + self._sink.every_s

    def _fails(self, state: PartState, why: str) -> None:
        if self._tries == 0:
            _log.warning("sink %s fails: %s", self._named, why)
            with suppress(Exception):
                self._outside.alarm(self._named, why)
        with suppress(psycopg.Error), self._connected() as connection:
            tell(connection, self._part, state, why)
        self._wait_longer()

    def _wait_longer(self) -> None:
        self._due_s = clock.monotonic_s() + min(RETRY_S * 2**self._tries, LONGEST_RETRY_S)
        self._tries = min(self._tries + 1, 10)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with psycopg.connect(self._outside.dsn, autocommit=True) as connection:
            yield connection


def names(sinks: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(sorted(sinks))

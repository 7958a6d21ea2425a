"""The sequencer: the one process that orders entries, recomputes what it is about to sign, signs, publishes.

It holds an advisory lock in the database and a file lock in the log's directory; a standby waits for both. Killed at
any step and started again, it goes on without gap, fork or loss: integrating is one transaction, the same entries
give the same tiles, and the checkpoint is renamed into place last. Where signing would be wrong it writes down why,
and stops; a person must look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from harborline.kernel import Broken, Unavailable, clock
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import EpochFacts, PartState
from harborline.ledger.integrating import BATCH, Connection, Integrator, current_epoch
from harborline.ledger.keyfile import KeyRing, key_ring
from harborline.ledger.note import Note
from harborline.ledger.outside import Outside
from harborline.ledger.promises import Promise, SignedLast
from harborline.ledger.published import Directory
from harborline.ledger.publishing import Publisher
from harborline.ledger.watching import SEQUENCER, tell

ADVISORY_LOCK = 0x6861_7262_6F72_6C67
INTERVAL_S = 0.25
STANDBY_S = 1.0
RETRY_S = 2.0
SWEEP_S = 60.0
PUBLISH_S = 1.0
BEAT_S = 5.0

_log = logging.getLogger(__name__)


def epoch_key_file(path: Path, epoch: int) -> Path:
    """The key file of an epoch: `ledger.key`, then `ledger-2.key` and so on."""
    return path if epoch == 1 else path.with_stem(f"{path.stem}-{epoch}")


def signed_last(path: Path, epoch: int) -> SignedLast:
    """Where the last signature of an epoch is kept: beside its key, as `ledger.signed`."""
    return SignedLast(epoch_key_file(path, epoch).with_suffix(".signed"))


@dataclass(slots=True)
class Sequencer:
    """Integrates and publishes over one connection (autocommit) as the role `hl_sequencer`, into one directory.

    `key_file` holds the key of the first epoch; those of later ones stand beside it. `directory` is the log's root.
    """

    connection: Connection
    directory: Directory
    key_file: Path
    epoch: EpochFacts
    outside: Sequence[Promise] = ()
    _integrator: Integrator = field(init=False)
    publisher: Publisher = field(init=False)
    _swept_s: float = float("-inf")
    _checked: bool = False

    def __post_init__(self) -> None:
        """Make the integrator and the publisher of this connection."""
        self._integrator = Integrator(self.connection, self.epoch)
        number = self.epoch.number
        last = signed_last(self.key_file, number)
        directory = self.directory.epoch(number)
        self.publisher = Publisher(self.connection, directory, self.epoch, self.keys, last, self.outside)

    def keys(self) -> KeyRing:
        """The keys of this epoch, read anew: a replaced one counts from the next checkpoint on."""
        return key_ring(epoch_key_file(self.key_file, self.epoch.number), self.epoch.origin)

    def integrate_once(self, limit: int = BATCH) -> int:
        """Take up to `limit` waiting entries into the tree; answers how many. Once a minute it searches all.

        The first time it makes sure that the tree continues what was signed: entries must not go into a tree that will
        never be signed.
        """
        if not self._checked:
            self.publisher.check()
            self._checked = True
        now_s = clock.monotonic_s()
        sweep = now_s - self._swept_s >= SWEEP_S
        count = self._integrator.integrate(limit, sweep=sweep)
        if sweep and count < limit:
            self._swept_s = now_s
        return count

    def publish_once(self) -> Checkpoint | None:
        """Publish the tree as it stands and answer its checkpoint; None when it is published already.

        Everything is read again and recomputed before it is signed. Raises `Broken`, and signs nothing, where
        `Publisher.prepare` does.
        """
        note = self.publisher.prepare()
        if note is None:
            return None
        self.publisher.publish(note)
        return Checkpoint.parse(note.text)

    def catch_up(self) -> Checkpoint | None:
        """Integrate all that waits, then publish."""
        while self.integrate_once() == BATCH:
            pass
        return self.publish_once()


def run_sequencer(
    stop: threading.Event,
    log_dir: Path,
    *,
    dsn: str,
    key_file: Path,
    origin: str,
    interval_s: float = INTERVAL_S,
    outside: Outside | None = None,
) -> None:
    """Sequence until `stop` is set, then publish what is left and return.

    `dsn` is of the role `hl_sequencer`; `origin` names the log when the database has no name for it yet. Waits as a
    standby while another sequencer holds the locks, reconnects when the database goes away, tries again when the
    directory cannot be written. `outside` gets every checkpoint on its way. Raises `Broken` when signing would be
    wrong: a person must look; why is written down for the pages and the health check.
    """
    directory = Directory(log_dir)
    while not stop.is_set():
        try:
            with (
                psycopg.connect(dsn, autocommit=True) as connection,
                _leading(stop, connection, directory) as leads,
            ):
                if leads:
                    _lead(stop, connection, Place(directory, key_file, origin), outside, interval_s)
        except (psycopg.OperationalError, OSError, Unavailable) as wrong:
            _log.warning("the sequencer tries again in %s s: %s", RETRY_S, type(wrong).__name__)
            _told(dsn, PartState.FAILING, f"is tried again: {_plainly(wrong)}")
            stop.wait(RETRY_S)
        except Broken as wrong:
            _told(dsn, PartState.STOPPED, str(wrong))
            raise


def catch_up(log_dir: Path, *, dsn: str, key_file: Path, origin: str) -> Checkpoint | None:
    """Integrate and publish everything that waits, once. Raises `Broken` when another sequencer is at work."""
    directory = Directory(log_dir)
    with alone(dsn, directory) as connection:
        return Sequencer(connection, directory, key_file, current_epoch(connection, origin)).catch_up()


@contextmanager
def alone(dsn: str, directory: Directory) -> Iterator[Connection]:
    """A connection that holds both locks, for work that no sequencer may do beside; `Broken` when one is at work."""
    with psycopg.connect(dsn, autocommit=True) as connection, directory.alone() as first:
        if not (first and _locked(connection)):
            raise Broken("another sequencer is at work on this log")
        yield connection


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log lies, where its keys are, what it is called when it is new."""

    directory: Directory
    key_file: Path
    origin: str


@contextmanager
def _leading(stop: threading.Event, connection: Connection, directory: Directory) -> Iterator[bool]:
    # Waits as a standby; True once both locks are held, False when told to stop first.
    while not stop.is_set():
        with directory.alone() as first:
            if first and _locked(connection):
                yield True
                return
        stop.wait(STANDBY_S)
    yield False


def _lead(
    stop: threading.Event, connection: Connection, place: Place, outside: Outside | None, interval_s: float
) -> None:
    epoch = current_epoch(connection, place.origin)
    sequencer = Sequencer(connection, place.directory, place.key_file, epoch)
    if outside is None:
        _work(stop, _Steady(sequencer, None), interval_s)
        return
    sequencer.publisher.outside = outside.promises(epoch.origin, sequencer.keys().verifiers)
    with outside.at_work(epoch, sequencer.publisher.directory):
        _work(stop, _Steady(sequencer, outside), interval_s)


@dataclass(slots=True)
class _Steady:
    """What a leading sequencer does again and again."""

    sequencer: Sequencer
    outside: Outside | None
    awaited: Note | None = None
    _published_s: float = float("-inf")
    _beat_s: float = float("-inf")

    def publish_in_time(self) -> None:
        """Publish when the last time is long enough ago; give a sign of life."""
        now_s = clock.monotonic_s()
        if now_s - self._published_s >= PUBLISH_S:
            self.publish()
            self._published_s = now_s
        if now_s - self._beat_s >= BEAT_S:
            tell(self.sequencer.connection, SEQUENCER, PartState.WORKING)
            self._beat_s = now_s

    def publish(self) -> None:
        """Publish what is new; with a quorum that must come first, once the witnesses have cosigned it."""
        if self.outside is not None:
            self.outside.stop_if_broken()
            self._publish_cosigned(self.outside)
        if self.awaited is not None:
            return
        note = self.sequencer.publisher.prepare()
        if note is None:
            return
        if self.outside is not None and self.outside.quorum_first:
            self.awaited = note
        else:
            self.sequencer.publisher.publish(note)
        if self.outside is not None:
            self.outside.offer(note)

    def _publish_cosigned(self, outside: Outside) -> None:
        # The same text with more signatures under it: published when it is the one that stands there, or is awaited.
        cosigned = outside.take_cosigned()
        if cosigned is None:
            return
        if self.awaited is not None and cosigned.text == self.awaited.text:
            self.sequencer.publisher.publish(cosigned)
            self.awaited = None
        elif self.awaited is None and self.sequencer.publisher.stands(cosigned):
            self.sequencer.publisher.publish(cosigned)


def _work(stop: threading.Event, steady: _Steady, interval_s: float) -> None:
    while not stop.is_set():
        busy = steady.sequencer.integrate_once() == BATCH
        steady.publish_in_time()
        if not busy:
            stop.wait(interval_s)
    while steady.sequencer.integrate_once() == BATCH:
        pass
    steady.publish()


def _locked(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
    return bool(row and row[0])


def _told(dsn: str, state: PartState, why: str) -> None:
    # Best effort: when the database itself is away, the health check sees that.
    with suppress(psycopg.Error), psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        tell(connection, SEQUENCER, state, why)


def _plainly(wrong: Exception) -> str:
    if isinstance(wrong, OSError):
        return f"the log's directory cannot be written ({wrong.strerror})"
    return str(wrong) if isinstance(wrong, Unavailable) else "the database does not answer"

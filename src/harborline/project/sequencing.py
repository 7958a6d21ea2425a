"""Run the sequencer of this installation, and the ceremonies of its log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections

from harborline.kernel import Fault
from harborline.law import profiles
from harborline.ledger.ceremony import Begun, LogPlace, begin_epoch
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.entry import origin_of
from harborline.ledger.facts import SignedHead
from harborline.ledger.keychain import Statement
from harborline.ledger.keyfile import key_ring
from harborline.ledger.note import Note
from harborline.ledger.outside import Outside
from harborline.ledger.published import VKEY, Directory
from harborline.ledger.rotation import rotate_key
from harborline.ledger.selectors import current_checkpoint, epochs
from harborline.ledger.sequencer import catch_up, epoch_key_file, run_sequencer
from harborline.ledger.services import record
from harborline.project import databases
from harborline.project.home import home, keys_directory, log_directory
from harborline.project.outside import outside_of
from harborline.walls import Actor, acting

log = structlog.get_logger(__name__)


def key_file() -> Path:
    """The key of the log's first epoch."""
    return keys_directory() / "ledger.key"


def log_place() -> LogPlace:
    """Where this installation's log lies."""
    dsn = databases.login(databases.SEQUENCER).dsn()
    return LogPlace(Directory(log_directory()), key_file(), dsn, origin_of(settings.PUBLIC_URL))


def sequence_until(stop: threading.Event) -> None:
    """Order, sign and publish until told to stop; stands by while another sequencer works."""
    place = log_place()
    outside = outside_of(home(), place.dsn)
    outside.alarm = sink_fails
    run_sequencer(stop, log_directory(), dsn=place.dsn, key_file=place.key_file, origin=place.origin, outside=outside)


def sequence_now() -> None:
    """Publish everything that waits, once."""
    place = log_place()
    catch_up(log_directory(), dsn=place.dsn, key_file=place.key_file, origin=place.origin)


def sink_fails(sink: str, why: str) -> None:
    """A sink began to fail: it goes on record, so that a gap outside cannot be denied later."""
    log.error("checkpoint sink fails", sink=sink)
    with acting(Actor("system", "sequencer"), program=min(profiles()), counties=(), purpose="proof-log"):
        record("ledger.sink-failed", subject=f"sink:{sink}", content={"sink": sink, "why": why})
    connections["default"].close()


def new_epoch(
    unit: Callable[[], AbstractContextManager[object]], *, reason: str, people: tuple[str, str], anyway: bool
) -> Begun:
    """The restore ceremony; checkpoints that can be read back from outside count."""
    place = log_place()
    outside: Outside = outside_of(home(), place.dsn)
    known = epochs()
    promises = []
    if known:
        newest = known[-1]
        path = epoch_key_file(place.key_file, newest.number)
        keys = key_ring(path, newest.origin).verifiers if path.exists() else ()
        promises = outside.promises(newest.origin, keys) if keys else []
    return begin_epoch(place, unit, reason=reason, people=people, outside=promises, anyway=anyway)


def current_vkey() -> str:
    """The verifier key line of the newest epoch; raises `NotFound` before the first checkpoint."""
    return Directory(log_directory()).epoch(epochs()[-1].number if epochs() else 1).read(VKEY).decode().strip()


def replace_key(*, reason: str, overlap: timedelta) -> Statement:
    """A new key for the log; runs in the caller's context."""
    return rotate_key(key_file(), reason=reason, overlap=overlap)


def try_sinks() -> dict[str, str]:
    """Hand the newest checkpoint to every sink now; on record; answers what became of it, by name."""
    place, number = log_place(), epochs()[-1].number
    note = current_checkpoint()
    known = Checkpoint.parse(Note.parse(note).text)
    head = SignedHead(known.origin, known.size, known.root, note)
    told: dict[str, str] = {}
    for name, sink in outside_of(home(), place.dsn).sinks.items():
        try:
            receipt = sink.hold(head, place.directory.epoch(number))
            told[name] = receipt.missing or f"holds {known.size} entries"
        except Fault as wrong:
            told[name] = str(wrong)
    with acting(Actor("system", "sinks"), program=min(profiles()), counties=(), purpose="proof-log"):
        record("ledger.sinks-tried", subject=f"log:{known.origin}", content={"size": known.size, **told})
    connections["default"].close()
    return told

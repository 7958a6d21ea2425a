"""The projection check of this installation: its programs, its keys, its rooms."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress

from harborline.kernel import Invalid, NotFound
from harborline.law import profiles
from harborline.ledger.facts import EpochFacts
from harborline.ledger.fsck import Found, Told, check
from harborline.ledger.keyfile import key_ring
from harborline.ledger.note import VerifierKey
from harborline.ledger.published import VKEY, Directory
from harborline.ledger.selectors import epochs, key_statements
from harborline.ledger.sequencer import epoch_key_file
from harborline.project.home import log_directory
from harborline.project.sequencing import key_file
from harborline.walls import ALL_COUNTIES, Actor, acting

_CHECKER = Actor("system", "fsck")


def check_everything(told: Told = lambda _what, _count: None) -> Found:
    """Every table that repeats what the entries of the proof log say, compared with them."""
    known = epochs()
    return check(known, log_keys(known), _unit, sorted(profiles()), told)


def log_keys(known: list[EpochFacts]) -> list[VerifierKey]:
    """Every key the log went through: stated, held, published."""
    found = {key for _, stated in key_statements() for key in (stated.old, stated.new)}
    for epoch in known:
        path = epoch_key_file(key_file(), epoch.number)
        if path.exists():
            found |= set(key_ring(path, epoch.origin).verifiers)
        with suppress(NotFound, Invalid):
            published = Directory(log_directory()).epoch(epoch.number).read(VKEY)
            found.add(VerifierKey.parse(published.decode(errors="replace")))
    return sorted(found, key=str)


def _unit(program: str) -> AbstractContextManager[object]:
    return acting(_CHECKER, program=program, counties=ALL_COUNTIES, purpose="fsck")

"""A new key for the log: the new one takes over, the old one signs beside it for a while, both sign the handing-over.

Steps, each of which may be the last before a power cut; the next call goes on where the last one ended:
1. The key file holds the new key, and the old one as retiring. 2. The statement and its entry are stored together.
3. The sequencer publishes the statement, and the next checkpoint, with the entry of this, under both keys.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db.models import Max

from harborline.kernel import Invalid, Unavailable, clock
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.keychain import Statement
from harborline.ledger.keyfile import KeyRing, key_ring, replace_keys
from harborline.ledger.models import Epoch, KeyStatement, SignedCheckpoint
from harborline.ledger.note import Note, SigningKey
from harborline.ledger.sequencer import epoch_key_file
from harborline.ledger.services import record

LEAST_REASON = 10
# Until the statement is published, the old key must sign as well, whatever overlap was asked for.
_AT_LEAST = timedelta(hours=1)


def rotate_key(key_file: Path, *, reason: str, overlap: timedelta) -> Statement:
    """Replace the key of the newest epoch; the old one signs beside it for `overlap` (nothing, when it was stolen).

    Runs in the caller's context and transaction. Raises `Invalid` without a reason, `Unavailable` before the first
    checkpoint.
    """
    why = checked_reason(reason)
    epoch = Epoch.objects.order_by("-number").first()
    newest = SignedCheckpoint.objects.filter(epoch=epoch.number if epoch else 0).order_by("-number").first()
    if epoch is None or newest is None:
        raise Unavailable("no checkpoint is signed yet; there is no key to replace", permanent=True)
    path, until_at = epoch_key_file(key_file, epoch.number), clock.now() + max(overlap, _AT_LEAST)
    ring = key_ring(path, epoch.origin)
    if not _unfinished(ring):
        ring = ring.replaced_by(SigningKey.generate(epoch.origin), until_at=until_at)
        replace_keys(path, ring)
    old, checkpoint = ring.retiring[0].key, Checkpoint.parse(Note.parse(bytes(newest.note)).text)
    statement = Statement(old.verifier, ring.verifier, checkpoint.size, checkpoint.root)
    store_statement(statement, ring.current, old)
    record(
        "ledger.key-replaced",
        subject="ledger:key",
        content={"from": str(old.verifier), "to": str(ring.verifier), "size": checkpoint.size, "reason": why},
    )
    if overlap < _AT_LEAST:
        replace_keys(path, KeyRing(old, ()).replaced_by(ring.current, until_at=clock.now() + overlap))
    return statement


def store_statement(statement: Statement, *keys: SigningKey) -> None:
    """Store a handing-over as the newest one; the sequencer publishes it."""
    last = KeyStatement.objects.aggregate(last=Max("number"))["last"] or 0
    KeyStatement.objects.create(number=last + 1, note=bytes(statement.signed(*keys)), made_at=clock.now())


def checked_reason(reason: str) -> str:
    """The reason, one line; raises `Invalid` for one that says nothing."""
    words = " ".join(reason.split())
    if len(words) < LEAST_REASON:
        raise Invalid(f"say why, in at least {LEAST_REASON} letters; it stays on record", "--reason")
    return words


def _unfinished(ring: KeyRing) -> bool:
    # The key file was written, the statement was not.
    if not ring.retiring:
        return False
    stated = {
        Statement.parse(Note.parse(bytes(note)).text).new
        for note in KeyStatement.objects.values_list("note", flat=True)
    }
    return ring.verifier not in stated

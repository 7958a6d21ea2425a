"""The restore ceremony: a database that is not the continuation of what was signed begins a new epoch of the log.

The new epoch has its own name, key and tree. Its first entry cites the last checkpoint of the log before; the old key
and the new one sign the handing-over, so that whoever knows the old key finds on. What was published before stays
where it is, for ever. Two people decide it, and say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction
from django.db.models import Max

from harborline.kernel import Broken, NotFound, Refused, refuse
from harborline.ledger.canonical import canonical
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import open_fields
from harborline.ledger.contents import Kept, fields_of
from harborline.ledger.facts import EpochFacts, Json
from harborline.ledger.history import CITES
from harborline.ledger.integrating import Connection, TreeHead, current_epoch, read_head, stored_tiles
from harborline.ledger.keychain import Statement
from harborline.ledger.keyfile import key_ring
from harborline.ledger.models import Epoch, SignedCheckpoint
from harborline.ledger.note import SigningKey, VerifierKey
from harborline.ledger.promises import Keeper, Promise
from harborline.ledger.published import VKEY, Directory, epoch_origin
from harborline.ledger.rotation import checked_reason, store_statement
from harborline.ledger.sequencer import Sequencer, alone, epoch_key_file, signed_last
from harborline.ledger.services import forget_origin, record_beginning
from harborline.ledger.tiles import node_from_tiles

_CLAUSES = ("OFFSET-8.2:integrity",)


@dataclass(frozen=True, slots=True)
class Begun:
    """A new epoch: what it cites, how many entries of the log before the database still has, its first checkpoint."""

    epoch: EpochFacts
    cites: Checkpoint
    kept: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a log lies and how it is reached: its root directory, the first key file, the sequencer's login."""

    directory: Directory
    key_file: Path
    dsn: str
    origin: str


def begin_epoch(
    place: LogPlace,
    unit: Callable[[], AbstractContextManager[object]],
    *,
    reason: str,
    people: tuple[str, str],
    outside: Sequence[Promise] = (),
    anyway: bool = False,
) -> Begun:
    """Begin a new epoch and publish its first checkpoint; no sequencer may be at work.

    `unit` opens the unit of work in which it is recorded; `people` names the two workers. `outside` are checkpoints
    read back from those who hold them; the largest one known is cited. Must not run inside a transaction. Raises
    `Invalid` without a reason, `Refused` when both are the same person or when nothing calls for it (`anyway`
    overrules that), `Broken` while a sequencer works, `NotFound` when nothing was ever signed.
    """
    why = checked_reason(reason)
    if len(set(people)) != len(people):
        raise Refused(refuse("second-person-needed").stamped("ledger.ceremony", _CLAUSES))
    with alone(place.dsn, place.directory) as connection:
        epoch = current_epoch(connection, place.origin)
        last = _last_promise(place, epoch, outside)
        head = read_head(connection, epoch.number)
        if _continues(connection, epoch, head, last) and not anyway:
            raise Refused(refuse("log-is-whole").stamped("ledger.ceremony", _CLAUSES))
        kept = min(_signed_here(epoch), last.checkpoint.size)
        content: dict[str, Json] = {"by": people[0], "approved-by": people[1], "kept": kept, "reason": why}
        with unit():
            begun = _store(place, epoch, last.checkpoint, content)
            _queue_again(epoch, kept)
        checkpoint = Sequencer(connection, place.directory, place.key_file, begun).catch_up()
    if checkpoint is None:
        raise Broken("the new epoch was begun, but its first checkpoint was not signed; start the sequencer")
    return Begun(begun, last.checkpoint, kept, checkpoint)


def _signed_here(epoch: EpochFacts) -> int:
    return SignedCheckpoint.objects.filter(epoch=epoch.number).aggregate(size=Max("size"))["size"] or 0


def _queue_again(epoch: EpochFacts, kept: int) -> None:
    # What stands in the old tree beyond its last signature in this database gets a place in the new one.
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_pending (number, leaf_hash)"
            " SELECT e.number, sha256('\\x00'::bytea || e.leaf) FROM ledger_leaf l"
            " JOIN ledger_entry e ON e.number = l.number WHERE l.epoch = %s AND l.seq >= %s",
            [epoch.number, kept],
        )


def _store(place: LogPlace, epoch: EpochFacts, cited: Checkpoint, content: Mapping[str, Json]) -> EpochFacts:
    number = epoch.number + 1
    origin = epoch_origin(Epoch.objects.order_by("number").values_list("origin", flat=True)[0], number)
    new = key_ring(epoch_key_file(place.key_file, number), origin).current
    old, old_key = _old_key(place, epoch)
    with transaction.atomic():
        first, made = record_beginning(origin, subject="ledger:epoch", content={**content, "cites": cited.text()})
        kept = Kept.read(made.kept)
        opening = canonical(open_fields(kept.commit_key, fields_of(kept.content), [CITES]).as_json())
        Epoch.objects.create(number=number, origin=origin, citation=first, opening=opening)
        statement = Statement(old, new.verifier, cited.size, cited.root)
        store_statement(statement, new, *([old_key] if old_key else []))
    forget_origin()
    return EpochFacts(number, origin, first, opening)


def _old_key(place: LogPlace, epoch: EpochFacts) -> tuple[VerifierKey, SigningKey | None]:
    path = epoch_key_file(place.key_file, epoch.number)
    if path.exists():
        key = key_ring(path, epoch.origin).current
        return key.verifier, key
    # The old key is lost with the machine: the new one alone signs, and everybody is told so.
    published = place.directory.epoch(epoch.number).read(VKEY).decode()
    return VerifierKey.parse(published), None


def _last_promise(place: LogPlace, epoch: EpochFacts, outside: Sequence[Promise]) -> Promise:
    directory = place.directory.epoch(epoch.number)
    path = epoch_key_file(place.key_file, epoch.number)
    keys = key_ring(path, epoch.origin).verifiers if path.exists() else (_old_key(place, epoch)[0],)
    published, last = directory.checkpoint(*keys), signed_last(place.key_file, epoch.number).read(keys)
    promises = [*([Promise(published, "the published log")] if published else []), *([last] if last else []), *outside]
    if not promises:
        raise NotFound("nothing was ever signed under this log's name; there is nothing to cite")
    return max(promises, key=lambda promise: promise.checkpoint.size)


def _continues(connection: Connection, epoch: EpochFacts, head: TreeHead, last: Promise) -> bool:
    node = node_from_tiles(head.size, stored_tiles(connection, epoch.number))
    try:
        Keeper().check(head, [last], node)
    except Broken:
        return False
    return True

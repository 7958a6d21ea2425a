"""What the log was signed for before: the published checkpoint, our own last signature, checkpoints held outside.

A database that was set back, or took another course, must never be signed over them. Our own last signature is kept
in a file beside the key, written before anything is published, so that it outlives both the database and the log's
directory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from harborline.kernel import Broken, Invalid
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs
from harborline.ledger.integrating import TreeHead
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.tree import EMPTY_ROOT, Node, consistency_proof, verify_consistency

CEREMONY = "Nothing is signed until `harborline ledger new-epoch` was done by two people, or the newest tables are back"


@dataclass(frozen=True, slots=True)
class Promise:
    """A checkpoint this log was signed for, and where it was found."""

    checkpoint: Checkpoint
    where: str


class SignedLast:
    """The file of our own last signature."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, keys: Iterable[VerifierKey]) -> Promise | None:
        """The checkpoint signed last, None before the first; raises `Broken` when the file holds anything else."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            checkpoint = checkpoints.verified(content, *_some(keys))
        except (Invalid, Differs):
            raise Broken(
                f"{self.path} is not the checkpoint this log signed last; put it back from the copy of the keys"
            ) from None
        return Promise(checkpoint, "what was signed last")

    def write(self, note: Note) -> None:
        """Keep a signature, whole and durable."""
        draft = self.path.with_name(f".{self.path.name}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(bytes(note))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _some(keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    listed = list(keys)
    if not listed:
        raise Broken("no key to check a signature with")
    return listed


@dataclass(slots=True)
class Keeper:
    """Holds a growing tree to its promises; each is proved once, since every later tree continues the proved one."""

    _proved: set[tuple[int, bytes]] = field(default_factory=set)

    def proved(self, checkpoint: Checkpoint) -> None:
        """Take a checkpoint for proved: it was signed over what was just recomputed."""
        self._proved.add((checkpoint.size, checkpoint.root))

    def check(self, head: TreeHead, promises: Iterable[Promise], node: Node) -> None:
        """Pass when the tree continues every promise; else raise `Broken`, naming where the promise was found."""
        for promise in promises:
            known = promise.checkpoint
            if known.size > head.size:
                raise Broken(
                    f"{promise.where} has {known.size} entries, the database only {head.size}: the database was set"
                    f" back. {CEREMONY}"
                )
            if (known.size, known.root) not in self._proved:
                _prove(head, promise, node)
                self._proved.add((known.size, known.root))


def _prove(head: TreeHead, promise: Promise, node: Node) -> None:
    known = promise.checkpoint
    if known.size == 0 and known.root == EMPTY_ROOT:
        return
    try:
        proof = consistency_proof(known.size, head.size, node)
        verify_consistency(older=known.size, newer=head.size, old_root=known.root, new_root=head.root, proof=proof)
    except (Differs, Invalid):
        raise Broken(
            f"{promise.where} and the database hold different histories: the database is not the continuation of the"
            f" {known.size} entries that were signed. {CEREMONY}"
        ) from None

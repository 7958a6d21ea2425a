"""What the ledger needs from outside: somebody who seals, somebody who keeps checkpoints, rooms that are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from harborline.ledger.facts import Difference, Receipt, SignedHead, WitnessReply


class Sealer(Protocol):
    """Seals the contents of entries and finds subjects without reading them; served by the vault."""

    def seal(self, plaintext: bytes, *, group: str, context: str) -> bytes:
        """Seal bytes under the key of `group`, bound to the place `context`."""

    def seal_many(self, plaintexts: Sequence[bytes], *, group: str, contexts: Sequence[str]) -> list[bytes]:
        """Seal many, each bound to its own place."""

    def unseal(self, sealed: bytes, *, group: str, context: str) -> bytes:
        """Open; raises `Broken` when changed or moved, `NotFound` when the key is not held (any more)."""

    def key_is_gone(self, sealed: bytes, *, group: str) -> bool:
        """Whether the key of a sealed value was destroyed on purpose: a key that is just missing explains nothing."""

    def blind_index(self, kind: str, value: str) -> bytes:
        """16 bytes, equal for equal values, that tell nothing without the key."""

    def blind_indexes(self, kind: str, values: Sequence[str]) -> list[bytes]:
        """`blind_index` of many values."""


class LogTiles(Protocol):
    """The hashes of a published log."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile; raises `NotFound`."""


class CheckpointSink(Protocol):
    """One place outside that keeps checkpoints of the log, so that nobody here can rewrite it unseen.

    Works apart from all other work: a failing sink alarms and is tried again, it never holds anything up.
    """

    @property
    def every_s(self) -> float:
        """Least seconds between two deliveries while the log grows."""

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Hand a checkpoint over; returns only when it is really held.

        Raises `Unavailable` when it could not be done now, `Differs` when the holder has seen another history of
        this log: then the sequencer stops.
        """

    def newest(self, origin: str) -> bytes | None:
        """The newest checkpoint of a log that can be read back, as the signed note; None when there is none.

        Raises `Unavailable` when the place cannot be asked now.
        """


class WitnessLine(Protocol):
    """The way to one witness (C2SP tlog-witness)."""

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Send one request; raises `Unavailable` when the witness cannot be reached."""


class Projection(Protocol):
    """Tables of a room that repeat what entries say; served under the room's name, asked by `ledger fsck`."""

    def differences(self, program: str) -> Iterator[Difference]:
        """Where the tables of a program differ from the entries; runs inside a context of that program."""

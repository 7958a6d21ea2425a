"""Checkpoints kept in memory: for tests and for a sink that is only tried out."""

from __future__ import annotations

from dataclasses import dataclass, field

from harborline.kernel import Unavailable
from harborline.ledger.facts import Differs, Receipt, SignedHead
from harborline.ledger.ports import LogTiles


@dataclass(slots=True)
class CheckpointMemory:
    """Keeps what it gets in order; while `away` is set it cannot be reached."""

    every_s: float = 0.0
    away: bool = False
    held: list[SignedHead] = field(default_factory=list)

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Keep it; raises `Unavailable` while away, `Differs` for a smaller or another one than the newest."""
        del log
        if self.away:
            raise Unavailable("nobody is there")
        newest = self._newest(checkpoint.origin)
        if newest is not None and newest.size > checkpoint.size:
            raise Differs("holds a larger checkpoint of this log than the one that is signed now", "memory")
        if newest is not None and newest.size == checkpoint.size and newest.root != checkpoint.root:
            raise Differs(f"holds another checkpoint of {checkpoint.size} entries of this log", "memory")
        self.held.append(checkpoint)
        return Receipt()

    def newest(self, origin: str) -> bytes | None:
        """The last one."""
        if self.away:
            raise Unavailable("nobody is there")
        newest = self._newest(origin)
        return None if newest is None else newest.note

    def _newest(self, origin: str) -> SignedHead | None:
        return next((one for one in reversed(self.held) if one.origin == origin), None)

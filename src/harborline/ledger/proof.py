"""C2SP tlog-proof: one file that shows, without the log, that an entry is in it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from harborline.kernel import Invalid
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.note import VerifierKey, unbase64
from harborline.ledger.tree import HASH_BYTES, leaf_hash, verify_inclusion

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
# A tree of 2^63 entries is 63 deep.
_MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """The index of an entry, its path to the root, the signed checkpoint, and what the application adds (unsigned)."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def __str__(self) -> str:
        """The proof file."""
        lines = [_FIRST]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(one).decode() for one in self.hashes]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Read a proof file, believing nothing; raises `Invalid` when it is not one."""
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines[0] != _FIRST:
            raise Invalid(f"does not begin with {_FIRST}", "proof")
        extra = b""
        if len(lines) > 1 and lines[1].startswith("extra "):
            extra = unbase64(lines.pop(1).removeprefix("extra "), "proof")
        found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        if found is None or len(lines) - 2 > _MAX_HASHES:
            raise Invalid("no line `index N` followed by at most 63 hashes", "proof")
        return cls(int(found[1]), tuple(_hash(line) for line in lines[2:]), note.encode(), extra)

    def verify(self, entry: bytes, key: VerifierKey) -> Checkpoint:
        """The checkpoint that holds `entry` (its public bytes) at this index; raises `Differs` or `Invalid`."""
        checkpoint = checkpoints.verified(self.checkpoint, key)
        verify_inclusion(
            index=self.index,
            size=checkpoint.size,
            leaf=leaf_hash(entry),
            proof=self.hashes,
            root=checkpoint.root,
        )
        return checkpoint


def _hash(line: str) -> bytes:
    raw = unbase64(line, "proof")
    if len(raw) != HASH_BYTES:
        raise Invalid("a hash that is not 32 bytes long", "proof")
    return raw

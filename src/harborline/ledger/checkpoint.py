"""C2SP tlog-checkpoint: the signed size and root of a log."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.ledger.note import Note, SigningKey, VerifierKey, opened, signed, unbase64
from harborline.ledger.tree import EMPTY_ROOT, HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_SIZE = 2**63 - 1
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which log (origin), how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the note text; raises `Invalid` for anything but the exact form (extension lines are passed over)."""
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < _LINES or not all(lines):
            raise Invalid("needs three lines: origin, size, root", "checkpoint")
        if not _SIZE.fullmatch(lines[1]) or int(lines[1]) > _MAX_SIZE:
            raise Invalid("the second line is not a size", "checkpoint")
        root = unbase64(lines[2], "checkpoint")
        if len(root) != HASH_BYTES:
            raise Invalid("the third line is not a hash of 32 bytes", "checkpoint")
        return cls(lines[0], int(lines[1]), root)

    def text(self) -> str:
        """The note text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, *keys: SigningKey) -> Note:
        """The checkpoint signed by the log's keys, whose name must be the origin."""
        for key in keys:
            if key.name != self.origin:
                raise Invalid(f"the key is named {key.name}, the log {self.origin}", "checkpoint")
        return signed(self.text(), keys)


def verified(content: bytes, key: VerifierKey, *others: VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, when `key` signed it for its own origin; else `Differs` or `Invalid`.

    `others` are further keys of the same log, one of which suffices (a key that was replaced, or its successor).
    """
    text, _ = opened(content, [key, *others])
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != key.name:
        raise Differs(f"is of the log {checkpoint.origin}, the key of {key.name}", "checkpoint")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Differs("an empty log has another root", "checkpoint")
    return checkpoint

"""From key to key: how a log hands over to a new key, or to a new epoch, so that whoever knows an old key finds on.

A statement is a signed note of five lines: `<name of the old key>/keys/v1`, `from <key line>`, `to <key line>`,
`size <entries>`, `root <base64>`. Size and root are those of the old key's log at that moment. The old key and the
new one sign it; where the old one was lost, the new one alone does, and nobody follows it unasked.
Its first line is the name of no log, so a statement is never taken for a checkpoint nor the other way round. The
statements are published under `keys/1`, `keys/2` and so on; a new epoch publishes those before it as well.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harborline.kernel import Invalid
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs
from harborline.ledger.note import Note, SigningKey, VerifierKey, opened, signed, unbase64
from harborline.ledger.tree import HASH_BYTES

_FIRST = "/keys/v1"
_LABELS = ("from ", "to ", "size ", "root ")
_LINES = 5
MAX_STATEMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Statement:
    """One handing-over: from which key to which, when the old key's log had so many entries and that root."""

    old: VerifierKey
    new: VerifierKey
    size: int
    root: bytes

    @property
    def begins_epoch(self) -> bool:
        """Whether the new key is of another log: a new epoch, which begins with an entry that cites the old one."""
        return self.old.name != self.new.name

    @property
    def cited(self) -> Checkpoint:
        """The old log's checkpoint at that moment."""
        return Checkpoint(self.old.name, self.size, self.root)

    def text(self) -> str:
        """The note text."""
        root = base64.b64encode(self.root).decode()
        return f"{self.old.name}{_FIRST}\nfrom {self.old}\nto {self.new}\nsize {self.size}\nroot {root}\n"

    @classmethod
    def parse(cls, text: str) -> Statement:
        """Read the note text; raises `Invalid` for anything but the exact form."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) != _LINES or not all(
            line.startswith(label) for line, label in zip(lines[1:], _LABELS, strict=True)
        ):
            raise Invalid("needs five lines: name, from, to, size, root", "key statement")
        values = [line.removeprefix(label) for line, label in zip(lines[1:], _LABELS, strict=True)]
        old, new = VerifierKey.parse(values[0]), VerifierKey.parse(values[1])
        cited = Checkpoint.parse(f"{old.name}\n{values[2]}\n{values[3]}\n")
        if lines[0] != old.name + _FIRST or len(unbase64(values[3], "key statement")) != HASH_BYTES:
            raise Invalid("its first line does not name the old key's log", "key statement")
        return cls(old, new, cited.size, cited.root)

    def signed(self, *keys: SigningKey) -> Note:
        """The statement signed, by the new key at least."""
        if self.new not in {key.verifier for key in keys}:
            raise Invalid("the new key must sign", "key statement")
        return signed(self.text(), keys)


@dataclass(frozen=True, slots=True)
class Handover:
    """A statement that was read and whose signatures were checked; `by_old` whether the old key signed it too."""

    statement: Statement
    by_old: bool


def read_statement(content: bytes) -> Handover:
    """Read a signed statement; raises `Invalid` for another form, `Differs` when the new key did not sign it."""
    statement = Statement.parse(Note.parse(content).text)
    _, believed = opened(content, [statement.old, statement.new])
    if statement.new not in believed:
        raise Differs("the new key did not sign its own beginning", "key statement")
    return Handover(statement, statement.old in believed)


def followed(known: VerifierKey, statements: Iterable[bytes]) -> list[Handover]:
    """The steps that lead from a known key to the newest one, in order; empty when it is the newest.

    Each step must be signed by the key it leads from. Raises `Differs` at a step that continues the chain without
    that signature, and for a statement that cannot be read: a chain with a hole leads nowhere.
    """
    steps: list[Handover] = []
    current = known
    for number, content in enumerate(statements, 1):
        try:
            found = read_statement(content)
        except (Invalid, Differs) as wrong:
            raise Differs(str(wrong), f"keys/{number}") from None
        if found.statement.old != current:
            continue
        if not found.by_old:
            raise Differs(
                f"the key of {current.name} did not sign the handing-over; compare by other means", f"keys/{number}"
            )
        steps.append(found)
        current = found.statement.new
    return steps


def keys_of(known: VerifierKey, steps: Sequence[Handover]) -> list[VerifierKey]:
    """The known key and every key the steps lead to, oldest first."""
    return [known, *(step.statement.new for step in steps)]

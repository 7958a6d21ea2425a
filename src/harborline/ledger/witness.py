"""C2SP tlog-witness: a witness cosigns a checkpoint only when it continues the one it cosigned before.

The protocol of both sides as plain functions over bytes: what a log sends, what a witness answers, how a log reads the
answer. The witness keeps of each log the newest checkpoint, written down before its cosignature leaves it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from harborline.kernel import Invalid
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.cosignature import CosigningKey, WitnessKey, cosigned_by
from harborline.ledger.facts import Differs, WitnessReply
from harborline.ledger.note import Note, VerifierKey, unbase64
from harborline.ledger.tree import HASH_BYTES, verify_consistency

ADD_CHECKPOINT: Final = "add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
MAX_REQUEST_BYTES: Final = 1_000_000
MAX_HASHES: Final = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class Request:
    """What a log sends: the size the witness is believed to know, the consistency proof from there, the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def __bytes__(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return "\n".join(lines).encode() + b"\n\n" + self.note

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read a body, believing nothing; raises `Invalid`."""
        if len(body) > MAX_REQUEST_BYTES:
            raise Invalid(f"larger than {MAX_REQUEST_BYTES} bytes", "request")
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Invalid("not ASCII before the checkpoint", "request") from None
        found = _OLD.fullmatch(first)
        if not blank or found is None or len(lines) > MAX_HASHES:
            raise Invalid("must be a line `old N`, at most 63 hashes, an empty line, a checkpoint", "request")
        return cls(int(found[1]), tuple(_hash(line) for line in lines), note)


class Memory(Protocol):
    """What a witness keeps of each log, durable."""

    def turn(self, origin: str) -> AbstractContextManager[Remembered]:
        """The log's newest checkpoint, for one request at a time."""


class Remembered(Protocol):
    """Of one log the newest cosigned checkpoint, while nobody else may read or write it."""

    def latest(self) -> bytes | None:
        """The signed note, None before the first."""

    def keep(self, note: bytes) -> None:
        """Write a newer one down; returns when it is durable."""

    def accuse(self, request: bytes) -> None:
        """Keep a request that shows two histories of one log, as evidence."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its key, what it remembers, and by name the keys of the logs it watches."""

    key: CosigningKey
    memory: Memory
    logs: Mapping[str, Sequence[VerifierKey]]

    def add_checkpoint(self, body: bytes, seconds: int) -> WitnessReply:
        """Answer one request at a moment (whole seconds since 1970, UTC); never raises for a bad request.

        400: not a request. 404: another log. 403: not signed by the log's key. 409: the witness knows another size
        (which it tells), or another root of this size. 422: not a continuation of what it knows. 200: cosigned.
        """
        try:
            request = Request.parse(body)
            note = Note.parse(request.note)
            claimed = Checkpoint.parse(note.text)
        except Invalid as wrong:
            return _said(400, str(wrong))
        keys = self.logs.get(claimed.origin)
        if not keys:
            return _said(404, "this witness does not watch that log")
        try:
            checkpoint = checkpoints.verified(request.note, *keys)
        except (Differs, Invalid) as wrong:
            return _said(403, str(wrong))
        if request.old > checkpoint.size:
            return _said(400, "the old size is larger than that of the checkpoint")
        with self.memory.turn(checkpoint.origin) as remembered:
            return self._considered(request, checkpoint, remembered, body) or self._cosigned(
                note, request, remembered, seconds
            )

    def _considered(
        self, request: Request, checkpoint: Checkpoint, remembered: Remembered, body: bytes
    ) -> WitnessReply | None:
        latest = remembered.latest()
        known = Checkpoint.parse(Note.parse(latest).text) if latest is not None else None
        size = known.size if known else 0
        if request.old != size:
            return WitnessReply(409, SIZE_TYPE, b"%d\n" % size)
        if known is not None and size == checkpoint.size and known.root != checkpoint.root:
            remembered.accuse(body)
            return _said(409, "another root is known for this size")
        try:
            _continues(known, checkpoint, request.proof)
        except Differs as wrong:
            remembered.accuse(body)
            return _said(422, str(wrong))
        return None

    def _cosigned(self, note: Note, request: Request, remembered: Remembered, seconds: int) -> WitnessReply:
        remembered.keep(request.note)
        return WitnessReply(200, TEXT_TYPE, f"{self.key.cosign(note.text, seconds)}\n".encode())


def read_answer(answer: WitnessReply, note: bytes, key: WitnessKey) -> bytes:
    """The witness's cosignature lines under `note`; raises `Differs` when none of them is the witness's."""
    signed = Note.parse(note + answer.body)
    if not cosigned_by(signed, [key]):
        raise Differs(f"{key.name} answered without its cosignature", "witness")
    mine = [one for one in signed.signatures if (one.name, one.id) == (key.name, key.id)]
    return "".join(f"{one}\n" for one in dict.fromkeys(mine)).encode()


def told_size(answer: WitnessReply) -> int | None:
    """The size a witness says it knows, when it says one."""
    found = _SIZE.fullmatch(answer.body) if answer.content_type.partition(";")[0].strip() == SIZE_TYPE else None
    return int(found[1]) if found else None


def _continues(known: Checkpoint | None, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    if known is None or known.size == 0:
        if proof:
            raise Differs("hashes where there is nothing to continue", "consistency proof")
        return
    verify_consistency(
        older=known.size, newer=checkpoint.size, old_root=known.root, new_root=checkpoint.root, proof=proof
    )


def _said(status: int, why: str) -> WitnessReply:
    return WitnessReply(status, TEXT_TYPE, f"{why}\n".encode())


def _hash(line: str) -> bytes:
    raw = unbase64(line, "request")
    if len(raw) != HASH_BYTES:
        raise Invalid("a hash that is not 32 bytes long", "request")
    return raw

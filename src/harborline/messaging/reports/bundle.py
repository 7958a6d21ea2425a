"""The proof of one text as a file, and its verification: pure, without a database.

A bundle opens the commitments that concern one text, and nothing about anybody else: each step gives the item, its
place among the items of its entry (a small RFC 6962 tree), the entry's public bytes with the opening of the two
fields that hold the event and the items, and a C2SP tlog-proof that the entry is in the log.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harborline.kernel import Invalid
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.commitments import Opening, verify_opening
from harborline.ledger.entry import prefix, read_entry
from harborline.ledger.facts import Differs, Json
from harborline.ledger.note import VerifierKey
from harborline.ledger.proof import Proof
from harborline.ledger.tree import inclusion_proof, leaf_hash, leaf_hashes, node_of, verify_inclusion
from harborline.messaging.commitments import commit
from harborline.messaging.reports.items import Item

FORMAT = "harborline/message-proof/v1"
ITEMS, EVENT, MESSAGE = "content/items", "event", "content/message"
_KINDS = {"message.receipt": "message.receipts"}


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded step: its item (None when the whole entry is about this text), place, path, entry and proof."""

    item: Item | None
    place: int
    path: tuple[bytes, ...]
    entry: bytes
    opening: Opening
    proof: Proof

    def as_json(self) -> dict[str, Any]:
        """The step as it stands in a file."""
        return {**self.shown(), "proof": str(self.proof)}

    def shown(self) -> dict[str, Any]:
        """Everything but the path to the checkpoint."""
        return {
            "item": self.item,
            "place": self.place,
            "path": [one.hex() for one in self.path],
            "entry": base64.b64encode(self.entry).decode(),
            "opening": self.opening.as_json(),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Step:
        """Read one step, believing nothing but its form."""
        item = form["item"]
        if item is not None and not _plain(item):
            raise Invalid("an item is a flat object of strings, whole numbers and lists of strings", "proof")
        return cls(
            item=item,
            place=_number(form["place"]),
            path=tuple(bytes.fromhex(one) for one in form["path"]),
            entry=base64.b64decode(form["entry"], validate=True),
            opening=Opening.from_json(form["opening"]),
            proof=Proof.parse(form["proof"]),
        )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a name that stands twice one program would read the first value and another the last.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _plain(item: object) -> bool:
    return isinstance(item, dict) and all(
        isinstance(value, str | int) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
        for value in item.values()
    )


@dataclass(frozen=True, slots=True)
class Bundle:
    """The proof of one text: its id, the key that opens its items, its steps in the order of time."""

    message_id: uuid.UUID
    key: bytes
    steps: tuple[Step, ...]

    def __bytes__(self) -> bytes:
        """The file: JSON, UTF-8."""
        form = {
            "format": FORMAT,
            "message": str(self.message_id),
            "key": self.key.hex(),
            "steps": [step.as_json() for step in self.steps],
        }
        return json.dumps(form, ensure_ascii=False, indent=1).encode() + b"\n"

    def tlog_proofs(self) -> list[tuple[str, str]]:
        """One C2SP tlog-proof for each step, named after it; the step itself stands in its `extra` line."""
        return [
            (f"{number:02}-{kind_of(step).replace('.', '-')}.tlog-proof", str(replace(step.proof, extra=_extra(step))))
            for number, step in enumerate(self.steps, 1)
        ]

    @classmethod
    def parse(cls, content: bytes) -> Bundle:
        """Read a file; raises `Invalid` when it is not a message proof."""
        try:
            form = json.loads(content, object_pairs_hook=_once)
            # What no UTF-8 can hold, such as half a sign, was never recorded.
            json.dumps(form, ensure_ascii=False).encode()
            if form["format"] != FORMAT:
                raise Invalid(f"is not of the format {FORMAT}", "proof")
            steps = tuple(Step.from_json(step) for step in form["steps"])
            return cls(uuid.UUID(form["message"]), bytes.fromhex(form["key"]), steps)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, RecursionError):
            raise Invalid("is not a message proof", "proof") from None


def _extra(step: Step) -> bytes:
    return json.dumps(step.shown(), ensure_ascii=False, separators=(",", ":")).encode()


def kind_of(step: Step) -> str:
    """What happened in a step, as it claims; `verify_message_proof` says whether it is so."""
    if step.item is not None:
        return str(step.item.get("kind", ""))
    return next(
        (str(_mapping(value).get("kind")) for name, value, _ in step.opening.shown.values() if name == EVENT), ""
    )


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof shows: the log and its size, the text, and for each step the recorded event and item."""

    origin: str
    size: int
    message_id: uuid.UUID
    text: str
    steps: tuple[tuple[Mapping[str, Json], Item], ...]


def verify_message_proof(bundle: bytes, vkey: str, checkpoint: bytes | None = None) -> Proved:
    """Check the proof of one text with the log's verifier key; with a `checkpoint` got elsewhere, under that one.

    For each step: 1. The checkpoint is signed by the key (and is the one given). 2. The entry stands in the log.
    3. The shown fields are the entry's. 4. The item is among the entry's items. 5. The item, under the text's key,
    is that commitment, and it is about this text. Raises `Invalid` for what is no proof, `Differs` for a wrong one.
    """
    read, key = Bundle.parse(bundle), VerifierKey.parse(vkey)
    known = checkpoints.verified(checkpoint, key) if checkpoint is not None else None
    if not read.steps:
        raise Invalid("holds no step", "proof")
    if len({(step.entry, step.place) for step in read.steps}) < len(read.steps):
        raise Differs("one of its steps stands twice", "proof")
    found = [_verified(step, read, key, known, f"step {number}") for number, step in enumerate(read.steps, 1)]
    sizes = {size for size, _, _ in found}
    if len(sizes) > 1:
        raise Differs("its steps stand under different checkpoints", "proof")
    steps = tuple((event, item) for _, event, item in found)
    text = next((str(item["text"]) for _, item in steps if "text" in item), "")
    return Proved(key.name, sizes.pop(), read.message_id, text, steps)


def _verified(
    step: Step, bundle: Bundle, key: VerifierKey, known: Checkpoint | None, where: str
) -> tuple[int, Mapping[str, Json], Item]:
    checkpoint = step.proof.verify(step.entry, key)
    if known is not None and (checkpoint.size, checkpoint.root) != (known.size, known.root):
        raise Differs("stands under another checkpoint than the one given", where)
    entry = read_entry(step.entry, prefix(checkpoint.origin))
    fields = verify_opening(step.opening, entry.content)
    event = _mapping(fields.get(EVENT))
    if step.item is None:
        if fields.get(MESSAGE) != str(bundle.message_id):
            raise Differs("is about another text", where)
        return checkpoint.size, event, {"kind": str(event.get("kind")), "message": str(bundle.message_id)}
    _check_item(step, bundle, event, _mapping(fields.get(ITEMS)), where)
    return checkpoint.size, event, step.item


def _check_item(step: Step, bundle: Bundle, event: Mapping[str, Json], items: Mapping[str, Json], where: str) -> None:
    assert step.item is not None  # the caller looked
    count, root = items.get("count"), items.get("root")
    if not isinstance(count, int) or not isinstance(root, str):
        raise Differs("its entry does not say which items it stands for", where)
    verify_inclusion(
        index=step.place,
        size=count,
        leaf=leaf_hash(commit(bundle.key, step.item)),
        proof=step.path,
        root=bytes.fromhex(root),
    )
    if step.item.get("message") != str(bundle.message_id):
        raise Differs("is about another text", where)
    kind = str(step.item.get("kind"))
    if event.get("kind") != _KINDS.get(kind, kind):
        raise Differs("its item and its entry tell of different things", where)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def path_to(place: int, items: Sequence[bytes]) -> tuple[bytes, ...]:
    """The path from one item to the root of its entry's items."""
    return tuple(inclusion_proof(place, len(items), node_of(leaf_hashes(items))))

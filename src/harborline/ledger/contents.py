"""What an entry says: its fields before sealing, their commitment, and the same read back."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from harborline.kernel import Broken, Invalid, clock
from harborline.ledger.canonical import canonical, parsed
from harborline.ledger.commitments import KEY_BYTES, commit_fields, commit_subject
from harborline.ledger.entry import entry_bytes
from harborline.ledger.facts import Json
from harborline.ledger.tree import HASH_BYTES, leaf_hash, leaf_hashes, root_of

_KIND = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_OWN = "content/"
_NOISE = 16 + 2 * KEY_BYTES


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under what an entry is recorded: when, who (kind and id), for which program and purpose, under which profile."""

    recorded_at: datetime
    actor_kind: str
    actor_id: str
    program: str
    purpose: str
    profile: str


class Made(NamedTuple):
    """One entry ready to be stored: public bytes and their hash, the spelled content, the keys of its commitments."""

    entry_id: uuid.UUID
    leaf: bytes
    leaf_hash: bytes
    content: bytes
    commit_key: bytes
    subject_salt: bytes


def check_kind(kind: str) -> str:
    """The kind, such as `consent.permission-recorded`; raises `Broken` for another form: it is chosen by code."""
    if not _KIND.fullmatch(kind) or len(kind) > 64:  # noqa: PLR2004 - the width of the column
        raise Broken(f"{kind!r} is not the kind of a record: use room.what-happened")
    return kind


def common_fields(kind: str, at: Circumstances) -> dict[str, bytes]:
    """The fields every entry carries, spelled."""
    actor: dict[str, Json] = {"kind": at.actor_kind, "id": at.actor_id, "purpose": at.purpose}
    event: dict[str, Json] = {
        "at": clock.iso(at.recorded_at),
        "kind": kind,
        "program": at.program,
        "profile": at.profile,
    }
    return {"actor": canonical(["actor", actor]), "event": canonical(["event", event])}


def make_entries(
    beginning: bytes, common: Mapping[str, bytes], contents: Iterable[tuple[str, Mapping[str, Json]]]
) -> list[Made]:
    """Entries of one kind and circumstances about several subjects, with fresh random ids and keys.

    `beginning` is `entry.prefix(origin)`; `contents` are pairs of subject and content. Raises `Invalid` for a content
    that has no canonical form.
    """
    listed = list(contents)
    noise = os.urandom(_NOISE * len(listed))
    return [
        _made(beginning, common, subject, content, noise[place * _NOISE : (place + 1) * _NOISE])
        for place, (subject, content) in enumerate(listed)
    ]


def _made(
    beginning: bytes, common: Mapping[str, bytes], subject: str, content: Mapping[str, Json], noise: bytes
) -> Made:
    # A random (version 4) id: one that sorts by time would tell the public when each entry was made.
    entry_id = uuid.UUID(bytes=noise[:16], version=4)
    commit_key, salt = noise[16:48], noise[48:]
    fields = {_OWN + name: canonical([_OWN + name, value]) for name, value in content.items()}
    fields.update(common)
    ordered = [fields[name] for name in sorted(fields)]
    leaf = entry_bytes(beginning, entry_id, commit_subject(salt, subject), commit_fields(commit_key, ordered))
    return Made(entry_id, leaf, leaf_hash(leaf), b"[" + b",".join(ordered) + b"]", commit_key, salt)


def fields_of(content: bytes) -> dict[str, Json]:
    """The named fields of a spelled content; raises `Broken` when it is not one: it was sealed by us."""
    try:
        pairs = parsed(content)
    except Invalid:
        pairs = None
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):  # noqa: PLR2004 - name and value
        raise Broken("a sealed content is not in its canonical form")
    return {str(name): value for name, value in pairs}


def own_fields(fields: Mapping[str, Json]) -> dict[str, Json]:
    """What the recording room said, without the common fields."""
    return {name.removeprefix(_OWN): value for name, value in fields.items() if name.startswith(_OWN)}


def items_field(items: Sequence[bytes]) -> dict[str, Json]:
    """The count and Merkle root that stand for a list of 32-byte item commitments; raises `Broken` for other lengths.

    The items are the leaves of a small RFC 6962 tree, so one item is shown with a short path, without the others.
    """
    if any(len(item) != HASH_BYTES for item in items):
        raise Broken("an item of a batch is a commitment of 32 bytes")
    return {"count": len(items), "root": root_of(leaf_hashes(items)).hex()}

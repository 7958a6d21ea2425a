"""What an entry says: its fields before sealing, their commitment, and the same read back."""

from __future__ import annotations

import functools
import os
import re
import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import NamedTuple, cast

from harborline.kernel import Broken, Invalid, clock
from harborline.ledger.canonical import LIMIT, canonical, parsed
from harborline.ledger.commitments import KEY_BYTES, commit_fields, mac
from harborline.ledger.entry import entry_bytes
from harborline.ledger.facts import Json
from harborline.ledger.tree import HASH_BYTES, leaf_hash, leaf_hashes, root_of

_KIND = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_OWN = "content/"
_ID_BYTES = 16
_NOISE = _ID_BYTES + 2 * KEY_BYTES
# RFC 9562 section 5.4: four version bits, two variant bits, the rest random.
_ID_KEEP = ~((0xF << 76) | (0x3 << 62))
_ID_VERSION = (0x4 << 76) | (0x2 << 62)
_KEPT = struct.Struct(f">B{KEY_BYTES}s{KEY_BYTES}sH")
_KEPT_VERSION = 1
_LONGEST_SUBJECT_BYTES = 1_000


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
    """One entry ready to be stored: its id (also spelled), public bytes and their hash, what is sealed beside it."""

    entry_id: uuid.UUID
    name: str
    leaf: bytes
    leaf_hash: bytes
    kept: bytes

    @property
    def commit_key(self) -> bytes:
        """The key of its content commitment."""
        return Kept.read(self.kept).commit_key

    @property
    def content(self) -> bytes:
        """Its spelled content."""
        return Kept.read(self.kept).content


@dataclass(frozen=True, slots=True)
class Kept:
    """What is sealed beside an entry: the keys of its two commitments, its subject, its spelled content.

    Everything that opens an entry is in here, so that destroying it closes the entry for good. `subject` is None in
    records from before subjects were kept.
    """

    commit_key: bytes
    subject_salt: bytes
    subject: str | None
    content: bytes

    @classmethod
    def read(cls, opened: bytes, *, key: bytes | None = None, salt: bytes | None = None) -> Kept:
        """Take an opened record apart; `key` and `salt` are given for records that kept them in columns.

        Raises `Broken` when it is not one: it was sealed by us.
        """
        if key is not None and salt is not None:
            return cls(key, salt, None, opened)
        if len(opened) < _KEPT.size or opened[0] != _KEPT_VERSION:
            raise Broken("a sealed record is not of a known version")
        _version, own_key, own_salt, length = _KEPT.unpack_from(opened)
        end = _KEPT.size + length
        return cls(own_key, own_salt, opened[_KEPT.size : end].decode(), opened[end:])


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
    that has no canonical form or a subject that is empty or longer than 1,000 bytes.
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
    number = int.from_bytes(noise[:_ID_BYTES], "big") & _ID_KEEP | _ID_VERSION
    commit_key, salt = noise[_ID_BYTES : _ID_BYTES + KEY_BYTES], noise[_ID_BYTES + KEY_BYTES :]
    about = subject.encode()
    if not 0 < len(about) <= _LONGEST_SUBJECT_BYTES:
        raise Invalid("a record needs a subject of at most 1,000 bytes", "subject")
    # "actor" < "content/…" < "event": the fields are in the order of their names.
    own = [_spelled(name, content[name]) for name in sorted(content)]
    ordered = [common["actor"], *own, common["event"]]
    digits = f"{number:032x}"
    name = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    leaf = entry_bytes(beginning, name, mac(salt, about), commit_fields(commit_key, ordered))
    head = _KEPT.pack(_KEPT_VERSION, commit_key, salt, len(about))
    kept = b"%b%b[%b]" % (head, about, b",".join(ordered))
    return Made(uuid.UUID(int=number), name, leaf, leaf_hash(leaf), kept)


@functools.lru_cache(maxsize=1_024)
def _opening(name: str) -> str:
    return f"[{quoted(_OWN + name)},"


def _spelled(name: str, value: Json) -> bytes:
    # The usual values, written out: bulk recording spends a tenth of its time here.
    kind = type(value)
    try:
        if kind is str:
            return f"{_opening(name)}{quoted(cast('str', value))}]".encode()
        if kind is int and -LIMIT <= cast("int", value) <= LIMIT:
            return f"{_opening(name)}{value}]".encode()
    except UnicodeEncodeError:
        pass  # told with its place below
    return canonical([_OWN + name, value])


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

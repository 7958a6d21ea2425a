"""Commitments: what an entry says about its content without saying it.

Every field of a content is committed under a key of its own, derived from the entry's random 32-byte key, and the
entry's content commitment covers the fields in the order of their names. So one field can be shown to a person while
the others stay closed, and nothing can be guessed once the key is destroyed.
All commitments are HMAC-SHA256, 32 bytes (FIPS 198-1); keys are derived by SHA-256(counter ‖ key ‖ purpose), the
one-step form of SP 800-56C.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harborline.kernel import Invalid
from harborline.ledger.canonical import canonical
from harborline.ledger.facts import Differs, Json

KEY_BYTES = 32
_BLOCK = 64
_INNER = bytes(value ^ 0x36 for value in range(256))
_OUTER = bytes(value ^ 0x5C for value in range(256))
_INNER_REST = b"\x36" * (_BLOCK - KEY_BYTES)
_OUTER_REST = b"\x5c" * (_BLOCK - KEY_BYTES)
_PLACE = struct.Struct(">I")
_PURPOSE = b"harborline/field"
_sha256 = hashlib.sha256


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 for keys of at most 64 bytes.

    Written out over `hashlib` because `hmac.digest` looks its algorithm up anew at every call, which costs bulk
    recording half its speed; the tests hold the two equal.
    """
    block = key.ljust(_BLOCK, b"\x00")
    inner = _sha256(block.translate(_INNER) + message).digest()
    return _sha256(block.translate(_OUTER) + inner).digest()


def commit_subject(salt: bytes, subject: str) -> bytes:
    """The commitment to whom an entry concerns."""
    return mac(salt, subject.encode())


def spelled(content: Mapping[str, Json]) -> list[bytes]:
    """Every field of a content as canonical JSON `[name, value]`, in the order of the names."""
    return [canonical([name, content[name]]) for name in sorted(content)]


def commit_fields(key: bytes, fields: Sequence[bytes]) -> bytes:
    """The commitment to fields already `spelled`."""
    closed, bound = b"", key + _PURPOSE
    for counter, field in zip(_counters(len(fields)), fields, strict=True):
        # `mac` under the field's key, written out: this line runs for every field of every record.
        own = _sha256(counter + bound).digest()
        inner = _sha256(own.translate(_INNER) + _INNER_REST + field).digest()
        closed += _sha256(own.translate(_OUTER) + _OUTER_REST + inner).digest()
    return mac(_whole_key(key), closed)


@functools.cache
def _counters(count: int) -> tuple[bytes, ...]:
    return tuple(_PLACE.pack(place + 1) for place in range(count))


def commit_content(key: bytes, content: Mapping[str, Json]) -> bytes:
    """The commitment to all fields of a content (its top-level names)."""
    return commit_fields(key, spelled(content))


def _whole_key(key: bytes) -> bytes:
    return _sha256(_PLACE.pack(0) + key + _PURPOSE).digest()


def _field_key(key: bytes, place: int) -> bytes:
    return _sha256(_PLACE.pack(place + 1) + key + _PURPOSE).digest()


def _field(key: bytes, name: str, value: Json) -> bytes:
    return mac(key, canonical([name, value]))


@dataclass(frozen=True, slots=True)
class Opening:
    """What shows some fields of a committed content: their names, values and keys, and the others' commitments."""

    whole_key: bytes
    shown: Mapping[int, tuple[str, Json, bytes]]
    closed: Mapping[int, bytes]

    def as_json(self) -> dict[str, Json]:
        """A form for files: bytes in hexadecimal, one object per field in order."""
        places: list[Json] = []
        for place in range(len(self.shown) + len(self.closed)):
            if place in self.shown:
                name, value, key = self.shown[place]
                places.append({"name": name, "value": value, "key": key.hex()})
            else:
                places.append({"commitment": self.closed[place].hex()})
        return {"key": self.whole_key.hex(), "fields": places}

    @classmethod
    def from_json(cls, form: Json) -> Opening:
        """Read `as_json` back; raises `Invalid` when it is not of that form."""
        try:
            return cls._read(form)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Invalid("not an opening", "opening") from None

    @classmethod
    def _read(cls, form: Any) -> Opening:  # noqa: ANN401 - not yet checked; from_json catches what does not fit
        shown: dict[int, tuple[str, Json, bytes]] = {}
        closed: dict[int, bytes] = {}
        for place, item in enumerate(form["fields"]):
            if "commitment" in item:
                closed[place] = bytes.fromhex(item["commitment"])
            else:
                shown[place] = (item["name"], item["value"], bytes.fromhex(item["key"]))
        return cls(bytes.fromhex(form["key"]), shown, closed)


def open_fields(key: bytes, content: Mapping[str, Json], names: Iterable[str]) -> Opening:
    """Show only `names` of a content; raises `Invalid` for a name it does not have."""
    wanted = set(names)
    if not wanted <= set(content):
        raise Invalid("the content has no such field", "opening")
    shown: dict[int, tuple[str, Json, bytes]] = {}
    closed: dict[int, bytes] = {}
    for place, name in enumerate(sorted(content)):
        own = _field_key(key, place)
        if name in wanted:
            shown[place] = (name, content[name], own)
        else:
            closed[place] = _field(own, name, content[name])
    return Opening(_whole_key(key), shown, closed)


def verify_opening(opening: Opening, commitment: bytes) -> dict[str, Json]:
    """The shown fields, when they belong to the commitment of an entry; else raises `Differs`."""
    count = len(opening.shown) + len(opening.closed)
    if sorted([*opening.shown, *opening.closed]) != list(range(count)):
        raise Differs("a field is missing or doubled", "opening")
    parts = dict(opening.closed)
    parts.update({place: _field(key, name, value) for place, (name, value, key) in opening.shown.items()})
    if not all(len(part) == KEY_BYTES for part in parts.values()):
        raise Differs("a commitment is not 32 bytes long", "opening")
    whole = mac(opening.whole_key, b"".join(parts[place] for place in range(count)))
    if not hmac.compare_digest(whole, commitment):
        raise Differs("the shown fields are not those that were recorded", "opening")
    return {name: value for name, value, _key in opening.shown.values()}

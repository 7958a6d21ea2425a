"""Commitments to what happened to one recipient or message: many stand in one entry of the proof log.

An item is bound as HMAC-SHA256(commit key, canonical JSON). The key is random per recipient and lives beside the
sealed content, so the item can be opened for the person it concerns and for nobody else, and stops being openable
when the content is destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from harborline.ledger.commitments import mac

Value = str | int | list[str] | None
Item = Mapping[str, Value]

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(item: Item) -> bytes:
    """RFC 8785 bytes of a flat item of strings, integers and lists of strings."""
    return _ENCODER.encode(item).encode()


def commit(key: bytes, item: Item) -> bytes:
    """The 32-byte commitment of one item under a 32-byte key."""
    return mac(key, canonical(item))


def spelled_value(value: Value) -> str:
    """A value as canonical JSON, for `Form.commit`."""
    return _ENCODER.encode(value)


class Form:
    """Items that are alike but for a few fields: the rest is spelled once.

    `commit` takes those fields in the order of their names, each already spelled: an id or a code in double quotes.
    """

    def __init__(self, fixed: Item, *varying: str) -> None:
        parts = []
        for name in sorted({*fixed, *varying}):
            value = "%s" if name in varying else spelled_value(fixed[name]).replace("%", "%%")
            parts.append(f"{spelled_value(name).replace('%', '%%')}:{value}")
        self._form = f"{{{','.join(parts)}}}"

    def commit(self, key: bytes, *values: str) -> bytes:
        """The commitment of the item with these values, equal to `commit` of the whole item."""
        return mac(key, (self._form % values).encode())

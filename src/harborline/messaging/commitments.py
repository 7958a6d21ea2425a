"""Commitments to what happened to one recipient or message: many stand in one entry of the proof log.

An item is bound as HMAC-SHA256(commit key, canonical JSON). The key is random per recipient and lives beside the
sealed content, so the item can be opened for the person it concerns and for nobody else, and stops being openable
when the content is destroyed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(item: Mapping[str, str | int | list[str] | None]) -> bytes:
    """RFC 8785 bytes of a flat item of strings, integers and lists of strings."""
    return _ENCODER.encode(item).encode()


def commit(key: bytes, item: Mapping[str, str | int | list[str] | None]) -> bytes:
    """The 32-byte commitment of one item."""
    return hmac.digest(key, canonical(item), hashlib.sha256)

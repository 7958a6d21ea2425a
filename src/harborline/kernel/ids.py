"""Random identifiers that sort by the time they were made (RFC 9562, version 7)."""

from __future__ import annotations

import os
import time
import uuid

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_CLEAR = ~((0xF << 76) | (0b11 << 62))


def new_id() -> uuid.UUID:
    """A version 7 UUID: 48 bits of milliseconds, 74 random bits."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[uuid.UUID]:
    """`count` version 7 UUIDs of this moment from one read of the system's random source."""
    stamp = (time.time_ns() // 1_000_000) << 80
    noise = os.urandom(10 * count)
    made = []
    for start in range(0, 10 * count, 10):
        value = stamp | int.from_bytes(noise[start : start + 10], "big")
        made.append(uuid.UUID(int=(value & _CLEAR) | _VERSION | _VARIANT))
    return made

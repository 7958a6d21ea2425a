"""What a message begins with: only one that is encrypted to a key is opened at all. Pure.

Source: RFC 9580, sections 4.2 (packet headers), 5.8 (marker packet) and 6.2 (ASCII armor).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

HEAD_BYTES: Final = 8192
ENCRYPTED_TO_A_KEY: Final = 1
_MARKER: Final = 10
_ARMOR: Final = b"-----BEGIN PGP MESSAGE-----"
_LONGEST_SHORT: Final = 191


def first_packet(head: bytes) -> int | None:
    """The tag of the first packet of a message, markers passed over; None for what is no OpenPGP message."""
    raw = _binary(head)
    while raw:
        tag, length, header = _header(raw)
        if tag != _MARKER:
            return tag
        raw = raw[header + length :]
    return None


def _binary(head: bytes) -> bytes:
    if head[:1] and head[0] & 0x80:
        return head
    lines = head.lstrip().replace(b"\r\n", b"\n").split(b"\n")
    if lines[0].rstrip() != _ARMOR:
        return b""
    # Header lines, then an empty one, then the content in base64.
    blank = next((at for at, line in enumerate(lines) if not line.strip()), None)
    if blank is None or blank + 1 >= len(lines):
        return b""
    try:
        return base64.b64decode(lines[blank + 1].strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _header(raw: bytes) -> tuple[int | None, int, int]:
    # The tag, the length of the body where it is one of the short forms (a marker's is), bytes of the header.
    if not raw[0] & 0x80:
        return None, 0, 1
    if raw[0] & 0x40:
        length = raw[1] if len(raw) > 1 and raw[1] <= _LONGEST_SHORT else 0
        return raw[0] & 0x3F, length, 2
    return (raw[0] >> 2) & 0x0F, raw[1] if len(raw) > 1 else 0, 2

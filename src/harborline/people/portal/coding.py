"""Codes: what they look like, and that none is ever kept."""

from __future__ import annotations

import hmac
import secrets
import uuid
from typing import Final

from harborline.vault.services import blind_index

DIGITS: Final = 6
# Without signs that look alike; 20 of them are 98 bits.
_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ2346789"
_START_SIGNS: Final = 20


def digits_of(message_id: uuid.UUID) -> str:
    """The code a message carries: it follows from the message's id and a key that is not in the database."""
    number = int.from_bytes(blind_index("portal-code", str(message_id)), "big")
    return str(number % 10**DIGITS).zfill(DIGITS)


def digest_of(code_id: uuid.UUID, digits: str) -> bytes:
    """What is kept of a code: a keyed digest bound to the request it belongs to."""
    return blind_index("portal-code-digest", f"{code_id}/{digits}")


def matches(kept: bytes | None, found: bytes) -> bool:
    """Compare in constant time; nothing kept matches nothing, after the same work."""
    return hmac.compare_digest(kept or bytes(len(found)), found) and kept is not None


def new_start() -> str:
    """A fresh code to begin with, in five groups of four."""
    signs = [secrets.choice(_SIGNS) for _ in range(_START_SIGNS)]
    return "-".join("".join(signs[place : place + 4]) for place in range(0, _START_SIGNS, 4))


def start_index(typed: str) -> bytes:
    """How a code to begin with is found, however it was typed."""
    return blind_index("portal-start", "".join(sign for sign in typed.upper() if sign.isalnum()))

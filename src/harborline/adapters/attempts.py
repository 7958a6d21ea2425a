"""Signed attempt ids: what a carrier's callback address carries, so that nobody can make up news about a text.

The token is base64url of the attempt's 16 bytes and the first 16 bytes of HMAC-SHA256 over carrier, sender and
attempt, 43 characters. It is made for one carrier and sender and is worth nothing under another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from functools import lru_cache

from harborline.kernel import Broken, NotFound

MAC_BYTES = 16
KEY_BYTES = 32
TOKEN_LENGTH = 43
_BLOCK = 64
_PADS = (bytes(each ^ 0x36 for each in range(256)), bytes(each ^ 0x5C for each in range(256)))


class SignedAttempts:
    """Makes and checks the tokens of one carrier's sender under a 32-byte key."""

    def __init__(self, key: bytes, *, carrier: str, sender: str) -> None:
        if len(key) != KEY_BYTES:
            raise Broken("the key of signed attempts is not 32 bytes")
        # HMAC (RFC 2104) with both of its states prepared once: a fresh one for each attempt costs three times as much.
        block = key.ljust(_BLOCK, b"\x00")
        self._inner, self._outer = (hashlib.sha256(block.translate(pad)) for pad in _PADS)
        self._inner.update(f"harborline/attempt/{carrier}/{sender}\x00".encode())

    def token(self, attempt_id: uuid.UUID) -> str:
        """Sign one attempt."""
        raw = attempt_id.bytes
        return base64.urlsafe_b64encode(raw + self._mac(raw))[:TOKEN_LENGTH].decode()

    def attempt(self, token: str) -> uuid.UUID:
        """Open a token in constant time; raises `NotFound` for anything this key did not sign for this sender."""
        try:
            raw = base64.b64decode(f"{token}=".encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NotFound("no such attempt") from None
        attempt, mac = raw[:16], raw[16:]
        if len(token) != TOKEN_LENGTH or not hmac.compare_digest(mac, self._mac(attempt)):
            raise NotFound("no such attempt")
        return uuid.UUID(bytes=attempt)

    def _mac(self, raw: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(raw)
        outer.update(inner.digest())
        return outer.digest()[:MAC_BYTES]


@lru_cache(maxsize=64)
def attempts_of(key: bytes, carrier: str, sender: str) -> SignedAttempts:
    """The maker and checker of one sender's tokens, prepared once."""
    return SignedAttempts(key, carrier=carrier, sender=sender)

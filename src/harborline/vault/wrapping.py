"""The form of a wrapped key: which key wraps it, when it was made, and the key under AES-256-GCM.

Layout: `HLK2` ‖ number of the wrapping key (4, big endian) ‖ month of making, yyyymm (4) ‖ body. Under a class's
office key the body is nonce (12) ‖ wrapped key (32 + 16); under the root key it is whatever the key provider made.
The head and the key's own name and number are associated data. A first form without head (60 bytes: nonce ‖ wrapped
key, directly under root key 1) is still read; the next rotation of its office re-wraps it.
Source: SP 800-38D; SP 800-57 part 1, 5.3 (one purpose per key); design, section Vault.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken

MAGIC = b"HLK2"
KEY_BYTES = 32
_HEAD = struct.Struct(">4sII")
_NONCE = 12
_FIRST_FORM_BYTES = _NONCE + KEY_BYTES + 16


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key as it is stored. `wrapped_by` is 0 for the first form, which hangs on the root key itself."""

    wrapped_by: int
    month: int
    body: bytes

    @property
    def head(self) -> bytes:
        """The bytes before the body."""
        return _HEAD.pack(MAGIC, self.wrapped_by, self.month)

    def __bytes__(self) -> bytes:
        """As stored."""
        return self.head + self.body

    @classmethod
    def parse(cls, stored: bytes, name: str) -> Wrapped:
        """Read what is stored under `name`; raises `Broken` for anything else."""
        if len(stored) == _FIRST_FORM_BYTES and not stored.startswith(MAGIC):
            return cls(0, 0, stored)
        if len(stored) <= _HEAD.size or not stored.startswith(MAGIC):
            raise Broken(f"{name} does not hold a wrapped key: restore the keys from their backup")
        _, wrapped_by, month = _HEAD.unpack_from(stored)
        return cls(wrapped_by, month, stored[_HEAD.size :])


def head(wrapped_by: int, month: int) -> bytes:
    """The head of a key that will be wrapped by another program than this module."""
    return _HEAD.pack(MAGIC, wrapped_by, month)


def wrap(key: bytes, under: bytes, bound: bytes) -> bytes:
    """Nonce and AES-256-GCM of `key` (any length) under a 32-byte key, with a fresh random nonce."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(under).encrypt(nonce, key, bound)


def unwrap(body: bytes, under: bytes, bound: bytes, name: str) -> bytes:
    """Open what `wrap` made; raises `Broken` naming the key when a byte, the wrapping key or the place differs."""
    try:
        return AESGCM(under).decrypt(body[:_NONCE], body[_NONCE:], bound)
    except (InvalidTag, ValueError):
        raise Broken(f"{name} was not wrapped by this key: other keys, or a changed file") from None

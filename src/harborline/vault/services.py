"""Seal, open, find: the doors of the vault."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import ports
from harborline.vault.ports import KeyProvider
from harborline.vault.sealed import key_number, seal_with, unseal_with

__all__ = ["blind_index", "blind_indexes", "forget_keys", "seal", "seal_text", "unseal", "unseal_text"]

INDEX_BYTES = 16


def seal(plaintext: bytes, *, group: str, context: str) -> bytes:
    """Seal bytes under the newest key of `group` (such as `nc-css/people`), bound to the place `context`."""
    number, key = _current(group)
    return seal_with(key, number, plaintext, group=group, context=context)


def unseal(sealed: bytes | memoryview, *, group: str, context: str) -> bytes:
    """Open a sealed value; raises `Broken` when it was changed or moved, `NotFound` when its key is destroyed."""
    value = bytes(sealed)
    return unseal_with(_numbered(group, key_number(value)), value, group=group, context=context)


def seal_text(text: str, *, group: str, context: str) -> bytes:
    """Seal a string (UTF-8)."""
    return seal(text.encode(), group=group, context=context)


def unseal_text(sealed: bytes | memoryview, *, group: str, context: str) -> str:
    """Open a sealed string."""
    return unseal(sealed, group=group, context=context).decode()


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes that are equal for equal values and tell nothing without the index key.

    HMAC-SHA256 under the key of `kind` (`phone` takes E.164), cut to 16 bytes.
    """
    return hmac.digest(_index_key(kind), value.encode(), hashlib.sha256)[:INDEX_BYTES]


def blind_indexes(kind: str, values: Iterable[str]) -> list[bytes]:
    """`blind_index` of many values."""
    key = _index_key(kind)
    return [hmac.digest(key, value.encode(), hashlib.sha256)[:INDEX_BYTES] for value in values]


def forget_keys() -> None:
    """Drop every cached key: after a rotation, a destruction, or between tests."""
    _current.cache_clear()
    _numbered.cache_clear()
    _index_key.cache_clear()


@functools.cache
def _current(group: str) -> tuple[int, AESGCM]:
    number, key = ports.serving(KeyProvider).current_key(group)
    return number, AESGCM(key)


@functools.cache
def _numbered(group: str, number: int) -> AESGCM:
    return AESGCM(ports.serving(KeyProvider).key(group, number))


@functools.cache
def _index_key(kind: str) -> bytes:
    return ports.serving(KeyProvider).index_key(kind)

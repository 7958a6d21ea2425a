"""The two sealed forms: under a group's key, and under a record's secret that lives outside PostgreSQL.

First form: version 1 (1) ‖ group key number (4, big endian) ‖ wrap nonce (12) ‖ wrapped value key (32 + 16)
‖ nonce (12) ‖ ciphertext and tag (n + 16): AES-256-GCM under a fresh key, itself wrapped under the group's key.
Second form: version 2 (1) ‖ nonce (12) ‖ ciphertext and tag (n + 16): AES-256-GCM under the record's key.
Group, context and (second form) record are associated data, so a sealed value moved to another row, group, record or
key number does not open.
Source: SP 800-38D; design, section Vault.
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken

VERSION, RECORD_VERSION = 1, 2
_HEAD = struct.Struct(">BI")
_NONCE = 12
_WRAPPED = 32 + 16
_NOISE = 32 + 2 * _NONCE
OVERHEAD_BYTES = _HEAD.size + _NONCE + _WRAPPED + _NONCE + 16
RECORD_OVERHEAD_BYTES = 1 + _NONCE + 16


def seal_with(key: AESGCM, number: int, plaintext: bytes, *, group: str, context: str) -> bytes:
    """Seal `plaintext` (any length) under the group key `number`; adds `OVERHEAD_BYTES`."""
    head = _HEAD.pack(VERSION, number)
    noise = os.urandom(_NOISE)
    record_key, wrap_nonce, nonce = noise[:32], noise[32:44], noise[44:]
    bound = b"%b\x00%b\x00%b" % (head, group.encode(), context.encode())
    wrapped = key.encrypt(wrap_nonce, record_key, bound)
    return b"".join((head, wrap_nonce, wrapped, nonce, AESGCM(record_key).encrypt(nonce, plaintext, bound)))


def seal_many_with(
    key: AESGCM, number: int, plaintexts: Sequence[bytes], *, group: str, contexts: Sequence[str]
) -> list[bytes]:
    """Seal many, each bound to its own context, with one draw from the system's random source."""
    head = _HEAD.pack(VERSION, number)
    beginning = b"%b\x00%b\x00" % (head, group.encode())
    noise = os.urandom(_NOISE * len(plaintexts))
    wrap, sealed = key.encrypt, []
    for at, (plaintext, context) in enumerate(zip(plaintexts, contexts, strict=True)):
        start = at * _NOISE
        record_key, wrap_nonce = noise[start : start + 32], noise[start + 32 : start + 44]
        nonce, bound = noise[start + 44 : start + _NOISE], beginning + context.encode()
        wrapped = wrap(wrap_nonce, record_key, bound)
        sealed.append(b"".join((head, wrap_nonce, wrapped, nonce, AESGCM(record_key).encrypt(nonce, plaintext, bound))))
    return sealed


def key_number(sealed: bytes) -> int:
    """Which group key sealed this; raises `Broken` for anything that is not a sealed value."""
    if len(sealed) < OVERHEAD_BYTES or sealed[0] != VERSION:
        raise Broken("not a sealed value of a known version")
    return int(_HEAD.unpack_from(sealed)[1])


def unseal_with(key: AESGCM, sealed: bytes, *, group: str, context: str) -> bytes:
    """Open what `seal_with` made; raises `Broken` when a byte, the group or the context differs."""
    head, rest = sealed[: _HEAD.size], sealed[_HEAD.size :]
    wrap_nonce, wrapped = rest[:_NONCE], rest[_NONCE : _NONCE + _WRAPPED]
    body = rest[_NONCE + _WRAPPED :]
    bound = b"%b\x00%b\x00%b" % (head, group.encode(), context.encode())
    try:
        record_key = key.decrypt(wrap_nonce, wrapped, bound)
        return AESGCM(record_key).decrypt(body[:_NONCE], body[_NONCE:], bound)
    except InvalidTag:
        raise Broken(f"a sealed value of {group} does not open: changed, moved or sealed elsewhere") from None


def seal_for_record(key: bytes, plaintext: bytes, *, record: uuid.UUID, group: str, context: str) -> bytes:
    """Seal `plaintext` under a record's 32-byte key; adds `RECORD_OVERHEAD_BYTES`."""
    nonce = os.urandom(_NONCE)
    return bytes((RECORD_VERSION,)) + nonce + AESGCM(key).encrypt(nonce, plaintext, _bound_to(record, group, context))


def unseal_for_record(key: bytes, sealed: bytes, *, record: uuid.UUID, group: str, context: str) -> bytes:
    """Open what `seal_for_record` made; raises `Broken` when a byte, the record, the group or the context differs."""
    if len(sealed) < RECORD_OVERHEAD_BYTES or sealed[0] != RECORD_VERSION:
        raise Broken("not a value sealed for a record")
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, _bound_to(record, group, context))
    except InvalidTag:
        raise Broken(f"a sealed record of {group} does not open: changed, moved or sealed elsewhere") from None


def _bound_to(record: uuid.UUID, group: str, context: str) -> bytes:
    return b"%c%b%b\x00%b" % (RECORD_VERSION, record.bytes, group.encode(), context.encode())

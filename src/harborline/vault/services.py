"""Seal, open, find, destroy: the doors of the vault."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import NotFound, clock, ports
from harborline.vault.facts import Grounds, Piece
from harborline.vault.keyring import Keyring
from harborline.vault.ports import KeyProvider, KeyStore
from harborline.vault.sealed import (
    key_number,
    seal_for_record,
    seal_many_with,
    seal_with,
    unseal_for_record,
    unseal_with,
)

__all__ = [
    "blind_index",
    "blind_indexes",
    "commit_keys",
    "forget_keys",
    "key_number",
    "keyring",
    "seal",
    "seal_many",
    "seal_record",
    "seal_records",
    "seal_text",
    "shred",
    "shred_key",
    "shredded",
    "unseal",
    "unseal_record",
    "unseal_records",
    "unseal_text",
]

INDEX_BYTES = 16
_BLOCK = 64
_PADS = (bytes(each ^ 0x36 for each in range(256)), bytes(each ^ 0x5C for each in range(256)))
# A key destroyed or renewed by another process is noticed after this long at most.
CACHE_S = 30.0

_RING: dict[str, Keyring] = {}
_CURRENT: dict[str, tuple[int, AESGCM, float]] = {}
_NUMBERED: dict[tuple[str, int], tuple[AESGCM, float]] = {}
_INDEX: dict[str, bytes] = {}


def seal(plaintext: bytes, *, group: str, context: str) -> bytes:
    """Seal bytes under the newest key of `group` (such as `nc-css/people`), bound to the place `context`."""
    held = _CURRENT.get(group)
    if held is None or held[2] < clock.monotonic_s():
        held = _current(group)
    return seal_with(held[1], held[0], plaintext, group=group, context=context)


def seal_many(plaintexts: Sequence[bytes], *, group: str, contexts: Sequence[str]) -> list[bytes]:
    """`seal` of many values, each bound to its own context, in order."""
    held = _CURRENT.get(group)
    if held is None or held[2] < clock.monotonic_s():
        held = _current(group)
    return seal_many_with(held[1], held[0], plaintexts, group=group, contexts=contexts)


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


def seal_record(plaintext: bytes, *, record: uuid.UUID, group: str, context: str) -> bytes:
    """Seal one piece of an erasable record; its secret is made with its first piece, durable before this returns.

    Raises `Broken` for a record that was shredded.
    """
    return seal_records([Piece(record, context, plaintext)], group=group)[0]


def unseal_record(sealed: bytes | memoryview, *, record: uuid.UUID, group: str, context: str) -> bytes:
    """Open one piece; raises `NotFound` once its record was shredded, `Broken` when it was changed or moved."""
    (found,) = unseal_records([Piece(record, context, bytes(sealed))], group=group)
    if found is None:
        raise NotFound("this record is not held any more: it was destroyed under its schedule, or its keys were")
    return found


def seal_records(pieces: Sequence[Piece], *, group: str) -> list[bytes]:
    """Seal many pieces of erasable records, in order; the secrets of new records become durable together."""
    secrets = keyring().ensured_secrets(group, [piece.record for piece in pieces])
    return [
        seal_for_record(secret.key, piece.content, record=piece.record, group=group, context=piece.context)
        for piece, secret in zip(pieces, secrets, strict=True)
    ]


def unseal_records(pieces: Sequence[Piece], *, group: str) -> list[bytes | None]:
    """Open many pieces, in order; None where the record was shredded."""
    secrets = keyring().secrets(group, [piece.record for piece in pieces])
    return [
        unseal_for_record(secret.key, piece.content, record=piece.record, group=group, context=piece.context)
        if secret
        else None
        for piece, secret in zip(pieces, secrets, strict=True)
    ]


def commit_keys(records: Sequence[uuid.UUID], *, group: str) -> list[bytes]:
    """32 bytes for the commitments to each record (its salt), in order; made when there are none yet.

    They die with the record, so that a commitment tells nobody afterwards what it was to. Never store them.
    """
    return [secret.salt for secret in keyring().ensured_secrets(group, records)]


def shredded(records: Sequence[uuid.UUID], *, group: str) -> set[uuid.UUID]:
    """Those of the records whose secret was destroyed."""
    return keyring().shelf(group).erased(records)


def shred(records: Sequence[uuid.UUID], *, group: str, grounds: Grounds) -> uuid.UUID:
    """Destroy the secrets of records for good, once the caller's transaction is committed.

    The caller deletes the ciphertext in the same transaction. Answers the public id of the ledger entry
    (`vault.shredded`: group, count, schedule, authority, clauses, approver, and a commitment to each record). Raises
    `Broken` outside a context, `Invalid` for no record at all.
    """
    from harborline.vault.shredding import order_records  # noqa: PLC0415 - sealing needs no database, shredding does

    return order_records(records, group=group, grounds=grounds)


def shred_key(number: int, *, group: str, grounds: Grounds) -> uuid.UUID:
    """Destroy a class key, and with it everything `seal`ed under that number, once the transaction is committed.

    Raises `Refused` for the index group, `NotFound` for a number that is not held.
    """
    from harborline.vault.shredding import order_key  # noqa: PLC0415 - as above

    return order_key(number, group=group, grounds=grounds)


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes that are equal for equal values and tell nothing without the index key.

    HMAC-SHA256 under the key of `kind` (`phone` takes E.164), cut to 16 bytes.
    """
    return hmac.digest(_index_key(kind), value.encode(), hashlib.sha256)[:INDEX_BYTES]


def blind_indexes(kind: str, values: Iterable[str]) -> list[bytes]:
    """`blind_index` of many values."""
    # HMAC (RFC 2104) with both of its states prepared once: half the time of a fresh one for each value.
    key = _index_key(kind).ljust(_BLOCK, b"\x00")
    inner, outer = (hashlib.sha256(key.translate(pad)) for pad in _PADS)
    found = []
    for value in values:
        first, second = inner.copy(), outer.copy()
        first.update(value.encode())
        second.update(first.digest())
        found.append(second.digest()[:INDEX_BYTES])
    return found


def keyring() -> Keyring:
    """The keys of this installation."""
    if "" not in _RING:
        _RING[""] = Keyring(ports.serving(KeyProvider), ports.serving(KeyStore))
    return _RING[""]


def forget_keys() -> None:
    """Drop every cached key: after a rotation, a destruction, or between tests."""
    for cache in (_RING, _CURRENT, _NUMBERED, _INDEX):
        cache.clear()


def _current(group: str) -> tuple[int, AESGCM, float]:
    now = clock.now()
    number, key = keyring().current(group, now.year * 100 + now.month)
    _CURRENT[group] = held = (number, AESGCM(key), clock.monotonic_s() + CACHE_S)
    return held


def _numbered(group: str, number: int) -> AESGCM:
    held = _NUMBERED.get((group, number))
    if held is None or held[1] < clock.monotonic_s():
        _NUMBERED.pop((group, number), None)
        held = AESGCM(keyring().key(group, number)), clock.monotonic_s() + CACHE_S
        _NUMBERED[group, number] = held
    return held[0]


def _index_key(kind: str) -> bytes:
    if kind not in _INDEX:
        _INDEX[kind] = keyring().index_key(kind)
    return _INDEX[kind]

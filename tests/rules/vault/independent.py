"""A second reading of the sealed forms, written from their description alone, on other primitives than the product's.

Run as a program it writes `vectors.json` anew: fixed keys and nonces, so that the bytes are the same every time.
`python tests/rules/vault/independent.py`
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

VECTORS = Path(__file__).with_name("vectors.json")
CHUNK = 1024 * 1024


def encrypt(key: bytes, nonce: bytes, plaintext: bytes, bound: bytes) -> bytes:
    """AES-256-GCM, ciphertext ‖ tag."""
    cipher = Cipher(AES(key), GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(bound)
    return cipher.update(plaintext) + cipher.finalize() + cipher.tag


def decrypt(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Its inverse; raises `InvalidTag`."""
    cipher = Cipher(AES(key), GCM(nonce, sealed[-16:])).decryptor()
    cipher.authenticate_additional_data(bound)
    return cipher.update(sealed[:-16]) + cipher.finalize()


def seal_value(group_key: bytes, number: int, plaintext: bytes, place: tuple[str, str], noise: bytes) -> bytes:
    """The first form; `place` is group and context, `noise` the value's key and both nonces."""
    group, context = place
    head = b"\x01" + number.to_bytes(4, "big")
    bound = head + b"\x00" + group.encode() + b"\x00" + context.encode()
    key, wrap_nonce, nonce = noise[:32], noise[32:44], noise[44:56]
    return (
        head + wrap_nonce + encrypt(group_key, wrap_nonce, key, bound) + nonce + encrypt(key, nonce, plaintext, bound)
    )


def open_value(group_key: bytes, sealed: bytes, group: str, context: str) -> bytes:
    """Open the first form."""
    bound = sealed[:5] + b"\x00" + group.encode() + b"\x00" + context.encode()
    key = decrypt(group_key, sealed[5:17], sealed[17:65], bound)
    return decrypt(key, sealed[65:77], sealed[77:], bound)


def seal_for_record(key: bytes, plaintext: bytes, record: uuid.UUID, place: tuple[str, str], nonce: bytes) -> bytes:
    """The second form."""
    group, context = place
    bound = b"\x02" + record.bytes + group.encode() + b"\x00" + context.encode()
    return b"\x02" + nonce + encrypt(key, nonce, plaintext, bound)


def seal_blob(blob_key: bytes, sealed_key: bytes, plaintext: bytes) -> bytes:
    """The chunks of a blob after its head."""
    parts = [b"HLB1", len(sealed_key).to_bytes(2, "big"), sealed_key]
    starts = list(range(0, len(plaintext), CHUNK)) or [0]
    for number, start in enumerate(starts):
        bound = number.to_bytes(8, "big") + (b"\x01" if start == starts[-1] else b"\x00")
        parts.append(encrypt(blob_key, number.to_bytes(12, "big"), plaintext[start : start + CHUNK], bound))
    return b"".join(parts)


def open_blob(group_key: bytes, sealed: bytes, group: str, name: str) -> bytes:
    """Open a whole blob."""
    length = int.from_bytes(sealed[4:6], "big")
    key = open_value(group_key, sealed[6 : 6 + length], group, f"blob:{name}")
    rest, opened, number = sealed[6 + length :], b"", 0
    while True:
        chunk, rest = rest[: CHUNK + 16], rest[CHUNK + 16 :]
        bound = number.to_bytes(8, "big") + (b"\x00" if rest else b"\x01")
        opened += decrypt(key, number.to_bytes(12, "big"), chunk, bound)
        number += 1
        if not rest:
            return opened


def filling(size: int) -> bytes:
    """The plaintext of a vector: bytes that repeat every 251."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def noise(label: str, size: int) -> bytes:
    """Fixed bytes that look random, for the keys and nonces of vectors only."""
    return hashlib.shake_256(label.encode()).digest(size)


def vectors() -> dict[str, Any]:
    """Every vector; keys and short values whole, blobs by size and SHA-256."""
    group, context, name = "nc-css/people", "person:1:identity", "0190a1b2-0000-7000-8000-000000000001"
    record = uuid.UUID("0190a1b2-0000-7000-8000-0000000000aa")
    group_key, record_key, blob_key = noise("group", 32), noise("record", 32), noise("blob", 32)
    values = [
        {
            "plaintext": text.encode().hex(),
            "sealed": seal_value(group_key, number, text.encode(), (group, context), noise(f"v{number}", 56)).hex(),
        }
        for number, text in ((1, ""), (2, "Ana Torres"), (70000, "ñandú ✓" * 20))
    ]
    records = [
        {
            "plaintext": text.encode().hex(),
            "sealed": seal_for_record(record_key, text.encode(), record, (group, context), noise(f"r{text}", 12)).hex(),
        }
        for text in ("", "Please call me on Monday.")
    ]
    sealed_key = seal_value(group_key, 1, blob_key, (group, f"blob:{name}"), noise("head", 56))
    blobs = [
        {"size": size, "sha256": hashlib.sha256(seal_blob(blob_key, sealed_key, filling(size))).hexdigest()}
        for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK)
    ]
    return {
        "group": group,
        "context": context,
        "group_key": group_key.hex(),
        "values": values,
        "record": str(record),
        "record_key": record_key.hex(),
        "records": records,
        "blob": name,
        "blob_key": blob_key.hex(),
        "sealed_blob_key": sealed_key.hex(),
        "blobs": blobs,
    }


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), indent=2) + "\n")

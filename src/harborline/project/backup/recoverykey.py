"""The recovery key: what opens backups where this installation's own keys are gone.

A P-256 pair. The machine keeps the public half only; the private half is made once and carried away. Wrapping is ECIES:
an ephemeral key, ECDH, HKDF-SHA256, AES-256-GCM; layout: ephemeral point (65, uncompressed) ‖ nonce (12) ‖ ciphertext ‖
tag. Source: SP 800-56A rev. 3 (one-pass Diffie-Hellman), SP 800-56C (HKDF), SP 800-38D.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from harborline.adapters.keys.files import write_once, write_over
from harborline.kernel import Broken, Invalid

PUBLIC_FILE = "recovery.pub"
PRIVATE_FILE = "recovery.key"
_POINT, _NONCE = 65, 12
_INFO = b"harborline/recovery/1"


def make(private_file: Path, keys: Path, *, passphrase: bytes = b"") -> None:
    """Make the pair: the private half into a new file (mode 0600), the public half into the key directory.

    Raises `Invalid` when the private file exists already. Sets taken from now on are for the new pair.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    protection: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    if not write_once(private_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)):
        raise Invalid("stands there already; move it away first", str(private_file))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_over(keys / PUBLIC_FILE, public)


def public_half(keys: Path) -> ec.EllipticCurvePublicKey | None:
    """The public half this installation backs up for, or None before the pair was made."""
    path = keys / PUBLIC_FILE
    if not path.exists():
        return None
    try:
        found = load_pem_public_key(path.read_bytes())
    except ValueError:
        raise Broken(f"{path} does not hold a public key") from None
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise Broken(f"{path} does not hold a P-256 key")
    return found


def private_half(path: Path, *, passphrase: bytes = b"") -> ec.EllipticCurvePrivateKey:
    """The private half from its file; raises `Invalid` naming the file and what it needs."""
    try:
        found = load_pem_private_key(path.read_bytes(), passphrase or None)
    except OSError as wrong:
        raise Invalid(f"the recovery key cannot be read: {wrong.strerror}", str(path)) from None
    except TypeError:
        raise Invalid("the recovery key has a passphrase; name its file with --passphrase-file", str(path)) from None
    except ValueError:
        raise Invalid("is no recovery key, or the passphrase is another one", str(path)) from None
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise Invalid("is not a P-256 key", str(path))
    return found


def wrap(secret: bytes, public: ec.EllipticCurvePublicKey, bound: bytes) -> bytes:
    """Wrap a short secret for whoever holds the private half; `bound` is associated data."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    nonce = os.urandom(_NONCE)
    key = _derived(ephemeral.exchange(ec.ECDH(), public), point)
    return point + nonce + AESGCM(key).encrypt(nonce, secret, bound)


def unwrap(wrapped: bytes, private: ec.EllipticCurvePrivateKey, bound: bytes) -> bytes:
    """Open what `wrap` made; raises `Invalid` when it was made for another pair, or changed."""
    point, nonce, body = wrapped[:_POINT], wrapped[_POINT : _POINT + _NONCE], wrapped[_POINT + _NONCE :]
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return AESGCM(_derived(private.exchange(ec.ECDH(), ephemeral), point)).decrypt(nonce, body, bound)
    except (InvalidTag, ValueError):
        raise Invalid("this recovery key does not open this set: it is of another pair", "--recovery-key") from None


def _derived(shared: bytes, point: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=point, info=_INFO).derive(shared)

"""Which algorithms are spoken, in the order of preference: nothing else is offered and nothing else is taken.

Sources: RFC 9142 (key exchange), RFC 8332 (RSA with SHA-2), NIST SP 800-131A rev. 2 (what to leave).
"""

from __future__ import annotations

from typing import Final

KEY_EXCHANGES: Final = (
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
)
CIPHERS: Final = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr")
MACS: Final = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
COMPRESSIONS: Final = ("none",)
HOST_KEYS: Final = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
SIGNATURES: Final = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
# The floor of the protocol engine; whether a shorter RSA key has an end date is judged where it is put on file.
RSA_BITS: Final = 2048


def rsa_bits(key: bytes) -> int | None:
    """Bits of the modulus of an RSA public key in wire form (RFC 4253, section 6.6); None for other keys."""
    fields: list[bytes] = []
    at = 0
    while at + 4 <= len(key) and len(fields) < 3:  # noqa: PLR2004 - name, exponent, modulus
        length = int.from_bytes(key[at : at + 4], "big")
        fields.append(key[at + 4 : at + 4 + length])
        at += 4 + length
    if not fields or fields[0] != b"ssh-rsa":
        return None
    return int.from_bytes(fields[-1], "big").bit_length() if len(fields) == 3 else 0  # noqa: PLR2004 - as above


def acceptable(key: bytes) -> bool:
    """Whether a partner's public key (wire form) is of a kind and length we talk to at all."""
    length = int.from_bytes(key[:4], "big")
    kind = key[4 : 4 + length].decode("ascii", "replace")
    bits = rsa_bits(key)
    return bits >= RSA_BITS if bits is not None else kind in SIGNATURES


def signed_well(signature: bytes) -> bool:
    """Whether a signature (wire form) was made with an algorithm of ours: never RSA with SHA-1."""
    length = int.from_bytes(signature[:4], "big")
    return signature[4 : 4 + length].decode("ascii", "replace") in SIGNATURES

"""AES-GCM for the packets of a connection: one cipher for all of them, each copied once.

asyncssh (2.24.1) sets a cipher up anew for each packet and copies it twice before it is opened. Ours says the same
bytes (RFC 5647; the packet's length is not sealed but bound) and takes its place by the door that asyncssh has for
algorithms.
"""

from __future__ import annotations

from asyncssh.encryption import GCMEncryption, register_encryption_alg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NAMES = {b"aes128-gcm@openssh.com": "aes128-gcm", b"aes256-gcm@openssh.com": "aes256-gcm"}
_FIXED, _COUNTS = 4, 1 << 64


class KeptGcm(GCMEncryption):
    """One direction of a connection."""

    def __init__(self, key: bytes, iv: bytes) -> None:
        """`iv` is the nonce of the first packet: four fixed bytes and a counter of eight."""
        self._kept = AESGCM(key)
        self._fixed, self._count = iv[:_FIXED], int.from_bytes(iv[_FIXED:], "big")

    @classmethod
    def new(cls, cipher_name: str, key: bytes, iv: bytes, *others: object) -> KeptGcm:
        """As asyncssh makes one after each exchange of keys."""
        del cipher_name, others
        return cls(key, iv)

    def encrypt_packet(self, seq: int, header: bytes, packet: bytes) -> tuple[bytes, bytes]:
        """The whole packet with its tag; nothing is left for the second part."""
        del seq
        return header + self._kept.encrypt(self._nonce(), packet, header), b""

    def decrypt_packet(self, seq: int, first: bytes, rest: bytes, header_len: int, mac: bytes) -> bytes | None:
        """What the packet says; None when it was changed."""
        del seq
        try:
            return self._kept.decrypt(self._nonce(), b"".join((first[header_len:], rest, mac)), first[:header_len])
        except InvalidTag:
            return None

    def _nonce(self) -> bytes:
        nonce = self._fixed + self._count.to_bytes(8, "big")
        self._count = (self._count + 1) % _COUNTS
        return nonce


def keep_ciphers() -> None:
    """Have every connection of this process use it from its next exchange of keys on."""
    for name, cipher in _NAMES.items():
        register_encryption_alg(name, KeptGcm, cipher, default=True)

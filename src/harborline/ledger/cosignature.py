"""C2SP tlog-cosignature: a witness's timestamped Ed25519 signature over a checkpoint.

A cosignature says: as of this moment, this is the largest consistent tree of this log that I have seen.
The signed message is `cosignature/v1`, a line `time N`, and the whole text of the checkpoint; the signature is the
time as eight bytes (big endian) before the 64 bytes of Ed25519. A key line has the type byte 0x04.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.ledger.note import Note, Signature, base64_of, check_name, key_id, key_parts

COSIGNATURE_V1 = b"\x04"
_TIME = struct.Struct(">Q")
_ED25519_BYTES = 64
_LONGEST_TIME = 2**63 - 1
_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness whose cosignatures are believed: name, four-byte id, 32-byte Ed25519 public key."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, line: str) -> WitnessKey:
        """Read a witness's key line; raises `Invalid` when a part is missing or does not fit the others."""
        name, claimed, public = key_parts(line.strip(), COSIGNATURE_V1, "witness key")
        if key_id(name, public, COSIGNATURE_V1) != claimed:
            raise Invalid("the eight digits in the middle do not belong to this name and key", "witness key")
        return cls(name, claimed, public)

    def __str__(self) -> str:
        """The key line."""
        return f"{self.name}+{self.id.hex()}+{base64_of(COSIGNATURE_V1 + self.public)}"

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (time and Ed25519) is this witness's over a checkpoint's `text`."""
        if len(signature) != _TIME.size + _ED25519_BYTES:
            return False
        seconds = timestamp(signature)
        if seconds > _LONGEST_TIME:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_TIME.size :], _message(text, seconds))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class CosigningKey:
    """A witness's own key; `repr` never shows the seed."""

    name: str
    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> CosigningKey:
        """A new key of that name."""
        return cls(check_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, line: str) -> CosigningKey:
        """Read a signing key line; raises `Invalid` without repeating any of it."""
        line = line.strip()
        if not line.startswith(_PREFIX):
            raise Invalid("does not begin with PRIVATE+KEY+", "cosigning key")
        name, claimed, seed = key_parts(line.removeprefix(_PREFIX), COSIGNATURE_V1, "cosigning key")
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.verifier.id != claimed:
            raise Invalid("the eight digits in the middle do not belong to this name and key", "cosigning key")
        return key

    def secret_line(self) -> str:
        """The signing key line: the secret itself, for the key file alone."""
        seed = self._private.private_bytes_raw()
        return f"{_PREFIX}{self.name}+{self.verifier.id.hex()}+{base64_of(COSIGNATURE_V1 + seed)}"

    @property
    def verifier(self) -> WitnessKey:
        """The public half."""
        public = self._private.public_key().public_bytes_raw()
        return WitnessKey(self.name, key_id(self.name, public, COSIGNATURE_V1), public)

    def cosign(self, text: str, seconds: int) -> Signature:
        """The cosignature line over a checkpoint's text at a moment (whole seconds since 1970, UTC)."""
        if not 0 <= seconds <= _LONGEST_TIME:
            raise Invalid("a moment that no cosignature can carry", "time")
        value = _TIME.pack(seconds) + self._private.sign(_message(text.encode(), seconds))
        return Signature(self.name, self.verifier.id, value)

    def __repr__(self) -> str:
        """The public key line in brackets."""
        return f"<CosigningKey of {self.verifier}>"


def timestamp(signature: bytes) -> int:
    """The moment inside a cosignature's value: whole seconds since 1970, UTC."""
    return int(_TIME.unpack_from(signature)[0])


def cosigned_by(note: Note, known: Iterable[WitnessKey]) -> dict[str, int]:
    """Which of the known witnesses cosigned a note, each with its moment (the newest one of several).

    Lines of unknown keys are passed over. Raises `Differs` for a line of a known witness that is not over this text.
    """
    keys = {(key.name, key.id): key for key in known}
    found: dict[str, int] = {}
    for signature in note.signatures:
        key = keys.get((signature.name, signature.id))
        if key is None:
            continue
        if not key.verify(note.text.encode(), signature.value):
            raise Differs(f"the cosignature of {key.name} is not over this text", "signed note")
        found[key.name] = max(found.get(key.name, 0), timestamp(signature.value))
    return found


def _message(text: bytes, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (seconds, text)

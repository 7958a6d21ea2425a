"""C2SP signed-note: text signed by one or more Ed25519 keys, and the keys' one-line forms.

A verifier key line is `name+hash8+base64(0x01 ‖ public key)`; a signing key line is
`PRIVATE+KEY+name+hash8+base64(0x01 ‖ seed)`. Source: c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs

ED25519 = b"\x01"
# The specification asks verifiers to take at least 16 and to have a limit.
MAX_SIGNATURES = 100
MAX_NOTE_BYTES = 1_000_000
_DASH = "\N{EM DASH} "
_PREFIX = "PRIVATE+KEY+"
_KEY_ID_BYTES = 4
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_KINDS = {ED25519: "Ed25519 keys (type 1)", b"\x04": "Ed25519 witness keys (type 4)"}


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """The first four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:_KEY_ID_BYTES]


def check_name(name: str) -> str:
    """The key name, or `Invalid`: not empty, no spaces, no plus, no control characters."""
    if not name or "+" in name or any(letter.isspace() or letter < " " for letter in name):
        raise Invalid("a key name must not be empty nor hold spaces or a plus", "key name")
    return name


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key whose signatures are believed: name, four-byte id, 32-byte Ed25519 public key."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, line: str) -> VerifierKey:
        """Read a verifier key line; raises `Invalid` when a part is missing or does not fit the others."""
        name, claimed, public = key_parts(line.strip(), ED25519, "verifier key")
        if key_id(name, public) != claimed:
            raise Invalid("the eight digits in the middle do not belong to this name and key", "verifier key")
        return cls(name, claimed, public)

    def __str__(self) -> str:
        """The verifier key line."""
        return f"{self.name}+{self.id.hex()}+{base64_of(ED25519 + self.public)}"

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the 64-byte `signature` is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs notes; `repr` and `str` never show the seed."""

    name: str
    _private: Ed25519PrivateKey
    verifier: VerifierKey = field(init=False)
    """The public half."""

    def __post_init__(self) -> None:
        """Work the public half out once."""
        public = self._private.public_key().public_bytes_raw()
        object.__setattr__(self, "verifier", VerifierKey(self.name, key_id(self.name, public), public))

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """A new key of that name."""
        return cls(check_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, line: str) -> SigningKey:
        """Read a signing key line; raises `Invalid` without repeating any of it."""
        line = line.strip()
        if not line.startswith(_PREFIX):
            raise Invalid("does not begin with PRIVATE+KEY+", "signing key")
        name, claimed, seed = key_parts(line.removeprefix(_PREFIX), ED25519, "signing key")
        key = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if key.verifier.id != claimed:
            raise Invalid("the eight digits in the middle do not belong to this name and key", "signing key")
        return key

    def secret_line(self) -> str:
        """The signing key line: the secret itself, for the key file alone."""
        return f"{_PREFIX}{self.name}+{self.verifier.id.hex()}+{base64_of(ED25519 + self._private.private_bytes_raw())}"

    def sign(self, text: str) -> Signature:
        """This key's signature line over a note's text."""
        return Signature(self.name, self.verifier.id, self._private.sign(text.encode()))

    def __repr__(self) -> str:
        """The verifier key line in brackets."""
        return f"SigningKey({self.verifier})"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, four-byte key id, the signature itself."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        """`— name base64(id ‖ signature)`."""
        return f"{_DASH}{self.name} {base64_of(self.id + self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, content: bytes) -> Note:
        """Take a signed note apart, believing nothing; raises `Invalid` when it is not one."""
        body = _decoded(content)
        text, blank, lines = body.rpartition("\n\n")
        if not blank or not text:
            raise Invalid("no blank line between text and signatures", "signed note")
        if not lines.endswith("\n"):
            raise Invalid("does not end in a newline", "signed note")
        found = lines.removesuffix("\n").split("\n")
        if len(found) > MAX_SIGNATURES:
            raise Invalid(f"more than {MAX_SIGNATURES} signatures", "signed note")
        return cls(text + "\n", tuple(_signature(line) for line in found))

    def __bytes__(self) -> bytes:
        """The note as it is stored and sent."""
        return (self.text + "\n" + "".join(f"{one}\n" for one in self.signatures)).encode()


def signed(text: str, signers: Sequence[SigningKey]) -> Note:
    """Sign a text; raises `Invalid` for a text that could not be told from its signatures."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Invalid("a note's text ends in a newline and holds no control characters", "signed note")
    if not signers:
        raise Invalid("a note needs at least one signature", "signed note")
    return Note(text, tuple(signer.sign(text) for signer in signers))


def opened(content: bytes, known: Iterable[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """The text of a note and the known keys that signed it.

    Lines of unknown keys are passed over, even when they share a name or an id with a known one. Raises `Differs`
    when a known key's signature is wrong or when no known key signed at all.
    """
    note = Note.parse(content)
    keys = {(key.name, key.id): key for key in known}
    believed: dict[tuple[str, bytes], VerifierKey] = {}
    for signature in note.signatures:
        key = keys.get((signature.name, signature.id))
        if key is None or (key.name, key.id) in believed:
            continue
        if not key.verify(note.text.encode(), signature.value):
            raise Differs(f"the signature of {key.name} is not over this text", "signed note")
        believed[(key.name, key.id)] = key
    if not believed:
        raise Differs("not signed by the key that was given", "signed note")
    return note.text, list(believed.values())


def _decoded(content: bytes) -> str:
    if len(content) > MAX_NOTE_BYTES:
        raise Invalid(f"larger than {MAX_NOTE_BYTES} bytes", "signed note")
    try:
        body = content.decode()
    except UnicodeDecodeError:
        raise Invalid("not UTF-8", "signed note") from None
    if _CONTROL.search(body):
        raise Invalid("holds control characters", "signed note")
    return body


def _signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise Invalid("a signature line does not begin with an em dash and a space", "signed note")
    raw = unbase64(value, "signed note")
    if len(raw) <= _KEY_ID_BYTES:
        raise Invalid("a signature is too short", "signed note")
    return Signature(check_name(name), raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def key_parts(line: str, kind: bytes, where: str) -> tuple[str, bytes, bytes]:
    """Name, claimed id and 32 key bytes of a key line of one type; raises `Invalid` for any other line."""
    # base64 may hold a plus too, so only the first two separate.
    name, _, rest = line.partition("+")
    digits, _, value = rest.partition("+")
    raw = unbase64(value, where)
    try:
        claimed = bytes.fromhex(digits)
    except ValueError:
        claimed = b""
    if len(claimed) != _KEY_ID_BYTES or len(digits) != 2 * _KEY_ID_BYTES or len(raw) != 33:  # noqa: PLR2004 - 1 + 32
        raise Invalid("must look like name+eight hexadecimal digits+base64", where)
    if raw[:1] != kind:
        raise Invalid(f"only {_KINDS[kind]} are taken here", where)
    return check_name(name), claimed, raw[1:]


def base64_of(raw: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(raw).decode()


def unbase64(value: str, where: str) -> bytes:
    """Strict standard base64 with padding and no stray bits; raises `Invalid`."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("not base64", where) from None
    if base64_of(raw) != value:
        raise Invalid("base64 with stray bits", where)
    return raw

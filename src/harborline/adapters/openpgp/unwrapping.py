"""Compression taken off before Sequoia's binding sees a message: it verifies no signature behind a compressed packet.

GnuPG compresses unless it is told not to. A message that is encrypted to our RSA key and compressed inside is opened
here as far as its signed packets, which Sequoia then verifies; every other message goes on as it came. Nothing is
trusted because of this step: the signature, verified afterwards over the content, is what counts. Run in the process
apart, by path, with nothing of the product imported. Source: RFC 9580, sections 4.2, 5.1.1, 5.6, 5.13.1, 6.
"""

from __future__ import annotations

import base64
import bz2
import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

_CHUNK = 1 << 18
_SECRET = frozenset({5, 7})
_PKESK, _SEIPD, _COMPRESSED, _MARKER = 1, 18, 8, 10
# What may stand before encrypted data (keys, markers, padding), and encrypted data itself (section 5.1 to 5.14).
_BEFORE, _ENCRYPTED = frozenset({_PKESK, 3, _MARKER, 21}), frozenset({9, _SEIPD, 20})
_AES_BYTES = {7: 16, 8: 24, 9: 32}
_PREFIX, _MDC = 18, 22
_RSA = frozenset({1, 2})
_MOST_KEYS = 32


class Readable(Protocol):
    """Bytes in their order: exactly so many, fewer at the end only."""

    def read(self, size: int, /) -> bytes:
        """The next ones."""


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Wrong(Exception):  # noqa: N818 - it is what the message is
    """Not a message as it should be."""


class More(Wrong):
    """Something follows the message."""


class Fed:
    """A stream that remembers what was taken of it until it is told to forget: to be given on as it came."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._again = b""
        self._seen: list[bytes] | None = []

    def read(self, size: int, /) -> bytes:
        """Exactly so many bytes, fewer at the end only."""
        got, self._again = self._again[:size], self._again[size:]
        if len(got) < size:
            got += self._source.read(size - len(got))
        if self._seen is not None:
            self._seen.append(got)
        return got

    def rewind(self) -> None:
        """Begin at the beginning again."""
        self._again, self._seen = b"".join(self._seen or ()) + self._again, []

    def taken(self) -> Iterator[bytes]:
        """What was taken since the last time."""
        yield from self._seen or ()
        self._seen = []

    def forget(self) -> None:
        """What comes is not given back any more."""
        self._seen = None

    def as_it_came(self) -> Iterator[bytes]:
        """Everything from the beginning."""
        yield from self._seen or ()
        self._seen = None
        while chunk := self.read(_CHUNK):
            yield chunk


def unwrapped(source: IO[bytes], secret: bytes) -> Iterator[bytes]:
    """The message without encryption and compression where it has both and is for our key, else as it came.

    Raises `Wrong` when the end shows that it was changed, or when anything follows the message.
    """
    fed = Fed(source)
    try:
        plain = _inside(_binary(fed), secret)
    except (Wrong, ValueError):
        plain = None
    if plain is None:
        fed.rewind()
        yield from _alone(fed)
        return
    fed.forget()
    yield from plain


def _alone(fed: Fed) -> Iterator[bytes]:
    # As it came; the library takes the first message and is silent about whatever follows it.
    try:
        stream = _binary(fed)
        for _ in _message(stream):
            yield from fed.taken()
        more = stream.read(1)
    except More:
        more = b"more"
    except (Wrong, ValueError):
        more = b""
    yield from fed.as_it_came()
    if more:
        raise More


def _message(stream: Readable) -> Iterator[None]:
    # Through one encrypted message, piece by piece.
    tag = _MARKER
    while tag in _BEFORE:
        tag, body = _packet(stream)
        for _ in body:
            yield
    if tag not in _ENCRYPTED:
        raise Wrong


def _inside(stream: Readable, secret: bytes) -> Iterator[bytes] | None:
    keys: list[bytes] = []
    while True:
        tag, body = _packet(stream)
        if tag == _SEIPD:
            break
        if tag not in {_PKESK, _MARKER} or len(keys) > _MOST_KEYS:
            return None
        keys.append(b"".join(body))
    opened = next((found for one in keys if (found := _session_key(one, secret)) is not None), None)
    if opened is None:
        return None
    plain = _Plain(_Flow(body), opened, stream)
    return _decompressed(plain) if plain.begins_compressed() else None


class _Flow:
    # Pieces read as a stream.
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held, self._at = pieces, b"", 0

    def read(self, size: int, /) -> bytes:
        if len(self._held) - self._at < size:
            parts = [self._held[self._at :]]
            missing = size - len(parts[0])
            while missing > 0 and (piece := next(self._pieces, b"")):
                parts.append(piece)
                missing -= len(piece)
            self._held, self._at = b"".join(parts), 0
        found = self._held[self._at : self._at + size]
        self._at += len(found)
        return found


class _Plain:
    # The plaintext of a SEIPD packet, version 1; its end is checked when everything was read.
    def __init__(self, body: _Flow, key: bytes, rest: Readable) -> None:
        if body.read(1) != b"\x01":
            raise Wrong
        self._body, self._rest, self._hash = body, rest, hashlib.sha1(usedforsecurity=False)
        self._cipher = Cipher(AES(key), CFB(bytes(16))).decryptor()
        self._held = self._cipher.update(body.read(_PREFIX + _MDC + 64))
        if self._held[14:16] != self._held[16:18]:
            raise Wrong
        self._hash.update(self._held[:_PREFIX])
        self._held = self._held[_PREFIX:]

    def begins_compressed(self) -> bool:
        first = self._held[:1]
        return bool(first) and (first[0] & 0x3F if first[0] & 0x40 else first[0] >> 2 & 0x0F) == _COMPRESSED

    def read(self, size: int, /) -> bytes:
        while len(self._held) < size + _MDC and (more := self._body.read(max(_CHUNK, size))):
            self._held += self._cipher.update(more)
        take = min(size, len(self._held) - _MDC)
        found, self._held = self._held[: max(0, take)], self._held[max(0, take) :]
        self._hash.update(found)
        return found

    def end(self) -> None:
        # Whatever is left is the digest and nothing else; nothing follows the message.
        self._hash.update(self._held[:2])
        if self.read(1) or self._held[:2] != b"\xd3\x14" or self._hash.digest() != self._held[2:]:
            raise Wrong
        if self._rest.read(1):
            raise Wrong


def _decompressed(plain: _Plain) -> Iterator[bytes]:
    _tag, body = _packet(plain)
    flow = _Flow(body)
    method = flow.read(1)
    if method == b"\x00":
        yield from iter(lambda: flow.read(_CHUNK), b"")
    else:
        yield from _inflated(flow, _METHODS.get(method))
    if plain.read(1):
        raise Wrong
    plain.end()


_METHODS: dict[bytes, Callable[[], _Engine]] = {
    b"\x01": lambda: zlib.decompressobj(-zlib.MAX_WBITS),
    b"\x02": zlib.decompressobj,
    b"\x03": bz2.BZ2Decompressor,
}


def _inflated(flow: _Flow, make: Callable[[], _Engine] | None) -> Iterator[bytes]:
    if make is None:
        raise Wrong
    engine, waiting = make(), b""
    try:
        while not engine.eof:
            waiting = waiting or flow.read(_CHUNK)
            found = engine.decompress(waiting, _CHUNK)
            if not found and not waiting:
                raise Wrong
            # What could not be taken yet: zlib gives it back, bzip2 keeps it.
            waiting = getattr(engine, "unconsumed_tail", b"")
            if found:
                yield found
    except (zlib.error, OSError):
        raise Wrong from None
    if engine.unused_data or flow.read(1):
        raise Wrong


def _packet(stream: Readable) -> tuple[int, Iterator[bytes]]:
    first = stream.read(1)
    if not first or not first[0] & 0x80:
        raise Wrong
    if first[0] & 0x40:
        return first[0] & 0x3F, _new_body(stream)
    kind = first[0] & 3
    if kind == 3:  # noqa: PLR2004 - to the end of everything (section 4.2.2)
        return first[0] >> 2 & 0x0F, iter(lambda: stream.read(_CHUNK), b"")
    return first[0] >> 2 & 0x0F, _pieces(stream, int.from_bytes(stream.read(1 << kind), "big"))


def _new_body(stream: Readable) -> Iterator[bytes]:
    partial = True
    while partial:
        length, partial = _new_length(stream)
        yield from _pieces(stream, length)


def _new_length(stream: Readable) -> tuple[int, bool]:
    first = (stream.read(1) or b"\0")[0]
    if first < 192:  # noqa: PLR2004 - section 4.2.1
        return first, False
    if first < 224:  # noqa: PLR2004 - as above
        return ((first - 192) << 8) + (stream.read(1) or b"\0")[0] + 192, False
    if first == 255:  # noqa: PLR2004 - as above
        return int.from_bytes(stream.read(4), "big"), False
    return 1 << (first & 0x1F), True


def _pieces(stream: Readable, length: int) -> Iterator[bytes]:
    while length > 0:
        piece = stream.read(min(length, _CHUNK))
        if not piece:
            raise Wrong
        length -= len(piece)
        yield piece


def _session_key(pkesk: bytes, secret: bytes) -> bytes | None:
    if pkesk[:1] != b"\x03" or len(pkesk) < 12 or pkesk[9] not in _RSA:  # noqa: PLR2004 - section 5.1.1
        return None
    for key_id, key in _rsa_keys(secret):
        if pkesk[1:9] not in {key_id, bytes(8)}:
            continue
        try:
            found = key.decrypt(pkesk[12:].rjust(key.key_size // 8, b"\0"), padding.PKCS1v15())
        except ValueError:
            continue
        size = _AES_BYTES.get(found[0]) if found else None
        if size and len(found) == size + 3 and sum(found[1:-2]) % 65536 == int.from_bytes(found[-2:], "big"):
            return found[1:-2]
    return None


def _rsa_keys(secret: bytes) -> Iterator[tuple[bytes, rsa.RSAPrivateKey]]:
    stream = _Flow(iter([secret]))
    while True:
        try:
            tag, pieces = _packet(stream)
            body = b"".join(pieces)
        except Wrong:
            return
        if tag in _SECRET and body[0] == 4 and body[5] in _RSA:  # noqa: PLR2004 - version 4, section 5.5.2
            yield _rsa_key(body)


def _rsa_key(body: bytes) -> tuple[bytes, rsa.RSAPrivateKey]:
    numbers, at = [], 6
    public_end = 0
    for count in range(6):
        length = (int.from_bytes(body[at : at + 2], "big") + 7) // 8
        numbers.append(int.from_bytes(body[at + 2 : at + 2 + length], "big"))
        at += 2 + length
        if count == 1:
            # Behind the public numbers: how the secret ones are kept, which is in the clear.
            public_end, at = at, at + 1
    modulus, exponent, private, p, q, _u = numbers
    public = body[:public_end]
    key_id = hashlib.sha1(b"\x99" + len(public).to_bytes(2, "big") + public, usedforsecurity=False).digest()[-8:]
    made = rsa.RSAPrivateNumbers(
        p, q, private, rsa.rsa_crt_dmp1(private, p), rsa.rsa_crt_dmq1(private, q), rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(exponent, modulus),
    )  # fmt: skip
    # The key is our own file, made by the library: its proof on every message would cost more than the message.
    return key_id, made.private_key(unsafe_skip_rsa_key_validation=True)


def _binary(fed: Fed) -> Readable:
    first = fed.read(1)
    if first and first[0] & 0x80:
        return _Flow(_behind(first, fed))
    return _Flow(_dearmored(_lines(first, fed)))


def _behind(first: bytes, fed: Fed) -> Iterator[bytes]:
    yield first
    while chunk := fed.read(_CHUNK):
        yield chunk


def _lines(first: bytes, fed: Fed) -> Iterator[bytes]:
    held = first
    while chunk := fed.read(_CHUNK):
        *whole, held = (held + chunk).split(b"\n")
        yield from whole
        if len(held) > _CHUNK:
            raise Wrong
    yield held


def _dearmored(lines: Iterator[bytes]) -> Iterator[bytes]:
    found = next((line for line in lines if line.strip()), b"")
    if found.strip() != b"-----BEGIN PGP MESSAGE-----":
        raise Wrong
    for line in lines:
        if not line.strip():
            break
    for line in lines:
        text = line.strip()
        if text.startswith((b"=", b"-----END")):
            break
        yield base64.b64decode(text, validate=True)
    if any(line.strip() not in (b"", b"-----END PGP MESSAGE-----") for line in lines):
        raise More

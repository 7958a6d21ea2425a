"""A message taken apart before Sequoia's binding sees it: exactly one, for our key, with one signed content inside.

The binding stops at the end of the first message without a word about what follows, tells no time of a signature, and
verifies none behind a compressed packet (GnuPG compresses unless it is told not to). So a message that is encrypted
to our RSA key is opened here as far as its signed packets, which Sequoia then verifies; what is for another key goes
on as it came, and is refused there. Nothing is trusted because of this step: the signature, verified afterwards over
the content, is what counts. Run in the process apart, by path, with nothing of the product imported.
Source: RFC 9580, sections 4.2, 5.1.1, 5.2.3, 5.6, 5.13.1, 6, 10.3.
"""

from __future__ import annotations

import base64
import bz2
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESOCB3
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_CHUNK = 1 << 18
_SECRET = frozenset({5, 7})
_PKESK, _SIGNATURE, _SKESK, _ONE_PASS, _COMPRESSED, _MARKER, _LITERAL, _SEIPD, _OCB, _PADDING = (
    1, 2, 3, 4, 8, 10, 11, 18, 20, 21,
)  # fmt: skip
_BEFORE = frozenset({_PKESK, _SKESK, _MARKER, _PADDING})
_BESIDE = frozenset({_SIGNATURE, _ONE_PASS, _MARKER, _PADDING})
_AES_BYTES = {7: 16, 8: 24, 9: 32}
_PREFIX, _MDC = 18, 22
_RSA = frozenset({1, 2})
_MOST_KEYS = 32
_SHORT = 1 << 16
_PKESK_LEAST = 32
_TAG, _LARGEST_CHUNK = 16, 16
_AEADS: dict[int, tuple[type[AESOCB3 | AESGCM], int]] = {2: (AESOCB3, 15), 3: (AESGCM, 12)}
_END, _CHECKSUM = b"-----END PGP MESSAGE-----", re.compile(rb"=[A-Za-z0-9+/]{4}")
_CREATED, _CREATED_BYTES = 2, 5


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


class Fed:
    """A stream that remembers what was taken of it, to be given on."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._seen: list[bytes] = []

    def read(self, size: int, /) -> bytes:
        """Exactly so many bytes, fewer at the end only."""
        got = self._source.read(size)
        self._seen.append(got)
        return got

    def taken(self) -> list[bytes]:
        """What was taken since the last question."""
        seen, self._seen = self._seen, []
        return seen


def unwrapped(source: IO[bytes], secret: bytes, signed: list[int]) -> Iterator[bytes]:
    """What Sequoia is to see of a message; the moments of its signatures (seconds since 1970) go into `signed`.

    Raises `Wrong` for anything but one message from the first byte to the last, and for one that was changed.
    """
    try:
        yield from _one_message(source, secret, signed)
    except (ValueError, LookupError):
        raise Wrong from None


def _one_message(source: IO[bytes], secret: bytes, signed: list[int]) -> Iterator[bytes]:
    fed = Fed(_binary(source))
    keys, tag, body = _addressed(fed)
    opened = next((found for one in keys if (found := _session_key(one, secret)) is not None), None)
    if tag == _SEIPD and opened is not None:
        fed.taken()
        yield from _opened(_plain(_Flow(_forgetting(body, fed)), opened), signed)
    else:
        for _ in body:
            yield from fed.taken()
        yield from fed.taken()
    if fed.read(1):
        raise Wrong


def _addressed(fed: Fed) -> tuple[list[bytes], int, Iterator[bytes]]:
    keys: list[bytes] = []
    for _ in range(_MOST_KEYS):
        tag, body = _packet(fed)
        if tag in {_SEIPD, _OCB}:
            return keys, tag, body
        if tag not in _BEFORE:
            raise Wrong
        short = _short(body)
        keys += [short] if tag == _PKESK else []
    raise Wrong


def _short(body: Iterator[bytes]) -> bytes:
    held = b""
    for piece in body:
        held += piece
        if len(held) > _SHORT:
            raise Wrong
    return held


def _forgetting(body: Iterator[bytes], fed: Fed) -> Iterator[bytes]:
    for piece in body:
        fed.taken()
        yield piece


def _opened(plain: _Plain | _Chunked, signed: list[int]) -> Iterator[bytes]:
    inside = _decompressed(plain) if plain.begins_compressed() else iter(lambda: plain.read(_CHUNK), b"")
    yield from _one_content(Fed(_Flow(inside)), signed)
    plain.end()


def _one_content(fed: Fed, signed: list[int]) -> Iterator[bytes]:
    # Signatures before and after, one literal packet between them, nothing else and nothing more.
    contents = 0
    while first := fed.read(1):
        tag, body = _packet_behind(first, fed)
        if tag == _LITERAL:
            contents += 1
            for _ in body:
                yield from fed.taken()
        elif tag in _BESIDE:
            short = _short(body)
            signed += [_signed_at(short)] if tag == _SIGNATURE else []
        else:
            raise Wrong
        yield from fed.taken()
    if contents != 1:
        raise Wrong


def _signed_at(signature: bytes) -> int:
    # The creation time is a hashed subpacket (5.2.3.11): it is signed with the rest.
    width = {4: 2, 6: 4}.get(signature[0])
    if width is None:
        raise Wrong
    length = int.from_bytes(signature[4 : 4 + width], "big")
    stream = _Flow(iter([signature[4 + width : 4 + width + length]]))
    while first := stream.read(1):
        size, _partial = _length_behind(first[0], stream)
        held = stream.read(size)
        if held[0] & 0x7F == _CREATED and len(held) == _CREATED_BYTES:
            return int.from_bytes(held[1:], "big")
    raise Wrong


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


def _plain(body: _Flow, key: bytes) -> _Plain | _Chunked:
    version = body.read(1)
    if version == b"\x01":
        return _Plain(body, key)
    if version == b"\x02":
        return _Chunked(body, key)
    raise Wrong


class _Chunked:
    # The plaintext of a SEIPD packet, version 2 (section 5.13.2): each chunk has its tag, and the whole one at its end.
    def __init__(self, body: _Flow, key: bytes) -> None:
        said = body.read(3)
        self._about = bytes([0xC0 | _SEIPD, 2]) + said
        size = _AES_BYTES[said[0]]
        kind, nonce_bytes = _AEADS[said[1]]
        if len(key) != size or said[2] > _LARGEST_CHUNK:
            raise Wrong
        made = HKDF(SHA256(), size + nonce_bytes - 8, body.read(32), self._about).derive(key)
        self._cipher, self._nonce = kind(made[:size]), made[size:]
        self._body, self._size, self._number, self._total = body, (1 << said[2] + 6) + _TAG, 0, 0
        self._coming = body.read(self._size + _TAG)
        self._flow = _Flow(self._pieces())
        self._first = self._flow.read(1)

    def begins_compressed(self) -> bool:
        return _is_compressed(self._first)

    def read(self, size: int, /) -> bytes:
        first, self._first = self._first, b""
        return first + self._flow.read(size - len(first))

    def end(self) -> None:
        if self.read(1):
            raise Wrong

    def _pieces(self) -> Iterator[bytes]:
        # The last tag stands behind the last chunk, which may be short.
        while len(self._coming) > _TAG:
            chunk = self._coming[:-_TAG][: self._size]
            self._coming = self._coming[len(chunk) :]
            self._coming += self._body.read(self._size + _TAG - len(self._coming))
            piece = self._opened(chunk, self._about)
            self._total += len(piece)
            yield from [piece] if piece else []
        self._opened(self._coming, self._about + self._total.to_bytes(8, "big"))

    def _opened(self, chunk: bytes, about: bytes) -> bytes:
        nonce = self._nonce + self._number.to_bytes(8, "big")
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, chunk, about)
        except InvalidTag:
            raise Wrong from None


def _is_compressed(first: bytes) -> bool:
    return bool(first) and (first[0] & 0x3F if first[0] & 0x40 else first[0] >> 2 & 0x0F) == _COMPRESSED


class _Plain:
    # The plaintext of a SEIPD packet, version 1; its end is checked when everything was read.
    def __init__(self, body: _Flow, key: bytes) -> None:
        self._body, self._hash = body, hashlib.sha1(usedforsecurity=False)
        self._cipher = Cipher(AES(key), CFB(bytes(16))).decryptor()
        self._held = self._cipher.update(body.read(_PREFIX + _MDC + 64))
        if self._held[14:16] != self._held[16:18]:
            raise Wrong
        self._hash.update(self._held[:_PREFIX])
        self._held = self._held[_PREFIX:]

    def begins_compressed(self) -> bool:
        return _is_compressed(self._held[:1])

    def read(self, size: int, /) -> bytes:
        while len(self._held) < size + _MDC and (more := self._body.read(max(_CHUNK, size))):
            self._held += self._cipher.update(more)
        take = min(size, len(self._held) - _MDC)
        found, self._held = self._held[: max(0, take)], self._held[max(0, take) :]
        self._hash.update(found)
        return found

    def end(self) -> None:
        # Whatever is left is the digest and nothing else.
        self._hash.update(self._held[:2])
        if self.read(1) or self._held[:2] != b"\xd3\x14" or self._hash.digest() != self._held[2:]:
            raise Wrong


def _decompressed(plain: _Plain | _Chunked) -> Iterator[bytes]:
    _tag, body = _packet(plain)
    flow = _Flow(body)
    method = flow.read(1)
    if method == b"\x00":
        yield from iter(lambda: flow.read(_CHUNK), b"")
    else:
        yield from _inflated(flow, _METHODS.get(method))
    if plain.read(1):
        raise Wrong


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
    return _packet_behind(stream.read(1), stream)


def _packet_behind(first: bytes, stream: Readable) -> tuple[int, Iterator[bytes]]:
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
    return _length_behind((stream.read(1) or b"\0")[0], stream)


def _length_behind(first: int, stream: Readable) -> tuple[int, bool]:
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
    # Sections 5.1.1 (version 3, which names the key by the end of its fingerprint) and 5.1.2 (version 6, by all of it).
    if pkesk[0] not in {3, 6} or len(pkesk) < _PKESK_LEAST:
        return None
    named, at = (pkesk[1:9], 9) if pkesk[0] == 3 else (pkesk[3 : 2 + pkesk[1]], 2 + pkesk[1])  # noqa: PLR2004 - as above
    if pkesk[at] not in _RSA:
        return None
    for fingerprint, key in _rsa_keys(secret):
        if not fingerprint.endswith(named) and named != bytes(8):
            continue
        try:
            found = key.decrypt(pkesk[at + 3 :].rjust(key.key_size // 8, b"\0"), padding.PKCS1v15())
        except ValueError:
            continue
        session, summed = found[:-2], found[-2:]
        if pkesk[0] == 3:  # noqa: PLR2004 - as above: the cipher stands before the key
            session = session[1:] if _AES_BYTES.get(session[0]) == len(session) - 1 else b""
        if len(session) in _AES_BYTES.values() and sum(session) % 65536 == int.from_bytes(summed, "big"):
            return session
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
    fingerprint = hashlib.sha1(b"\x99" + len(public).to_bytes(2, "big") + public, usedforsecurity=False).digest()
    made = rsa.RSAPrivateNumbers(
        p, q, private, rsa.rsa_crt_dmp1(private, p), rsa.rsa_crt_dmq1(private, q), rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(exponent, modulus),
    )  # fmt: skip
    # The key is our own file, made by the library: its proof on every message would cost more than the message.
    return fingerprint, made.private_key(unsafe_skip_rsa_key_validation=True)


def _binary(source: IO[bytes]) -> Readable:
    first = source.read(1)
    if first and first[0] & 0x80:
        return _Flow(_behind(first, source))
    return _Flow(_dearmored(_lines(first, source)))


def _behind(first: bytes, source: IO[bytes]) -> Iterator[bytes]:
    yield first
    while chunk := source.read(_CHUNK):
        yield chunk


def _lines(first: bytes, source: IO[bytes]) -> Iterator[bytes]:
    held = first
    while chunk := source.read(_CHUNK):
        *whole, held = (held + chunk).split(b"\n")
        yield from whole
        if len(held) > _CHUNK:
            raise Wrong
    yield held


def _dearmored(lines: Iterator[bytes]) -> Iterator[bytes]:
    # One block, with nothing but empty lines before and behind it.
    found = next((line for line in lines if line.strip()), b"")
    if found.strip() != b"-----BEGIN PGP MESSAGE-----":
        raise Wrong
    for line in lines:
        if not line.strip():
            break
    held, tail = b"", [b""]
    for line in lines:
        tail = [line.strip()]
        if tail[0].startswith((b"=", b"-")):
            break
        held += tail[0]
        whole = len(held) // 4 * 4
        if whole:
            yield base64.b64decode(held[:whole], validate=True)
        held = held[whole:]
    for line in lines:
        tail += [line.strip()] if line.strip() else []
        if len(tail) > len((b"checksum", _END)):
            raise Wrong
    if held or (tail[1:] if _CHECKSUM.fullmatch(tail[0]) else tail) != [_END]:
        raise Wrong

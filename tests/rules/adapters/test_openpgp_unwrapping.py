"""Compression taken off a message: whatever comes, it is given on as it came, opened, or refused."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zlib

import pysequoia
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given, settings
from hypothesis import strategies as st

from harborline.adapters.openpgp.unwrapping import Wrong, _rsa_keys, unwrapped

OWN = pysequoia.Tsk.generate(
    "Test <test@example.com>", cipher_suite=pysequoia.CipherSuite.RSA3k, profile=pysequoia.Profile.RFC4880
)
SECRET = bytes(OWN)
PLAIN = bytes(pysequoia.encrypt(b"hello " * 50, recipients=[OWN.extract_certificate()], armor=False))


def passed(message: bytes) -> bytes:
    """What goes on."""
    return b"".join(unwrapped(io.BytesIO(message), SECRET))


def armored(raw: bytes) -> bytes:
    """In letters."""
    lines = [base64.b64encode(raw[at : at + 48]) for at in range(0, len(raw), 48)]
    return b"\n".join([b"-----BEGIN PGP MESSAGE-----", b"", *lines, b"=abcd", b"-----END PGP MESSAGE-----", b""])


class TestWhateverComes:
    """No other exception than the one that says it was changed."""

    def test_a_message_that_is_not_compressed_goes_on_as_it_came(self) -> None:
        """Byte for byte, in letters too."""
        assert passed(PLAIN) == PLAIN
        assert passed(armored(PLAIN)) == armored(PLAIN)

    @given(st.binary(max_size=2000))
    @settings(max_examples=100, deadline=None)
    def test_bytes_that_are_no_message_go_on_as_they_came(self, raw: bytes) -> None:
        """Sequoia says what is wrong with them."""
        assert passed(raw) == raw

    @given(st.integers(0, len(PLAIN) - 1), st.integers(1, 255), st.integers(0, len(PLAIN)))
    @settings(max_examples=20, deadline=None)
    def test_a_changed_or_cut_message_goes_on_or_is_refused(self, at: int, other: int, length: int) -> None:
        """At any place."""
        changed = bytearray(PLAIN)
        changed[at] ^= other
        for message in (bytes(changed), PLAIN[:length], PLAIN + bytes(changed[:length])):
            try:
                assert passed(message) == message
            except Wrong:
                continue

    @given(st.binary(max_size=300))
    @settings(max_examples=20, deadline=None)
    def test_a_packet_that_says_it_is_compressed_is_inflated_or_refused(self, raw: bytes) -> None:
        """Good and bad streams of each method."""
        for method, content in ((b"\x01", zlib.compress(raw)[2:-4]), (b"\x02", zlib.compress(raw)), (b"\x03", raw)):
            message = _encrypted(b"\xa3" + method + content)
            try:
                assert passed(message) == raw
            except Wrong:
                assert method == b"\x03"


def _encrypted(packets: bytes) -> bytes:
    """A SEIPD packet of version 1 over packets, to our key, made by hand."""
    key_id, private = list(_rsa_keys(SECRET))[1]
    key, prefix = os.urandom(32), os.urandom(16)
    session = b"\x09" + key + (sum(key) % 65536).to_bytes(2, "big")
    number = private.public_key().encrypt(session, padding.PKCS1v15())
    pkesk = b"\x03" + key_id + b"\x01" + (len(number) * 8).to_bytes(2, "big") + number
    plain = prefix + prefix[-2:] + packets + b"\xd3\x14"
    plain += hashlib.sha1(plain, usedforsecurity=False).digest()
    body = b"\x01" + Cipher(AES(key), CFB(bytes(16))).encryptor().update(plain)
    return b"".join(
        bytes([0xC0 | tag, 0xFF]) + len(one).to_bytes(4, "big") + one for tag, one in ((1, pkesk), (18, body))
    )

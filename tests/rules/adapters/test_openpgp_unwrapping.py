"""A message taken apart: whatever comes, it is given on as it came, opened, or refused."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zlib
from collections.abc import Callable

import pysequoia
import pytest
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


SIGNED = bytes(
    pysequoia.sign(OWN.signer(), b"hello " * 50, mode=pysequoia.SignatureMode.INLINE, armor=False)
)  # fmt: skip


def passed(message: bytes, secret: bytes = SECRET) -> tuple[bytes, list[int]]:
    """What goes on, and the moments of its signatures."""
    signed: list[int] = []
    return b"".join(unwrapped(io.BytesIO(message), secret, signed)), signed


def armored(raw: bytes) -> bytes:
    """In letters."""
    lines = [base64.b64encode(raw[at : at + 50]) for at in range(0, len(raw), 50)]
    return b"\n".join([b"-----BEGIN PGP MESSAGE-----", b"", *lines, b"=abcd", b"-----END PGP MESSAGE-----", b""])


class TestWhateverComes:
    """No other exception than the one that says it was changed."""

    def test_a_message_for_another_key_goes_on_as_it_came(self) -> None:
        """In bytes, whatever it came in: Sequoia says that it is not for us."""
        other = bytes(pysequoia.Tsk.generate("Other", profile=pysequoia.Profile.RFC4880))
        assert passed(PLAIN, other) == (PLAIN, [])
        assert passed(armored(PLAIN), other) == (PLAIN, [])

    @pytest.mark.parametrize("write", [bytes, armored], ids=["bytes", "letters"])
    def test_a_message_for_us_is_opened_as_far_as_its_signed_packets(self, write: Callable[[bytes], bytes]) -> None:
        """With the moment of each signature."""
        found, signed = passed(write(_encrypted(SIGNED)))
        assert found == SIGNED
        assert len(signed) == 1
        assert passed(write(_encrypted(b"\xa3\x01" + zlib.compress(SIGNED)[2:-4]))) == (SIGNED, signed)
        assert passed(write(PLAIN))[1] == []

    @pytest.mark.parametrize("more", [b"trailing\n", b"\xcb\x01b", SIGNED, b"\xca\x03PGQ\x00", b"\x00"])
    def test_a_second_content_inside_is_refused(self, more: bytes) -> None:
        """Compressed or not; a message in a message too."""
        inside = SIGNED + more
        for packets in (inside, b"\xa3\x01" + zlib.compress(inside)[2:-4], _encrypted(SIGNED)):
            with pytest.raises(Wrong):
                passed(_encrypted(packets))

    @given(st.binary(max_size=2000))
    @settings(max_examples=100, deadline=None)
    def test_bytes_that_are_no_message_are_refused(self, raw: bytes) -> None:
        """Whatever they are."""
        with pytest.raises(Wrong):
            passed(raw)

    @given(st.integers(0, len(PLAIN) - 1), st.integers(1, 255), st.integers(0, len(PLAIN)))
    @settings(max_examples=20, deadline=None)
    def test_a_changed_or_cut_message_goes_on_or_is_refused(self, at: int, other: int, length: int) -> None:
        """At any place: what goes on is as it came, for Sequoia to say what is wrong."""
        changed = bytearray(PLAIN)
        changed[at] ^= other
        for message in (bytes(changed), PLAIN[:length], PLAIN + bytes(changed[:length])):
            try:
                assert passed(message)[0] in (message, passed(PLAIN)[0])
            except Wrong:
                continue

    @given(st.binary(max_size=300))
    @settings(max_examples=20, deadline=None)
    def test_a_packet_that_says_it_is_compressed_is_inflated_or_refused(self, raw: bytes) -> None:
        """Good and bad streams of each method."""
        packet = b"\xcb\xff" + (len(raw) + 6).to_bytes(4, "big") + b"b\x00" + bytes(4) + raw
        for method, content in (
            (b"\x01", zlib.compress(packet)[2:-4]),
            (b"\x02", zlib.compress(packet)),
            (b"\x03", raw),
        ):
            message = _encrypted(b"\xa3" + method + content)
            try:
                assert passed(message) == (packet, [])
            except Wrong:
                assert method == b"\x03"


def _encrypted(packets: bytes) -> bytes:
    """A SEIPD packet of version 1 over packets, to our key, made by hand."""
    fingerprint, private = list(_rsa_keys(SECRET))[1]
    key, prefix = os.urandom(32), os.urandom(16)
    session = b"\x09" + key + (sum(key) % 65536).to_bytes(2, "big")
    number = private.public_key().encrypt(session, padding.PKCS1v15())
    pkesk = b"\x03" + fingerprint[-8:] + b"\x01" + (len(number) * 8).to_bytes(2, "big") + number
    plain = prefix + prefix[-2:] + packets + b"\xd3\x14"
    plain += hashlib.sha1(plain, usedforsecurity=False).digest()
    body = b"\x01" + Cipher(AES(key), CFB(bytes(16))).encryptor().update(plain)
    return b"".join(
        bytes([0xC0 | tag, 0xFF]) + len(one).to_bytes(4, "big") + one for tag, one in ((1, pkesk), (18, body))
    )

"""What a message begins with, binary and in ASCII armor."""

from __future__ import annotations

import base64

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.openpgp.packets import ENCRYPTED_TO_A_KEY, first_packet

OWN = pysequoia.Tsk.generate("Test <test@example.com>")
ENCRYPTED = pysequoia.encrypt(b"hello", recipients=[OWN.extract_certificate()], armor=False)


def armored(raw: bytes, head: str = "") -> bytes:
    """As a mail program would write it."""
    return f"-----BEGIN PGP MESSAGE-----\n{head}\n{base64.b64encode(raw).decode()}\n".encode()


class TestTheFirstPacket:
    """Only a message that is encrypted to a key is opened."""

    @pytest.mark.parametrize("head", ["", "Version: 1\nComment: a: b\n"])
    def test_is_found_in_either_form(self, head: str) -> None:
        """With and without header lines."""
        assert first_packet(ENCRYPTED) == ENCRYPTED_TO_A_KEY
        assert first_packet(armored(ENCRYPTED, head)) == ENCRYPTED_TO_A_KEY
        assert first_packet(armored(ENCRYPTED, head).replace(b"\n", b"\r\n")) == ENCRYPTED_TO_A_KEY

    def test_comes_behind_a_marker(self) -> None:
        """Which means nothing (section 5.8)."""
        assert first_packet(b"\xca\x03PGP" + ENCRYPTED) == ENCRYPTED_TO_A_KEY
        assert first_packet(b"\xa8\x03PGP" + ENCRYPTED) == ENCRYPTED_TO_A_KEY

    def test_of_what_is_only_signed_is_another(self) -> None:
        """As of a message for a password."""
        assert first_packet(pysequoia.sign(OWN.signer(), b"hello", armor=False)) != ENCRYPTED_TO_A_KEY
        assert first_packet(pysequoia.encrypt(b"hello", passwords=["a"], armor=False)) != ENCRYPTED_TO_A_KEY

    @pytest.mark.parametrize("raw", [b"", b"plain text\n", b"-----BEGIN PGP MESSAGE-----", b"\xca", b"\xca\x03PGP"])
    def test_of_anything_else_is_none_of_them(self, raw: bytes) -> None:
        """A file that somebody forgot to encrypt."""
        assert first_packet(raw) in {None, 10}

    @given(st.binary(max_size=400))
    def test_is_looked_for_without_failing(self, raw: bytes) -> None:
        """Whatever the bytes are."""
        first_packet(raw)
        first_packet(armored(raw))

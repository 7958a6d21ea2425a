"""Signed notes: whose signature counts, and which papers are not notes at all."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.ledger.note import MAX_SIGNATURES, Note, Signature, SigningKey, VerifierKey, key_id, opened, signed

TEXT = "notices.nc.example/log\n3\nroot\n"


def fixed(name: str, seed: int) -> SigningKey:
    """Always the same key: test names are made of it, and every process of a run must find the same tests."""
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


ORIGINAL = fixed("notices.nc.example/log", 1)
OTHER = fixed("witness.example/one", 2)
NAMESAKE = fixed("notices.nc.example/log", 3)


class TestAKeyLine:
    """The one line by which a key is handed on."""

    def test_reads_back_as_it_was_written(self) -> None:
        """Public and secret line both."""
        assert VerifierKey.parse(f"{ORIGINAL.verifier}\n") == ORIGINAL.verifier
        again = SigningKey.parse(ORIGINAL.secret_line())
        assert again.verifier == ORIGINAL.verifier

    def test_carries_name_and_key_in_its_eight_digits(self) -> None:
        """The same key under another name has other digits."""
        key = ORIGINAL.verifier
        assert key.id == key_id(key.name, key.public)
        assert key_id("other.example", key.public) != key.id

    @pytest.mark.parametrize(
        "line",
        [
            "",
            "name",
            "name+00000000",
            "name+00000000+AAAA",
            "name+0000000g+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
            "name+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
            "na me+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
            "name+00000000+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
            str(ORIGINAL.verifier)[:-4],
            str(ORIGINAL.verifier).replace("notices", "notice"),
        ],
    )
    def test_is_turned_down_when_its_parts_do_not_fit(self, line: str) -> None:
        """A cut, mistyped or made-up line is no key."""
        with pytest.raises(Invalid):
            VerifierKey.parse(line)

    def test_never_shows_the_secret_by_accident(self) -> None:
        """Printing a signing key or reading a wrong one shows nothing of it."""
        secret = ORIGINAL.secret_line().rsplit("+", 1)[1]
        assert secret not in repr(ORIGINAL)
        with pytest.raises(Invalid) as caught:
            SigningKey.parse(f"PRIVATE+KEY+name+00000000+{secret}")
        assert secret not in str(caught.value)
        with pytest.raises(Invalid):
            SigningKey.parse(str(ORIGINAL.verifier))


class TestANote:
    """A text and the signatures under it."""

    def test_opens_for_each_key_that_signed(self) -> None:
        """Two signatures, two keys believed."""
        note = bytes(signed(TEXT, [ORIGINAL, OTHER]))
        text, keys = opened(note, [ORIGINAL.verifier, OTHER.verifier])
        assert text == TEXT
        assert keys == [ORIGINAL.verifier, OTHER.verifier]

    def test_may_hold_empty_lines_and_other_scripts(self) -> None:
        """The last empty line separates."""
        text = "una línea\n\n日本\n"
        assert opened(bytes(signed(text, [ORIGINAL])), [ORIGINAL.verifier])[0] == text

    def test_passes_over_unknown_keys(self) -> None:
        """A signature nobody asked about is no reason to doubt the other."""
        note = signed(TEXT, [OTHER, NAMESAKE, ORIGINAL])
        assert opened(bytes(note), [ORIGINAL.verifier])[1] == [ORIGINAL.verifier]

    def test_is_not_believed_on_an_unknown_key_alone(self) -> None:
        """Not even when the stranger uses our name."""
        for stranger in (OTHER, NAMESAKE):
            with pytest.raises(Differs):
                opened(bytes(signed(TEXT, [stranger])), [ORIGINAL.verifier])
        with pytest.raises(Differs):
            opened(bytes(signed(TEXT, [ORIGINAL])), [])

    def test_is_not_believed_when_a_known_key_did_not_sign_this(self) -> None:
        """One wrong signature of a key we know spoils the whole note."""
        forged = Signature(ORIGINAL.name, ORIGINAL.verifier.id, bytes(64))
        good = signed(TEXT, [ORIGINAL, OTHER])
        for signatures in ((forged,), (good.signatures[1], forged), (forged, good.signatures[0])):
            with pytest.raises(Differs):
                opened(bytes(Note(TEXT, signatures)), [ORIGINAL.verifier, OTHER.verifier])

    def test_is_not_believed_when_another_key_took_the_same_id(self) -> None:
        """Name and digits of a known key do not help without its signature."""
        borrowed = Signature(ORIGINAL.name, ORIGINAL.verifier.id, NAMESAKE.sign(TEXT).value)
        with pytest.raises(Differs):
            opened(bytes(Note(TEXT, (borrowed,))), [ORIGINAL.verifier])

    def test_counts_a_repeated_signature_once(self) -> None:
        """Doubling a line adds no weight."""
        twice = Note(TEXT, signed(TEXT, [ORIGINAL]).signatures * 2)
        assert opened(bytes(twice), [ORIGINAL.verifier])[1] == [ORIGINAL.verifier]

    def test_is_not_believed_after_one_letter_changed(self) -> None:
        """Any letter of the text."""
        note = bytes(signed(TEXT, [ORIGINAL]))
        for place in range(len(TEXT) - 1):
            bent = note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :]
            with pytest.raises((Differs, Invalid)):
                opened(bent, [ORIGINAL.verifier])

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"text\n",
            b"text\n\n",
            b"\n\n\xe2\x80\x94 name AAAAAAAA\n",
            b"text\n\n\xe2\x80\x94 name AAAAAAAA",
            b"text\n\n- name AAAAAAAA\n",
            b"text\n\n\xe2\x80\x94 name\n",
            b"text\n\n\xe2\x80\x94 name AAAA\n",
            b"text\n\n\xe2\x80\x94 name not-base64\n",
            b"text\n\n\xe2\x80\x94  AAAAAAAA\n",
            b"text\n\n\xe2\x80\x94 na+me AAAAAAAA\n",
            b"te\x00xt\n\n\xe2\x80\x94 name AAAAAAAA\n",
            b"te\txt\n\n\xe2\x80\x94 name AAAAAAAA\n",
            b"te\xff\n\n\xe2\x80\x94 name AAAAAAAA\n",
            b"text\n\n" + b"\xe2\x80\x94 name AAAAAAAA\n" * (MAX_SIGNATURES + 1),
            b"x" * 1_000_001,
        ],
    )
    def test_is_turned_down_when_it_is_not_one(self, content: bytes) -> None:
        """Broken papers are named, not believed and not crashed over."""
        with pytest.raises(Invalid):
            Note.parse(content)

    @pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "nul\x00\n"])
    def test_is_not_made_of_such_a_text(self, text: str) -> None:
        """What could be mistaken is not signed."""
        with pytest.raises(Invalid):
            signed(text, [ORIGINAL])

    def test_is_not_made_without_a_signature(self) -> None:
        """Somebody must sign."""
        with pytest.raises(Invalid):
            signed(TEXT, [])

"""OpenPGP both ways, with GnuPG as the partner: only what a partner's key signed is opened."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pysequoia
import pytest

from harborline.adapters.openpgp.armour import Sequoia
from harborline.adapters.openpgp.ownkeys import OwnKeys
from harborline.kernel import Refused

MARK = b"plaintext that nobody may find again "
SHORT = MARK * 20
LONG = random.Random(12).randbytes(1 << 20) * 32 + MARK
LIMIT = 1 << 30


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnKeys:
    """Our keys, made at the first question."""
    return OwnKeys(tmp_path_factory.mktemp("keys"), "Harborline test <exchange@example.com>")


@pytest.fixture(scope="module")
def partner() -> pysequoia.Tsk:
    """A partner's secret key."""
    return pysequoia.Tsk.generate("Wake County <files@example.com>", profile=pysequoia.Profile.RFC4880)


def closed(own: OwnKeys, content: bytes, signer: pysequoia.Tsk | None) -> bytes:
    """A message for us."""
    recipient = pysequoia.Cert.from_bytes(own.certificate())
    made = signer.signer() if signer else None
    return bytes(pysequoia.encrypt(content, recipients=[recipient], signer=made, armor=False))


def certificate(secret: pysequoia.Tsk) -> bytes:
    """The public half."""
    return bytes(secret.extract_certificate())


def opened(own: OwnKeys, message: bytes, *signers: pysequoia.Tsk, at_most: int = LIMIT) -> tuple[bytes, str]:
    """The plaintext and who signed it."""
    sink = io.BytesIO()
    found = Sequoia(own.secrets).open(
        io.BytesIO(message), sink, signers=[certificate(one) for one in signers], at_most=at_most
    )
    assert (found.size, found.sha256) == (len(sink.getvalue()), hashlib.sha256(sink.getvalue()).hexdigest())
    return sink.getvalue(), found.signer


def refusal(own: OwnKeys, message: bytes, *signers: pysequoia.Tsk, at_most: int = LIMIT) -> str:
    """Why a message is not opened."""
    with pytest.raises(Refused) as caught:
        opened(own, message, *signers, at_most=at_most)
    assert MARK.decode() not in str(caught.value)
    assert "backtrace" not in str(caught.value).lower()
    return caught.value.decision.reason


class TestAMessage:
    """Encrypted to us and signed by a partner's key."""

    @pytest.mark.parametrize("content", [b"", SHORT, LONG], ids=["empty", "short", "long"])
    def test_is_opened(self, own: OwnKeys, partner: pysequoia.Tsk, content: bytes) -> None:
        """And its signer named by fingerprint."""
        message = closed(own, content, partner)
        assert opened(own, message, partner) == (content, str(partner.extract_certificate().fingerprint))

    def test_names_the_one_of_several_who_signed(self, own: OwnKeys, partner: pysequoia.Tsk) -> None:
        """While a partner changes keys, two count."""
        other = pysequoia.Tsk.generate("Wake County <files@example.com>")
        found = opened(own, closed(own, SHORT, other), partner, other)
        assert found == (SHORT, str(other.extract_certificate().fingerprint))

    def test_to_our_earlier_key_is_opened_while_we_keep_it(self, tmp_path: Path, partner: pysequoia.Tsk) -> None:
        """Our own change of keys loses nothing under way."""
        keys = OwnKeys(tmp_path, "Harborline test <exchange@example.com>")
        message = closed(keys, SHORT, partner)
        (tmp_path / "openpgp.pgp").rename(tmp_path / "openpgp.2025.pgp")
        assert len(keys.secrets()) == 2
        assert opened(keys, message, partner)[0] == SHORT
        (tmp_path / "openpgp.2025.pgp").unlink()
        assert refusal(keys, message, partner) == "not-for-us"

    def test_keys_are_readable_by_nobody_else(self, own: OwnKeys, tmp_path: Path) -> None:
        """Mode 0600, and never as an argument of a process."""
        keys = OwnKeys(tmp_path, "Harborline test <exchange@example.com>")
        keys.secrets()
        assert [oct(one.stat().st_mode & 0o777) for one in tmp_path.iterdir()] == ["0o600"]
        fingerprint, text = own.armored()
        assert text.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
        assert fingerprint == str(pysequoia.Cert.from_bytes(text.encode()).fingerprint)


class TestWhatIsNotOpened:
    """Each for its reason, and nothing of it is trusted."""

    @pytest.mark.parametrize("content", [SHORT, LONG], ids=["short", "long"])
    def test_unsigned(self, own: OwnKeys, partner: pysequoia.Tsk, content: bytes) -> None:
        """Anybody can encrypt to us."""
        assert refusal(own, closed(own, content, None), partner) == "unsigned"

    @pytest.mark.parametrize("content", [SHORT, LONG], ids=["short", "long"])
    def test_signed_by_somebody_else(self, own: OwnKeys, partner: pysequoia.Tsk, content: bytes) -> None:
        """The same name in the key, another fingerprint; and a partner without any key on file."""
        other = pysequoia.Tsk.generate("Wake County <files@example.com>")
        message = closed(own, content, other)
        assert refusal(own, message, partner) == "unknown-signer"
        assert refusal(own, message) == "unknown-signer"

    @pytest.mark.parametrize("content", [SHORT, LONG], ids=["short", "long"])
    def test_changed_or_cut(self, own: OwnKeys, partner: pysequoia.Tsk, content: bytes) -> None:
        """One bit anywhere behind the head; the end missing; something behind the end; two in one file."""
        message = closed(own, content, partner)
        chance = random.Random(7)
        for _ in range(3):
            changed = bytearray(message)
            changed[chance.randrange(len(message) // 2, len(message))] ^= 1 << chance.randrange(8)
            assert refusal(own, bytes(changed), partner) == "message-changed"
        assert refusal(own, message[:-9], partner) == "message-changed"
        assert refusal(own, message + b"more", partner) == "message-changed"
        assert refusal(own, message + message, partner) == "message-changed"

    @pytest.mark.parametrize("first", [b"A" * 50, LONG], ids=["short", "long"])
    def test_more_than_one_message(self, own: OwnKeys, partner: pysequoia.Tsk, first: bytes) -> None:
        """In letters or bytes, whatever stands behind the first one: nothing is dropped in silence."""
        messages = [closed(own, one, partner) for one in (first, SHORT)]
        letters = [str(pysequoia.armor(one, pysequoia.ArmorKind.Message)).encode() for one in messages]
        assert opened(own, letters[0], partner)[0] == first
        assert opened(own, b"\n" + letters[0].replace(b"\n", b"\r\n") + b"\n\n", partner)[0] == first
        behind = [letters[1], b"trailing\n", b"=aaaa\n", letters[0].splitlines()[-1], messages[1]]
        assert {refusal(own, letters[0] + one, partner) for one in behind} == {"message-changed"}
        both = str(pysequoia.armor(b"".join(messages), pysequoia.ArmorKind.Message)).encode()
        assert refusal(own, both, partner) == "message-changed"
        for one in (b"trailing\n", letters[1], messages[1], b"\xca\x03PGP", b"\n"):
            assert refusal(own, messages[0] + one, partner) == "message-changed"

    def test_not_encrypted(self, own: OwnKeys, partner: pysequoia.Tsk) -> None:
        """Signed by the right key, and readable by everybody on the way; or no message at all."""
        signed = bytes(pysequoia.sign(partner.signer(), SHORT, armor=False))
        assert refusal(own, signed, partner) == "not-encrypted"
        assert refusal(own, b"ARR0001 plain records\n", partner) == "not-encrypted"
        assert refusal(own, b"", partner) == "not-encrypted"

    def test_for_somebody_else(self, own: OwnKeys, partner: pysequoia.Tsk) -> None:
        """Another agency's file."""
        message = bytes(pysequoia.encrypt(SHORT, recipients=[partner.extract_certificate()], signer=partner.signer()))
        assert refusal(own, message, partner) == "not-for-us"

    def test_larger_inside_than_agreed(self, own: OwnKeys, partner: pysequoia.Tsk) -> None:
        """At the limit it is opened, a byte beyond it is not."""
        message = closed(own, SHORT, partner)
        assert opened(own, message, partner, at_most=len(SHORT))[0] == SHORT
        assert refusal(own, message, partner, at_most=len(SHORT) - 1) == "too-large-inside"


class _Dropped(io.RawIOBase):
    # A sink that only counts.
    size = 0

    def writable(self) -> bool:
        return True

    def write(self, chunk: object) -> int:
        assert isinstance(chunk, bytes)
        self.size += len(chunk)
        return len(chunk)


@dataclass(frozen=True)
class Gnupg:
    """GnuPG with a home of its own and a partner's key in it."""

    home: Path

    def run(self, *arguments: str, content: bytes = b"") -> bytes:
        """One command."""
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--no-tty", "--trust-model", "always"]
        done = subprocess.run([*command, *arguments], input=content, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def certificate(self) -> bytes:
        """The partner's public key."""
        return self.run("--export", "files@example.com")


@pytest.fixture(scope="module")
def gnupg(own: OwnKeys) -> Iterator[Gnupg]:
    """A partner who uses GnuPG and has our certificate."""
    home = Path("/tmp") / f"gnupg-test-{time.time_ns()}"  # noqa: S108 - its agent's socket needs a short path
    home.mkdir(mode=0o700)
    made = Gnupg(home)
    try:
        made.run("--passphrase", "", "--quick-gen-key", "Wake <files@example.com>", "rsa3072", "default", "1y")
        fingerprint = made.run("--list-keys", "--with-colons").decode().split("fpr:::::::::")[1].split(":")[0]
        made.run("--passphrase", "", "--quick-add-key", fingerprint, "rsa3072", "encr", "1y")
        made.run("--import", content=own.certificate())
        yield made
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.peer("gpg")
class TestGnupg:
    """The program most partners have."""

    WRITE = ("--encrypt", "--recipient", "exchange@example.com", "--local-user", "files@example.com")

    def _opened(self, own: OwnKeys, gnupg: Gnupg, message: bytes, at_most: int = LIMIT) -> bytes:
        sink = io.BytesIO()
        Sequoia(own.secrets).open(io.BytesIO(message), sink, signers=[gnupg.certificate()], at_most=at_most)
        return sink.getvalue()

    @pytest.mark.parametrize(
        "how",
        [["--sign"], ["--sign", "--armor"], ["--sign", "--compress-algo", "none"],
         ["--sign", "--armor", "--compress-algo", "none"], ["--sign", "--compress-algo", "zlib"],
         ["--sign", "--compress-algo", "bzip2", "--armor"], ["--sign", "--textmode"]],
    )  # fmt: skip
    def test_its_messages_are_opened(self, own: OwnKeys, gnupg: Gnupg, how: list[str]) -> None:
        """Compressed or not, in letters or bytes; line ends and all."""
        content = b"ARR0001\r\nline\r\n" + SHORT if "--textmode" in how else SHORT + LONG[:3_000_000]
        assert self._opened(own, gnupg, gnupg.run(*how, *self.WRITE, content=content)) == content

    def test_its_unsigned_message_is_not_opened(self, own: OwnKeys, gnupg: Gnupg) -> None:
        """It can encrypt without signing."""
        for how in (["--compress-algo", "none"], ["--compress-algo", "zip"]):
            message = gnupg.run(*self.WRITE, *how, content=SHORT)
            with pytest.raises(Refused) as caught:
                self._opened(own, gnupg, message)
            assert caught.value.decision.reason == "unsigned"

    def test_its_changed_message_is_not_opened(self, own: OwnKeys, gnupg: Gnupg) -> None:
        """Compressed, with one bit changed, or cut, or with something behind."""
        message = gnupg.run("--sign", *self.WRITE, content=LONG[:3_000_000])
        assert self._opened(own, gnupg, message) == LONG[:3_000_000]
        chance = random.Random(8)
        changed = [message[:-9], message + b"more"]
        for _ in range(4):
            bad = bytearray(message)
            bad[chance.randrange(1000, len(message))] ^= 1 << chance.randrange(8)
            changed.append(bytes(bad))
        for one in changed:
            with pytest.raises(Refused) as caught:
                self._opened(own, gnupg, one)
            assert caught.value.decision.reason == "message-changed"

    @pytest.mark.parametrize(
        "how", [["--armor"], ["--armor", "--compress-algo", "none"], [], ["--compress-algo", "none"]]
    )
    def test_two_of_its_messages_in_one_file_are_not_opened(self, own: OwnKeys, gnupg: Gnupg, how: list[str]) -> None:
        """As `(gpg -se A; gpg -se B) > file` makes them; nor is one with a line behind it."""
        one, other = (gnupg.run("--sign", *how, *self.WRITE, content=text) for text in (SHORT, b"other"))
        for message in (one + other, one + b"trailing\n"):
            with pytest.raises(Refused) as caught:
                self._opened(own, gnupg, message)
            assert caught.value.decision.reason == "message-changed"

    def test_the_moment_of_its_signature_and_the_end_of_its_key_are_told(self, own: OwnKeys, gnupg: Gnupg) -> None:
        """A signature of January by a key that ended in January, sent in November, is known for what it is."""
        then = ("--faked-system-time", "20260101T000000", "--ignore-time-conflict", "--ignore-valid-from")
        gnupg.run(*then, "--passphrase", "", "--quick-gen-key", "old@example.com", "ed25519", "sign", "30d")
        signer, sink = gnupg.run("--export", "old@example.com"), io.BytesIO()
        written = ("--encrypt", "--recipient", "exchange@example.com", "--local-user", "old@example.com", "--sign")
        message = gnupg.run("--faked-system-time", "20260115T000000!", *then[2:], *written, content=SHORT)
        found = Sequoia(own.secrets).open(io.BytesIO(message), sink, signers=[signer], at_most=LIMIT)
        assert sink.getvalue() == SHORT
        assert {one.date() for one in found.signed_at} == {date(2026, 1, 15)}
        assert found.ends_at is not None
        assert found.ends_at.date() == date(2026, 1, 31)

    def test_its_message_of_another_signer_is_not_opened(self, own: OwnKeys, gnupg: Gnupg) -> None:
        """Compressed too."""
        message = gnupg.run("--sign", *self.WRITE, content=SHORT)
        other = certificate(pysequoia.Tsk.generate("Wake <files@example.com>"))
        with pytest.raises(Refused) as caught:
            Sequoia(own.secrets).open(io.BytesIO(message), io.BytesIO(), signers=[other], at_most=LIMIT)
        assert caught.value.decision.reason == "unknown-signer"

    def test_it_opens_ours_and_knows_our_signature(self, own: OwnKeys, gnupg: Gnupg) -> None:
        """The other direction."""
        sink = io.BytesIO()
        Sequoia(own.secrets).close(io.BytesIO(LONG), sink, recipients=[gnupg.certificate()])
        assert MARK not in sink.getvalue()
        said = subprocess.run(
            ["gpg", "--homedir", str(gnupg.home), "--batch", "--quiet", "--status-fd", "2", "--decrypt"],
            input=sink.getvalue(), capture_output=True, check=True,
        )  # fmt: skip
        assert said.stdout == LONG
        assert b"GOODSIG" in said.stderr
        assert b"VALIDSIG" in said.stderr

    def test_a_bomb_is_stopped_at_the_limit(self, own: OwnKeys, gnupg: Gnupg, tmp_path: Path) -> None:
        """Half a gigabyte of zeros in half a megabyte: cut off where the agreement ends."""
        message, bomb = tmp_path / "bomb", tmp_path / "zeros"
        with bomb.open("wb") as file:
            file.truncate(512 * 1024**2)
        gnupg.run("--sign", *self.WRITE, "--compress-algo", "zlib", "--output", str(message), str(bomb))
        assert message.stat().st_size < 2_000_000
        sink: Any = _Dropped()
        with message.open("rb") as source, pytest.raises(Refused) as caught:
            Sequoia(own.secrets).open(source, sink, signers=[gnupg.certificate()], at_most=20 * 1024**2)
        assert caught.value.decision.reason == "too-large-inside"
        assert sink.size <= 20 * 1024**2

    def test_a_certificate_that_cannot_encrypt_is_refused(self, own: OwnKeys) -> None:
        """Nothing is sent in the clear for want of a key."""
        with pytest.raises(Refused) as caught:
            Sequoia(own.secrets).close(io.BytesIO(SHORT), io.BytesIO(), recipients=[b"no certificate"])
        assert caught.value.decision.reason == "partner-key-unusable"

"""What a partner encrypted, on its way through the room: opened into sealed parts, or set aside with nothing left."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pysequoia
import pytest
from tests.rooms.exchange.house import Office, as_worker, open_office

from harborline.adapters.openpgp.armour import Sequoia
from harborline.adapters.openpgp.ownkeys import OwnKeys
from harborline.exchange.facts import KeyKind, State
from harborline.exchange.models import Part, Transmission, TransmittedFile
from harborline.exchange.opening import examine
from harborline.exchange.ports import Armour, Scanner
from harborline.exchange.services import add_credential, confirm_credential, release, send_file
from harborline.kernel import Invalid, Unavailable, clock, ports
from harborline.ledger.services import forget_origin

if TYPE_CHECKING:
    from uuid import UUID

MARK = b"plaintext that nobody may find again "
SHORT = MARK * 50
LONG = MARK + random.Random(2).randbytes(30_000_000) + MARK


class Findings:
    """A scanner that answers as told, and remembers what it was shown."""

    def __init__(self) -> None:
        """Nothing found."""
        self.answer: str | None = ""
        self.shown: list[bytes] = []

    def scan(self, source: IO[bytes]) -> str:
        """The answer; None is silence."""
        self.shown.append(source.read())
        if self.answer is None:
            raise Unavailable("nobody answers")
        return self.answer


@pytest.fixture
def scanner() -> Iterator[Findings]:
    """Served inside the test."""
    made = Findings()
    ports.serve(Scanner, made, "test")
    yield made
    ports._SERVING.pop((Scanner, "test"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnKeys]:
    """Our keys, with the engine served."""
    keys = OwnKeys(tmp_path / "keys", "Harborline test <exchange@example.com>")
    before = ports.serving(Armour)
    ports.serve(Armour, Sequoia(keys.secrets))
    yield keys
    ports.serve(Armour, before)


@pytest.fixture(scope="module")
def partner() -> pysequoia.Tsk:
    """The partner's secret key."""
    return pysequoia.Tsk.generate("Wake County <files@example.com>", profile=pysequoia.Profile.RFC4880)


@pytest.fixture
def office(db: None, tmp_path: Path, partner: pysequoia.Tsk) -> Iterator[Office]:
    """A county whose files are encrypted, signed and scanned, with its certificate on file."""
    made = open_office(tmp_path, encryption="openpgp", signature=True, scan=True, size_bytes=60_000_000)
    certificate, now = partner.extract_certificate(), clock.now()
    with as_worker("olga"):
        added = add_credential(
            made.agreement.partner_id, kind=KeyKind.OPENPGP, login="wake-openpgp", public_key=str(certificate),
            digest=str(certificate.fingerprint), from_at=now - timedelta(days=1), until_at=now + timedelta(days=300),
        )  # fmt: skip
    with as_worker("oscar"):
        confirm_credential(added.id, read_back=added.digest, how="by telephone")
    yield made
    forget_origin()


@dataclass(frozen=True)
class Post:
    """All of it together."""

    office: Office
    own: OwnKeys
    partner: pysequoia.Tsk
    scanner: Findings
    folder: Path


@pytest.fixture
def post(office: Office, own: OwnKeys, partner: pysequoia.Tsk, scanner: Findings, tmp_path: Path) -> Post:
    """The office, the keys, the scanner, and the folder that must hold no plaintext."""
    return Post(office, own, partner, scanner, tmp_path)


def closed(own: OwnKeys, content: bytes, signer: pysequoia.Tsk | None) -> bytes:
    """A message for us."""
    made = signer.signer() if signer else None
    recipient = pysequoia.Cert.from_bytes(own.certificate())
    return bytes(pysequoia.encrypt(content, recipients=[recipient], signer=made, armor=False))


def files(office: Office) -> list[TransmittedFile]:
    """The files of every delivery."""
    with as_worker("olga"):
        return list(TransmittedFile.objects.filter(transmission__agreement=office.agreement))


def contents() -> set[UUID]:
    """Every content that has parts."""
    with as_worker("olga"):
        return set(Part.objects.values_list("content", flat=True))


def traces(folder: Path) -> list[Path]:
    """Every file below a folder, and every new one of the temporary folder, that holds the marker."""
    return [one for one in folder.rglob("*") if one.is_file() and MARK in one.read_bytes()]


class TestAPartnersCertificate:
    """The fingerprint two people confirm is that of the key that is used."""

    def test_has_the_fingerprint_that_is_said(self, office: Office, partner: pysequoia.Tsk) -> None:
        """One key with another's fingerprint, and a block that is none, are refused."""
        other, now = pysequoia.Tsk.generate("Wake").extract_certificate(), clock.now()
        said = str(partner.extract_certificate().fingerprint)
        block = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnothing\n-----END PGP PUBLIC KEY BLOCK-----\n"
        for text in (str(other), block):
            with as_worker("olga"), pytest.raises(Invalid):
                add_credential(
                    office.agreement.partner_id, kind=KeyKind.OPENPGP, login="wake-other", public_key=text,
                    digest=said, from_at=now, until_at=now + timedelta(days=300),
                )  # fmt: skip


@pytest.mark.clause("CA-CSS-03-11:encryption-later", "NC-CSS-22-18:encryption", shows="keeps")
class TestAnEncryptedFile:
    """Opened for what comes next, sealed where it rests."""

    @pytest.mark.parametrize("content", [SHORT, LONG], ids=["short", "long"])
    def test_is_opened_into_sealed_parts(self, post: Post, content: bytes) -> None:
        """The scanner sees the plaintext, no file does."""
        post.office.deliver("ARR0001.DAT", closed(post.own, content, post.partner))
        post.office.work()
        assert post.office.states()[0] in {State.VALIDATED, State.PROCESSED}
        assert post.scanner.shown == [content]
        assert files(post.office)[0].plain_size == len(content)
        assert traces(post.folder) == []

    def test_goes_out_encrypted_to_the_partner(self, post: Post) -> None:
        """And signed by us."""
        with as_worker("olga"):
            send_file(post.office.agreement.id, "ARR0001.DAT", io.BytesIO(SHORT))
        download = post.office.boxes.fetch(post.office.guest, f"{post.office.root}/out/ARR0001.DAT")
        message = download.read(0, download.size)
        found = pysequoia.decrypt(
            message,
            decryptor=post.partner.decryptor(),
            store=lambda _: [pysequoia.Cert.from_bytes(post.own.certificate())],
        )
        assert found.bytes == SHORT
        assert len(found.valid_sigs) == 1
        assert traces(post.folder) == []


class TestWhatCannotBeTrusted:
    """Set aside as it came; of what was decrypted nothing is left."""

    @pytest.mark.parametrize("content", [SHORT, LONG], ids=["short", "long"])
    @pytest.mark.parametrize("way", ["unsigned", "unknown-signer", "message-changed", "not-encrypted"])
    def test_goes_to_quarantine_and_leaves_nothing(
        self, post: Post, content: bytes,
        way: str,
    ) -> None:  # fmt: skip
        """No part, no file, no second delivery; the scanner never saw it."""
        stranger = pysequoia.Tsk.generate("Wake County <files@example.com>")
        signer = {"unsigned": None, "unknown-signer": stranger}.get(way, post.partner)
        message = bytearray(closed(post.own, content, signer))
        if way == "message-changed":
            message[-2000 if len(message) > 4000 else -40] ^= 1
        if way == "not-encrypted":
            message = bytearray(pysequoia.sign(post.partner.signer(), content[:1000], armor=False))
        post.office.deliver("ARR0001.DAT", bytes(message))
        held = contents()
        post.office.work()
        with as_worker("olga"):
            row = Transmission.objects.get(agreement=post.office.agreement)
        assert (row.state, row.reason) == (State.QUARANTINED, way)
        assert contents() == held
        assert post.scanner.shown == []
        assert way == "not-encrypted" or traces(post.folder) == []


class TestTheScanner:
    """Clean is what it called clean."""

    def test_sets_aside_what_it_finds(self, post: Post) -> None:
        """With the name of it on record."""
        post.scanner.answer = "Test.Harmful-1"
        post.office.deliver("ARR0001.DAT", closed(post.own, SHORT, post.partner))
        post.office.work()
        with as_worker("olga"):
            row = Transmission.objects.get(agreement=post.office.agreement)
        assert (row.state, row.reason) == (State.QUARANTINED, "malware-found")

    def test_that_does_not_answer_lets_nothing_pass(self, post: Post) -> None:
        """The file stays landed, is tried again, and nothing decrypted is kept meanwhile."""
        post.scanner.answer = None
        post.office.deliver("ARR0001.DAT", closed(post.own, SHORT, post.partner))
        held = contents()
        with as_worker("olga"):
            row = Transmission.objects.get(agreement=post.office.agreement)
        with pytest.raises(Unavailable):
            examine(row.program, row)
        assert post.office.states() == [State.LANDED]
        assert contents() == held


class TestTheSameContentEncryptedAnew:
    """Every encryption has other bytes; what is inside decides."""

    def test_is_held_for_a_person_who_may_let_it_go_on(self, post: Post) -> None:
        """As the same bytes are under a plain agreement; both digests stand in the receipt."""
        for name, content in (("ARR0001.DAT", SHORT), ("ARR0002.DAT", SHORT), ("ARR0003.DAT", LONG)):
            post.office.deliver(name, closed(post.own, content, post.partner))
            post.office.work()
        first, second, third = post.office.deliveries()
        assert [first.state, third.state] == [State.VALIDATED, State.VALIDATED]
        assert (second.state, second.reason) == (State.HELD, "same-content-as-before")
        said = [one for one in post.office.receipts() if one.kind.value == "validated"]
        assert said[0].contents == (("ARR0001.DAT", len(SHORT), hashlib.sha256(SHORT).hexdigest()),)
        assert said[0].files[0][2] != said[0].contents[0][2]
        assert said[1].verdict == "held"
        assert said[1].contents == ()
        with as_worker("olga"):
            release(second.id, because="an empty week")
        post.office.work()
        assert post.office.states() == [State.VALIDATED] * 3

    def test_signed_long_ago_is_set_aside(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        """A week at the most, or anybody with an old message could send it again."""
        monkeypatch.setattr("harborline.exchange.rules.SIGNED_WITHIN", timedelta(seconds=-1))
        post.office.deliver("ARR0001.DAT", closed(post.own, SHORT, post.partner))
        held = contents()
        post.office.work()
        assert post.office.deliveries()[0].reason == "signed-at-another-time"
        assert contents() == held

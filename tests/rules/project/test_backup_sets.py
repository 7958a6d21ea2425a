"""Backup sets: sealed parts, a manifest that is believed only when it is true, and the recovery key."""

from __future__ import annotations

import io
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from harborline.kernel import Broken, Invalid
from harborline.project.backup import recoverykey
from harborline.project.backup.checking import check
from harborline.project.backup.envelope import Envelope, check_files, opened_by_recovery
from harborline.project.backup.figures import Facts, Head
from harborline.project.backup.manifest import BASE, DUMP, KEYS, Manifest, Part, newest_set, read_manifest, sets_in
from harborline.project.backup.opening import Opener
from harborline.project.backup.restoring import opener_of
from harborline.project.backup.taking import Order, make_place, take
from harborline.project.backup.unpacking import files_of, unpack
from harborline.vault.streams import CHUNK_BYTES, OpenedStream, SealingSink

CONTENT = b"tables " * 300_000


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a recovery key and its public half."""
    directory = tmp_path_factory.mktemp("recovery")
    recoverykey.make(directory / "recovery.key", directory)
    return directory


def a_set(directory: Path, pair: Path, *, kind: str = DUMP, taken_at: str = "2026-11-21T10:00:00.000000Z") -> Envelope:
    """A set of one part in `directory`."""
    directory.mkdir(parents=True)
    envelope = Envelope.fresh("5a7c0a3e-0000-4000-8000-000000000001")
    with envelope.sealing(directory, "database.sealed") as (sink, told):
        sink.write(CONTENT)
    manifest = Manifest(
        id=envelope.set_id,
        kind=kind,
        installation="here",
        taken_at=taken_at,
        version="0.1.0",
        postgres="18.4",
        migrations=("people.0001_initial",),
        wrapped=envelope.wrapped_for(home=False, recovery=recoverykey.public_half(pair)),
        parts=tuple(told),
    )
    envelope.write_manifest(directory, manifest)
    return envelope


class TestASet:
    """One directory."""

    def test_opens_with_the_recovery_key(self, tmp_path: Path, pair: Path) -> None:
        """And shows nothing of itself on disk."""
        a_set(tmp_path / "dump", pair)
        opened = Opener(pair / "recovery.key").open(tmp_path, DUMP)
        assert opened.findings() == []
        with opened.envelope.opened(opened.directory, opened.manifest.parts[0]) as source:
            assert source.read() == CONTENT
        assert b"tables" not in (tmp_path / "dump" / "database.sealed").read_bytes()

    def test_does_not_open_with_another(self, tmp_path: Path, pair: Path) -> None:
        """It was taken for its own pair."""
        a_set(tmp_path / "dump", pair)
        other = ec.generate_private_key(ec.SECP256R1())
        with pytest.raises(Invalid, match="another pair"):
            opened_by_recovery(read_manifest(tmp_path / "dump"), other)

    @pytest.mark.parametrize("place", [0, 100, CHUNK_BYTES + 20, -1])
    def test_with_a_bent_bit_is_found_and_does_not_open(self, tmp_path: Path, pair: Path, place: int) -> None:
        """By its sum, and again by its seal."""
        a_set(tmp_path / "dump", pair)
        path = tmp_path / "dump" / "database.sealed"
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)
        opened = Opener(pair / "recovery.key").open(tmp_path, DUMP)
        assert opened.findings() == ["database.sealed was changed: its SHA-256 is another"]
        with pytest.raises(Broken), opened.envelope.opened(opened.directory, opened.manifest.parts[0]) as source:
            source.read()

    def test_with_a_part_cut_off_or_missing_is_found(self, tmp_path: Path, pair: Path) -> None:
        """Each in its words."""
        a_set(tmp_path / "dump", pair)
        parts = read_manifest(tmp_path / "dump").parts
        path = tmp_path / "dump" / "database.sealed"
        path.write_bytes(path.read_bytes()[:-1])
        assert "bytes instead of" in check_files(tmp_path / "dump", parts)[0]
        path.unlink()
        assert check_files(tmp_path / "dump", parts) == ["database.sealed is missing"]

    @pytest.mark.parametrize("field", ["taken_at", "installation", "migrations", "parts"])
    def test_whose_manifest_was_changed_is_not_believed(self, tmp_path: Path, pair: Path, field: str) -> None:
        """With right sums over other files, or another date."""
        a_set(tmp_path / "dump", pair)
        path = tmp_path / "dump" / "manifest.json"
        said = json.loads(path.read_text())
        path.write_text(json.dumps({**said, field: [] if isinstance(said[field], list) else "other"}))
        with pytest.raises(Broken, match="changed"):
            Opener(pair / "recovery.key").open(tmp_path, DUMP)

    def test_with_another_sets_part_does_not_open(self, tmp_path: Path, pair: Path) -> None:
        """A part is bound to its set and to its name."""
        one, other = a_set(tmp_path / "a", pair), a_set(tmp_path / "b", pair)
        part = read_manifest(tmp_path / "a").parts[0]
        with pytest.raises(Broken), other.opened(tmp_path / "a", part) as source:
            source.read()
        (tmp_path / "a" / "files.sealed").write_bytes((tmp_path / "a" / "database.sealed").read_bytes())
        with pytest.raises(Broken), one.opened(tmp_path / "a", replace(part, name="files.sealed")) as source:
            source.read()

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"[]", b'{"form":"harborline-backup/9"}', b'{"form":"harborline-backup/1"}']
    )
    def test_whose_manifest_is_none_is_told(self, tmp_path: Path, content: bytes) -> None:
        """Cut off, of another form, not whole."""
        (tmp_path / "manifest.json").write_bytes(content)
        with pytest.raises(Broken, match=r"manifest\.json"):
            read_manifest(tmp_path)

    @pytest.mark.parametrize("changed", [{"wrapped": "x"}, {"wrapped": {"home": 7}}, {"id": 7}, {"migrations": [7]}])
    def test_whose_manifest_has_other_kinds_of_values_is_told(
        self, tmp_path: Path, pair: Path, changed: dict[str, object]
    ) -> None:
        """Not only other values."""
        a_set(tmp_path / "dump", pair)
        path = tmp_path / "dump" / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
        with pytest.raises(Broken, match=r"manifest\.json: is not a whole manifest"):
            Opener(pair / "recovery.key").open(tmp_path, DUMP)

    @pytest.mark.parametrize("harm", ["cut", "unreadable", "gone", "proof-gone", "proof-noise", "part-gone"])
    def test_that_cannot_be_read_is_a_finding(self, tmp_path: Path, pair: Path, harm: str) -> None:
        """Of the look at a backup, named alone or among others; not a mistake of whoever looks."""
        a_set(tmp_path / "sets" / "dump-1", pair, taken_at="2026-11-20T10:00:00.000000Z")
        place = tmp_path / "sets" / "dump-2"
        a_set(place, pair)
        manifest, proof = place / "manifest.json", place / "manifest.mac"
        if harm == "cut":
            manifest.write_bytes(manifest.read_bytes()[:100])
        elif harm == "proof-noise":
            proof.write_bytes(b"\xff\xfe")
        else:
            broken = {"proof-gone": proof, "part-gone": place / "database.sealed"}.get(harm, manifest)
            broken.unlink()
            if harm == "unreadable":
                manifest.mkdir()
        for directory in (place, tmp_path / "sets"):
            report = check(directory, Opener(pair / "recovery.key"))
            assert report.findings, harm

    def test_that_is_none_is_a_mistake(self, tmp_path: Path, pair: Path) -> None:
        """Another directory was named."""
        (tmp_path / "dump-1").mkdir()
        with pytest.raises(Invalid, match="no set of the kind"):
            check(tmp_path, Opener(pair / "recovery.key"))

    def test_that_was_not_finished_is_none(self, tmp_path: Path) -> None:
        """Without the last chunk nothing opens, whatever was written before."""
        sink = io.BytesIO()
        SealingSink(sink, bytes(32)).write(CONTENT)
        with pytest.raises(Broken):
            OpenedStream(io.BytesIO(sink.getvalue()), len(sink.getvalue()), bytes(32)).readall()

    @given(sizes=st.lists(st.integers(0, CHUNK_BYTES + 10), max_size=4))
    @settings(max_examples=15, deadline=None)
    def test_is_the_same_however_it_was_written(self, sizes: list[int]) -> None:
        """In pieces of any size."""
        sink, written = io.BytesIO(), b""
        sealing = SealingSink(sink, bytes(32))
        for size in sizes:
            sealing.write(b"x" * size)
            written += b"x" * size
        sealing.finish()
        opened = OpenedStream(io.BytesIO(sink.getvalue()), len(sink.getvalue()), bytes(32))
        assert io.BufferedReader(opened).read() == written
        assert sealing.size == len(written)


class TestADirectoryOfSets:
    """Many evenings."""

    def test_answers_the_newest_of_a_kind(self, tmp_path: Path, pair: Path) -> None:
        """By when it was taken, not by its name; drafts and other files are none."""
        a_set(tmp_path / "z", pair, taken_at="2026-11-20T10:00:00.000000Z")
        a_set(tmp_path / "a", pair, taken_at="2026-11-21T10:00:00.000000Z")
        a_set(tmp_path / "k", pair, kind=KEYS, taken_at="2026-11-22T10:00:00.000000Z")
        (tmp_path / ".draft").mkdir()
        (tmp_path / "note.txt").write_text("x")
        assert newest_set(tmp_path, DUMP, BASE)[0].name == "a"
        assert [path.name for path, _ in sets_in(tmp_path, DUMP)] == ["z", "a"]
        assert newest_set(tmp_path / "z", DUMP)[0].name == "z"
        with pytest.raises(Invalid, match="base"):
            newest_set(tmp_path, BASE)
        with pytest.raises(Invalid, match="no such directory"):
            newest_set(tmp_path / "none", DUMP)


class TestAPlaceForSets:
    """Named on the command line."""

    @pytest.mark.parametrize("option", ["--to", "--keys-to"])
    @pytest.mark.parametrize("where", ["file", "file/below", "/proc/x", "/proc"])
    def test_where_nothing_can_be_written_is_told(self, tmp_path: Path, where: str, option: str) -> None:
        """One sentence with the option and the place, before anything is made."""
        (tmp_path / "file").touch()
        order = {"--to": Order(tmp_path / where), "--keys-to": Order(tmp_path / "good", tmp_path / where)}[option]
        with pytest.raises(Invalid, match=f"^{option} .*{where}: no backup can be written there: "):
            take(order)
        assert list((tmp_path / "good").glob("*")) == []

    def test_is_made_and_left_empty(self, tmp_path: Path) -> None:
        """For its owner only; an old one stays as it is."""
        make_place(tmp_path / "a" / "b", "--to")
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
        make_place(tmp_path / "a", "--to")
        assert [one.name for one in (tmp_path / "a").rglob("*")] == ["b"]


class TestTheRecoveryKey:
    """Kept away from the machine."""

    @given(st.binary(min_size=1, max_size=64), st.binary(max_size=20))
    @settings(max_examples=20, deadline=None)
    def test_opens_what_was_wrapped_for_it(self, secret: bytes, bound: bytes) -> None:
        """And only for the set it was wrapped for."""
        private = ec.generate_private_key(ec.SECP256R1())
        wrapped = recoverykey.wrap(secret, private.public_key(), bound)
        assert recoverykey.unwrap(wrapped, private, bound) == secret
        with pytest.raises(Invalid):
            recoverykey.unwrap(wrapped, private, bound + b"x")
        with pytest.raises(Invalid):
            recoverykey.unwrap(wrapped[:-1], private, bound)

    def test_may_have_a_passphrase(self, tmp_path: Path) -> None:
        """Asked for by name, and told when it is another."""
        path = tmp_path / "recovery.key"
        recoverykey.make(path, tmp_path, passphrase=b"correct horse")
        assert path.stat().st_mode & 0o777 == 0o600
        recoverykey.private_half(path, passphrase=b"correct horse")
        with pytest.raises(Invalid, match="--passphrase-file"):
            recoverykey.private_half(path)
        with pytest.raises(Invalid, match="passphrase is another"):
            recoverykey.private_half(path, passphrase=b"wrong")

    def test_is_never_overwritten(self, pair: Path) -> None:
        """Backups were taken for it."""
        before = (pair / "recovery.key").read_bytes()
        with pytest.raises(Invalid, match="stands there already"):
            recoverykey.make(pair / "recovery.key", pair)
        assert (pair / "recovery.key").read_bytes() == before

    def test_whose_passphrase_file_is_none_is_told(self, tmp_path: Path) -> None:
        """With the option."""
        with pytest.raises(Invalid, match=r"--passphrase-file .*cannot be read: No such file"):
            opener_of(tmp_path / "recovery.key", tmp_path / "none")

    @pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
    def test_that_is_none_is_told(self, tmp_path: Path, content: bytes) -> None:
        """A wrong file, or none."""
        (tmp_path / "k").write_bytes(content)
        with pytest.raises(Invalid, match="no recovery key"):
            recoverykey.private_half(tmp_path / "k")
        with pytest.raises(Invalid, match="cannot be read"):
            recoverykey.private_half(tmp_path / "none")


def a_tar(name: str, *, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A tar with one member."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        told = tarfile.TarInfo(name)
        told.type, told.size, told.linkname = kind, 1 if kind == tarfile.REGTYPE else 0, "/etc/passwd"
        tar.addfile(told, io.BytesIO(b"x"))
    return made.getvalue()


class TestUnpacking:
    """Whoever could write a set must not reach past its place."""

    def test_writes_plain_files_for_their_owner_only(self, tmp_path: Path) -> None:
        """Mode 0600."""
        assert unpack(io.BytesIO(a_tar("log/tile/0/000")), tmp_path) == 1
        assert (tmp_path / "log" / "tile" / "0" / "000").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize(
        "content",
        [
            a_tar("../outside"),
            a_tar("/etc/outside"),
            a_tar("log/../../outside"),
            a_tar("link", kind=tarfile.SYMTYPE),
            a_tar("hard", kind=tarfile.LNKTYPE),
            a_tar("device", kind=tarfile.CHRTYPE),
        ],
    )
    def test_refuses_everything_else(self, tmp_path: Path, content: bytes) -> None:
        """Paths that lead out, links, devices."""
        with pytest.raises(Broken, match="plain file"):
            list(files_of(io.BytesIO(content)))
        assert list(tmp_path.iterdir()) == []


class TestFacts:
    """What was known of the database."""

    def test_come_back_as_they_were(self) -> None:
        """Through JSON."""
        facts = Facts({"people_person": 3}, (Head(1, "x/log", 7, os.urandom(32).hex()),), ("people.0001",), "18.4")
        assert Facts.parse(facts.spelled()) == facts

    def test_need_a_part_that_is_there(self) -> None:
        """A set without it is broken."""
        with pytest.raises(Broken, match=r"facts\.sealed"):
            Manifest("i", DUMP, "h", "t", "v", "p", (), {}, (Part("x", 1, "y"),)).part("facts.sealed")

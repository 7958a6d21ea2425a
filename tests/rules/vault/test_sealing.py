"""Sealing: what is sealed opens only in its place, unchanged, with its key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.vault.conftest import serving

from harborline.adapters.keys import DirectoryStore, FileRoot, MemoryJournal
from harborline.kernel import Broken, NotFound
from harborline.vault import services
from harborline.vault.blobs import CHUNK_BYTES, BlobDirectory

pytestmark = pytest.mark.usefixtures("memory_keys")


class TestSealedValue:
    """A value sealed for one place."""

    @given(st.binary(max_size=300))
    def test_opens_to_what_was_sealed(self, plaintext: bytes) -> None:
        """What goes in comes out."""
        sealed = services.seal(plaintext, group="nc-css/people", context="person:1")
        assert services.unseal(sealed, group="nc-css/people", context="person:1") == plaintext

    def test_never_looks_the_same_twice(self) -> None:
        """Two seals of one name tell nobody that the names are equal."""
        one, other = (services.seal(b"same", group="nc-css/people", context="person:1") for _ in range(2))
        assert one != other

    def test_does_not_open_in_another_place(self) -> None:
        """A sealed value copied to another person's row does not open there."""
        sealed = services.seal(b"secret", group="nc-css/people", context="person:1")
        with pytest.raises(Broken):
            services.unseal(sealed, group="nc-css/people", context="person:2")

    def test_does_not_open_in_another_group(self) -> None:
        """Nor under another program's key."""
        sealed = services.seal(b"secret", group="nc-css/people", context="person:1")
        services.seal(b"other", group="mn-wic/people", context="person:1")
        with pytest.raises(Broken):
            services.unseal(sealed, group="mn-wic/people", context="person:1")

    @given(st.data())
    def test_does_not_open_with_one_bit_changed(self, data: st.DataObject) -> None:
        """Every bit of it is guarded."""
        sealed = bytearray(services.seal(b"secret", group="nc-css/people", context="person:1"))
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises((Broken, NotFound)):
            services.unseal(bytes(sealed), group="nc-css/people", context="person:1")

    def test_is_found_by_its_blind_index_and_by_nothing_else(self) -> None:
        """Equal numbers share an index, other kinds and other numbers do not."""
        index = services.blind_index("phone", "+19195550123")
        assert index == services.blind_index("phone", "+19195550123")
        assert index != services.blind_index("phone", "+19195550124")
        assert index != services.blind_index("notice", "+19195550123")


class TestKeyDirectory:
    """Keys held as files apart from the database."""

    @pytest.fixture
    def sealed(self, tmp_path: Path) -> bytes:
        """A value whose keys are in a directory."""
        with serving(FileRoot(tmp_path), DirectoryStore(tmp_path), MemoryJournal()):
            return services.seal(b"secret", group="nc-css/people", context="person:1")

    def _open(self, directory: Path, sealed: bytes) -> bytes:
        with serving(FileRoot(directory), DirectoryStore(directory), MemoryJournal()):
            return services.unseal(sealed, group="nc-css/people", context="person:1")

    def test_keeps_every_file_to_its_own_account(self, tmp_path: Path, sealed: bytes) -> None:
        """No other account reads a key."""
        assert self._open(tmp_path, sealed) == b"secret"
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}

    def test_a_destroyed_key_is_gone(self, tmp_path: Path, sealed: bytes) -> None:
        """Deleting the file destroys what it sealed."""
        (tmp_path / "groups" / "nc-css__people.1").unlink()
        with pytest.raises(NotFound):
            self._open(tmp_path, sealed)

    @pytest.mark.parametrize("name", ["root.key", "offices/nc-css.1"])
    def test_another_root_key_opens_nothing(self, tmp_path: Path, sealed: bytes, name: str) -> None:
        """Stolen files are useless without the root key, and without the office's."""
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
        with pytest.raises(Broken):
            self._open(tmp_path, sealed)


class TestManyAtOnce:
    """What bulk work does in one go is what it would do one by one."""

    @given(st.lists(st.tuples(st.binary(max_size=80), st.text(max_size=20)), max_size=20))
    def test_seals_each_for_its_own_place(self, values: list[tuple[bytes, str]]) -> None:
        """In order, and no two share a key or a nonce."""
        contents, places = [content for content, _ in values], [place for _, place in values]
        sealed = services.seal_many(contents, group="nc-css/people", contexts=places)
        opened = [
            services.unseal(each, group="nc-css/people", context=place)
            for each, place in zip(sealed, places, strict=True)
        ]
        assert opened == contents
        assert len({each[5:17] for each in sealed}) == len({each[65:77] for each in sealed}) == len(sealed)

    @given(st.lists(st.text(max_size=100)))
    def test_finds_each_by_the_same_index(self, values: list[str]) -> None:
        """The prepared states give what HMAC gives."""
        assert services.blind_indexes("phone", values) == [services.blind_index("phone", value) for value in values]

    def test_wants_a_place_for_each(self) -> None:
        """A list that is too short is a defect of the caller."""
        with pytest.raises(ValueError, match="shorter"):
            services.seal_many([b"a", b"b"], group="nc-css/people", contexts=["one"])


class TestBlob:
    """A file kept sealed."""

    @pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
    def test_comes_back_whole(self, tmp_path: Path, size: int) -> None:
        """Every length around the edge of a chunk."""
        blobs, content = BlobDirectory(tmp_path), bytes(range(256)) * (size // 256 + 1)
        assert blobs.put("0123456789", io.BytesIO(content[:size]), group="nc-css/caseloads") == size
        with blobs.open("0123456789", group="nc-css/caseloads") as stream:
            assert stream.read() == content[:size]
            stream.seek(0)
            assert stream.read(10) == content[: min(10, size)]

    def test_shows_nothing_of_itself_on_disk(self, tmp_path: Path) -> None:
        """The file holds no plaintext."""
        BlobDirectory(tmp_path).put("0123456789", io.BytesIO(b"Maria " * 99), group="nc-css/caseloads")
        assert b"Maria" not in next(tmp_path.iterdir()).read_bytes()

    @pytest.mark.parametrize("damage", ["cut", "swap", "add"])
    def test_does_not_open_when_damaged(self, tmp_path: Path, damage: str) -> None:
        """A chunk cut off, swapped or added is seen."""
        blobs = BlobDirectory(tmp_path)
        blobs.put("0123456789", io.BytesIO(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c"), group="nc-css/caseloads")
        path = next(tmp_path.iterdir())
        raw = path.read_bytes()
        head, size = len(raw) - (2 * (CHUNK_BYTES + 16) + 17), CHUNK_BYTES + 16
        start, one, two, rest = raw[:head], raw[head : head + size], raw[head + size : head + 2 * size], raw[-17:]
        path.write_bytes({"cut": start + one + two, "swap": start + two + one + rest, "add": raw + one}[damage])
        with pytest.raises(Broken), blobs.open("0123456789", group="nc-css/caseloads") as stream:
            stream.read()

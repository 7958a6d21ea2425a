"""The sealed forms as published: a second implementation and the product read each other, byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.vault import independent
from tests.rules.vault.conftest import serving

from harborline.adapters.keys import MemoryJournal, MemoryRoot, MemoryStore
from harborline.kernel import Broken, NotFound
from harborline.vault import services
from harborline.vault.blobs import CHUNK_BYTES, BlobDirectory
from harborline.vault.keyring import Keyring
from harborline.vault.sealed import seal_with, unseal_for_record, unseal_with

GROUP, NAME = "nc-css/caseloads", "0190a1b2-0000-7000-8000-000000000009"
PUBLISHED: dict[str, Any] = json.loads(independent.VECTORS.read_text())


def of(name: str) -> bytes:
    """A key or value of the published vectors."""
    return bytes.fromhex(PUBLISHED[name])


class TestThePublishedVectors:
    """`tests/rules/vault/vectors.json`."""

    def test_are_what_the_second_implementation_writes(self) -> None:
        """Nobody changed the file by hand."""
        assert independent.vectors() == PUBLISHED

    @pytest.mark.parametrize("vector", PUBLISHED["values"])
    def test_of_values_open(self, vector: dict[str, str]) -> None:
        """The product opens what it did not seal."""
        sealed, group = bytes.fromhex(vector["sealed"]), PUBLISHED["group"]
        opened = unseal_with(AESGCM(of("group_key")), sealed, group=group, context=PUBLISHED["context"])
        assert opened.hex() == vector["plaintext"]

    @pytest.mark.parametrize("vector", PUBLISHED["records"])
    def test_of_records_open(self, vector: dict[str, str]) -> None:
        """The second form."""
        opened = unseal_for_record(
            of("record_key"),
            bytes.fromhex(vector["sealed"]),
            record=uuid.UUID(PUBLISHED["record"]),
            group=PUBLISHED["group"],
            context=PUBLISHED["context"],
        )
        assert opened.hex() == vector["plaintext"]

    @pytest.mark.parametrize("vector", PUBLISHED["blobs"], ids=lambda vector: str(vector["size"]))
    def test_of_blobs_open(self, tmp_path: Path, vector: dict[str, Any]) -> None:
        """Streams around the edges of a chunk."""
        plaintext = independent.filling(vector["size"])
        sealed = independent.seal_blob(of("blob_key"), of("sealed_blob_key"), plaintext)
        assert hashlib.sha256(sealed).hexdigest() == vector["sha256"]
        store, root = MemoryStore(), MemoryRoot()
        Keyring(root, store).keep_class_key(PUBLISHED["group"], 1, of("group_key"), 0)
        blobs = BlobDirectory(tmp_path)
        (tmp_path / f"{PUBLISHED['blob']}.sealed").write_bytes(sealed)
        with serving(root, store, MemoryJournal()), blobs.open(PUBLISHED["blob"], group=PUBLISHED["group"]) as stream:
            assert stream.read() == plaintext

    @given(st.binary(max_size=200), st.integers(1, 2**32 - 1))
    def test_agree_with_what_the_product_seals(self, plaintext: bytes, number: int) -> None:
        """And the other way round, whatever the value."""
        key = of("group_key")
        sealed = seal_with(AESGCM(key), number, plaintext, group=GROUP, context="c")
        assert independent.open_value(key, sealed, GROUP, "c") == plaintext


@pytest.fixture
def blob(tmp_path: Path, memory_keys: None) -> Path:
    """A sealed blob of three chunks and a bit."""
    content = independent.filling(3 * CHUNK_BYTES + 5)
    BlobDirectory(tmp_path).put(NAME, io.BytesIO(content), group=GROUP)
    return tmp_path / f"{NAME}.sealed"


def read(path: Path) -> bytes:
    """Open and read a blob to its end."""
    with BlobDirectory(path.parent).open(NAME, group=GROUP) as stream:
        return stream.read()


def chunks(path: Path) -> tuple[bytes, list[bytes]]:
    """The head and the sealed chunks of a blob's file."""
    raw = path.read_bytes()
    start = 6 + int.from_bytes(raw[4:6])
    size = CHUNK_BYTES + 16
    return raw[:start], [raw[at : at + size] for at in range(start, len(raw), size)]


class TestABlob:
    """A stream in chunks, each bound to its number and to whether it is the last."""

    def test_is_read_by_the_second_implementation(self, blob: Path) -> None:
        """From the description alone."""
        _, key = services.keyring().current(GROUP, 0)
        opened = independent.open_blob(key, blob.read_bytes(), GROUP, NAME)
        assert opened == read(blob) == independent.filling(3 * CHUNK_BYTES + 5)

    @pytest.mark.parametrize(
        "order",
        ["", "0", "01", "012", "0132", "1023", "0012", "01233", "0123" * 2, "3", "123"],
        ids=lambda order: order or "none",
    )
    def test_opens_with_its_chunks_in_their_order_only(self, blob: Path, order: str) -> None:
        """Cut off, swapped, repeated, appended, or beginning in the middle."""
        head, parts = chunks(blob)
        blob.write_bytes(head + b"".join(parts[int(place)] for place in order))
        with pytest.raises(Broken):
            read(blob)

    @pytest.mark.parametrize("cut", [1, 5, 20, 21, 22, CHUNK_BYTES])
    def test_cut_off_anywhere_does_not_open(self, blob: Path, cut: int) -> None:
        """Also in the middle of a chunk or of a tag."""
        blob.write_bytes(blob.read_bytes()[:-cut])
        with pytest.raises(Broken):
            read(blob)

    @pytest.mark.parametrize("size", [0, 3, 5, 6, 30, 98])
    def test_cut_off_in_its_head_does_not_open(self, blob: Path, size: int) -> None:
        """Before the first chunk begins."""
        blob.write_bytes(blob.read_bytes()[:size])
        with pytest.raises(Broken):
            read(blob)

    @pytest.mark.parametrize("more", [b"\x00", bytes(16), bytes(CHUNK_BYTES + 16)], ids=len)
    def test_with_something_added_does_not_open(self, blob: Path, more: bytes) -> None:
        """A byte, a tag's worth, a chunk's worth."""
        blob.write_bytes(blob.read_bytes() + more)
        with pytest.raises(Broken):
            read(blob)

    @given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_with_one_bit_bent_does_not_open(self, blob: Path, place: float, bit: int) -> None:
        """Anywhere in head, chunks or tags."""
        whole = blob.read_bytes()
        bent = bytearray(whole)
        bent[int(place * len(whole))] ^= 1 << bit
        blob.write_bytes(bent)
        with pytest.raises((Broken, NotFound)):
            read(blob)
        blob.write_bytes(whole)

    def test_does_not_open_under_another_name(self, blob: Path) -> None:
        """A file renamed over another's is not taken for it."""
        blob.rename(blob.with_name("0190a1b2-0000-7000-8000-00000000000b.sealed"))
        with pytest.raises(Broken):
            BlobDirectory(blob.parent).open("0190a1b2-0000-7000-8000-00000000000b", group=GROUP)

    def test_of_a_record_ends_with_the_record(self, tmp_path: Path, memory_keys: None) -> None:
        """A paper a person handed in, shredded under its schedule."""
        record, blobs = uuid.uuid4(), BlobDirectory(tmp_path)
        blobs.put(NAME, io.BytesIO(b"paper"), group=GROUP, record=record)
        with blobs.open(NAME, group=GROUP, record=record) as stream:
            assert stream.read() == b"paper"
        with pytest.raises(Broken):
            blobs.open(NAME, group=GROUP)
        services.keyring().shelf(GROUP).erase([record])
        with pytest.raises(NotFound):
            blobs.open(NAME, group=GROUP, record=record)

    def test_that_the_second_implementation_finds_bent_is_bent(self, blob: Path) -> None:
        """The check itself can fail."""
        _, key = services.keyring().current(GROUP, 0)
        whole = blob.read_bytes()
        with pytest.raises(InvalidTag):
            independent.open_blob(key, whole[:-1] + bytes([whole[-1] ^ 1]), GROUP, NAME)

    def test_never_uses_a_key_twice(self, tmp_path: Path, memory_keys: None) -> None:
        """Equal files do not look equal."""
        content, blobs = os.urandom(100), BlobDirectory(tmp_path)
        for name in ("00000000-1", "00000000-2"):
            blobs.put(name, io.BytesIO(content), group=GROUP)
        one, other = (path.read_bytes()[-116:] for path in sorted(tmp_path.iterdir()))
        assert one != other

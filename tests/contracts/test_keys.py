"""Every holder of root keys and every store of wrapped keys keeps the same promises."""

from __future__ import annotations

import os
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from harborline.adapters.keys import (
    DirectoryStore,
    FileJournal,
    FileRoot,
    MemoryJournal,
    MemoryRoot,
    MemoryStore,
)
from harborline.adapters.pkcs11 import Place, TokenRoot
from harborline.kernel import Broken, Invalid, NotFound, Unavailable
from harborline.vault.checking import findings
from harborline.vault.keyring import Keyring
from harborline.vault.ports import SLOT_BYTES, ErasureJournal, KeyProvider, KeyStore
from harborline.vault.rotation import Moving, Rotation

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, KEY = "4711471147", bytes(range(32))


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A software token machine of this session; its library reads its place from the environment once."""
    directory = tmp_path_factory.mktemp("softhsm")
    (directory / "tokens").mkdir()
    (directory / "softhsm2.conf").write_text(f"directories.tokendir = {directory / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(directory / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "harborline", "--so-pin", PIN, "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    return directory


@pytest.fixture
def token(tokens: Path, tmp_path: Path) -> Place:
    """Where the keys of one test are: a label of their own in that token."""
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    pin_file.chmod(0o600)
    return Place(LIBRARY, "harborline", pin_file, label=f"root-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def in_token(token: Place) -> Iterator[TokenRoot]:
    """The holder of these keys; its session ends with the test."""
    held = TokenRoot(token)
    yield held
    held.close()


ROOTS = ["memory", "files", pytest.param("token", marks=pytest.mark.peer("softhsm2-util"))]


@pytest.fixture(params=ROOTS)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    """Each holder of root keys."""
    if request.param == "token":
        held: TokenRoot = request.getfixturevalue("in_token")
        return held
    return MemoryRoot() if request.param == "memory" else FileRoot(tmp_path)


class TestEveryHolderOfRootKeys:
    """A file, a token, memory."""

    def test_holds_nothing_before_the_first(self, root: KeyProvider) -> None:
        """A new installation."""
        assert root.numbers() == []

    def test_opens_what_it_wrapped_in_every_version(self, root: KeyProvider) -> None:
        """Old wrapped keys open while a new version is there."""
        numbers = [root.make(), root.make()]
        wrapped = [root.wrap(number, KEY, b"office nc-css") for number in numbers]
        assert root.numbers() == numbers == [1, 2]
        assert [root.unwrap(*each, b"office nc-css") for each in zip(numbers, wrapped, strict=True)] == [KEY, KEY]

    def test_numbers_above_what_it_is_told(self, root: KeyProvider) -> None:
        """When another holder's versions are moved here."""
        assert root.make(above=7) == 8
        assert root.make() == 9

    def test_wraps_differently_every_time(self, root: KeyProvider) -> None:
        """Two equal keys look different."""
        number = root.make()
        assert root.wrap(number, KEY, b"") != root.wrap(number, KEY, b"")

    def test_opens_only_for_the_purpose_it_wrapped_for(self, root: KeyProvider) -> None:
        """A wrapped key copied under another office's name does not open."""
        number = root.make()
        wrapped = root.wrap(number, KEY, b"office nc-css")
        with pytest.raises(Broken):
            root.unwrap(number, wrapped, b"office mn-wic")

    @pytest.mark.parametrize("place", [0, 11, 12, 40, -1])
    def test_opens_nothing_with_a_changed_byte(self, root: KeyProvider, place: int) -> None:
        """Nonce, key and tag are guarded."""
        number = root.make()
        wrapped = bytearray(root.wrap(number, KEY, b""))
        wrapped[place] ^= 1
        with pytest.raises(Broken):
            root.unwrap(number, bytes(wrapped), b"")

    def test_opens_nothing_of_another_version(self, root: KeyProvider) -> None:
        """The number is part of the way in."""
        first, second = root.make(), root.make()
        with pytest.raises(Broken):
            root.unwrap(second, root.wrap(first, KEY, b""), b"")

    def test_forgets_a_retired_version(self, root: KeyProvider) -> None:
        """And is not troubled by retiring it twice."""
        first = root.make()
        wrapped, second = root.wrap(first, KEY, b""), root.make()
        root.retire(first)
        root.retire(first)
        assert root.numbers() == [second]
        with pytest.raises(NotFound):
            root.unwrap(first, wrapped, b"")
        with pytest.raises(NotFound):
            root.wrap(first, KEY, b"")


@pytest.mark.peer("softhsm2-util")
class TestTheToken:
    """What only a token can do, and how it fails."""

    def test_never_gives_its_key_away(self, token: Place, in_token: TokenRoot) -> None:
        """Sensitive and not extractable, as the token itself says."""
        in_token.make()
        in_token.close()
        said = _objects(token)
        assert "sensitive" in said
        assert "never extractable" in said

    def test_opens_in_a_later_session_what_it_wrapped(self, token: Place, in_token: TokenRoot) -> None:
        """The key is in the token and nowhere else; a session that was cut is opened anew."""
        wrapped = in_token.wrap(in_token.make(), KEY, b"x")
        in_token.close()
        assert in_token.unwrap(1, wrapped, b"x") == KEY
        other = TokenRoot(token)
        assert other.unwrap(1, wrapped, b"x") == KEY
        other.close()
        assert in_token.unwrap(1, wrapped, b"x") == KEY

    def test_takes_over_keys_that_were_in_a_file(self, in_token: TokenRoot, tmp_path: Path) -> None:
        """Afterwards no root key is left in a file, and everything opens with the token alone."""
        store, files = DirectoryStore(tmp_path / "keys"), FileRoot(tmp_path / "keys")
        number, key = Keyring(files, store).current("nc-css/people", 202611)
        assert Rotation(Moving(in_token, files), store).root() == 2
        assert files.numbers() == []
        assert in_token.numbers() == [2]
        assert Keyring(in_token, store).key("nc-css/people", number) == key
        assert findings(in_token, store) == []

    def test_serves_many_threads(self, in_token: TokenRoot) -> None:
        """Pages share one session."""
        held = in_token
        wrapped = held.wrap(held.make(), KEY, b"x")
        opened: list[bytes] = []
        threads = [threading.Thread(target=lambda: opened.append(held.unwrap(1, wrapped, b"x"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert opened == [KEY] * 8

    def test_that_does_not_take_the_pin_says_so_without_showing_it(self, token: Place) -> None:
        """And it is not tried a second time: tokens lock."""
        token.pin_file.write_text("0000000000")
        with pytest.raises(Invalid, match="PIN") as wrong:
            TokenRoot(token).numbers()
        assert "0000000000" not in str(wrong.value)

    def test_pin_that_others_may_read_is_refused(self, token: Place) -> None:
        """As with any key file."""
        token.pin_file.chmod(0o644)
        with pytest.raises(Invalid, match="chmod 600"):
            TokenRoot(token).numbers()

    def test_that_is_not_there_is_unavailable(self, token: Place, tmp_path: Path) -> None:
        """The token's label or the library is wrong, each with its own words."""
        with pytest.raises(Unavailable, match="labelled 'elsewhere'"):
            TokenRoot(Place(LIBRARY, "elsewhere", token.pin_file)).numbers()
        with pytest.raises(Unavailable, match="library"):
            TokenRoot(Place(tmp_path / "none.so", "harborline", token.pin_file)).numbers()


def _objects(token: Place) -> str:
    import pkcs11  # noqa: PLC0415 - only where a token is

    session = pkcs11.lib(str(token.library)).get_token(token_label=token.token).open(user_pin=PIN)
    (key,) = session.get_objects({pkcs11.Attribute.LABEL: token.label})
    said = [
        word
        for word, attribute in (
            ("sensitive", pkcs11.Attribute.SENSITIVE),
            ("never extractable", pkcs11.Attribute.NEVER_EXTRACTABLE),
        )
        if key[attribute]
    ]
    session.close()
    return ", ".join(said)


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    """Each store of wrapped keys."""
    return MemoryStore() if request.param == "memory" else DirectoryStore(tmp_path)


def slots(count: int) -> dict[uuid.UUID, bytes]:
    """Random records with random slots."""
    return {uuid.uuid4(): os.urandom(SLOT_BYTES) for _ in range(count)}


class TestEveryStoreOfKeys:
    """Wrapped keys by name, slots by record."""

    def test_keeps_replaces_and_forgets(self, store: KeyStore) -> None:
        """By name; forgetting twice is harmless."""
        store.replace("groups/nc-css__people.1", b"one")
        store.replace("groups/nc-css__people.1", b"two")
        store.replace("groups/nc-css__people.12", b"three")
        assert store.read("groups/nc-css__people.1") == b"two"
        assert store.names("groups") == ["nc-css__people.1", "nc-css__people.12"]
        store.remove("groups/nc-css__people.1")
        store.remove("groups/nc-css__people.1")
        assert store.names("groups") == ["nc-css__people.12"]
        assert store.names("offices") == []
        with pytest.raises(NotFound):
            store.read("groups/nc-css__people.1")

    @pytest.mark.parametrize("count", [1, 38, 39, 700, 5_000])
    def test_keeps_the_slots_of_a_growing_shelf(self, store: KeyStore, count: int) -> None:
        """Around the sizes at which the file grows, in portions."""
        kept, strangers = slots(count), slots(50)
        for start in range(0, count, 97):
            store.shelf("mn-wic/inbound").put(dict(list(kept.items())[start : start + 97]))
        shelf = store.shelf("mn-wic/inbound")
        assert shelf.get(list(kept)) == list(kept.values())
        assert shelf.get(list(strangers)) == [None] * 50
        assert dict(shelf.items()) == kept
        assert store.shelves() == ["mn-wic/inbound"]

    def test_finds_records_whose_ids_fall_on_one_place(self, store: KeyStore) -> None:
        """Colliding ids stand side by side, also when one between them is erased."""
        kept = {uuid.UUID(int=(number << 64) + 7): bytes([number]) * SLOT_BYTES for number in range(1, 30)}
        shelf = store.shelf("mn-wic/inbound")
        shelf.put(kept)
        gone = list(kept)[3:20:2]
        assert shelf.erase(gone) == len(gone)
        left = {record: slot for record, slot in kept.items() if record not in gone}
        assert shelf.get(list(left)) == list(left.values())
        assert shelf.get(gone) == [None] * len(gone)

    def test_forgets_for_good(self, store: KeyStore) -> None:
        """An erased record is known as erased, is no more, and gets no other slot; also after the shelf was renewed."""
        kept = slots(10)
        shelf, gone = store.shelf("mn-wic/inbound"), list(kept)[:4]
        shelf.put(kept)
        assert shelf.erase([*gone, uuid.uuid4()]) == 4
        assert shelf.erase(gone) == 0
        left = {record: slot for record, slot in kept.items() if record not in gone}
        shelf.rewrite(left)
        shelf.put(slots(200))
        assert shelf.erased(list(kept)) == set(gone)
        assert shelf.get(gone) == [None] * 4
        assert shelf.get(list(left)) == list(left.values())
        with pytest.raises(Broken):
            shelf.put({gone[0]: bytes(SLOT_BYTES)})

    def test_gives_a_record_one_slot_only(self, store: KeyStore) -> None:
        """Two writers never replace each other's secret."""
        kept = slots(1)
        store.shelf("mn-wic/inbound").put(kept)
        with pytest.raises(Broken):
            store.shelf("mn-wic/inbound").put(dict.fromkeys(kept, bytes(SLOT_BYTES)))
        assert store.shelf("mn-wic/inbound").get(list(kept)) == list(kept.values())

    def test_lets_one_writer_in_at_a_time(self, store: KeyStore) -> None:
        """Two threads that both add one thousand times lose nothing."""
        total = [0]

        def add() -> None:
            for _ in range(500):
                with store.locked("mn-wic/inbound"):
                    before = total[0]
                    total[0] = before + 1

        threads = [threading.Thread(target=add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert total == [1000]


class TestTheDirectory:
    """What is special about files."""

    def test_keeps_every_file_to_its_own_account(self, tmp_path: Path) -> None:
        """No other account reads a key."""
        FileRoot(tmp_path).make()
        store = DirectoryStore(tmp_path)
        store.replace("groups/nc-css__people.1", b"x")
        store.shelf("mn-wic/inbound").put(slots(3))
        with store.locked(), store.locked("mn-wic/inbound"):
            files = [path for path in tmp_path.rglob("*") if path.is_file()]
            assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_dir()} == {0o700}

    def test_an_erased_slot_is_in_no_byte_of_it(self, tmp_path: Path) -> None:
        """Nor after the file grew, or was rewritten."""
        shelf, kept = DirectoryStore(tmp_path).shelf("mn-wic/inbound"), slots(30)
        secret = b"\xa5unmistakable\x5a" * 6 + bytes(12)
        record = uuid.uuid4()
        shelf.put({**kept, record: secret})
        assert _bytes_of(tmp_path).count(b"unmistakable") == 6
        shelf.erase([record])
        assert b"unmistakable" not in _bytes_of(tmp_path)

    def test_a_damaged_shelf_is_not_taken_for_an_empty_one(self, tmp_path: Path) -> None:
        """Cut off, or of another kind: nothing is made in its place."""
        shelf = DirectoryStore(tmp_path).shelf("mn-wic/inbound")
        shelf.put(slots(3))
        path = next(tmp_path.rglob("*.shelf"))
        for damaged in (path.read_bytes()[:-128], b"HLS9" + path.read_bytes()[4:]):
            path.write_bytes(damaged)
            with pytest.raises(Broken, match="not whole"):
                shelf.get([uuid.uuid4()])


def _bytes_of(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> ErasureJournal:
    """Each journal."""
    if request.param == "memory":
        return MemoryJournal()
    return FileJournal(tmp_path / "erasures" / "journal.jsonl", [tmp_path / "copy" / "journal.jsonl"])


class TestEveryJournal:
    """What was destroyed, line by line."""

    def test_keeps_its_lines_in_order(self, journal: ErasureJournal) -> None:
        """Oldest first."""
        journal.append(['{"a":1}', '{"b":2}'])
        journal.append(['{"c":3}'])
        assert journal.read() == ['{"a":1}', '{"b":2}', '{"c":3}']

    def test_is_empty_before_the_first(self, journal: ErasureJournal) -> None:
        """A new installation destroyed nothing."""
        assert journal.read() == []


class TestTheFileOfTheJournal:
    """Files may be cut off, lost, or out of reach."""

    def test_outlives_the_loss_of_one_copy(self, tmp_path: Path) -> None:
        """Each copy has every line, and together they give each line once."""
        ours, copy = tmp_path / "a" / "journal.jsonl", tmp_path / "b" / "journal.jsonl"
        FileJournal(ours, [copy]).append(["one", "two"])
        ours.unlink()
        FileJournal(ours, [copy]).append(["three"])
        assert sorted(FileJournal(ours, [copy]).read()) == ["one", "three", "two"]

    def test_goes_on_after_a_line_that_was_cut_off(self, tmp_path: Path) -> None:
        """The torn line stays apart from the next one."""
        path = tmp_path / "journal.jsonl"
        path.write_text('{"whole":1}\n{"to')
        FileJournal(path).append(['{"next":2}'])
        assert FileJournal(path).read() == ['{"whole":1}', '{"to', '{"next":2}']

    def test_stops_an_erasure_when_a_copy_cannot_be_written(self, tmp_path: Path) -> None:
        """An erasure nobody remembers would come back."""
        (tmp_path / "taken").write_text("a file where a directory should be")
        with pytest.raises(Unavailable, match="taken"):
            FileJournal(tmp_path / "journal.jsonl", [tmp_path / "taken" / "journal.jsonl"]).append(["one"])

"""The hierarchy of keys: what wraps what, and what remains when one of them is gone."""

from __future__ import annotations

import os
import threading
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.rules.vault.conftest import serving

from harborline.adapters.keys import DirectoryStore, FileRoot, MemoryJournal, MemoryRoot, MemoryStore
from harborline.kernel import Broken, NotFound
from harborline.vault import services
from harborline.vault.checking import findings
from harborline.vault.facts import KeyStanding, Piece
from harborline.vault.keyring import Keyring

NOVEMBER, DECEMBER = 202611, 202612
GROUP = "nc-css/people"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    """Keys in a directory."""
    return Keyring(FileRoot(tmp_path), DirectoryStore(tmp_path))


def again(directory: Path) -> Keyring:
    """The same keys in a later process."""
    return Keyring(FileRoot(directory), DirectoryStore(directory))


class TestClassKeys:
    """One key for a class of records, a new one each month."""

    def test_are_found_by_a_later_process(self, ring: Keyring, tmp_path: Path) -> None:
        """A restart finds the keys it left."""
        assert again(tmp_path).current(GROUP, NOVEMBER) == ring.current(GROUP, NOVEMBER)

    def test_begin_anew_each_month_and_keep_the_old(self, ring: Keyring) -> None:
        """So that a month can be destroyed as a whole."""
        first, second = ring.current(GROUP, NOVEMBER), ring.current(GROUP, DECEMBER)
        assert (first[0], second[0]) == (1, 2)
        assert first[1] != second[1]
        assert ring.key(GROUP, 1) == first[1]
        assert ring.current(GROUP, DECEMBER) == second

    def test_are_one_when_many_ask_first(self, tmp_path: Path) -> None:
        """Two processes that begin at once agree."""
        found: list[tuple[int, bytes]] = []
        threads = [
            threading.Thread(target=lambda: found.append(again(tmp_path).current(GROUP, NOVEMBER))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1

    def test_that_are_destroyed_are_gone_and_their_number_is_not_used_again(self, ring: Keyring) -> None:
        """A journal that destroys number 1 again must not meet another key."""
        ring.current(GROUP, NOVEMBER)
        ring.remove_class_key(GROUP, 1)
        with pytest.raises(NotFound):
            ring.key(GROUP, 1)
        assert ring.current(GROUP, NOVEMBER)[0] == 2

    def test_of_the_index_never_change(self, ring: Keyring) -> None:
        """Whatever the month, a number is found again."""
        assert ring.index_key("phone") == ring.index_key("phone") != ring.index_key("case")
        assert ring.numbers("index") == [1]

    def test_do_not_open_without_their_root_key(self, ring: Keyring, tmp_path: Path) -> None:
        """A stolen copy of the wrapped keys is useless without the root key."""
        ring.current(GROUP, NOVEMBER)
        (tmp_path / "root.key").write_bytes(b"x" * 32)
        with pytest.raises(Broken):
            again(tmp_path).key(GROUP, 1)

    @pytest.mark.parametrize(
        "moved", [("offices", "nc-css.1", "mn-wic.1"), ("groups", "nc-css__people.1", "nc-css__x.1")]
    )
    def test_do_not_open_under_another_name(self, ring: Keyring, tmp_path: Path, moved: tuple[str, str, str]) -> None:
        """A file copied over another's place is not taken for it."""
        for group in (GROUP, "nc-css/x", "mn-wic/people"):
            ring.current(group, NOVEMBER)
        folder, source, target = moved
        (tmp_path / folder / target).write_bytes((tmp_path / folder / source).read_bytes())
        with pytest.raises(Broken):
            again(tmp_path).key("mn-wic/people" if folder == "offices" else "nc-css/x", 1)

    def test_of_the_first_form_still_open(self, tmp_path: Path) -> None:
        """Keys of an installation from before the offices: nonce and key, directly under the root key."""
        root, key, nonce = os.urandom(32), os.urandom(32), os.urandom(12)
        (tmp_path / "groups").mkdir()
        (tmp_path / "root.key").write_bytes(root)
        bound = b"harborline/group-key/nc-css/people/1"
        (tmp_path / "groups" / "nc-css__people.1").write_bytes(nonce + AESGCM(root).encrypt(nonce, key, bound))
        assert again(tmp_path).key(GROUP, 1) == key
        assert again(tmp_path).current(GROUP, NOVEMBER)[0] == 2

    def test_that_are_no_keys_are_named(self, ring: Keyring, tmp_path: Path) -> None:
        """An emptied file is not an unheld key."""
        ring.current(GROUP, NOVEMBER)
        (tmp_path / "groups" / "nc-css__people.1").write_bytes(b"")
        with pytest.raises(Broken, match=r"nc-css__people\.1"):
            again(tmp_path).key(GROUP, 1)

    @pytest.mark.parametrize("group", ["", "../x", "NC/people", "nc-css/people.1", "nc css"])
    def test_have_names_that_are_no_paths(self, ring: Keyring, group: str) -> None:
        """A group comes from code, and still."""
        with pytest.raises(Broken):
            ring.current(group, NOVEMBER)


class TestRecords:
    """Secrets of single records, outside PostgreSQL."""

    @pytest.fixture(autouse=True)
    def _keys(self, memory_keys: None) -> None:
        """Keys for one test."""

    def test_open_in_their_place_only(self) -> None:
        """Record, group and context are bound in."""
        record, other = uuid.uuid4(), uuid.uuid4()
        sealed = services.seal_record(b"words", record=record, group="mn-wic/inbound", context="inbound:1")
        services.seal_record(b"words", record=other, group="mn-wic/inbound", context="inbound:1")
        services.seal_record(b"words", record=record, group="mn-wic/other", context="inbound:1")
        assert services.unseal_record(sealed, record=record, group="mn-wic/inbound", context="inbound:1") == b"words"
        for place in (
            (other, "mn-wic/inbound", "inbound:1"),
            (record, "mn-wic/other", "inbound:1"),
            (record, "mn-wic/inbound", "inbound:2"),
        ):
            with pytest.raises(Broken):
                services.unseal_record(sealed, record=place[0], group=place[1], context=place[2])

    def test_share_one_secret_between_their_pieces(self) -> None:
        """A case's papers, a text's words and number."""
        record = uuid.uuid4()
        pieces = [Piece(record, f"case:{number}", bytes([number])) for number in range(5)]
        sealed = services.seal_records(pieces, group="nc-css/cases")
        back = [Piece(record, piece.context, each) for piece, each in zip(pieces, sealed, strict=True)]
        assert services.unseal_records(back, group="nc-css/cases") == [piece.content for piece in pieces]
        assert services.keyring().standings()[-1] == KeyStanding("records", "nc-css/cases", 1, count=1)

    def test_are_gone_with_their_slot_and_leave_the_others(self) -> None:
        """Shredding one text of many."""
        records = [uuid.uuid4() for _ in range(3)]
        group = "mn-wic/inbound"
        sealed = services.seal_records([Piece(each, "inbound", b"words") for each in records], group=group)
        services.keyring().shelf(group).erase(records[1:2])
        opened = services.unseal_records(
            [Piece(each, "inbound", content) for each, content in zip(records, sealed, strict=True)], group=group
        )
        assert opened == [b"words", None, b"words"]
        assert services.shredded(records, group=group) == {records[1]}
        with pytest.raises(NotFound, match="destroyed"):
            services.unseal_record(sealed[1], record=records[1], group=group, context="inbound")
        with pytest.raises(Broken, match="fresh"):
            services.seal_record(b"again", record=records[1], group=group, context="inbound")

    def test_commit_under_a_key_of_their_own_that_dies_with_them(self) -> None:
        """The proof stays, and tells nobody what it was about."""
        first, second = uuid.uuid4(), uuid.uuid4()
        keys = services.commit_keys([first, second], group="mn-wic/inbound")
        assert keys == services.commit_keys([first, second], group="mn-wic/inbound")
        assert len({*keys}) == 2
        services.keyring().shelf("mn-wic/inbound").erase([first])
        with pytest.raises(Broken):
            services.commit_keys([first], group="mn-wic/inbound")

    @pytest.mark.parametrize("damage", [b"", b"\x01" + bytes(40), b"\x02" + bytes(10)])
    def test_of_another_form_are_refused(self, damage: bytes) -> None:
        """Too short, or a value of the other kind."""
        record = uuid.uuid4()
        services.seal_record(b"x", record=record, group="mn-wic/inbound", context="c")
        with pytest.raises(Broken):
            services.unseal_record(damage, record=record, group="mn-wic/inbound", context="c")


class TestLookingAfterTheKeys:
    """What `harborline keys check` finds."""

    def test_finds_nothing_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        """Keys and records in use."""
        with serving(FileRoot(tmp_path), DirectoryStore(tmp_path), MemoryJournal()):
            services.seal(b"x", group=GROUP, context="c")
            services.seal_record(b"x", record=uuid.uuid4(), group="mn-wic/inbound", context="c")
        assert findings(FileRoot(tmp_path), DirectoryStore(tmp_path)) == []

    def test_names_what_does_not_open(self, tmp_path: Path) -> None:
        """A class key, an office key, a slot; and what a rotation left over."""
        with serving(FileRoot(tmp_path), DirectoryStore(tmp_path), MemoryJournal()):
            services.seal(b"x", group=GROUP, context="c")
            services.seal(b"x", group="staff/sign-in", context="c")
            services.seal_record(b"x", record=uuid.uuid4(), group="mn-wic/inbound", context="c")
        store = DirectoryStore(tmp_path)
        for name in ("groups/nc-css__people.1", "offices/staff.1"):
            store.replace(name, store.read(name)[:-1] + bytes([store.read(name)[-1] ^ 1]))
        store.shelf("mn-wic/inbound").rewrite(
            {record: slot[:-1] + bytes([slot[-1] ^ 1]) for record, slot in store.shelf("mn-wic/inbound").items()}
        )
        FileRoot(tmp_path).make()
        said = "\n".join(findings(FileRoot(tmp_path), store))
        for word in ("nc-css/people", "1 records of mn-wic/inbound", "root keys 1, 2", "does not open"):
            assert word in said

    def test_lists_every_key_from_the_root_down(self) -> None:
        """Level, name, number, what wraps it."""
        ring = Keyring(MemoryRoot(), MemoryStore())
        ring.current(GROUP, NOVEMBER)
        ring.ensured_secrets("mn-wic/inbound", [uuid.uuid4()])
        assert [(each.level, each.name, each.number, each.wrapped_by) for each in ring.standings()] == [
            ("root", "root", 1, 0),
            ("office", "mn-wic", 1, 1),
            ("office", "nc-css", 1, 1),
            ("class", "mn-wic/inbound/slots", 1, 1),
            ("class", GROUP, 1, 1),
            ("records", "mn-wic/inbound", 1, 0),
        ]

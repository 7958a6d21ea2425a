"""The projection check: whatever was changed past the product is named."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from harborline.kernel import ports
from harborline.ledger import fsck, selectors, services
from harborline.ledger.facts import Difference
from harborline.ledger.fsck import Found
from harborline.ledger.keyfile import key_ring
from harborline.ledger.models import Leaf
from harborline.ledger.ports import Projection
from harborline.walls import ALL_COUNTIES, Context, acting

from .conftest import CORA, ORIGIN, Installation

Record = Callable[[int], list[uuid.UUID]]


def flipped(column: str, place: int = 60) -> str:
    """SQL that sets a column to itself with one bit changed."""
    return f"{column} = set_byte({column}, {place}, get_byte({column}, {place}) # 1)"


MOVED = (
    "UPDATE ledger_content SET sealed = other.sealed FROM ledger_content other"
    " WHERE ledger_content.number = {n} AND other.number = {n} + 1"
)
# What somebody may change past the product ({n} is the entry at place 17), and where the check must say so.
CHANGES = [
    (f"UPDATE ledger_entry SET {flipped('leaf')} WHERE number = {{n}}", "tile/0/000: hash 17"),
    ("UPDATE ledger_entry SET entry_id = gen_random_uuid() WHERE number = {n}", "not those of this entry"),
    ("DELETE FROM ledger_entry WHERE number = {n}", "ledger_leaf 1/17: its entry is missing"),
    ("DELETE FROM ledger_leaf WHERE seq = 17", "ledger_leaf 1/17: is missing"),
    ("DELETE FROM ledger_leaf WHERE seq = 299", "neither stands in the tree nor waits"),
    ("UPDATE ledger_leaf SET number = number + 100000 WHERE seq = 17", "ledger_leaf 1/17"),
    (f"UPDATE ledger_storedtile SET {flipped('hashes', 40)} WHERE level = 0 AND index = 0", "tile/0/000: hash 1"),
    (f"UPDATE ledger_storedtile SET {flipped('hashes', 3)} WHERE level = 1", "tile/1/000: hash 0"),
    ("DELETE FROM ledger_storedtile WHERE level = 0 AND index = 1", "tile/0/001: hash 0"),
    ("UPDATE ledger_storedtile SET hashes = hashes || hashes WHERE level = 1", "tile/1/000: holds 64 bytes"),
    ("UPDATE ledger_head SET size = size + 1", "ledger_head 1"),
    (f"UPDATE ledger_head SET {flipped('root', 3)}", "ledger_head 1"),
    ("UPDATE ledger_signedcheckpoint SET size = 258", ".size: is 258"),
    (f"UPDATE ledger_signedcheckpoint SET {flipped('note', 30)} WHERE size < 300", "is not signed by this log"),
    (f"UPDATE ledger_pending SET {flipped('leaf_hash', 3)}", "ledger_pending"),
    ("DELETE FROM ledger_pending", "neither stands in the tree nor waits"),
    ("UPDATE ledger_content SET kind = 'consent.given' WHERE number = {n}", ".kind: is consent.given"),
    ("UPDATE ledger_content SET recorded_at = recorded_at - interval '1 us' WHERE number = {n}", ".recorded_at"),
    (f"UPDATE ledger_content SET {flipped('subject_index', 3)} WHERE number = {{n}}", ".subject_index"),
    (f"UPDATE ledger_content SET {flipped('sealed', 100)} WHERE number = {{n}}", ".sealed"),
    ("UPDATE ledger_content SET program = 'mn-wic' WHERE number = {n}", ".sealed"),
    (MOVED, ".sealed"),
    ("UPDATE ledger_content SET sealed_items = NULL WHERE sealed_items IS NOT NULL", ".sealed_items: is missing"),
    (f"UPDATE ledger_content SET {flipped('sealed_items', 100)} WHERE sealed_items IS NOT NULL", ".sealed_items"),
]


def at_work(program: str = "nc-css") -> AbstractContextManager[Context]:
    """Cora at her desk."""
    return acting(CORA, program=program, counties=ALL_COUNTIES, purpose="fsck")


def checked(installation: Installation) -> Found:
    """The whole check."""
    keys = key_ring(installation.key_file, ORIGIN).verifiers
    return fsck.check(selectors.epochs(), keys, at_work, ["mn-wic", "nc-css"])


def told(found: Found) -> str:
    """The differences in one line."""
    return "; ".join(f"{one.where}: {one.what}" for one in found.differences)


@pytest.fixture(autouse=True)
def only_the_ledger() -> Iterator[None]:
    """The other rooms have their own tests."""
    served = ports.serving_all(Projection)
    for room in served:
        ports.serve(Projection, Silent(), room)
    yield
    for room, projection in served.items():
        ports.serve(Projection, projection, room)


class Silent:
    """A room that has nothing to compare."""

    def differences(self, program: str) -> Iterator[Difference]:
        """Nothing."""
        del program
        yield from ()


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestTheCheck:
    """A log of 300 entries in the tree, 3 waiting, one of them a batch, in two programs."""

    @pytest.fixture(autouse=True)
    def log(self, installation: Installation, record_some: Record) -> None:
        """Recorded, published, and some more recorded."""
        record_some(258)
        with at_work():
            services.record_batch(
                "message.attempted", subject="dispatch", items=[os.urandom(32) for _ in range(5)], content={"n": 5}
            )
        installation.sequence()
        record_some(41)
        installation.sequence()
        record_some(2)
        with at_work("mn-wic"):
            services.record("consent.withdrawn", subject="participant:ben", content={})

    def test_finds_nothing_where_nothing_was_changed(self, installation: Installation) -> None:
        """And counts what it read."""
        found = checked(installation)
        assert told(found) == ""
        assert found.whole
        assert (found.entries, found.waiting, found.contents, found.destroyed) == (300, 3, 303, 0)

    @pytest.mark.parametrize(("statement", "where"), CHANGES)
    def test_names_what_was_changed(
        self, statement: str, where: str, installation: Installation, as_owner: Callable[[str], None]
    ) -> None:
        """Row and column, for every stored value that an entry vouches for."""
        number = Leaf.objects.get(epoch=1, seq=17).number
        as_owner(statement.format(n=number))
        found = checked(installation)
        assert not found.whole
        assert where in told(found), told(found)

    def test_knows_a_destroyed_content_from_a_changed_one(
        self, installation: Installation, as_owner: Callable[[str], None]
    ) -> None:
        """What was destroyed lawfully is counted, and the entries still prove themselves."""
        as_owner("DELETE FROM ledger_content WHERE number IN (SELECT number FROM ledger_leaf WHERE seq < 10)")
        found = checked(installation)
        assert found.whole
        assert (found.entries, found.contents) == (300, 293)

    def test_lists_no_more_than_a_person_can_read(
        self, installation: Installation, as_owner: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The rest is counted."""
        monkeypatch.setattr(fsck, "LONGEST_LIST", 10)
        as_owner("UPDATE ledger_content SET kind = 'a.b'")
        found = checked(installation)
        assert (len(found.differences), found.more) == (10, 293)


class TestAnotherRoom:
    """Its projection is asked in the context of each program."""

    def test_says_what_differs_in_its_tables(self, installation: Installation, record_some: Record) -> None:
        """Under its own words."""
        asked: list[str] = []

        class Room:
            """A room with one wrong row."""

            def differences(self, program: str) -> Iterator[Difference]:
                """The row."""
                asked.append(program)
                yield Difference(f"room_table {program}", "is wrong")

        record_some(1)
        ports.serve(Projection, Room(), "consent")
        found = checked(installation)
        assert asked == ["mn-wic", "nc-css"]
        assert [one.where for one in found.differences] == ["room_table mn-wic", "room_table nc-css"]

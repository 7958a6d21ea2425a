"""Shredding: the order stands or falls with the deletion, the secret goes after the commit, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.db import connection, transaction

from harborline.adapters.keys import FileJournal
from harborline.kernel import Broken, Invalid, NotFound, Unavailable, ports
from harborline.ledger.selectors import items_of, opened
from harborline.vault import services, shredding
from harborline.vault.facts import Grounds
from harborline.vault.models import ShredOrder
from harborline.vault.ports import ErasureJournal
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

GROUP = "mn-wic/inbound"
GROUNDS = Grounds("mn-wic/inbound-texts@2026-01", "MN WIC 9.6", ("MN-WIC-9.6:text-delete-after-viewing",), "worker:eli")
KILLED = Path(__file__).with_name("killed_shredding.py")


def as_retention(program: str = "mn-wic") -> AbstractContextManager[Context]:
    """Whoever disposes."""
    return acting(Actor("system", "retention"), program=program, counties=ALL_COUNTIES, purpose="disposal")


def sealed_record(words: bytes = b"words") -> tuple[uuid.UUID, bytes]:
    """A record and its sealed words."""
    record = uuid.uuid4()
    return record, services.seal_record(words, record=record, group=GROUP, context="inbound")


def readable(record: uuid.UUID, sealed: bytes) -> bool:
    """Whether the words still open."""
    try:
        return services.unseal_record(sealed, record=record, group=GROUP, context="inbound") == b"words"
    except NotFound:
        return False


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[FileJournal]:
    """A journal of its own, with a copy."""
    before = ports.serving(ErasureJournal)
    made = FileJournal(tmp_path / "journal.jsonl", [tmp_path / "copy.jsonl"])
    ports.serve(ErasureJournal, made)
    yield made
    ports.serve(ErasureJournal, before)


@pytest.mark.usefixtures("committed")
class TestShreddingRecords:
    """One text of many."""

    def test_destroys_after_the_commit_and_leaves_the_others(self, journal: FileJournal) -> None:
        """Inside the transaction the words still open; after it they are gone for good."""
        (gone, words), (kept, other) = sealed_record(), sealed_record()
        with as_retention():
            services.shred([gone], group=GROUP, grounds=GROUNDS)
            assert readable(gone, words)
        assert not readable(gone, words)
        assert readable(kept, other)
        with as_retention():
            order = ShredOrder.objects.get()
            assert order.carried_out_at is not None

    def test_is_undone_with_the_callers_work(self, journal: FileJournal) -> None:
        """No ciphertext deleted, no key destroyed, no entry, no line."""
        record, words = sealed_record()
        with as_retention():
            services.shred([record], group=GROUP, grounds=GROUNDS)
            transaction.set_rollback(True)
        assert readable(record, words)
        assert journal.read() == []
        with as_retention():
            assert not ShredOrder.objects.exists()

    def test_is_recorded_with_its_grounds_and_a_commitment_to_each_record(self, journal: FileJournal) -> None:
        """Schedule, authority, clauses, approver, count; and the ids are shown only to whoever has them."""
        records = [sealed_record()[0] for _ in range(3)]
        with as_retention():
            entry_id = services.shred([*records, records[0]], group=GROUP, grounds=GROUNDS)
        with as_retention():
            content = opened(entry_id).content
            items = items_of(entry_id)
        assert content["schedule"] == "mn-wic/inbound-texts@2026-01"
        assert content["clauses"] == ["MN-WIC-9.6:text-delete-after-viewing"]
        assert (content["authority"], content["approved_by"], content["count"]) == ("MN WIC 9.6", "worker:eli", 3)
        assert items == [shredding.commitment(GROUP, record) for record in records]

    def test_leaves_a_line_outside_the_database(self, journal: FileJournal, tmp_path: Path) -> None:
        """In the journal and in its copy, with the record and the entry."""
        record, _ = sealed_record()
        with as_retention():
            entry_id = services.shred([record], group=GROUP, grounds=GROUNDS)
        (line,) = journal.read()
        said = json.loads(line)
        assert (said["group"], said["records"], said["entry"]) == (GROUP, [record.hex], str(entry_id))
        assert (tmp_path / "copy.jsonl").read_text() == f"{line}\n"

    def test_twice_or_of_an_unknown_record_is_harmless(self, journal: FileJournal) -> None:
        """A second run over the same list."""
        record, words = sealed_record()
        for _ in range(2):
            with as_retention():
                services.shred([record, uuid.uuid4()], group=GROUP, grounds=GROUNDS)
        assert not readable(record, words)

    def test_of_many_is_ordered_in_portions(self, journal: FileJournal, monkeypatch: pytest.MonkeyPatch) -> None:
        """A hundred thousand texts do not make one row."""
        monkeypatch.setattr(shredding, "ORDER_RECORDS", 4)
        found = [sealed_record() for _ in range(9)]
        with as_retention():
            services.shred([record for record, _ in found], group=GROUP, grounds=GROUNDS)
        assert not any(readable(*each) for each in found)
        assert [len(json.loads(line)["records"]) for line in journal.read()] == [4, 4, 1]

    @pytest.mark.parametrize("grounds", [Grounds("", "law"), Grounds("schedule", "")])
    def test_without_grounds_is_refused(self, journal: FileJournal, grounds: Grounds) -> None:
        """Nobody destroys without naming the schedule and its authority."""
        record, words = sealed_record()
        with pytest.raises(Invalid), as_retention():
            services.shred([record], group=GROUP, grounds=grounds)
        with pytest.raises(Invalid), as_retention():
            services.shred([], group=GROUP, grounds=GROUNDS)
        assert readable(record, words)

    def test_waits_while_a_copy_of_the_journal_cannot_be_written(self, tmp_path: Path, journal: FileJournal) -> None:
        """The caller's work stands, the secret goes when the copy is back."""
        record, words = sealed_record()
        (tmp_path / "away").write_text("not a directory")
        ports.serve(ErasureJournal, FileJournal(tmp_path / "journal.jsonl", [tmp_path / "away" / "copy.jsonl"]))
        with as_retention():
            services.shred([record], group=GROUP, grounds=GROUNDS)
        assert readable(record, words)
        with pytest.raises(Unavailable):
            shredding.carry_out_orders()
        (tmp_path / "away").unlink()
        assert shredding.carry_out_orders() == 1
        assert not readable(record, words)
        assert shredding.carry_out_orders() == 0

    def test_orders_of_another_program_are_not_seen(self, journal: FileJournal) -> None:
        """A program's destructions are its own."""
        with as_retention():
            services.shred([sealed_record()[0]], group=GROUP, grounds=GROUNDS)
        with as_retention("nc-css"):
            assert not ShredOrder.objects.exists()

    @pytest.mark.parametrize(
        "statement", ["DELETE FROM vault_shredorder", "UPDATE vault_shredorder SET records = '{}'"]
    )
    def test_orders_can_be_neither_deleted_nor_changed(self, journal: FileJournal, statement: str) -> None:
        """Only when they were carried out is added."""
        with as_retention():
            services.shred([sealed_record()[0]], group=GROUP, grounds=GROUNDS)
        with (
            pytest.raises(Exception, match="permission denied"),
            as_retention(),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    @pytest.mark.parametrize("step", [1, 2, 3])
    def test_killed_between_its_steps_is_made_good(self, home: Path, step: int) -> None:
        """Killed after the commit, after the journal, after the key: the upkeep ends it, and nothing else is lost."""
        (gone, words), (kept, other) = sealed_record(), sealed_record()
        environment = {**os.environ, "HARBORLINE_HOME": str(home)}
        command = [sys.executable, str(KILLED), str(gone), GROUP, str(step)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert readable(gone, words) is (step < 3)
        assert shredding.carry_out_orders() == 1
        assert not readable(gone, words)
        assert readable(kept, other)
        with as_retention():
            assert ShredOrder.objects.get().carried_out_at is not None


@pytest.mark.usefixtures("committed")
class TestShreddingAClassKey:
    """A whole month of texts."""

    def test_destroys_all_that_was_sealed_under_it(self, journal: FileJournal) -> None:
        """And what is sealed afterwards is under another number."""
        group = f"nc-css/{uuid.uuid4().hex[:8]}"
        sealed = services.seal(b"words", group=group, context="c")
        with as_retention("nc-css"):
            entry_id = services.shred_key(services.key_number(sealed), group=group, grounds=GROUNDS)
        with pytest.raises(NotFound):
            services.unseal(sealed, group=group, context="c")
        assert services.key_number(services.seal(b"words", group=group, context="c")) == 2
        with as_retention("nc-css"):
            assert opened(entry_id).content["key"] == 1
        assert json.loads(journal.read()[0])["key"] == 1

    @pytest.mark.parametrize(
        ("group", "error"), [("index", Broken), ("nc-css/x/slots", Broken), ("nc-css/x", NotFound)]
    )
    def test_is_refused_for_what_must_stay(self, journal: FileJournal, group: str, error: type[Exception]) -> None:
        """The index, slots, and a key that is not there."""
        services.blind_index("phone", "+19195550123")
        with pytest.raises(error), as_retention("nc-css"):
            services.shred_key(1, group=group, grounds=GROUNDS)


@pytest.mark.usefixtures("committed")
class TestAfterARestore:
    """Older keys came back; what was destroyed goes again."""

    @pytest.fixture
    def resurrected(self, journal: FileJournal, home: Path) -> tuple[uuid.UUID, bytes]:
        """A record that was shredded, and whose slot an older copy of the keys has brought back."""
        record, words = sealed_record()
        (path,) = (home / "keys" / "slots").glob("mn-wic__inbound.shelf")
        before = path.read_bytes()
        with as_retention():
            services.shred([record], group=GROUP, grounds=GROUNDS)
        assert not readable(record, words)
        path.write_bytes(before)
        assert readable(record, words)
        return record, words

    def test_by_the_journal(self, resurrected: tuple[uuid.UUID, bytes], journal: FileJournal) -> None:
        """Lines that were cut off count for nothing and stop nothing."""
        lines: Sequence[str] = ['{"gro', "[]", '{"group":"mn-wic/inbound"}', *journal.read()]
        assert shredding.apply_journal(lines) == 1
        assert not readable(*resurrected)
        assert shredding.apply_journal(lines) == 0

    def test_by_the_orders_in_the_database(self, resurrected: tuple[uuid.UUID, bytes]) -> None:
        """The journal may be lost too."""
        assert shredding.apply_orders() == 1
        assert not readable(*resurrected)

"""Recording: an entry stands and falls with the work it records, and says nothing to those it does not concern."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection, connections, transaction

from harborline.kernel import Broken, Invalid, NotFound, Unavailable
from harborline.law import profile
from harborline.ledger import selectors, services
from harborline.ledger.commitments import verify_opening
from harborline.ledger.entry import prefix, read_entry
from harborline.ledger.keyfile import signing_key
from harborline.ledger.models import Content, Entry, Pending
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

from .conftest import CORA, ORIGIN, Installation


def at_work(program: str = "nc-css") -> AbstractContextManager[Context]:
    """Cora at her desk."""
    return acting(CORA, program=program, counties=ALL_COUNTIES, purpose="case-work")


class TestARecord:
    """One entry about one person."""

    def test_is_read_back_with_its_circumstances(self, db: None) -> None:
        """Who did it, for what, under which profile, and what it was."""
        with at_work():
            entry_id = services.record("consent.withdrawn", subject="participant:ana", content={"by": "text"})
            found = selectors.opened(entry_id)
        assert (found.kind, found.actor, found.purpose) == ("consent.withdrawn", "worker:cora", "case-work")
        assert found.profile == profile("nc-css").sha256
        assert found.content == {"by": "text"}

    def test_is_found_by_whom_it_concerns(self, db: None) -> None:
        """Newest first, page by page, nobody else's."""
        with at_work():
            made = [services.record("consent.withdrawn", subject="participant:ana", content={"n": n}) for n in range(5)]
            services.record("consent.withdrawn", subject="participant:ben", content={})
            page = selectors.entries_of("participant:ana", limit=3)
            rest = selectors.entries_of("participant:ana", before=page[-1].number)
        assert [one.entry_id for one in page + rest] == made[::-1]

    def test_commits_to_its_subject_and_content(self, db: None) -> None:
        """And to no other."""
        with at_work():
            entry_id = services.record("consent.withdrawn", subject="participant:ana", content={"by": "text"})
            selectors.check_commitments(entry_id, "participant:ana")
            with pytest.raises(Broken):
                selectors.check_commitments(entry_id, "participant:ben")

    def test_can_be_shown_in_part(self, db: None) -> None:
        """The event and one field, without the worker."""
        with at_work():
            entry_id = services.record("consent.withdrawn", subject="participant:ana", content={"by": "text", "x": 1})
            opening = selectors.opening_of(entry_id, ["event", "content/by"])
        leaf = selectors.leaf_of(entry_id)
        shown = verify_opening(opening, read_entry(leaf, prefix(services.log_origin())).content)
        assert set(shown) == {"event", "content/by"}

    def test_is_gone_when_the_work_is_undone(self, db: None) -> None:
        """No record of what never happened."""
        with at_work(), transaction.atomic():
            services.record("consent.withdrawn", subject="participant:ana", content={})
            transaction.set_rollback(True)
        assert Entry.objects.count() == Pending.objects.count() == 0

    def test_is_not_made_outside_a_context(self, database: None) -> None:
        """Nobody acts without a name and a purpose."""
        with pytest.raises(Broken):
            services.record("consent.withdrawn", subject="participant:ana", content={})

    @pytest.mark.parametrize(
        ("kind", "subject", "content", "fault"),
        [
            ("withdrawn", "participant:ana", {}, Broken),
            ("consent.withdrawn", "", {}, Invalid),
            ("consent.withdrawn", "participant:ana", {"at": 1.5}, Invalid),
        ],
    )
    def test_is_not_made_of_what_cannot_be_recorded(
        self, kind: str, subject: str, content: dict[str, int], fault: type[Exception], db: None
    ) -> None:
        """Nothing half-done is left."""
        with at_work(), pytest.raises(fault):
            services.record(kind, subject=subject, content=content)
        assert Entry.objects.count() == 0

    def test_stays_apart_when_the_request_is_undone(self, installation: Installation) -> None:
        """A refused disclosure is on record although its request was rolled back."""
        with at_work(), transaction.atomic():
            services.record("disclosure.allowed", subject="participant:ana", content={})
            services.record_apart("disclosure.refused", subject="participant:ana", content={})
            transaction.set_rollback(True)
        with at_work():
            assert [one.kind for one in selectors.entries_of("participant:ana")] == ["disclosure.refused"]


class TestABatch:
    """One record for many texts."""

    def test_keeps_its_items_beside_it(self, db: None) -> None:
        """Each can be shown later; the entry commits to all."""
        items = [os.urandom(32) for _ in range(64)]
        with at_work():
            entry_id = services.record_batch(
                "message.attempted", subject="dispatch", items=items, content={"count": 64}
            )
            assert selectors.items_of(entry_id) == items
            assert selectors.opened(entry_id).content["count"] == 64

    def test_has_items_of_its_own(self, db: None) -> None:
        """Never those of another batch; a plain record has none."""
        with at_work():
            one, two = (
                services.record_batch("message.attempted", subject="dispatch", items=[os.urandom(32)], content={})
                for _ in range(2)
            )
            assert selectors.items_of(one) != selectors.items_of(two)
            assert selectors.items_of(services.record("a.b", subject="dispatch", content={})) == []

    def test_of_many_entries_keeps_their_order(self, db: None) -> None:
        """Also beyond one chunk."""
        entries = [(f"participant:{number}", {"number": number}) for number in range(1_200)]
        with at_work():
            ids = services.append_many("consent.imported", entries)
            stored = list(Entry.objects.order_by("number").values_list("entry_id", flat=True))
            assert stored == ids
            assert selectors.opened(ids[777]).content == {"number": 777}
            assert services.append_many("consent.imported", []) == []


class TestTheStranger:
    """Whom a record does not concern."""

    def test_of_another_program_sees_nothing(self, db: None) -> None:
        """Not by id, not by person."""
        with at_work():
            entry_id = services.record("consent.withdrawn", subject="participant:ana", content={})
        with at_work("mn-wic"):
            assert selectors.entries_of("participant:ana") == []
            assert Content.objects.count() == 0
            with pytest.raises(NotFound):
                selectors.opened(entry_id)

    def test_reads_no_content_in_the_database(self, db: None) -> None:
        """Contents are sealed, subjects are blind."""
        with at_work():
            services.record("consent.withdrawn", subject="participant:ana-0815", content={"word": "plain-word"})
            row = Content.objects.values().get()
        stored = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
        assert b"ana-0815" not in stored
        assert b"plain-word" not in stored

    def test_asks_for_an_unknown_entry_in_vain(self, db: None) -> None:
        """The same answer as for a hidden one."""
        with at_work(), pytest.raises(NotFound):
            selectors.opened(uuid.uuid4())
        with pytest.raises(NotFound):
            selectors.proof_of(uuid.uuid4())


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestTheTables:
    """What the application may do to the record: add."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entry SET leaf = ''",
            "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry",
            "UPDATE ledger_content SET kind = 'x.y'",
            "DELETE FROM ledger_content",
            "DELETE FROM ledger_pending",
            "INSERT INTO ledger_leaf (seq, number) VALUES (0, 1)",
            "UPDATE ledger_head SET size = 0",
            "DELETE FROM ledger_signedcheckpoint",
            "UPDATE ledger_epoch SET origin = 'x'",
        ],
    )
    def test_are_not_changed_by_the_application(self, statement: str, db: None) -> None:
        """Refused by the database itself."""
        with at_work():
            services.record("consent.withdrawn", subject="participant:ana", content={})
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_are_not_changed_even_by_their_owner(self, installation: Installation) -> None:
        """The triggers stand before every role but a superuser."""
        with at_work():
            services.record("consent.withdrawn", subject="participant:ana", content={})
        for statement in ("UPDATE ledger_entry SET leaf = ''", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"):
            with pytest.raises(DatabaseError), connections["migrator"].cursor() as cursor:
                cursor.execute(statement)
        connections["migrator"].close()


class TestAProof:
    """What shows that an entry is in the log."""

    def test_is_not_there_before_the_entry_is_signed(self, db: None) -> None:
        """Ask again in a second."""
        with at_work():
            entry_id = services.record("consent.withdrawn", subject="participant:ana", content={})
        with pytest.raises(Unavailable):
            selectors.proof_of(entry_id)

    def test_holds_for_every_entry_under_the_newest_checkpoint(
        self, installation: Installation, record_some: Callable[[int], list[uuid.UUID]]
    ) -> None:
        """Read from the database, verified with nothing but the key."""
        ids = record_some(300)
        installation.sequence()
        ids += record_some(5)
        installation.sequence()
        verifier = signing_key(installation.key_file, ORIGIN).verifier
        for place in (0, 255, 256, 304):
            leaf = selectors.leaf_of(ids[place])
            proof = selectors.proof_of(ids[place])
            assert proof.index == place
            assert proof.verify(leaf, verifier).size == 305

    def test_is_counted_in_the_standing(
        self, installation: Installation, record_some: Callable[[int], list[uuid.UUID]]
    ) -> None:
        """How many wait, how many are in, how many are signed."""
        empty = selectors.standing()
        record_some(3)
        waiting = selectors.standing()
        installation.sequence()
        done = selectors.standing()
        assert (empty.pending, empty.integrated, empty.signed, empty.signed_at) == (0, 0, 0, None)
        assert (waiting.pending, waiting.integrated, waiting.signed) == (3, 0, 0)
        assert (done.pending, done.integrated, done.signed) == (0, 3, 3)
        assert done.signed_at is not None


class TestSomeoneElse:
    """Actors other than workers."""

    def test_is_named_by_kind_and_id(self, db: None) -> None:
        """A carrier's receipt is the carrier's."""
        with acting(Actor("carrier", "simulator"), program="nc-css", counties=ALL_COUNTIES, purpose="receipts"):
            entry_id = services.record("message.receipts", subject="receipts", content={})
            assert selectors.opened(entry_id).actor == "carrier:simulator"

"""New keys and new epochs: whoever knew the log before finds on, and nobody slips in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction

from harborline.kernel import Broken, Invalid, NotFound, Refused, Unavailable, clock
from harborline.ledger import selectors
from harborline.ledger.ceremony import Begun, LogPlace, begin_epoch
from harborline.ledger.facts import Differs
from harborline.ledger.history import CITES, History, verify_history
from harborline.ledger.integrating import Integrator, current_epoch
from harborline.ledger.keychain import Statement, read_statement
from harborline.ledger.keyfile import key_ring
from harborline.ledger.models import Entry, Epoch, KeyStatement, Leaf, Pending
from harborline.ledger.note import Note, SigningKey, VerifierKey, opened
from harborline.ledger.published import Directory
from harborline.ledger.rotation import rotate_key
from harborline.ledger.sequencer import epoch_key_file
from harborline.walls import ALL_COUNTIES, Context, acting

from .conftest import CORA, ORIGIN, Installation

Record = Callable[[int], list[uuid.UUID]]
BACK = "TRUNCATE ledger_entry, ledger_pending, ledger_leaf, ledger_storedtile, ledger_head, ledger_signedcheckpoint"
REASON = "tables restored from the dump of Sunday night"


def at_work() -> AbstractContextManager[Context]:
    """Cora at her desk."""
    return acting(CORA, program="nc-css", counties=ALL_COUNTIES, purpose="proof-log")


def vkey(installation: Installation) -> VerifierKey:
    """The key the log is known by."""
    return VerifierKey.parse(installation.directory.read("vkey").decode())


def rotated(installation: Installation, days: int = 30) -> Statement:
    """A new key."""
    with at_work():
        return rotate_key(installation.key_file, reason="the yearly change of keys", overlap=timedelta(days=days))


def history(installation: Installation, known: VerifierKey, older: bytes | None = None) -> History:
    """The log verified from a key somebody knew."""
    return verify_history(installation.directory, known, older=older)


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestANewKey:
    """The old one hands over, both sign for a while."""

    @pytest.fixture(autouse=True)
    def published(self, installation: Installation, record_some: Record) -> None:
        """A log of five entries."""
        record_some(5)
        installation.sequence()

    def test_signs_beside_the_old_one_and_both_are_believed(self, installation: Installation) -> None:
        """Who knows either of them finds the log whole."""
        old = vkey(installation)
        stated = rotated(installation)
        installation.sequence()
        note = installation.directory.read("checkpoint")
        assert set(opened(note, [stated.old, stated.new])[1]) == {stated.old, stated.new}
        assert vkey(installation) == stated.new
        for known in (old, stated.new):
            assert history(installation, known).log.entries == 6

    def test_is_found_along_the_published_chain_once_the_old_one_is_silent(
        self, installation: Installation, record_some: Record
    ) -> None:
        """Also after several changes, with a checkpoint kept from the very first key."""
        first, older = vkey(installation), installation.directory.read("checkpoint")
        for _ in range(3):
            rotated(installation, days=0)
            record_some(2)
            installation.sequence()
        found = history(installation, first, older)
        assert [step.by_old for step in found.chain.steps] == [True, True, True]
        assert found.log.older is not None
        assert opened(installation.directory.read("checkpoint"), [found.chain.key])[1] == [found.chain.key]
        assert found.chain.key == vkey(installation) != first
        assert history(installation, vkey(installation), older).log.older is not None

    def test_is_not_believed_without_the_old_ones_word(self, installation: Installation, record_some: Record) -> None:
        """A chain that was forged, changed, or has a hole."""
        first = vkey(installation)
        rotated(installation, days=0)
        record_some(1)
        installation.sequence()
        path = installation.log_dir / "keys" / "1"
        whole = path.read_bytes()
        statement, thief = read_statement(whole).statement, SigningKey.generate(ORIGIN)
        forged = Statement(statement.old, thief.verifier, statement.size, statement.root)
        for content in (
            bytes(forged.signed(thief)),
            whole.replace(b"size 5", b"size 6"),
            bytes(Note(Note.parse(whole).text, Note.parse(whole).signatures[:1])),
            b"nothing",
        ):
            path.write_bytes(content)
            with pytest.raises(Differs):
                history(installation, first)
        path.unlink()
        with pytest.raises(Differs):
            history(installation, first)

    def test_stays_on_record_with_its_reason(self, installation: Installation) -> None:
        """Who, when, from which key to which, why."""
        stated = rotated(installation)
        with at_work():
            (entry,) = selectors.entries_of("ledger:key")
        assert entry.kind == "ledger.key-replaced"
        assert (entry.content["to"], entry.content["reason"]) == (str(stated.new), "the yearly change of keys")

    def test_is_not_made_without_a_reason(self, installation: Installation) -> None:
        """Nothing changed."""
        for reason in ("", "   ", "because"):
            with at_work(), pytest.raises(Invalid):
                rotate_key(installation.key_file, reason=reason, overlap=timedelta(days=1))
        assert KeyStatement.objects.count() == 0

    def test_is_finished_after_a_power_cut_between_file_and_record(self, installation: Installation) -> None:
        """The next call goes on with the same new key, and the log was whole all the while."""
        old = vkey(installation)
        with at_work(), transaction.atomic():
            lost = rotate_key(installation.key_file, reason="the yearly change of keys", overlap=timedelta())
            transaction.set_rollback(True)
        assert KeyStatement.objects.count() == 0
        installation.sequence()
        assert history(installation, old).log.entries == 5
        again = rotated(installation)
        assert again.new == lost.new
        installation.sequence()
        assert history(installation, old).chain.key in {old, again.new}

    def test_keeps_the_key_file_closed(self, installation: Installation) -> None:
        """Mode 0600 as before; the old key is in it, to recognise what it signed."""
        stated = rotated(installation)
        assert installation.key_file.stat().st_mode & 0o777 == 0o600
        assert key_ring(installation.key_file, ORIGIN).verifiers == (stated.new, stated.old)


class TestBeforeTheFirstCheckpoint:
    """A new installation."""

    def test_there_is_no_key_to_replace(self, installation: Installation) -> None:
        """Nor a log to continue."""
        with at_work(), pytest.raises(Unavailable):
            rotate_key(installation.key_file, reason="the yearly change of keys", overlap=timedelta(days=1))
        with pytest.raises(NotFound):
            begun(installation)


def begun(
    installation: Installation,
    *,
    people: tuple[str, str] = ("worker:cora", "worker:eli"),
    reason: str = REASON,
    anyway: bool = False,
) -> Begun:
    """The restore ceremony."""
    place = LogPlace(installation.directory, installation.key_file, installation.dsn, ORIGIN)
    return begin_epoch(place, at_work, reason=reason, people=people, anyway=anyway)


@pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
class TestANewEpoch:
    """After a restore: a new log that says what it continues."""

    @pytest.fixture(autouse=True)
    def restored(self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]) -> bytes:
        """Three hundred entries were published; the database came back with only two hundred of them."""
        record_some(200)
        installation.sequence()
        saved = installation.log_dir.with_name("saved")
        as_owner("CREATE TABLE saved_tiles AS SELECT * FROM ledger_storedtile")
        as_owner("CREATE TABLE saved_head AS SELECT * FROM ledger_head")
        record_some(100)
        installation.sequence()
        highest = "(SELECT number FROM ledger_leaf WHERE seq = 199)"
        as_owner(f"DELETE FROM ledger_entry WHERE number > {highest}")
        as_owner(f"DELETE FROM ledger_content WHERE number > {highest}")
        as_owner("DELETE FROM ledger_leaf WHERE seq >= 200")
        as_owner("DELETE FROM ledger_signedcheckpoint WHERE size > 200")
        as_owner("TRUNCATE ledger_storedtile, ledger_head")
        as_owner("INSERT INTO ledger_storedtile SELECT * FROM saved_tiles")
        as_owner("INSERT INTO ledger_head SELECT * FROM saved_head")
        as_owner("DROP TABLE saved_tiles, saved_head")
        assert not saved.exists()
        return installation.directory.read("checkpoint")

    def later(self, installation: Installation) -> Directory:
        """The second epoch as it is published."""
        return Directory(installation.log_dir / "2")

    def test_is_what_the_sequencer_waits_for(self, installation: Installation, record_some: Record) -> None:
        """Before it nothing is signed; after it everything that waited is, under the new name."""
        waiting = record_some(3)
        with pytest.raises(Broken, match="new-epoch"):
            installation.sequence()
        made = begun(installation)
        assert (made.cites.size, made.kept, made.epoch.number) == (300, 200, 2)
        assert (made.epoch.origin, made.checkpoint.size) == (f"{ORIGIN}/2", 4)
        assert installation.published().size == 300
        record_some(2)
        assert installation.sequence() is not None
        known = VerifierKey.parse(self.later(installation).read("vkey").decode())
        assert verify_history(self.later(installation), known).log.entries == 6
        proof = selectors.proof_of(waiting[0])
        assert proof.verify(selectors.leaf_of(waiting[0]), known).origin == f"{ORIGIN}/2"

    def test_takes_in_what_the_old_tree_held_unsigned(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """Entries that a hasty sequencer put into the old tree, where they could never be proved."""
        stray = record_some(3)
        with psycopg.connect(installation.dsn, autocommit=True) as connection:
            Integrator(connection, current_epoch(connection, ORIGIN)).integrate()
        assert Pending.objects.count() == 0
        made = begun(installation)
        assert (made.kept, made.checkpoint.size) == (200, 4)
        known = VerifierKey.parse(self.later(installation).read("vkey").decode())
        for entry_id in stray:
            assert selectors.proof_of(entry_id).verify(selectors.leaf_of(entry_id), known).origin == f"{ORIGIN}/2"

    def test_begins_with_an_entry_that_cites_the_old_log(self, installation: Installation, record_some: Record) -> None:
        """Even though others waited longer."""
        record_some(3)
        made = begun(installation)
        first = Leaf.objects.get(epoch=2, seq=0)
        assert first.number == made.epoch.citation
        with at_work():
            entry = selectors.opened(Entry.objects.get(number=first.number).entry_id)
        assert entry.kind == "ledger.epoch-begun"
        assert entry.content["cites"] == made.cites.text()
        assert (entry.content["by"], entry.content["approved-by"]) == ("worker:cora", "worker:eli")
        assert (entry.content["reason"], entry.content["kept"]) == (REASON, 200)

    def test_is_followed_from_the_old_key(self, installation: Installation, restored: bytes) -> None:
        """With the old log beside it, and a checkpoint that was kept from it."""
        old = vkey(installation)
        begun(installation)
        found = verify_history(self.later(installation), old, older=restored, before=installation.directory)
        assert found.cited is not None
        assert (found.cited.size, found.chain.steps[0].by_old) == (300, True)
        assert found.before is not None
        assert found.before.entries == 300

    def test_is_held_to_what_the_old_log_promised(self, installation: Installation, restored: bytes) -> None:
        """A kept checkpoint needs the old files; one that is larger than what was cited accuses the ceremony."""
        old, key = vkey(installation), key_ring(installation.key_file, ORIGIN).current
        begun(installation)
        with pytest.raises(Differs, match="files are needed"):
            verify_history(self.later(installation), old, older=restored)
        from harborline.ledger.checkpoint import Checkpoint  # noqa: PLC0415 - only here

        beyond = bytes(Checkpoint(ORIGIN, 400, bytes(32)).signed(key))
        with pytest.raises(Differs, match="left behind"):
            verify_history(self.later(installation), old, older=beyond, before=installation.directory)
        (installation.log_dir / "tile" / "entries" / "000").write_bytes(b"")
        with pytest.raises(Differs):
            verify_history(self.later(installation), old, before=installation.directory)

    def test_is_not_believed_when_its_first_entry_cites_something_else(self, installation: Installation) -> None:
        """A citation that was changed, or is missing."""
        old = vkey(installation)
        begun(installation)
        path = installation.log_dir / "2" / "citation"
        form = json.loads(path.read_bytes())
        for field in form["fields"]:
            if field.get("name") == CITES:
                field["value"] = field["value"].replace("\n300\n", "\n301\n")
        for content in (json.dumps(form).encode(), b"{}", b"nothing", None):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            with pytest.raises(Differs):
                verify_history(self.later(installation), old)
            path.touch()

    def test_needs_a_reason_and_two_people(self, installation: Installation) -> None:
        """Nothing begins without them."""
        with pytest.raises(Invalid):
            begun(installation, reason="")
        with pytest.raises(Refused):
            begun(installation, people=("worker:cora", "worker:cora"))
        assert Epoch.objects.count() == 1
        assert not (installation.log_dir / "2").exists()

    def test_is_told_apart_when_the_old_key_is_lost(self, installation: Installation) -> None:
        """Nobody is led from the old key to a new one that only says so itself."""
        old = vkey(installation)
        installation.key_file.unlink()
        begun(installation)
        with pytest.raises(Differs, match="did not sign the handing-over"):
            verify_history(self.later(installation), old)
        new = VerifierKey.parse(self.later(installation).read("vkey").decode())
        found = verify_history(self.later(installation), new)
        assert [step.by_old for step in found.chain.steps] == [False]

    def test_may_be_followed_by_another_and_by_a_new_key(
        self, installation: Installation, record_some: Record, as_owner: Callable[[str], None]
    ) -> None:
        """A second restore, then a change of keys: the chain still leads from the very first key."""
        first = vkey(installation)
        begun(installation)
        as_owner(BACK)
        assert begun(installation).epoch.number == 3
        rotated(installation, days=0)
        record_some(3)
        installation.sequence()
        found = verify_history(Directory(installation.log_dir / "3"), first)
        assert [step.statement.begins_epoch for step in found.chain.steps] == [True, True, False]
        assert found.cited is not None
        assert found.cited.origin == f"{ORIGIN}/2"
        assert epoch_key_file(installation.key_file, 3).exists()


class TestWithoutNeed:
    """When the database continues the log."""

    def test_is_refused_unless_somebody_insists(self, installation: Installation, record_some: Record) -> None:
        """A whole log is not cut in two by mistake."""
        record_some(5)
        installation.sequence()
        with pytest.raises(Refused):
            begun(installation)
        assert begun(installation, anyway=True).cites.size == 5

    def test_is_refused_while_a_sequencer_works(self, installation: Installation, record_some: Record) -> None:
        """Nobody signs beside the ceremony."""
        record_some(5)
        installation.sequence()
        with installation.directory.alone(), pytest.raises(Broken, match="another sequencer"):
            begun(installation, anyway=True)

    def test_the_clock_is_not_asked_which_epoch_is_newer(self, installation: Installation, record_some: Record) -> None:
        """Set back by a year, everything still goes on."""
        record_some(5)
        installation.sequence()
        try:
            clock.shift(timedelta(days=-365))
            record_some(5)
            begun(installation, anyway=True)
            record_some(5)
            installation.sequence()
        finally:
            clock.shift(timedelta())
        later = Directory(installation.log_dir / "2")
        assert verify_history(later, VerifierKey.parse(later.read("vkey").decode())).log.entries == 11

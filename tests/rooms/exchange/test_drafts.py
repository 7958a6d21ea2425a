"""Uploads without a row: what they look like to their sender, and what becomes of them when something goes wrong."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from tests.rooms.exchange.house import Office, as_worker

from harborline.exchange.facts import AgreementState, State
from harborline.exchange.handles import DatabaseUpload
from harborline.exchange.mailboxes import HELD, DatabaseMailboxes
from harborline.exchange.models import Agreement, TransmittedFile, Upload
from harborline.exchange.ports import Waits, at_once
from harborline.exchange.units import released
from harborline.exchange.wording import Box
from harborline.kernel import NotFound, Refused
from harborline.ledger.services import forget_origin


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    yield
    forget_origin()


def rows() -> list[tuple[str, str]]:
    """Name and state of every upload that has a row."""
    with as_worker("olga"):
        return list(Upload.objects.order_by("begun_at").values_list("name", "state"))


def renamed(boxes: DatabaseMailboxes, office: Office, old: str, new: str) -> None:
    """A rename in the `in` box, asked of one of several processes."""
    boxes.rename(office.guest, f"{office.root}/in/{old}", f"{office.root}/in/{new}")


def _hold(office: Office, held: Event, free: Event) -> None:
    # Keep the agreement, which every landing locks, for a while.
    with released(), as_worker("olga"):
        Agreement.objects.select_for_update().get(id=office.agreement.id)
        held.set()
        free.wait(20)


def _unasked(office: Office) -> bool:
    return any(not one.asked for one in office.boxes._drafts.within(office.agreement.id, Box.IN))


class TestAFileThatIsClosed:
    """Under a temporary name."""

    def test_is_seen_and_has_no_row(self, office: Office) -> None:
        """Its sender sees it in the listing and by name."""
        office.put("a.part", b"one\n")
        assert rows() == []
        assert office.names("in") == ["a.part"]
        assert office.boxes.entry(office.guest, f"{office.root}/in/a.part").size == 4

    def test_lands_with_one_row(self, office: Office) -> None:
        """It never had another."""
        office.deliver("ARR0001.DAT", b"one\n")
        assert rows() == [("ARR0001.DAT", "landed")]
        assert office.states() == [State.LANDED]

    def test_has_its_row_when_the_session_ends(self, office: Office) -> None:
        """Then every process knows it, and it outlives this one."""
        office.put("a.part", b"one\n")
        office.boxes.settle(office.guest)
        assert rows() == [("a.part", "uploaded")]
        renamed(DatabaseMailboxes(list), office, "a.part", "ARR0001.DAT")
        assert office.states() == [State.LANDED]

    def test_is_gone_with_a_killed_process_and_was_never_received(self, office: Office) -> None:
        """Its sender hears that there is nothing, and sends it again."""
        office.put("a.part", b"one\n")
        after = DatabaseMailboxes(list)
        with pytest.raises(NotFound):
            renamed(after, office, "a.part", "ARR0001.DAT")
        assert office.states() == []
        office.boxes = after
        office.deliver("ARR0001.DAT", b"one\n")
        assert office.states() == [State.LANDED]

    def test_is_taken_up_again_at_its_end(self, office: Office) -> None:
        """As one that has its row."""
        office.put("a.part", b"one\n")
        again = office.boxes.begin(office.guest, f"{office.root}/in/a.part", resume=True)
        assert again.size == 4
        again.write(4, b"two\n")
        again.close(complete=True)
        renamed(office.boxes, office, "a.part", "ARR0001.DAT")
        with as_worker("olga"):
            assert TransmittedFile.objects.get().sha256 == hashlib.sha256(b"one\ntwo\n").hexdigest()

    def test_is_taken_back_with_its_content(self, office: Office, blobs: object) -> None:
        """Nothing of it stays."""
        office.put("a.part", b"one\n")
        office.boxes.remove(office.guest, f"{office.root}/in/a.part")
        assert office.names("in") == []
        assert list(blobs.glob("*.sealed")) == []  # type: ignore[attr-defined]  # the folder of the contents


class TestAnotherProcess:
    """Of the same port."""

    def test_lands_what_was_closed_a_moment_ago_elsewhere(self, lasting_office: Office) -> None:
        """It waits for as long as anything is known to one process alone."""
        office = lasting_office
        office.put("a.part", b"one\n")
        with ThreadPoolExecutor(1) as pool:
            landing = pool.submit(renamed, DatabaseMailboxes(list), office, "a.part", "ARR0001.DAT")
            office.boxes.settle(office.guest)
            landing.result(20)
        assert office.states() == [State.LANDED]

    def test_hears_of_what_waits_after_a_while(self, office: Office) -> None:
        """Nothing proves it: it gets its row without anybody asking."""
        office.put("a.part", b"one\n")
        time.sleep(1.5 * HELD.total_seconds())
        office.boxes.settle_old()
        assert rows() == [("a.part", "uploaded")]

    def test_leaves_alone_what_waits_for_its_turn_to_land(self, lasting_office: Office) -> None:
        """Its rename came: however long the landing before it takes, it needs no row of its own."""
        office = lasting_office
        office.put("a.part", b"one\n")
        office.put("b.part", b"two\n")
        held, free = Event(), Event()
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_hold, office, held, free)
            held.wait(20)
            landing = [
                pool.submit(renamed, office.boxes, office, f"{name}.part", f"ARR000{number}.DAT")
                for number, name in enumerate("ab", 1)
            ]
            until_s = time.monotonic() + 20
            while _unasked(office) and time.monotonic() < until_s:
                time.sleep(0.01)
            time.sleep(1.5 * HELD.total_seconds())
            office.boxes.settle_old()
            seen = rows()
            free.set()
            for one in landing:
                one.result(20)
        assert seen == []
        assert office.states() == [State.LANDED, State.LANDED]

    def test_that_stopped_the_agreement_is_heeded_at_the_landing(self, office: Office) -> None:
        """Whatever was remembered of the terms a moment before."""
        office.put("a.part", b"one\n")
        with as_worker("olga"):
            Agreement.objects.filter(id=office.agreement.id).update(state=AgreementState.SUSPENDED.value)
        with pytest.raises(Refused):
            renamed(office.boxes, office, "a.part", "ARR0001.DAT")
        assert office.states() == []


class TestTwoUnderOneName:
    """At the same time."""

    def test_the_later_one_counts(self, office: Office) -> None:
        """The other hears that its upload was taken back."""
        path = f"{office.root}/in/a.part"
        first = office.boxes.begin(office.guest, path, resume=False)
        second = office.boxes.begin(office.guest, path, resume=False)
        first.write(0, b"one\n")
        second.write(0, b"two\n")
        second.close(complete=True)
        with pytest.raises(Refused):
            first.close(complete=True)
        renamed(office.boxes, office, "a.part", "ARR0001.DAT")
        with as_worker("olga"):
            assert TransmittedFile.objects.get().sha256 == hashlib.sha256(b"two\n").hexdigest()

    def test_one_being_written_is_not_renamed(self, office: Office) -> None:
        """Its writer has not closed it."""
        upload = office.boxes.begin(office.guest, f"{office.root}/in/a.part", resume=False)
        upload.write(0, b"one\n")
        with pytest.raises(Refused):
            renamed(office.boxes, office, "a.part", "ARR0001.DAT")


class TestAFileOfManyParts:
    """Sealed side by side."""

    def test_is_hashed_in_its_order(self, office: Office) -> None:
        """Forty megabytes, in pieces that do not fit the parts; its row comes with the first part."""
        content = bytes(range(256)) * 160 * 1024
        upload = office.boxes.begin(office.guest, f"{office.root}/in/a.part", resume=False)
        for at in range(0, len(content), 261_120):
            upload.write(at, memoryview(content)[at : at + 261_120])
        upload.close(complete=True)
        assert rows() == [("a.part", "uploaded")]
        renamed(office.boxes, office, "a.part", "ARR0001.DAT")
        with as_worker("olga"):
            assert TransmittedFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()


class TestTheThreadOfALoop:
    """Where nobody may wait."""

    def test_is_answered_from_memory_or_not_at_all(self, office: Office) -> None:
        """Beginning and writing need nobody; closing and renaming do, and then nothing was done."""

        def begun() -> DatabaseUpload | None:
            with at_once():
                try:
                    upload = office.boxes.begin(office.guest, f"{office.root}/in/a.part", resume=False)
                except Waits:
                    return None  # too much time went by since the terms were read
                upload.write(0, b"one\n")
                with pytest.raises(Waits):
                    upload.flush()
                with pytest.raises(Waits):
                    upload.close(complete=True)
                with pytest.raises(Waits):
                    renamed(office.boxes, office, "a.part", "ARR0001.DAT")
                return upload

        for _ in range(100):
            office.put("b.part", b"now the terms are known, and the sum of the day\n")
            if (upload := begun()) is not None:
                break
        assert upload is not None
        upload.close(complete=True)
        renamed(office.boxes, office, "a.part", "ARR0001.DAT")
        assert office.states() == [State.LANDED]

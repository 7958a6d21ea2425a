"""Deliveries that contradict each other, refused ones, and keys that ended: one place, one effect."""

from __future__ import annotations

import hashlib
import io
import uuid
from pathlib import Path

import pytest
from tests.rooms.exchange.house import NC, Office, as_worker, manifest, open_office

from harborline.exchange.facts import State
from harborline.exchange.services import reject, release, revoke_credential, send_file, take_over
from harborline.kernel import Refused
from harborline.project.actors import Acting
from harborline.project.exchange_room import steps
from harborline.walls import ALL_COUNTIES, Actor

ONE, TWO = b"first week\n" * 100, b"second week\n" * 120


class TestNumbersThatContradictEachOther:
    """One delivery has one number."""

    @pytest.mark.parametrize("first", ["file", "manifest"])
    def test_are_a_conflict_at_once_and_use_nothing_up(self, office: Office, first: str) -> None:
        """The name says 2, the manifest 3: set aside, the sender hears it, and the true ones go on."""
        office.deliver("ARR0001.DAT", b"1\n")
        said = manifest(office.agreement.key, ("ARR0002.DAT", TWO), sequence=3)
        parts = {"file": ("ARR0002.DAT", TWO), "manifest": ("w.manifest.json", said)}
        office.put(*parts.pop(first))
        with pytest.raises(Refused, match="numbers-differ"):
            office.put(*parts.popitem()[1])
        assert office.states() == [State.LANDED, State.QUARANTINED]
        assert [one.verdict for one in office.receipts()] == ["positive", "negative"]
        with as_worker("olga"), pytest.raises(Refused, match="ask-for-another-delivery"):
            release(office.deliveries()[1].id, because="as it is")
        office.deliver("ARR0003.DAT", b"3\n")
        office.deliver("ARR0002.DAT", TWO)
        assert office.states()[2:] == [State.LANDED, State.LANDED]
        office.deliver("ARR0004.DAT", b"4\n")
        assert office.states()[-1] is State.LANDED

    def test_in_the_names_of_its_files_are_a_conflict(self, office: Office) -> None:
        """Two numbered files are two deliveries."""
        office.put("ARR0001.DAT", ONE)
        office.put("ARR0002.DAT", TWO)
        with pytest.raises(Refused, match="numbers-differ"):
            office.put("w.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", ONE), ("ARR0002.DAT", TWO)))

    def test_with_what_it_replaces_are_a_conflict(self, tmp_path: Path, db: None) -> None:
        """A resend keeps its number."""
        office, first = open_office(tmp_path, naming="*"), str(uuid.uuid4())
        office.put("a", ONE)
        office.put("a.manifest.json", manifest(office.agreement.key, ("a", ONE), identifier=first, sequence=1))
        office.put("b", TWO)
        with pytest.raises(Refused, match="numbers-differ"):
            office.put("b.manifest.json", manifest(office.agreement.key, ("b", TWO), supersedes=first, sequence=2))

    def test_that_are_used_hold_nothing_twice(self, tmp_path: Path, db: None) -> None:
        """The content of the first under the number of the second."""
        office = open_office(tmp_path, naming="*")
        for name, content, number in (("a", ONE, 1), ("b", TWO, 2)):
            office.put(name, content)
            office.put(f"{name}.manifest.json", manifest(office.agreement.key, (name, content), sequence=number))
        office.put("c", ONE)
        with pytest.raises(Refused, match="sequence-used"):
            office.put("c.manifest.json", manifest(office.agreement.key, ("c", ONE), sequence=2))


class TestOneOfTwo:
    """Two deliveries claim one place; people keep one."""

    def released(self, office: Office, name: str) -> None:
        """Two persons let it go on."""
        (aside,) = [one for one in office.deliveries() if one.state == State.QUARANTINED]
        for who in ("olga", "oscar"):
            told = steps.release(Acting(Actor("worker", who), NC, ALL_COUNTIES, frozenset()), str(aside.id),
                                 because="the county says so")  # fmt: skip
            assert f"{name} is set aside" in told

    def test_that_goes_on_has_the_other_set_aside(self, office: Office) -> None:
        """One number, one effect; the sender of the other is told."""
        office.deliver("ARR0001.DAT", b"1\n")
        office.deliver("ARR0002.DAT", ONE)
        office.work()
        with pytest.raises(Refused, match="name-used"):
            office.deliver("ARR0002.DAT", TWO)
        self.released(office, "ARR0002.DAT")
        office.work()
        assert office.states() == [State.VALIDATED, State.SUPERSEDED, State.VALIDATED]
        assert [one.counted for one in office.deliveries()] == [True, False, True]
        told = [one for one in office.receipts() if one.transmission == str(office.deliveries()[1].id)]
        assert [(one.kind, one.verdict) for one in told] == [
            ("landed", "positive"), ("validated", "positive"), ("validated", "negative"),
        ]  # fmt: skip
        office.deliver("ARR0003.DAT", b"3\n")
        assert office.states()[-1] is State.LANDED

    def test_takes_its_turn_with_the_place(self, office: Office) -> None:
        """While a number before it is missing it waits, as the other did."""
        for number in (1, 2):
            office.deliver(f"ARR000{number}.DAT", b"%d\n" % number)
        office.deliver("arr0004.dat", ONE)
        with pytest.raises(Refused, match="name-used"):
            office.deliver("ARR0004.DAT", TWO)
        self.released(office, "arr0004.dat")
        assert office.states()[2:] == [State.SUPERSEDED, State.HELD]
        office.deliver("ARR0003.DAT", b"3\n")
        office.work()
        assert office.states()[2:] == [State.SUPERSEDED, State.VALIDATED, State.VALIDATED]

    def test_is_none_of_them_once_the_other_is_posted(self, office: Office) -> None:
        """What was posted stays posted."""
        office.deliver("ARR0001.DAT", ONE)
        office.work()
        with as_worker("olga"):
            take_over(office.deliveries()[0].id, because="posted")
        with pytest.raises(Refused, match="name-used"):
            office.deliver("ARR0001.DAT", TWO)
        with as_worker("olga"), pytest.raises(Refused, match="other-is-processed"):
            release(office.deliveries()[1].id, because="the second")


class TestAKeyThatEnded:
    """Who holds it is out at once, with a session open or not."""

    def test_does_nothing_more(self, office: Office) -> None:
        """Neither what it began nor anything new; what was put waits and may be proved by a good key."""
        office.put("ARR0001.DAT.part", ONE)
        path = f"{office.root}/in/ARR0002.DAT"
        half = office.boxes.begin(office.guest, path, resume=False)
        half.write(0, ONE)
        office.put("ARR0002.DAT.sha256", hashlib.sha256(ONE).hexdigest().encode())
        with as_worker("olga"):
            send_file(office.agreement.id, "ARR0009.DAT", io.BytesIO(ONE))
        fetched = office.boxes.fetch(office.guest, f"{office.root}/out/ARR0009.DAT")
        assert fetched.read(0, 5) == ONE[:5]
        with as_worker("olga"):
            revoke_credential(office.guest.credential_id, because="stolen")
        for act in (
            lambda: office.boxes.rename(office.guest, f"{office.root}/in/ARR0001.DAT.part", f"{office.root}/in/a"),
            lambda: half.close(complete=True),
            lambda: office.boxes.begin(office.guest, path, resume=False),
            lambda: office.boxes.fetch(office.guest, f"{office.root}/out/ARR0009.DAT"),
            lambda: fetched.read(5, 5),
            lambda: office.boxes.entries(office.guest, "/"),
        ):  # fmt: skip
            with pytest.raises(Refused, match="not-admitted"):
                act()
        assert [one for one in office.deliveries() if not one.outgoing] == []


class TestARefusedDelivery:
    """With a receipt that asks for another one, or without."""

    @pytest.mark.parametrize("content", [ONE, TWO], ids=["the same", "corrected"])
    def test_that_is_asked_for_again_comes_under_its_own_id(self, office: Office, content: bytes) -> None:
        """Name, number and id as before: it takes the place of the refused one."""
        identifier = str(uuid.uuid4())
        for sent in (ONE, content):
            office.put("ARR0001.DAT", sent)
            said = manifest(office.agreement.key, ("ARR0001.DAT", sent), identifier=identifier, sequence=1)
            office.put("ARR0001.DAT.manifest.json", said)
            if len(office.deliveries()) == 1:
                with as_worker("olga"):
                    reject(office.deliveries()[0].id, because="damaged", resend=True)
        office.work()
        assert office.states() == [State.SUPERSEDED, State.VALIDATED]
        assert [one.external_id for one in office.receipts()] == [identifier] * 4

    @pytest.mark.parametrize("slash", ["/", "//"])
    @pytest.mark.parametrize("resend", [True, False])
    def test_before_its_turn_lets_nothing_go(self, office: Office, resend: bool, slash: str) -> None:
        """Two is missing: four goes on waiting whatever becomes of three."""

        def come(number: int) -> None:
            office.put("x.part", b"%d\n" % number)
            root = f"{office.root}{slash}in/"
            office.boxes.rename(office.guest, f"{root}x.part", f"{root}ARR000{number}.DAT")

        for number in (1, 3, 4):
            come(number)
        with as_worker("olga"):
            reject(office.deliveries()[1].id, because="damaged", resend=resend)
        come(5)
        assert office.states() == [State.LANDED, State.REJECTED, State.HELD, State.HELD]
        come(2)
        assert office.states() == [State.LANDED, State.REJECTED, *[State.LANDED] * 3]

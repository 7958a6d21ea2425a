"""A file comes in once, whole, and its sender gets our signed word: landed, validated, processed."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.exchange.house import NC, Office, as_worker, manifest, open_office

from harborline.exchange.facts import State, Step
from harborline.exchange.models import Alarm, Receipt, Upload
from harborline.exchange.ports import ReceiptSigner
from harborline.exchange.services import reject, release, replay, take_over
from harborline.exchange.upkeep import watch
from harborline.kernel import Invalid, NotFound, Refused, clock, ports
from harborline.ledger.evidence import Checkpoint, VerifierKey
from harborline.ledger.note import Note, opened
from harborline.project.actors import Acting
from harborline.project.exchange_room import looking
from harborline.walls import ALL_COUNTIES, Actor

ONE, TWO = b"first week\n" * 100, b"second week\n" * 120


class TestACompleteFile:
    """Proven by a rename."""

    def test_lands_with_a_signed_receipt_that_carries_the_logs_checkpoint(self, office: Office) -> None:
        """Digest, size, verdict, entry of the log; verified with the key that partners get."""
        office.deliver("ARR0001.DAT", ONE)
        assert office.states() == [State.LANDED]
        (landed,) = office.receipts()
        assert landed.files == (("ARR0001.DAT", len(ONE), hashlib.sha256(ONE).hexdigest()),)
        assert (landed.kind, landed.verdict, landed.sequence) == ("landed", "positive", 1)
        with as_worker("olga"):
            note = bytes(Receipt.objects.get().note)
        key = VerifierKey.parse(ports.serving(ReceiptSigner).verifier())
        assert opened(note, [key])[1] == [key]
        assert Checkpoint.parse(Note.parse(landed.checkpoint).text).size > 0

    @pytest.mark.clause("CA-CSS-03-11:fewer-hands", shows="keeps")
    def test_is_validated_and_processed_each_with_its_receipt(self, office: Office) -> None:
        """The lines are counted; a person takes it over where no room does."""
        office.deliver("ARR0001.DAT", ONE)
        office.work()
        assert office.states() == [State.VALIDATED]
        (row,) = office.deliveries()
        with as_worker("olga"):
            take_over(row.id, because="posted in the case system")
        assert [one.kind for one in office.receipts()] == ["landed", "validated", "processed"]
        assert office.receipts()[-1].counts == "records=100 rejected=0"

    def test_stays_under_its_name(self, office: Office) -> None:
        """The partner sees it, cannot read it back, cannot replace or remove it."""
        office.deliver("ARR0001.DAT", ONE)
        assert office.names("in") == ["ARR0001.DAT"]
        for act in (
            lambda: office.boxes.fetch(office.guest, f"{office.root}/in/ARR0001.DAT"),
            lambda: office.boxes.remove(office.guest, f"{office.root}/in/ARR0001.DAT"),
        ):
            with pytest.raises(Refused):
                act()

    def test_is_listed_once(self, office: Office) -> None:
        """Whatever is put over it, before and after it has its row; the landed one counts."""
        office.deliver("ARR0001.DAT", ONE)
        upload = office.boxes.begin(office.guest, f"{office.root}/in/arr0001.dat", resume=False)
        upload.write(0, TWO + TWO)
        for _ in range(2):
            (listed,) = office.boxes.entries(office.guest, f"{office.root}/in")
            assert (listed.name, listed.size, listed.writable) == ("ARR0001.DAT", len(ONE), False)
            upload.close(complete=True)

    @pytest.mark.parametrize("name", [".hidden", ".part", ".tmp", ".sha256", ".done", ".ok", ".manifest.json", "_x"])
    def test_has_a_name_that_begins_with_a_letter_or_digit(self, office: Office, name: str) -> None:
        """A proof of nothing and a hidden file are nobody's."""
        for box in ("in", "test"):
            with pytest.raises(Invalid):
                office.boxes.begin(office.guest, f"{office.root}/{box}/{name}", resume=False)

    @pytest.mark.parametrize(
        "name", [".in.ARR0001.DAT", ".ARR0001.DAT.a1B2c3", ".ARR0001.DAT.0123abcd.part", ".ARR0001.DAT"]
    )
    def test_may_come_under_a_temporary_name_of_known_clients(self, office: Office, name: str) -> None:
        """Those of lftp, of rsync, and ours."""
        office.put(name, ONE)
        office.boxes.rename(office.guest, f"{office.root}/in/{name}", f"{office.root}/in/ARR0001.DAT")
        assert office.states() == [State.LANDED]


class TestAFileWithoutProof:
    """Closing a handle proves nothing."""

    def test_waits(self, office: Office) -> None:
        """No delivery, no receipt; a checksum that comes later proves it."""
        office.put("ARR0001.DAT", ONE)
        assert office.deliveries() == []
        assert office.receipts() == []
        office.put("ARR0001.DAT.sha256", f"{hashlib.sha256(ONE).hexdigest()}  ARR0001.DAT\n".encode())
        assert office.states() == [State.LANDED]

    @pytest.mark.parametrize("said", ["", f"{len(ONE)}\n", hashlib.sha256(ONE).hexdigest()])
    def test_is_proven_by_a_done_file(self, office: Office, said: str) -> None:
        """Empty, or with size or digest."""
        office.put("ARR0001.DAT", ONE)
        office.put("ARR0001.DAT.done", said.encode())
        assert office.states() == [State.LANDED]

    @pytest.mark.parametrize(
        ("name", "said"),
        [("ARR0001.DAT.done", b"12\n"), ("ARR0001.DAT.sha256", b"0" * 64), ("ARR0001.DAT.done", b"f" * 64)],
    )
    def test_is_not_taken_for_another_file(self, office: Office, name: str, said: bytes) -> None:
        """A proof that contradicts the bytes is refused aloud, and nothing lands."""
        office.put("ARR0001.DAT", ONE)
        with pytest.raises(Refused, match="content-differs-from-proof"):
            office.put(name, said)
        assert office.deliveries() == []

    def test_is_told_of_with_what_helps(self, office: Office) -> None:
        """A temporary name is to be renamed; a proof of nothing is no data, and nobody is called for it."""
        office.deliver("ARR0001.DAT", ONE)
        for name in ("ARR0001.DAT.done", "ARR0002.DAT.sha256", "ARR0003.DAT", "x.part"):
            office.put(name, TWO)
        office.put("w.manifest.json", manifest(office.agreement.key, ("ARR0004.DAT", TWO)))
        office.boxes.settle(office.guest)
        told = looking.status(Acting(Actor("worker", "olga"), NC, ALL_COUNTIES, frozenset()))
        assert [one["file"] for one in told.facts["waiting_for_proof"]] == ["ARR0003.DAT", "x.part"]
        assert [one["file"] for one in told.facts["waiting_for_files"]] == ["w.manifest.json"]
        assert ["renames it" in line for line in told.lines] == [False, True, False]
        with as_worker("olga"):
            watch(clock.now() + timedelta(hours=1))
            late = [one.about.partition(":")[2] for one in Alarm.objects.all()]
            names = sorted(one.name for one in Upload.objects.filter(id__in=late))
        assert names == ["ARR0003.DAT", "w.manifest.json", "x.part"]

    def test_goes_on_after_a_break(self, office: Office) -> None:
        """What was durable is resumed; other bytes at the same place are refused."""
        path = f"{office.root}/in/ARR0001.DAT.part"
        upload = office.boxes.begin(office.guest, path, resume=False)
        upload.write(0, ONE[:500])
        upload.close(complete=False)
        again = office.boxes.begin(office.guest, path, resume=True)
        assert again.size == 500
        with pytest.raises(Refused, match="other-bytes"):
            again.write(490, b"x" * 20)
        with pytest.raises(Refused, match="gap"):
            again.write(501, b"x")
        again.write(490, ONE[490:])
        again.close(complete=True)
        office.boxes.rename(office.guest, path, f"{office.root}/in/ARR0001.DAT")
        assert office.deliveries()[0].digests == [hashlib.sha256(ONE).hexdigest()]

    def test_that_is_still_open_cannot_be_renamed(self, office: Office) -> None:
        """A rename is a proof only after the close."""
        path = f"{office.root}/in/ARR0001.DAT.part"
        office.boxes.begin(office.guest, path, resume=False).write(0, ONE)
        with pytest.raises(Refused, match="still-being-written"):
            office.boxes.rename(office.guest, path, f"{office.root}/in/ARR0001.DAT")


class TestTheSameAgain:
    """A duplicate is no error: it is answered with the original receipt."""

    def test_has_one_effect(self, office: Office) -> None:
        """The same bytes under the same name: one delivery, one receipt, and the client is told yes."""
        office.deliver("ARR0001.DAT", ONE)
        first = office.receipts()
        office.deliver("ARR0001.DAT", ONE)
        assert len(office.deliveries()) == 1
        assert office.receipts() == first

    def test_by_its_id_has_one_effect(self, office: Office) -> None:
        """The same manifest with the same files."""
        identifier = str(uuid.uuid4())
        said = manifest(office.agreement.key, ("ARR0001.DAT", ONE), identifier=identifier, sequence=1)
        for _round in range(2):
            office.put("ARR0001.DAT", ONE)
            office.put("ARR0001.manifest.json", said)
        assert len(office.deliveries()) == 1
        assert [one.external_id for one in office.receipts()] == [identifier]
        assert office.names("in") == ["ARR0001.DAT"]

    def test_by_its_id_with_other_content_is_a_conflict(self, office: Office) -> None:
        """Set aside, a negative receipt that says not to send it again, and the client is told no."""
        identifier = str(uuid.uuid4())
        office.put("ARR0001.DAT", ONE)
        office.put("A.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", ONE), identifier=identifier))
        office.put("ARR0001.DAT", TWO)
        with pytest.raises(Refused, match="id-used-for-other-content"):
            office.put("A.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", TWO), identifier=identifier))
        assert office.states() == [State.LANDED, State.QUARANTINED]
        assert [(one.verdict, one.resend) for one in office.receipts()] == [("positive", False), ("negative", False)]

    def test_name_with_other_content_is_a_conflict(self, office: Office) -> None:
        """A mailbox is written once."""
        office.deliver("ARR0001.DAT", ONE)
        with pytest.raises(Refused, match="name-used-for-other-content"):
            office.deliver("ARR0001.DAT", TWO)
        assert office.states() == [State.LANDED, State.QUARANTINED]

    def test_content_under_a_new_id_and_number_waits_for_a_person(self, office: Office) -> None:
        """It may be an empty week, or a sender that numbers its tries."""
        for number in (1, 2):
            name = f"ARR000{number}.DAT"
            office.put(name, ONE)
            office.put(f"{name}.manifest.json", manifest(office.agreement.key, (name, ONE), sequence=number))
        assert office.states() == [State.LANDED, State.HELD]
        with as_worker("olga"):
            assert release(office.deliveries()[1].id, because="an empty week, says the county")
        office.work()
        assert office.states() == [State.VALIDATED, State.VALIDATED]

    @pytest.mark.parametrize("slash", ["/", "//"])
    def test_content_under_a_new_name_waits_for_a_person(self, office: Office, slash: str) -> None:
        """Without a manifest, too, and whichever way it lands: it is kept, receipted, and uses its number."""
        for number, content in ((1, ONE), (2, b"2\n"), (3, ONE), (4, b"4\n")):
            office.put("x.part", content)
            root = f"{office.root}{slash}in/"
            office.boxes.rename(office.guest, f"{root}x.part", f"{root}ARR000{number}.DAT")
        assert office.states() == [State.LANDED, State.LANDED, State.HELD, State.LANDED]
        held = office.deliveries()[2]
        assert (held.reason, held.sequence) == ("same-content-as-before", 3)
        told = [(one.kind, one.verdict) for one in office.receipts() if one.transmission == str(held.id)]
        assert sorted(told) == [("landed", "positive"), ("validated", "held")]
        assert "ARR0003.DAT" in office.names("in")
        with as_worker("olga"):
            assert release(held.id, because="an empty week, says the county")
        office.work()
        assert set(office.states()) == {State.VALIDATED}

    def test_content_under_a_new_name_is_known_again_by_either_name(self, office: Office) -> None:
        """Each name repeated is its own delivery's duplicate: nothing more is kept or receipted."""
        for number in (1, 2, 1, 2):
            office.deliver(f"ARR000{number}.DAT", ONE)
        assert office.states() == [State.LANDED, State.HELD]
        assert len(office.receipts()) == 3

    def test_content_under_a_new_name_without_a_number_waits_for_a_person(self, tmp_path: Path, db: None) -> None:
        """A name is then all that tells deliveries apart."""
        office = open_office(tmp_path, naming="DAY*.TXT")
        for name in ("DAY1.TXT", "DAY2.TXT", "DAY1.TXT"):
            office.deliver(name, ONE)
        assert office.states() == [State.LANDED, State.HELD]
        assert office.deliveries()[1].reason == "same-content-as-before"

    @pytest.mark.parametrize("slash", ["/", "//"])
    def test_content_above_a_gap_lets_nothing_go_before_its_turn(self, office: Office, slash: str) -> None:
        """It is held for its content; the number that is missing is missed, and may still come."""
        for number, content in ((1, ONE), (3, ONE), (4, b"4\n"), (2, b"2\n")):
            office.put("x.part", content)
            root = f"{office.root}{slash}in/"
            office.boxes.rename(office.guest, f"{root}x.part", f"{root}ARR000{number}.DAT")
            if number == 4:
                assert [one.reason for one in office.deliveries()[1:]] == ["same-content-as-before", "sequence-gap"]
                with as_worker("olga"):
                    assert [one.detail["missing"] for one in Alarm.objects.filter(settled_at=None)] == [2]
        assert office.states() == [State.LANDED, State.HELD, State.LANDED, State.LANDED]
        with as_worker("olga"):
            assert not Alarm.objects.filter(settled_at=None).exists()

    def test_content_by_another_proof_is_held_alike(self, office: Office) -> None:
        """A done-file or a checksum proves the bytes, not that they were meant twice."""
        office.deliver("ARR0001.DAT", ONE)
        office.put("ARR0002.DAT", ONE)
        office.put("ARR0002.DAT.done", b"")
        assert office.states() == [State.LANDED, State.HELD]


class TestTheSequence:
    """Nothing later posts first."""

    def test_holds_what_comes_too_early_and_lets_it_go_when_the_gap_closes(self, office: Office) -> None:
        """Both land; the later one waits for the one before it."""
        office.deliver("ARR0001.DAT", b"1\n")
        office.deliver("ARR0003.DAT", b"3\n")
        assert office.states() == [State.LANDED, State.HELD]
        assert [one.verdict for one in office.receipts()] == ["positive", "positive", "held"]
        office.deliver("ARR0002.DAT", b"2\n")
        assert set(office.states()) == {State.LANDED}
        office.work()
        assert set(office.states()) == {State.VALIDATED}

    def test_refuses_to_take_over_out_of_turn(self, office: Office) -> None:
        """A person, too, posts in order."""
        office.deliver("ARR0001.DAT", b"1\n")
        office.deliver("ARR0002.DAT", b"2\n")
        office.work()
        with as_worker("olga"), pytest.raises(Refused, match="earlier-not-settled"):
            take_over(office.deliveries()[1].id, because="posted")

    def test_used_twice_is_a_conflict(self, tmp_path: Path, db: None) -> None:
        """Two deliveries with one number."""
        office = open_office(tmp_path, naming="ARR*.DAT")
        office.put("ARR0001.DAT", ONE)
        office.put("a.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", ONE), sequence=7))
        office.put("ARR0002.DAT", TWO)
        with pytest.raises(Refused, match="sequence-used"):
            office.put("b.manifest.json", manifest(office.agreement.key, ("ARR0002.DAT", TWO), sequence=7))

    def test_below_what_came_last_waits_for_a_person(self, office: Office) -> None:
        """A late one."""
        office.deliver("ARR0005.DAT", b"5\n")
        office.deliver("ARR0003.DAT", b"3\n")
        assert office.states() == [State.LANDED, State.HELD]
        assert office.deliveries()[1].reason == "late-in-sequence"


class TestAManifest:
    """What the sender says of a delivery."""

    def test_may_come_before_its_files(self, tmp_path: Path, db: None) -> None:
        """Several files are one delivery, which lands with the last of them."""
        office = open_office(tmp_path, naming="ARR{seq:4}*.DAT")
        said = manifest(office.agreement.key, ("ARR0001A.DAT", ONE), ("ARR0001B.DAT", TWO), sequence=1)
        office.put("week.manifest.json", said)
        office.put("ARR0001A.DAT", ONE)
        assert office.deliveries() == []
        office.put("ARR0001B.DAT", TWO)
        assert office.states() == [State.LANDED]
        assert len(office.receipts()[0].files) == 2

    def test_with_other_counts_has_the_delivery_refused_whole(self, office: Office) -> None:
        """A hundred lines, ninety-nine promised: a negative receipt, and the same number may come again."""
        listed = [{"name": "ARR0001.DAT", "size": len(ONE), "sha256": hashlib.sha256(ONE).hexdigest(), "records": 99}]
        office.put("ARR0001.DAT", ONE)
        office.put("w.manifest.json", manifest(office.agreement.key, sequence=1, files=listed))
        office.work()
        assert office.states() == [State.REJECTED]
        assert [(one.verdict, one.reason, one.resend) for one in office.receipts()][1] == (
            "negative", "records-differ", True,
        )  # fmt: skip
        office.deliver("ARR0001.DAT", TWO)
        office.work()
        assert office.states() == [State.SUPERSEDED, State.VALIDATED]

    def test_for_another_agreement_is_refused(self, office: Office) -> None:
        """It lies in the wrong mailbox."""
        office.put("ARR0001.DAT", ONE)
        with pytest.raises(Refused, match="another-agreement"):
            office.put("w.manifest.json", manifest("other", ("ARR0001.DAT", ONE)))

    def test_that_is_cut_off_is_refused(self, office: Office) -> None:
        """Half of it says nothing."""
        office.put("ARR0001.DAT", ONE)
        with pytest.raises(Invalid):
            office.put("w.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", ONE))[:-5])
        assert office.deliveries() == []

    def test_that_names_what_it_replaces_supersedes_it(self, office: Office) -> None:
        """A resend before anything was posted."""
        first = str(uuid.uuid4())
        office.put("ARR0001.DAT", ONE)
        office.put(
            "a.manifest.json", manifest(office.agreement.key, ("ARR0001.DAT", ONE), identifier=first, sequence=1)
        )
        office.put("ARR0001.DAT", TWO)
        said = manifest(office.agreement.key, ("ARR0001.DAT", TWO), supersedes=first, sequence=1)
        office.put("b.manifest.json", said)
        assert office.states() == [State.SUPERSEDED, State.LANDED]


class TestTheTestMailbox:
    """A partner's first tries."""

    def test_answers_and_posts_nothing(self, office: Office) -> None:
        """Receipts are marked; no number is used."""
        office.deliver("anything.txt", ONE, box="test")
        office.work()
        assert office.states() == [State.TESTED]
        assert {one.test for one in office.receipts()} == {True}
        office.deliver("ARR0001.DAT", ONE)
        assert office.states() == [State.TESTED, State.LANDED]

    def test_takes_any_name_by_a_manifest_too(self, office: Office) -> None:
        """As it does by a rename; in the real mailbox the agreed names count."""
        office.put("M1.DAT", ONE, box="test")
        said = manifest(office.agreement.key, ("M1.DAT", ONE), test=True)
        office.put("M1.DAT.manifest.json", said, box="test")
        assert office.states() == [State.LANDED]
        assert office.receipts()[0].test
        with pytest.raises(Refused, match="name-not-agreed"):
            office.put("M1.DAT", ONE)


@pytest.mark.clause("CA-CSS-03-11:safeguards", shows="keeps")
class TestWhatIsSetAside:
    """Two persons let it go."""

    def test_needs_two_persons(self, office: Office) -> None:
        """The first asks, the same one cannot confirm, another can."""
        office.deliver("ARR0001.DAT", ONE)
        with pytest.raises(Refused):
            office.deliver("ARR0001.DAT", TWO)
        aside = office.deliveries()[1]
        with as_worker("olga"):
            assert not release(aside.id, because="the county renamed it")
        with as_worker("olga"), pytest.raises(Refused, match="second-person"):
            release(aside.id, because="the county renamed it")
        with as_worker("oscar"):
            assert release(aside.id, because="checked with the county")
        assert office.states() == [State.SUPERSEDED, State.LANDED]

    def test_can_be_refused_for_good(self, office: Office) -> None:
        """With a negative receipt."""
        office.deliver("ARR0001.DAT", ONE)
        with as_worker("olga"):
            reject(office.deliveries()[0].id, because="wrong county", resend=False)
        assert office.states() == [State.REJECTED]
        assert (office.receipts()[-1].verdict, office.receipts()[-1].resend) == ("negative", False)

    def test_has_nothing_to_replay_before_it_failed(self, office: Office) -> None:
        """Work that is done is not done again by hand."""
        office.deliver("ARR0001.DAT", ONE)
        office.work()
        with as_worker("olga"), pytest.raises(Refused, match="nothing-to-replay"):
            replay(office.deliveries()[0].id, Step.VALIDATE)


class TestAStranger:
    """Another partner's machine."""

    def test_finds_nothing(self, office: Office, tmp_path: Path) -> None:
        """The same answer for what is absent and what is another's."""
        office.deliver("ARR0001.DAT", ONE)
        other = open_office(tmp_path, "other")
        for path in (office.root, f"{office.root}/in", f"{office.root}/in/ARR0001.DAT", "/nowhere/in/x"):
            with pytest.raises(NotFound):
                other.boxes.entry(other.guest, path)
        with pytest.raises(NotFound):
            other.boxes.begin(other.guest, f"{office.root}/in/ARR0002.DAT", resume=False)
        assert [one.name for one in other.boxes.entries(other.guest, "/")] == ["other"]

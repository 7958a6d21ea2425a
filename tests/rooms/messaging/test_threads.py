"""Reading what people write: who opens it, what counts, and when the words go."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.messaging.talk import (
    CORA,
    DEV,
    ELI,
    IDA,
    ROSE,
    as_cora,
    as_dev,
    as_eli,
    as_ida,
    as_rose,
    at_work,
    copies,
    move_in,
    opts_in,
    text,
)
from tests.rooms.town import ANA, DURHAM, HENNEPIN, MAYA, MN, NC, WAKE, as_state
from tests.telling import told

from harborline.consent.facts import CONTACT_US
from harborline.consent.services import decide_possible
from harborline.kernel import Invalid, NotFound, Refused, clock, ports
from harborline.ledger.selectors import entries_of
from harborline.messaging.conversations.facts import How, Topic, session_reference
from harborline.messaging.conversations.keeping import group, open_words
from harborline.messaging.conversations.reading import (
    close_text,
    end_of_session,
    expire_texts,
    hand_on,
    open_text,
    preview_text,
    say_what_was_asked,
)
from harborline.messaging.conversations.records import TextOpening, Thread, ThreadText
from harborline.messaging.models import InboundMessage
from harborline.messaging.ports import SessionWatch
from harborline.messaging.selectors.inbox import inbox, thread, threads
from harborline.people.selectors import participant_id
from harborline.retention.facts import HoldScope
from harborline.retention.services import place_hold
from harborline.vault.services import shredded

WORDS = "can I change my appointment to friday"


@pytest.fixture
def people(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in."""
    move_in(tmp_path)
    return tmp_path


def one(number: str = MAYA, words: str = WORDS, *, program: str = MN, ago: timedelta = timedelta(0)) -> uuid.UUID:
    """The only copy of a text."""
    (copy,) = copies(text(words, number, program=program, ago=ago).inbound_id, program)
    return copy.id


def words_are_there(text_id: uuid.UUID, program: str = MN) -> bool:
    """Whether the sealed words are still kept."""
    with as_state(program):
        return ThreadText.objects.get(id=text_id).inbound.sealed is not None


@pytest.mark.usefixtures("people")
class TestAStranger:
    """Sees nothing of other counties."""

    def test_finds_no_text_of_another_county(self) -> None:
        """Ana's text: Cora sees her copy, Dev his; nobody opens the other's."""
        taken = text(WORDS, ANA)
        durham, wake = copies(taken.inbound_id)
        assert (durham.county, wake.county) == (DURHAM, WAKE)
        with as_dev():
            assert [line.text_id for line in inbox()] == [durham.id]
            for act in (open_text, preview_text):
                with pytest.raises(NotFound):
                    act(wake.id)
            with pytest.raises(NotFound):
                thread(wake.thread_id)

    def test_finds_no_text_of_a_number_nobody_has(self) -> None:
        """It belongs to the whole state."""
        text_id = one("+19195550177", program=NC)
        with as_cora():
            assert inbox() == []
        with at_work(CORA, counties=("*",)):
            assert [line.text_id for line in inbox()] == [text_id]

    def test_of_the_other_program_finds_nothing(self) -> None:
        """Rose works for WIC."""
        text(WORDS, ANA)
        with as_rose():
            assert inbox() == []


@pytest.mark.usefixtures("people")
class TestACopy:
    """Is for the one who manages the case, or for whoever opens it first."""

    def test_is_for_the_case_manager(self) -> None:
        """Cora in Wake, Dev in Durham."""
        found = copies(text(WORDS, ANA).inbound_id)
        assert [(copy.county, copy.for_worker) for copy in found] == [(DURHAM, DEV), (WAKE, CORA)]

    def test_is_taken_by_whoever_opens_it_first(self) -> None:
        """In the clinic nobody manages a case: Rose opens it, then it is hers."""
        text_id = one()
        with as_rose():
            assert inbox(mine=True)[0].for_worker is None
            assert open_text(text_id).counts
        with as_ida():
            assert inbox(mine=True) == []
            assert not open_text(text_id).counts

    def test_is_handed_on_while_unread(self) -> None:
        """Rose is away: it becomes Ida's, with a reason; once read it stays."""
        text_id = one()
        with as_rose():
            with pytest.raises(Invalid):
                hand_on(text_id, worker_id=IDA, reason=" ")
            hand_on(text_id, worker_id=IDA, reason="I am away")
            assert not open_text(text_id).counts
        with as_ida():
            open_text(text_id)
            with pytest.raises(Refused, match="was-read-already"):
                hand_on(text_id, worker_id=ROSE, reason="back")

    def test_of_a_bare_stop_waits_for_nobody(self) -> None:
        """The machine did it; the thread shows it, the inbox does not."""
        text_id = one(words="STOP")
        with as_rose():
            assert inbox() == []
            (line,) = threads()
            (item,) = thread(line.thread_id).items
            assert (item.id, item.effect, item.waits) == (text_id, "stopped", False)


@pytest.mark.usefixtures("people")
class TestTheInbox:
    """Shows what came without its words."""

    def test_masks_private_things(self) -> None:
        """The kinds are there, no word, no number."""
        text_id = one(words="my ssn is 417-22-8891")
        with as_rose():
            (line,) = inbox()
            assert (line.text_id, line.masked, line.private) == (text_id, True, ("ssn",))
            assert told(("8891", "22-8891"), repr(line)) == []
            assert preview_text(text_id) == ""
            assert not TextOpening.objects.exists()

    def test_leads_to_the_possible_stop(self) -> None:
        """The task, and the text it is about, for those who may."""
        text_id = one(words="no thanks")
        with as_rose():
            (line,) = inbox()
            assert line.possible_id is not None
            assert open_text(text_id, how=How.STOP).words == "no thanks"
            decide_possible(line.possible_id, stop=False, reason="they meant the class")
            assert inbox()[0].possible_id is None

    def test_puts_danger_first_and_then_the_oldest(self) -> None:
        """Whatever came in last, somebody in danger is read first."""
        old = one(ago=timedelta(hours=2))
        new = one(words="no thanks", ago=timedelta(hours=1))
        danger = one(words="he is outside with a gun please help us")
        with as_rose():
            assert [line.text_id for line in inbox()] == [danger, old, new]

    def test_lists_threads_by_their_newest_text(self) -> None:
        """Two texts are one thread."""
        first, second = one(), one(words="hello again")
        with as_rose():
            (line,) = threads()
            assert (line.waiting, line.external_id) == (2, "R-1")
            assert line.participant_id == participant_id(MN, "R-1")
            shown = thread(line.thread_id)
        assert [item.id for item in shown.items] == [first, second]
        assert shown.staff_may_answer
        assert WORDS not in repr(shown)


@pytest.mark.usefixtures("people")
class TestOpening:
    """Is recorded before the words are shown."""

    def test_shows_the_words_and_the_end_of_the_number(self) -> None:
        """Rose reads what Maya wrote; the log knows it."""
        text_id = one()
        with as_rose():
            opened = open_text(text_id)
            kinds = [entry.kind for entry in entries_of(f"participant:{participant_id(MN, 'R-1')}")]
        assert (opened.words, opened.number_ends_in, opened.counts) == (WORDS, "0104", True)
        assert "inbound.opened" in kinds

    def test_by_a_supervisor_takes_nothing_from_the_worker(self) -> None:
        """Eli looks; Cora still has it to read, and to close."""
        wake = next(copy for copy in copies(text(WORDS, ANA).inbound_id) if copy.county == WAKE)
        with as_eli():
            assert not open_text(wake.id).counts
            with pytest.raises(Refused, match="read-it-first"):
                close_text(wake.id, asked=Topic.APPOINTMENT)
        with as_cora():
            assert inbox(mine=True)[0].viewed_at is None
            assert open_text(wake.id).counts
        with as_state():
            assert [(each.actor, each.counts) for each in TextOpening.objects.order_by("at")] == [
                (f"worker:{ELI}", False),
                (f"worker:{CORA}", True),
            ]

    def test_of_a_preview_is_no_view(self) -> None:
        """The first signs; the text stays unread, and its clock runs on."""
        text_id = one(words="hello " * 20)
        with as_rose():
            assert preview_text(text_id) == "hello hello hello hello hello hello hell..."
            assert inbox()[0].viewed_at is None
            with pytest.raises(Refused, match="read-it-first"):
                close_text(text_id, asked=Topic.THANKS)


@pytest.mark.usefixtures("people")
class TestClosing:
    """Asks what was asked; in Minnesota the words go with it."""

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="allows")
    def test_destroys_the_words(self) -> None:
        """Nothing opens any more; what was asked, the note and the commitment stay."""
        text_id = one()
        with as_rose():
            opened = open_text(text_id)
            close_text(text_id, asked=Topic.APPOINTMENT, note="moved to Friday 9:00")
            with pytest.raises(NotFound):
                open_text(text_id)
            (item,) = thread(ThreadText.objects.get(id=text_id).thread_id).items
            inbound = InboundMessage.objects.get()
            with pytest.raises(NotFound, match="destroyed"):
                open_words(inbound)
            taken = entries_of(f"number:{bytes(inbound.phone_idx).hex()}")[-1]
        assert opened.words == WORDS
        assert (item.asked, item.note, item.gone_why) == ("appointment", "moved to Friday 9:00", "closed")
        assert not words_are_there(text_id)
        assert len(str(taken.content["words"])) == 64
        with as_state(MN):
            assert b"Friday" not in bytes(ThreadText.objects.get(id=text_id).note)

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="refuses")
    @pytest.mark.parametrize(("asked", "note"), [("", ""), ("whatever", "x"), ("other", "  "), ("card", "x" * 301)])
    def test_needs_what_was_asked(self, asked: str, note: str) -> None:
        """No answer, none of the list, "other" without a word, or a letter: it stays open and the words stay."""
        text_id = one()
        with as_rose():
            open_text(text_id)
            with pytest.raises(Refused):
                close_text(text_id, asked=asked, note=note)  # type: ignore[arg-type]  # what a form may send
        assert words_are_there(text_id)

    def test_leaves_the_sealed_record_in_north_carolina(self) -> None:
        """The working copies of Wake and Durham go one by one; the record stays sealed."""
        durham, wake = copies(text(WORDS, ANA).inbound_id)
        for worker, copy in ((as_cora, wake), (as_dev, durham)):
            with worker():
                open_text(copy.id)
                close_text(copy.id, asked=Topic.APPOINTMENT)
                with pytest.raises(NotFound):
                    open_text(copy.id)
        assert words_are_there(wake.id, NC)

    def test_in_one_county_leaves_the_other_its_words(self) -> None:
        """A household known in two counties: the second reader still reads."""
        with as_state(MN):
            inbound = text(WORDS, MAYA, program=MN).inbound_id
            copy = ThreadText.objects.get(inbound_id=inbound)
            other = Thread.objects.create(
                program=MN, county="27123", phone_idx=copy.thread.phone_idx, platform="notices", language="en",
                started_at=clock.now(), last_in_at=clock.now(),
            )  # fmt: skip
            second = ThreadText.objects.create(
                program=MN, county="27123", thread=other, inbound_id=inbound, received_at=clock.now()
            )
        with as_rose():
            open_text(copy.id)
            close_text(copy.id, asked=Topic.CARD)
        assert words_are_there(copy.id)
        with at_work(IDA, MN, ("27123",)):
            assert open_text(second.id).words == WORDS
            close_text(second.id, asked=Topic.CARD)
        assert not words_are_there(copy.id)


@pytest.mark.usefixtures("people")
class TestTheEndOfASession:
    """Is the latest for what was viewed."""

    def test_takes_what_was_viewed_and_asks_what_was_asked(self) -> None:
        """The unread text stays; the read one is gone, and Rose can still say what it asked, once."""
        read, unread = one(), one(words="another one")
        session = "the key of her session"
        with as_rose():
            open_text(read, session=session)
        assert end_of_session(worker_id=ROSE, session="another one") == 0
        assert end_of_session(worker_id=ROSE, session=session) == 1
        assert (words_are_there(read), words_are_there(unread)) == (False, True)
        with as_rose():
            line = next(each for each in inbox() if each.text_id == read)
            assert line.asked_missing
            say_what_was_asked(read, asked=Topic.APPOINTMENT)
            with pytest.raises(NotFound):
                say_what_was_asked(read, asked=Topic.CARD)
            assert [each.text_id for each in inbox()] == [unread]

    def test_is_for_those_who_viewed_only(self) -> None:
        """Ida's session ends; Rose's text stays."""
        text_id = one()
        with as_rose():
            open_text(text_id)
        assert end_of_session(worker_id=IDA) == 0
        assert words_are_there(text_id)

    def test_comes_by_itself_when_nobody_signs_out(self) -> None:
        """The watch knows a session that is over; twelve hours end any."""

        class Watch(SessionWatch):
            def ended(self, sessions: object, /) -> set[str]:
                assert isinstance(sessions, set)
                return {session_reference("gone")} & sessions

        gone, still = one(), one(words="another one")
        with as_rose():
            open_text(gone, session="gone")
            open_text(still, session="still")
        before = ports.serving_all(SessionWatch)
        try:
            for name in before:
                ports.serve(SessionWatch, Watch(), name)
            ports.serve(SessionWatch, Watch(), "test")
            with as_state(MN):
                assert expire_texts() == 1
        finally:
            for name, adapter in before.items():
                ports.serve(SessionWatch, adapter, name)
        assert (words_are_there(gone), words_are_there(still)) == (False, True)
        with as_state(MN):
            assert expire_texts(now=clock.now() + timedelta(hours=12, minutes=1)) == 1

    def test_does_nothing_in_north_carolina(self) -> None:
        """There the working copy has its day."""
        wake = next(copy for copy in copies(text(WORDS, ANA).inbound_id) if copy.county == WAKE)
        with as_cora():
            open_text(wake.id, session="s")
        assert end_of_session(worker_id=CORA) == 0
        with as_state():
            assert expire_texts(now=clock.now() + timedelta(hours=23)) == 0
            assert expire_texts(now=clock.now() + timedelta(hours=25)) == 1


@pytest.mark.usefixtures("people")
class TestATextNobodyOpens:
    """Has its limit, and is brought to a supervisor a week before."""

    def test_is_brought_up_and_then_goes(self) -> None:
        """Day 24, day 31."""
        text_id = one()
        with as_state(MN):
            assert expire_texts(now=clock.now() + timedelta(days=24)) == 0
            assert inbox()[0].brought_up
            assert expire_texts(now=clock.now() + timedelta(days=31)) == 1
            assert inbox() == []
        assert not words_are_there(text_id)

    def test_stays_under_a_hold(self) -> None:
        """Somebody must keep Maya's texts: the copy goes, the words stay."""
        text_id = one()
        with as_state(MN):
            place_hold(HoldScope(person="R-1"), reason="a claim", roles=("state-operator",))
            assert expire_texts(now=clock.now() + timedelta(days=31)) == 1
            assert inbox() == []
        assert words_are_there(text_id)

    def test_of_a_number_under_a_hold_stays_too(self) -> None:
        """A hold may name a number nobody has."""
        with as_state(MN):
            inbound_id = text("hello?", "+16125550177", program=MN).inbound_id
            place_hold(HoldScope(number="+16125550177"), reason="a claim", roles=("state-operator",))
            assert expire_texts(now=clock.now() + timedelta(days=31)) == 1
            assert InboundMessage.objects.get(id=inbound_id).sealed is not None


@pytest.mark.usefixtures("people")
class TestAPlatform:
    """Is the one the person gave permission for."""

    @pytest.mark.parametrize(
        ("given", "expected"), [([], "notices"), (["notices"], "notices"), ([CONTACT_US], CONTACT_US)]
    )
    def test_is_found_from_the_permissions(self, given: list[str], expected: str) -> None:
        """The app's opt-in alone means the portal's thread."""
        for platform in given:
            opts_in("R-1", MAYA, HENNEPIN, platform=platform)
        (copy,) = copies(text(WORDS, MAYA, program=MN).inbound_id, MN)
        assert copy.thread.platform == expected

    def test_stays_while_the_thread_lives(self) -> None:
        """Begun in the portal, gone on there, even when a release came since."""
        opts_in("R-1", MAYA, HENNEPIN, platform=CONTACT_US)
        text(WORDS, MAYA, program=MN)
        opts_in("R-1", MAYA, HENNEPIN)
        (copy,) = copies(text("one more thing", MAYA, program=MN).inbound_id, MN)
        assert copy.thread.platform == CONTACT_US


class TestDestroying:
    """Is for good: the key goes with the commit."""

    def test_takes_the_key_outside_the_database(self, committed: None, tmp_path: Path) -> None:
        """The words were under a key of their own, and that key is destroyed."""
        move_in(tmp_path)
        text_id = one()
        with as_state(MN):
            inbound = InboundMessage.objects.get()
            sealed = bytes(inbound.sealed or b"")
        assert shredded([inbound.id], group=group(MN)) == set()
        with as_rose():
            open_text(text_id)
            close_text(text_id, asked=Topic.APPOINTMENT)
        assert shredded([inbound.id], group=group(MN)) == {inbound.id}
        inbound.sealed = sealed
        with as_state(MN), pytest.raises(NotFound):
            open_words(inbound)

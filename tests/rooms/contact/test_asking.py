"""A person asks in the portal: kept once, sealed, with the worker and the day by which it is answered."""

from __future__ import annotations

import uuid

import pytest
from tests.rooms.contact.desk import as_person, as_worker, asks, opts_in, who, worker
from tests.rooms.town import MN, NC, as_state

from harborline.contact.facts import ClosedAs, ContactState, EntryKind
from harborline.contact.models import ContactEntry, ContactThread, EntryWords
from harborline.contact.selectors import contacts, own_contact, own_contacts, thread
from harborline.contact.services import answer, ask, close, open_contact, opt_in, read_by_person, write_more
from harborline.kernel import Invalid, NotFound, Refused
from harborline.ledger.models import Content


class TestAQuestion:
    """One thing a person asks."""

    def test_reaches_the_case_worker_with_a_day_to_answer(self, town: None) -> None:
        """It lies in the office of Ben's county, for Cora, and says until when."""
        kept = asks("ben")
        with as_worker("cora"):
            (line,), more = contacts(whose="mine")
        assert (line.id, line.office, line.worker_id, line.state, more) == (
            kept.contact_id, "WAKE", worker("cora"), ContactState.NEW, False,
        )  # fmt: skip
        assert line.answer_by_at is not None

    def test_is_sealed(self, town: None) -> None:
        """Neither the tables nor the log hold the words."""
        asks("ben", "My sister Zelda moved in")
        with as_state():
            (row,) = EntryWords.objects.all()
            assert b"Zelda" not in bytes(row.sealed)
            assert not [one for one in Content.objects.all() if b"Zelda" in bytes(one.sealed)]

    def test_sent_twice_is_one(self, town: None) -> None:
        """Whoever presses twice asks once."""
        first, second = asks("ben"), asks("ben")
        assert (first.contact_id, first.fresh, second.fresh) == (second.contact_id, True, False)
        with as_state():
            assert ContactThread.objects.count() == ContactEntry.objects.count() == 1

    @pytest.mark.parametrize("words", ["", "  \n ", "\x00\x07", "x" * 4001, "\u202e"], ids=repr)
    def test_must_say_something_and_not_too_much(self, town: None, words: str) -> None:
        """Nothing at all, only signs nobody sees, or a book."""
        with pytest.raises(Invalid):
            asks("ben", words)
        with as_state():
            assert not ContactThread.objects.exists()

    def test_is_freed_of_signs_nobody_sees(self, town: None) -> None:
        """Nul and signs that turn the direction of reading are gone, line breaks stay."""
        kept = asks("ben", "one\x00\x1b\r\ntwo\u202e three")
        with as_person("ben"):
            assert own_contact(kept.contact_id, [who("ben")]).entries[0].words == "one\ntwo three"

    def test_is_refused_beyond_the_days_limit(self, town: None) -> None:
        """The eleventh of one day waits for tomorrow."""
        for number in range(10):
            asks("ben", once=f"form-{number}")
        with pytest.raises(Refused, match="too-many-questions-today"):
            asks("ben", once="form-10")

    def test_about_papers_leads_elsewhere(self, town: None) -> None:
        """Papers go to Submit documents."""
        with pytest.raises(Invalid, match="Submit documents"):
            asks("ben", topic="documents")

    def test_is_never_begun_by_staff(self, town: None) -> None:
        """A worker cannot begin one in somebody's name."""
        with as_worker("cora"), pytest.raises(Refused, match="contact-not-started-by-person"):
            ask(who("ben"), topic="other", words="hello", language="en", once="x")


class TestTheClinicsContactUs:
    """In Minnesota it needs the opt-in."""

    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="refuses")
    def test_opens_with_the_opt_in_and_not_before(self, town: None) -> None:
        """First asked, then agreed, then asked again."""
        with pytest.raises(Refused, match="no-portal-opt-in"):
            asks("maya")
        with as_person("maya"):
            opt_in(who("maya"), shown="You may text me that an answer waits.", language="en")
            opt_in(who("maya"), shown="You may text me that an answer waits.", language="en")
        assert asks("maya").fresh

    def test_takes_no_opt_in_for_this_service_for_it(self, town: None) -> None:
        """The permission for notices is another one."""
        opts_in("maya", "notices")
        with pytest.raises(Refused, match="no-portal-opt-in"):
            asks("maya")


class TestWhatThePersonSees:
    """Their own, and nothing else."""

    def test_is_not_what_others_asked(self, town: None) -> None:
        """Ben's question is not there for Ana, who is on the same case."""
        kept = asks("ben")
        for name in ("ana", "otto"):
            with as_person(name):
                assert own_contacts([who(name)]) == []
                for act in (own_contact, read_by_person):
                    with pytest.raises(NotFound):
                        act(kept.contact_id, participants=[who(name)])
                with pytest.raises(NotFound):
                    write_more(kept.contact_id, participants=[who(name)], words="mine", once="y")

    def test_holds_no_notes_and_no_names(self, town: None) -> None:
        """Who has it and what staff note stays with staff."""
        kept = asks("ben")
        with as_worker("cora"):
            open_contact(kept.contact_id, roles=frozenset({"case-manager"}))
            answer(kept.contact_id, "We are working on it.", language="en", once="a")
        with as_person("ben"):
            kinds = {one.kind for one in own_contact(kept.contact_id, [who("ben")]).entries}
        assert kinds == {EntryKind.ASKED, EntryKind.ANSWERED}

    def test_is_noted_as_read(self, town: None) -> None:
        """Staff see that the answer was read."""
        kept = asks("ben")
        with as_worker("cora"):
            answer(kept.contact_id, "We are working on it.", language="en", once="a")
            assert contacts()[0][0].unread
        with as_person("ben"):
            read_by_person(kept.contact_id, participants=[who("ben")])
        with as_worker("cora"):
            assert not contacts()[0][0].unread


class TestWritingMore:
    """The person goes on."""

    def test_makes_it_wait_on_us_again(self, town: None) -> None:
        """After our answer the days begin anew."""
        kept = asks("ben")
        with as_worker("cora"):
            answer(kept.contact_id, "We are working on it.", language="en", once="a")
            assert thread(kept.contact_id).line.state is ContactState.ON_PERSON
        with as_person("ben"):
            write_more(kept.contact_id, participants=[who("ben")], words="And now?", once="b")
            write_more(kept.contact_id, participants=[who("ben")], words="And now?", once="b")
        with as_worker("cora"):
            found = thread(kept.contact_id)
        assert found.line.state is ContactState.ON_US
        assert found.line.answer_by_at is not None
        assert [one.words for one in found.entries if one.by_person] == ["When is my next visit?", "And now?"]

    def test_opens_a_closed_one_again(self, town: None) -> None:
        """It is one question still."""
        kept = asks("ben")
        with as_worker("cora"):
            close(kept.contact_id, ClosedAs.NO_RESPONSE)
        with as_person("ben"):
            write_more(kept.contact_id, participants=[who("ben")], words="Please answer", once="b")
        with as_worker("cora"):
            assert thread(kept.contact_id).line.state is ContactState.REOPENED

    def test_is_bounded_by_the_day(self, town: None) -> None:
        """Thirty additions to one question in a day are enough."""
        kept = asks("ben")
        with as_person("ben"):
            for number in range(30):
                write_more(kept.contact_id, participants=[who("ben")], words="And now?", once=f"b{number}")
            with pytest.raises(Refused, match="too-many-questions-today"):
                write_more(kept.contact_id, participants=[who("ben")], words="And now?", once="c")

    def test_to_a_guessed_id_finds_nothing(self, town: None) -> None:
        """Like one that never was."""
        with as_person("ben"), pytest.raises(NotFound):
            write_more(uuid.UUID(int=9), participants=[who("ben")], words="x", once="b")


class TestOtherPlaces:
    """Counties and programs are apart."""

    def test_see_nothing(self, town: None) -> None:
        """Dev in Durham and Clara of WIC find neither list nor contact."""
        kept = asks("ben")
        for name in ("dev", "clara"):
            with as_worker(name):
                assert contacts() == ([], False)
                with pytest.raises(NotFound):
                    open_contact(kept.contact_id, roles=frozenset())
        with as_state(MN):
            assert contacts() == ([], False)
        with as_state(NC):
            assert len(contacts()[0]) == 1

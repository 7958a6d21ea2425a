"""A worker answers: checked for where it is read, kept once, told of by a text that says nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.rooms.contact.desk import as_person, as_worker, asks, opts_in, who
from tests.rooms.messaging.talk import words_of
from tests.rooms.town import BEN, MN, NC, as_state

from harborline.consent.facts import NOTICES, Means
from harborline.consent.services import suppress
from harborline.contact.facts import Answered
from harborline.contact.models import ContactEntry
from harborline.contact.selectors import own_contact
from harborline.contact.services import answer, compose_check, write_note
from harborline.kernel import Refused, clock
from harborline.messaging.conversations.claiming import judge_answers
from harborline.messaging.models import Message


def answers(name: str, words: str, *, reason: str = "", leads: bool = False, language: str = "en") -> Answered:
    """Cora (or Clara) answers the question that somebody asked."""
    kept = asks(name)
    with as_worker("clara" if name == "maya" else "cora"):
        return answer(kept.contact_id, words, language=language, once="a", leads=leads, reason=reason)


def next_at(hour: int) -> datetime:
    """The next moment at that hour, UTC; up to a day from now, for which what is on file may be too old."""
    moment = clock.now().replace(hour=hour, minute=0)
    return moment if moment > clock.now() else moment + timedelta(days=1)


class TestAnAnswer:
    """What may stand behind the sign-in."""

    def test_may_be_private_to_the_person(self, town: None) -> None:
        """An amount of money of their own may be told there, never by text."""
        assert answers("ben", "You owe 120 dollars for May.").entry_id

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="refuses")
    @pytest.mark.clause("NC-CSS-22-18:portal-upload", shows="refuses")
    def test_never_asks_for_papers_here(self, town: None) -> None:
        """Without the way to Submit documents it is refused, whatever the reason."""
        with pytest.raises(Refused, match="documents-by-new-contact"):
            answers("ben", "Please send us a photo of your license.", reason="she asked me to")

    @pytest.mark.clause("MN-WIC-9.6:contact-us-no-documents", shows="allows")
    def test_leads_to_submit_documents(self, town: None) -> None:
        """With the way to it the request may stand."""
        assert answers("ben", "Please send us a photo of your license.", leads=True).entry_id

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ("The IRS took your tax refund and sent it to us.", "tax-information-in-answer"),
            ("We know about the protective order against him.", "danger-in-answer"),
            ("", "nothing-to-send"),
            ("x " * 2500, "answer-too-long"),
        ],
    )
    def test_is_refused(self, town: None, words: str, reason: str) -> None:
        """Tax information, words of violence, nothing, a book."""
        with pytest.raises(Refused, match=reason):
            answers("ben", words, reason="on purpose")

    @pytest.mark.parametrize(
        ("words", "held"),
        [
            ("She lives at 12 Elm Street in Raleigh.", "place-in-answer"),
            ("Anita will be there too.", "somebody-else-in-answer"),
        ],
    )
    def test_waits_for_a_reason(self, town: None, words: str, held: str) -> None:
        """A place, or the name of somebody else on the case; the reason stays with staff."""
        with pytest.raises(Refused, match=held):
            answers("ben", words)

    def test_goes_with_a_reason_that_stays_with_staff(self, town: None) -> None:
        """Ben reads the answer, not why it was worded so."""
        kept = asks("ben")
        with as_worker("cora"):
            answer(kept.contact_id, "Ana will be there too.", language="en", once="a", reason="he asked who comes")
        with as_person("ben"):
            shown = [one.words for one in own_contact(kept.contact_id, [who("ben")]).entries]
        assert shown == ["When is my next visit?", "Ana will be there too."]

    def test_in_a_language_nobody_judges_waits_for_who_read_it_over(self, town: None) -> None:
        """Somali goes with the interpreter's name."""
        opts_in("maya")
        with pytest.raises(Refused, match="language-not-read-over"):
            answers("maya", "Waad ku mahadsan tahay.", language="so")

    def test_of_the_same_form_is_kept_once(self, town: None) -> None:
        """Pressed twice, answered once; one text at most."""
        opts_in("ben", NOTICES)
        kept = asks("ben")
        with as_worker("cora"):
            first, second = (answer(kept.contact_id, "Yes, on Friday.", language="en", once="a") for _ in range(2))
        assert first == second
        with as_state():
            assert ContactEntry.objects.filter(kind="answered").count() == 1
            assert Message.objects.count() == 1

    def test_is_checked_without_being_kept(self, town: None) -> None:
        """Looking at what would become of it changes nothing."""
        kept = asks("ben")
        with as_worker("cora"):
            checked = compose_check(kept.contact_id, "She lives at 12 Elm Street in Raleigh.", language="en")
            assert not checked.decision.allowed
            assert checked.remarks
        with as_state():
            assert not ContactEntry.objects.filter(kind="answered").exists()

    def test_beside_a_note_stays_apart(self, town: None) -> None:
        """Notes are for staff."""
        kept = asks("ben")
        with as_worker("cora"):
            write_note(kept.contact_id, "call her back on Monday")
        with as_person("ben"):
            assert len(own_contact(kept.contact_id, [who("ben")]).entries) == 1


class TestTheTextThatAMessageWaits:
    """Neutral, agreed to, once a day."""

    @pytest.mark.clause("MN-WIC-9.6:text-app-opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="allows")
    def test_goes_to_who_opted_in_to_the_portal(self, town: None) -> None:
        """It says that a message waits and nothing else."""
        opts_in("maya")
        # Maya reads Somali, in which these words are not written yet: no text then.
        assert not answers("maya", "Please come on Friday.").told
        opts_in("ben", NOTICES)
        assert answers("ben", "Please come on Friday at nine.").told
        with as_state():
            (message,) = Message.objects.all()
            words = words_of(message.id)
        assert "new message" in words
        assert "Friday" not in words

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    def test_goes_to_nobody_else(self, town: None) -> None:
        """Without a yes, or after a stop, no text; the answer is there all the same."""
        assert not answers("ben", "Please come on Friday.").told
        opts_in("ben", NOTICES)
        with as_state():
            suppress(BEN, Means.TEXT, words="stop", at=clock.now())
        kept = asks("ben", once="second")
        with as_worker("cora"):
            assert not answer(kept.contact_id, "And on Monday.", language="en", once="b").told
        with as_state():
            assert not Message.objects.exists()

    def test_goes_once_a_day(self, town: None) -> None:
        """The second answer of a day is not told of again."""
        opts_in("ben", NOTICES)
        kept = asks("ben")
        with as_worker("cora"):
            told = [answer(kept.contact_id, "On Friday.", language="en", once=each).told for each in ("a", "b")]
        assert told == [True, False]

    def test_is_asked_again_at_hand_over(self, town: None) -> None:
        """A stop that came meanwhile wins."""
        opts_in("ben", NOTICES)
        answers("ben", "On Friday.")
        with as_state(NC):
            message = Message.objects.get()
            noon, night = (min(next_at(hour), next_at(hour + 2)) for hour in (16, 6))
            asked = [(message.id, "America/New_York")]
            assert judge_answers(NC, asked, now=noon)[message.id].allowed
            assert judge_answers(NC, asked, now=night)[message.id].reason == "outside-hours"
            suppress(BEN, Means.TEXT, words="stop", at=clock.now())
            assert judge_answers(NC, asked, now=noon)[message.id].reason == "asked-to-stop"

    def test_goes_to_no_other_program(self, town: None) -> None:
        """A permission of child support says nothing for WIC."""
        opts_in("ben", NOTICES)
        with as_state(MN):
            assert not Message.objects.exists()

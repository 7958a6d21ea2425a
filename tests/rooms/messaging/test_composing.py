"""A worker's own answer: who may write, what it may say, and what stops it at the last moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.messaging.talk import as_cora, as_ida, as_rose, copies, move_in, opts_in, text, words_of
from tests.rooms.town import ANA, HENNEPIN, MAYA, MN, ROSA, WAKE, WIC_PEOPLE, as_state, bring_in

from harborline.consent.facts import CONTACT_US, Means
from harborline.consent.services import hold_possible, suppress
from harborline.kernel import Decision, NotFound, Outcome, Refused, clock, ports
from harborline.ledger.selectors import entries_of
from harborline.messaging.conversations.claiming import judge_answers
from harborline.messaging.conversations.composing import ANSWER_LIFETIME, answer, compose_check
from harborline.messaging.conversations.facts import ThreadChanged
from harborline.messaging.conversations.records import Thread
from harborline.messaging.models import Dispatch, Message
from harborline.messaging.ports import ThreadListener
from harborline.messaging.selectors.inbox import thread
from harborline.people.facts import FeedKind
from harborline.people.selectors import participant_id

GOOD = "You can come in on Friday. Please bring your card."


@pytest.fixture
def people(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in; Rosa reads Spanish and opted in to texts of the portal's thread."""
    move_in(tmp_path)
    opts_in("R-3", ROSA, HENNEPIN, platform=CONTACT_US)
    return tmp_path


def a_thread(number: str = ROSA, *, ago: timedelta = timedelta(0)) -> uuid.UUID:
    """Somebody wrote."""
    (copy,) = copies(text("can I come on friday", number, program=MN, ago=ago).inbound_id, MN)
    return copy.thread_id


def reasons(thread_id: uuid.UUID, words: str = GOOD, language: str = "en") -> set[str]:
    """Everything that speaks against an answer."""
    made = compose_check(thread_id, words, language=language)
    return {decision.reason for decision in made.decisions if not decision.allowed}


@pytest.mark.usefixtures("people")
class TestNorthCarolina:
    """Staff do not write to a person at all."""

    @pytest.mark.clause("NC-CSS-22-18:no-staff-texting", shows="refuses")
    def test_refuses_every_answer_with_the_letters_clause(self) -> None:
        """Whatever Cora writes, and wherever it is sent from."""
        wake = next(copy for copy in copies(text("hello?", ANA).inbound_id) if copy.county == WAKE)
        with as_cora():
            made = compose_check(wake.thread_id, GOOD, language="en")
            assert (made.decision.outcome, made.decision.reason) == (Outcome.REFUSE, "staff-do-not-text")
            assert made.decision.clauses == ("NC-CSS-22-18:no-staff-texting",)
            assert not thread(wake.thread_id).staff_may_answer
            with pytest.raises(Refused, match="staff-do-not-text"):
                answer(wake.thread_id, GOOD, language="en", reason="please")
        with as_state():
            assert not Message.objects.filter(kind="answer").exists()


@pytest.mark.usefixtures("people")
class TestMinnesota:
    """Staff answer in the thread the person began."""

    @pytest.mark.clause("NC-CSS-22-18:no-staff-texting", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="allows")
    def test_queues_one_text(self) -> None:
        """Through the same queue as every text, under the person and the county."""
        thread_id = a_thread()
        with as_rose():
            assert compose_check(thread_id, GOOD, language="en").decision.allowed
            message_id = answer(thread_id, GOOD, language="en")
            row, dispatch = Message.objects.get(kind="answer"), Dispatch.objects.get(message_id=message_id)
            assert (row.county, row.participant_id) == (HENNEPIN, participant_id(MN, "R-3"))
            assert words_of(message_id, MN) == GOOD
            (item,) = [each for each in thread(thread_id).items if each.way == "out"]
            kinds = [entry.kind for entry in entries_of(f"participant:{row.participant_id}")]
        assert (item.words, item.state) == (GOOD, "queued")
        assert dispatch.last_due_at - clock.now() <= ANSWER_LIFETIME
        assert "thread.answered" in kinds

    @pytest.mark.clause("MN-WIC-9.6:contact-us-opt-in", shows="refuses")
    def test_refuses_a_thread_nobody_opted_in_to(self) -> None:
        """Maya wrote, and never said yes to texts."""
        assert_thread = a_thread(MAYA)
        with as_rose():
            assert "no-consent" in reasons(assert_thread)

    def test_refuses_where_the_permission_is_for_the_other_platform(self) -> None:
        """A release for notices carries the thread of notices, not the portal's."""
        thread_id = a_thread()
        with as_state(MN):
            suppress(ROSA, Means.PORTAL, at=clock.now() - timedelta(days=1))
        with as_rose():
            assert {"asked-to-stop", "no-portal-opt-in"} & reasons(thread_id)

    def test_refuses_a_thread_gone_quiet(self) -> None:
        """Nobody wrote for 46 days."""
        thread_id = a_thread()
        with as_state(MN):
            Thread.objects.filter(id=thread_id).update(last_in_at=clock.now() - timedelta(days=46))
        with as_rose():
            assert "thread-too-old" in reasons(thread_id)

    def test_refuses_a_number_that_is_not_theirs_any_more(self, people: Path) -> None:
        """Rosa has another number now."""
        thread_id = a_thread()
        rows = [(*row[:-1], "612-555-0166") if row[1] == "R-3" else row for row in WIC_PEOPLE]
        bring_in(people, FeedKind.PEOPLE, rows, program=MN)
        with as_rose():
            assert "no-number" in reasons(thread_id)

    def test_refuses_somebody_whose_texts_are_off(self, people: Path) -> None:
        """A protected person who did not choose texts."""
        thread_id = a_thread()
        bring_in(people, FeedKind.PROTECTIONS, [("M-3", "fvi", "self", "2020-01-01", "", "no")], program=MN)
        with as_rose():
            assert "no-texts-by-safety-choice" in reasons(thread_id)

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ("Please text me a photo of your pay stub.", "documents-by-new-contact"),
            ("Your balance is $24.10 and your case number is 4471882.", "private-in-text"),
            ("", "nothing-to-send"),
            ("word " * 200, "text-too-long"),
        ],
    )
    def test_refuses_what_an_answer_may_not_say(self, words: str, reason: str) -> None:
        """Asking for pictures, private things, nothing, too much."""
        thread_id = a_thread()
        with as_rose():
            assert reason in reasons(thread_id, words)
            with pytest.raises(Refused):
                answer(thread_id, words, language="en", reason="I want to")

    @pytest.mark.parametrize("language", ["so", "hmn", "", "xx"])
    def test_refuses_words_in_a_language_nobody_judges(self, language: str) -> None:
        """Free words go in English and Spanish; others are called with an interpreter."""
        thread_id = a_thread()
        with as_state(MN):
            Thread.objects.filter(id=thread_id).update(language="so")
        with as_rose():
            assert "language-not-judged" in reasons(thread_id, "waan ku soo dhaweyneynaa", language)

    def test_names_what_stands_where(self) -> None:
        """The page can mark it."""
        thread_id = a_thread()
        with as_rose():
            made = compose_check(thread_id, "Your case number is 4471882.", language="en")
        found = made.findings[0]
        assert (found.kind, made.text[found.start : found.end]) == ("case_number", "4471882")

    def test_is_not_another_countys(self) -> None:
        """Ramsey cannot answer for Hennepin."""
        from tests.rooms.messaging.talk import IDA, at_work  # noqa: PLC0415 - used once

        thread_id = a_thread()
        with at_work(IDA, MN, ("27123",)), pytest.raises(NotFound):
            answer(thread_id, GOOD, language="en")


@pytest.mark.usefixtures("people")
class TestTheHour:
    """An answer to a fresh text goes at any hour; an older one waits."""

    def test_of_an_older_text_waits_for_the_lawful_hour(self) -> None:
        """Written two days ago: goes now or at the next opening, by itself."""
        thread_id = a_thread()
        with as_state(MN):
            Thread.objects.filter(id=thread_id).update(last_in_at=clock.now() - timedelta(days=2))
        with as_rose():
            made = compose_check(thread_id, GOOD, language="en")
            message_id = answer(thread_id, GOOD, language="en")
            due = Dispatch.objects.get(message_id=message_id).due_at
        waits = [one for one in made.decisions if one.reason == "outside-hours"]
        assert due is not None
        assert due == (waits[0].until if waits else due)
        assert bool(waits) == (due > clock.now() + timedelta(seconds=5))


@pytest.mark.usefixtures("people")
class TestTheLastMoment:
    """Everything is asked again when the text is handed over."""

    def test_lets_a_good_answer_go(self) -> None:
        """Nothing changed."""
        assert self.judged(lambda: None).allowed

    def test_obeys_a_stop_that_came_meanwhile(self) -> None:
        """STOP a second before."""
        assert self.judged(lambda: text("STOP", ROSA, program=MN)).reason == "asked-to-stop"

    def test_waits_for_a_possible_stop(self) -> None:
        """Somebody must look first."""

        def unsure() -> None:
            with as_state(MN):
                hold_possible(ROSA, message_ref="m-1")

        assert self.judged(unsure).reason == "possible-opt-out"

    def test_knows_no_answer_without_a_thread(self) -> None:
        """A text that only looks like one."""
        unknown = uuid.uuid4()
        with as_state(MN):
            assert judge_answers(MN, [(unknown, "US")], now=clock.now())[unknown].reason == "no-consent"

    def judged(self, meanwhile: Callable[[], object]) -> Decision:
        """An answer is queued, something happens, it is judged."""
        thread_id = a_thread()
        with as_ida():
            message_id = answer(thread_id, GOOD, language="en")
        meanwhile()
        with as_state(MN):
            return judge_answers(MN, [(message_id, "America/Chicago")], now=clock.now())[message_id]


@pytest.mark.usefixtures("people")
class TestWhoHears:
    """Of what happens in a thread."""

    def test_is_told_of_the_answer(self) -> None:
        """By ids, without words."""
        heard: list[ThreadChanged] = []

        class Ears(ThreadListener):
            def thread_changed(self, change: ThreadChanged) -> None:
                heard.append(change)

        ports.serve(ThreadListener, Ears(), "test")
        try:
            thread_id = a_thread()
            with as_rose():
                message_id = answer(thread_id, GOOD, language="en")
        finally:
            ports.withdraw_all()
            from harborline.project.wiring import wire  # noqa: PLC0415 - used once

            wire()
        assert [(change.what, change.message_id) for change in heard] == [("answered", message_id)]
        assert GOOD not in repr(heard)

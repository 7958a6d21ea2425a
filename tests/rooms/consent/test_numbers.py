"""What is found out about a number: by staff, carriers, registers; who gets the task, and what it stops."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.town import (
    ANA,
    BEN,
    NC,
    OTTO,
    PEOPLE,
    as_cora,
    as_dev,
    as_state,
    bring_in,
    phone,
)

from harborline.consent.facts import CONTACT_US, ConsentKind, Doubt, Means, Settlement
from harborline.consent.models import Consent, NumberQuestion, PossibleOptOut, Suppression
from harborline.consent.selectors import number_questions, possible_opt_outs, suppressed_numbers
from harborline.consent.services import (
    Given,
    ask_about_number,
    ask_about_shared_numbers,
    carrier_says_stopped,
    decide_possible,
    hold_possible,
    load_permissions,
    number_ended,
    record_spoken_stop,
    resolve_possible,
    settle_question,
    start_again,
    suppress,
)
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.people.facts import FeedKind
from harborline.people.selectors import participant_id


def opted_in(who: str, county: str, number: str, platform: str = "notices") -> None:
    """A keyword of a month ago."""
    given = clock.now() - timedelta(days=30)
    load_permissions([Given(participant_id(NC, who), county, number, ConsentKind.KEYWORD, given, platform=platform)])


def shared_with_ben(town: Path) -> None:
    """Ben uses Ana's number now."""
    bring_in(town, FeedKind.PEOPLE, [(*row[:-1], ANA) if row[1] == "P-2" else row for row in PEOPLE])


class TestASpokenStop:
    """Two clicks: the person, and how they asked."""

    @pytest.mark.parametrize("means", [Means.TELEPHONE, Means.IN_PERSON, Means.LETTER, Means.EMAIL, Means.FAX])
    def test_holds_at_once(self, town: Path, means: Means) -> None:
        """The number is silent and nothing stands any more."""
        with as_cora():
            opted_in("P-2", "37183", BEN)
            record_spoken_stop(participant_id(NC, "P-2"), means=means)
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}
            assert Consent.objects.get().ended_as == "withdrawn"

    def test_is_recorded_by_staff_and_by_nothing_else(self, town: Path) -> None:
        """A text stops by itself; a carrier has a door of its own."""
        with as_cora(), pytest.raises(Invalid, match="how they asked"):
            record_spoken_stop(participant_id(NC, "P-2"), means=Means.TEXT)

    def test_of_somebody_without_a_number_says_so(self, town: Path) -> None:
        """There is nothing to stop."""
        with as_cora(), pytest.raises(Invalid, match="no number"):
            record_spoken_stop(participant_id(NC, "P-3"), means=Means.TELEPHONE)

    def test_of_another_county_is_not_found(self, town: Path) -> None:
        """Dev cannot see Ben."""
        with as_cora():
            ben = participant_id(NC, "P-2")
        with as_dev(), pytest.raises(NotFound):
            record_spoken_stop(ben, means=Means.TELEPHONE)


class TestAStopOfANumber:
    """Is for every platform."""

    def test_ends_the_portals_permission_too(self, town: Path) -> None:
        """What was given for the thread ends with it."""
        with as_state():
            opted_in("P-2", "37183", BEN, platform=CONTACT_US)
            suppress(BEN, Means.TEXT)
            assert Consent.objects.get().ended_as == "withdrawn"


class TestACarrier:
    """Knows of a stop that never reached us."""

    def test_is_believed_once(self, town: Path) -> None:
        """21610, told for every text: one stop."""
        with as_state():
            assert [carrier_says_stopped(BEN, code="21610") for _ in range(3)] == [True, False, False]
            assert Suppression.objects.get().means == Means.CARRIER.value

    @pytest.mark.parametrize("why", [Doubt.DEACTIVATED, Doubt.REASSIGNED])
    def test_that_ended_a_number_ends_every_permission(self, town: Path, why: Doubt) -> None:
        """Nothing is sent, staff find the right number, and START of whoever has it now starts nothing."""
        with as_state():
            opted_in("P-2", "37183", BEN)
            assert [number_ended(BEN, why=why, source="register 2026-11") for _ in range(2)] == [True, False]
            assert Consent.objects.get().ended_as == "number-changed"
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}
            assert [question.kind for question in number_questions(NC)] == [why.value]
            with pytest.raises(Refused, match="number-ended-needs-signature"):
                start_again(BEN, keyword="START", shown="Answer START", message_ref="m-1")

    def test_cannot_end_a_number_for_another_reason(self, town: Path) -> None:
        """A typing error in the wiring is found at once."""
        with as_state(), pytest.raises(Invalid):
            number_ended(BEN, why=Doubt.WRONG_NUMBER, source="x")


class TestANumberBothParentsHave:
    """Is held at sending; here staff are asked."""

    def test_makes_one_task_for_each_parent(self, town: Path) -> None:
        """Ana and Ben in Wake, Ana in Durham; asking again adds none."""
        shared_with_ben(town)
        with as_state():
            assert (ask_about_shared_numbers(), ask_about_shared_numbers()) == (3, 0)
        with as_cora():
            assert {question.kind for question in number_questions(NC)} == {"both-parents"}
            assert len(number_questions(NC)) == 2

    def test_is_asked_about_when_somebody_texts_start(self, town: Path) -> None:
        """Nobody can tell who wrote it: refused, and staff get the task."""
        shared_with_ben(town)
        with as_state():
            with pytest.raises(Refused, match="number-used-by-both-parties"):
                start_again(ANA, keyword="START", shown="Answer START", message_ref="m-1")
            assert {question.kind for question in number_questions(NC)} == {"both-parents"}

    def test_is_no_matter_where_the_number_is_one_persons(self, town: Path) -> None:
        """Nobody shares."""
        with as_state():
            assert ask_about_shared_numbers() == 0


class TestAQuestionAboutANumber:
    """Raised once, settled with a reason, seen by those who may."""

    def raised(self) -> uuid.UUID:
        """A wrong-number question about Ben."""
        ask_about_number(BEN, why=Doubt.WRONG_NUMBER, message_ref="m-1")
        return number_questions(NC)[0].id

    def test_is_seen_in_the_persons_county_only(self, town: Path) -> None:
        """Cora sees it, Dev does not."""
        with as_state():
            question = self.raised()
            assert ask_about_number(BEN, why=Doubt.WRONG_NUMBER) == 0
        with as_cora():
            assert [one.id for one in number_questions(NC)] == [question]
        with as_dev():
            assert number_questions(NC) == []
            with pytest.raises(NotFound):
                settle_question(question, Settlement.RIGHT, reason="asked")

    def test_is_settled_with_a_reason(self, town: Path) -> None:
        """Sealed, on record, and gone from the list; nothing starts by itself."""
        with as_cora():
            question = self.raised()
            suppress(BEN, Means.WRONG_NUMBER)
            for _ in range(2):
                settle_question(question, Settlement.CORRECTED, reason="he called with the new one")
            assert number_questions(NC) == []
            assert b"called" not in bytes(NumberQuestion.objects.get().reason)
            kinds = [entry.kind for entry in entries_of(f"participant:{participant_id(NC, 'P-2')}")]
            assert kinds.count("consent.number-question-settled") == 1
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
    def test_needs_a_short_reason(self, town: Path, reason: str) -> None:
        """Nobody settles without saying why."""
        with as_cora(), pytest.raises(Invalid):
            settle_question(self.raised(), Settlement.RIGHT, reason=reason)

    def test_has_its_own_answers(self, town: Path) -> None:
        """Whether a text meant stop is another question."""
        with as_cora(), pytest.raises(Invalid):
            settle_question(self.raised(), Settlement.NOT_A_STOP, reason="x")


class TestTheTaskOfAPossibleStop:
    """Belongs to the counties where somebody has the number."""

    def test_is_not_seen_elsewhere(self, town: Path) -> None:
        """Otto lives in Durham: Dev sees it, Cora does not, the state does."""
        with as_state():
            possible = hold_possible(OTTO, message_ref="m-1")
            assert [one.id for one in possible_opt_outs(NC)] == [possible.id]
        with as_dev():
            assert [one.id for one in possible_opt_outs(NC)] == [possible.id]
        with as_cora():
            assert possible_opt_outs(NC) == []
            with pytest.raises(NotFound):
                decide_possible(possible.id, stop=False, reason="none of mine")

    def test_is_decided_for_every_county_at_once(self, town: Path) -> None:
        """Ana lives in both: Dev decides, Cora's task is gone too."""
        with as_state():
            possible = hold_possible(ANA, message_ref="m-1")
        with as_dev():
            decide_possible(possible.id, stop=False, reason="she asked about the bus stop")
        with as_cora():
            assert possible_opt_outs(NC) == []
            assert not NumberQuestion.objects.filter(settled_at__isnull=True).exists()
        with as_state():
            assert b"bus" not in bytes(PossibleOptOut.objects.get().reason)

    def test_is_not_decided_without_a_reason(self, town: Path) -> None:
        """A click alone is not enough for people."""
        with as_state():
            possible = hold_possible(OTTO, message_ref="m-1")
            with pytest.raises(Invalid):
                decide_possible(possible.id, stop=False, reason=" ")
            assert [one.id for one in possible_opt_outs(NC)] == [possible.id]

    def test_is_decided_once(self, town: Path) -> None:
        """The second decision changes nothing."""
        with as_state():
            possible = hold_possible(OTTO, message_ref="m-1")
            resolve_possible(possible.id, stop=True)
            resolve_possible(possible.id, stop=False)
            assert suppressed_numbers(NC, [phone(OTTO)]) == {phone(OTTO)}

    def test_of_a_stranger_is_the_states(self, town: Path) -> None:
        """Nobody has the number: whoever sees all counties looks."""
        with as_state():
            possible = hold_possible("+19195550177", message_ref="m-1")
            assert [one.id for one in possible_opt_outs(NC)] == [possible.id]
        with as_cora():
            assert possible_opt_outs(NC) == []

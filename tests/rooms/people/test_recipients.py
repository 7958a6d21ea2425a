"""Who may be texted: what the bulk selector tells the planner."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.post import letters_to
from tests.rooms.town import ANA, BEN, CASES, DURHAM, NC, OTTO, PEOPLE, WAKE, as_cora, as_dev, as_state, bring_in, phone

from harborline.kernel import NotFound, clock
from harborline.people.facts import FeedKind, RecipientFacts
from harborline.people.models import CaseParty, Participant, PhoneNumber
from harborline.people.selectors import (
    discreet_texts,
    names_for,
    participant_id,
    protection_age,
    reach,
    recipients,
    texting_blocks,
)
from harborline.people.services import choose_wording

TODAY = f"{clock.now() - timedelta(days=2):%Y-%m-%d}"


def _one(participant: str, case: str, number: str) -> RecipientFacts | None:
    return recipients(NC, [(participant, case, phone(number))])[0]


class TestAStranger:
    """Dev works in Durham: Wake's people do not exist for him."""

    def test_sees_no_row_of_another_county(self, town: Path) -> None:
        """Not one participant, party or number of Wake County."""
        with as_dev():
            for model in (Participant, CaseParty, PhoneNumber):
                assert not model.objects.filter(county=WAKE).exists()
                assert model.objects.filter(county=DURHAM).exists()

    def test_gets_no_answer_about_them(self, town: Path) -> None:
        """Asking for Ana's case in Wake is like asking for nobody."""
        with as_dev():
            assert _one("P-1", "C-100", ANA) is None

    def test_cannot_open_their_address_or_names(self, town: Path) -> None:
        """A guessed id opens nothing, with the same words as an id that does not exist."""
        with as_state():
            ana = participant_id(NC, "P-1")
        with as_dev():
            assert names_for([ana]) == {ana: ()}
            with pytest.raises(NotFound):
                reach(ana)


class TestRecipientFacts:
    """One answer for each key, in the order asked."""

    def test_come_back_in_the_order_of_the_keys(self, town: Path) -> None:
        """Ben, nobody, Ana: three keys, three answers."""
        keys = [("P-2", "C-100", phone(BEN)), ("P-404", "C-100", phone(BEN)), ("P-1", "C-100", phone(ANA))]
        with as_cora():
            ben, nobody, ana = recipients(NC, keys)
        assert nobody is None
        assert ben is not None
        assert (ben.role, ben.adult, ben.county, ben.zone) == ("noncustodial-parent", True, WAKE, "America/New_York")
        assert ana is not None
        assert (ana.role, ana.language, ana.zone, ana.protected) == ("custodial-party", "es", None, False)

    def test_say_that_a_dependent_is_no_adult(self, town: Path) -> None:
        """Kim is on the case but cannot consent."""
        with as_cora():
            kim = _one("P-3", "C-100", ANA)
        assert kim is not None
        assert not kim.adult

    def test_need_the_participant_to_be_on_that_case(self, town: Path) -> None:
        """Otto is not on Ana's Wake case."""
        with as_state():
            assert _one("P-5", "C-100", OTTO) is None

    def test_end_when_the_case_closes(self, town: Path) -> None:
        """A closed case has no recipients."""
        closed = [
            (case, county, "closed" if case == "C-100" else status, who, role)
            for case, county, status, who, role in CASES
        ]
        bring_in(town, FeedKind.CASES, closed)
        with as_cora():
            assert _one("P-1", "C-100", ANA) is None


@pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
class TestAProtection:
    """Protections belong to the person and hold in every county."""

    def test_of_county_b_stops_county_a(self, town: Path) -> None:
        """Ana's protective order, known through Durham, marks her in Wake, asked by a worker who sees Wake only."""
        bring_in(town, FeedKind.PROTECTIONS, [("N-1", "protective-order", "Durham District Court", TODAY, "", "no")])
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
            blocked = texting_blocks(NC, [participant_id(NC, "P-1"), participant_id(NC, "P-2")])
        assert ana is not None
        assert ana.protected
        assert not ana.texts_chosen
        assert blocked == {ana.participant_id}

    def test_does_not_spill_over_to_the_other_parent(self, town: Path) -> None:
        """Ben is not protected because Ana is."""
        bring_in(town, FeedKind.PROTECTIONS, [("N-1", "fvi", "county", TODAY, "", "no")])
        with as_cora():
            ben = _one("P-2", "C-100", BEN)
        assert ben is not None
        assert not ben.protected

    def test_of_a_child_covers_the_one_who_cares_for_it(self, town: Path) -> None:
        """Kim's indicator protects Ana, with whom Kim lives, and not Ben."""
        bring_in(town, FeedKind.PROTECTIONS, [("N-3", "fvi", "county", TODAY, "", "no")])
        with as_cora():
            ana, ben = _one("P-1", "C-100", ANA), _one("P-2", "C-100", BEN)
        assert ana is not None
        assert ben is not None
        assert (ana.protected, ben.protected) == (True, False)

    def test_lets_texts_through_only_when_every_one_says_so(self, town: Path) -> None:
        """Two protections, texts chosen in one: not chosen."""
        both = [("N-1", "fvi", "county", TODAY, "", "yes"), ("N-1", "other", "shelter", TODAY, "", "no")]
        bring_in(town, FeedKind.PROTECTIONS, both)
        with as_cora():
            mixed = _one("P-1", "C-100", ANA)
        bring_in(town, FeedKind.PROTECTIONS, both[:1], as_of=clock.now())
        with as_cora():
            chosen = _one("P-1", "C-100", ANA)
        assert mixed is not None
        assert chosen is not None
        assert (mixed.texts_chosen, chosen.texts_chosen) == (False, True)

    def test_is_over_after_its_last_day(self, town: Path) -> None:
        """An order until the day before yesterday protects no longer; one until today still does."""
        ended = [
            ("N-1", "protective-order", "court", "2026-01-01", f"{clock.now() - timedelta(days=3):%Y-%m-%d}", "no")
        ]
        bring_in(town, FeedKind.PROTECTIONS, ended)
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
        assert ana is not None
        assert not ana.protected

    def test_data_has_an_age(self, town: Path) -> None:
        """The newest protections feed is an hour old, counted from its own stamp."""
        with as_state():
            age = protection_age(NC)
        assert age is not None
        assert timedelta(minutes=59) < age < timedelta(minutes=62)


class TestANumberOfBothParents:
    """A number that both parents of a case use, or used, waits for staff."""

    def test_is_found_when_they_share_it_now(self, town: Path) -> None:
        """Ben's record names Ana's number."""
        shared = [(*row[:-1], ANA) if row[1] == "P-2" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, shared)
        with as_cora():
            ana, ben = _one("P-1", "C-100", ANA), _one("P-2", "C-100", ANA)
        assert ana is not None
        assert ben is not None
        assert (ana.phone_conflict, ben.phone_conflict) == (True, True)

    def test_is_found_when_they_once_shared_it(self, town: Path) -> None:
        """Ben had Ana's number before he got his own again."""
        shared = [(*row[:-1], ANA) if row[1] == "P-2" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, shared)
        bring_in(town, FeedKind.PEOPLE, PEOPLE, as_of=clock.now())
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
        assert ana is not None
        assert ana.phone_conflict

    def test_is_found_across_counties(self, town: Path) -> None:
        """On Ana's Durham case the other parent used her number: her Wake text waits too."""
        shared = [(*row[:-1], ANA) if row[1] == "P-5" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, shared)
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
        assert ana is not None
        assert ana.phone_conflict

    def test_is_no_conflict_between_mother_and_child(self, town: Path) -> None:
        """Kim has Ana's number: that is how families are."""
        shared = [(*row[:-1], ANA) if row[1] == "P-3" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, shared)
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
        assert ana is not None
        assert not ana.phone_conflict


class TestReachingSomebody:
    """For letters and calls."""

    def test_gives_name_and_number_and_a_letter_its_address(self, town: Path) -> None:
        """Ben's letter goes to his home."""
        with as_cora():
            ben = reach(participant_id(NC, "P-2"))
        assert (ben.name, ben.phone) == ("Ben Torres", BEN)
        assert letters_to("P-2") == {"P-2": "9 Oak St, Raleigh"}

    def test_gives_a_protected_person_the_substitute_address_only(self, town: Path) -> None:
        """Ana's letter goes to the post office box; Kim, without one, has no address to print."""
        bring_in(
            town, FeedKind.PROTECTIONS, [("N-1", "fvi", "c", TODAY, "", "no"), ("N-3", "fvi", "c", TODAY, "", "no")]
        )
        assert letters_to("P-1", "P-3") == {"P-1": "PO Box 7, Raleigh"}

    def test_names_everybody_on_the_case(self, town: Path) -> None:
        """What a text to Ben must not say: his name, Ana's and her other names, Kim's."""
        with as_cora():
            ben = participant_id(NC, "P-2")
            names = names_for([ben])[ben]
        assert set(names) == {"Ben Torres", "Ana Torres", "Anita Torres", "A. Vega", "Kim Torres"}


class TestDiscreetWording:
    """Whoever asked for it gets it, in every county; a protection looks the same."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_chosen_in_one_county_counts_in_the_other(self, town: Path) -> None:
        """Ana asks Cora in Wake; Durham's texts to her tell nothing either."""
        with as_cora():
            assert choose_wording(participant_id(NC, "P-1"), discreet=True)
            assert not choose_wording(participant_id(NC, "P-1"), discreet=True)
        with as_dev():
            there = _one("P-9", "D-200", ANA)
            assert there is not None
            assert there.discreet
            assert discreet_texts([there.participant_id]) == {there.participant_id}

    def test_is_not_given_to_the_other_parent(self, town: Path) -> None:
        """Ben's texts stay the usual ones."""
        with as_cora():
            choose_wording(participant_id(NC, "P-1"), discreet=True)
            ben = _one("P-2", "C-100", BEN)
            assert ben is not None
            assert not ben.discreet

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="allows")
    def test_comes_by_itself_with_a_protection(self, town: Path) -> None:
        """Ana is protected and chose texts: they tell nothing, as anybody's may who asked."""
        bring_in(town, FeedKind.PROTECTIONS, [("N-1", "fvi", "county", TODAY, "", "yes")])
        with as_cora():
            ana = _one("P-1", "C-100", ANA)
            assert ana is not None
            assert (ana.protected, ana.texts_chosen, ana.discreet) == (True, True, True)

    def test_is_not_chosen_for_somebody_elsewhere(self, town: Path) -> None:
        """Dev cannot touch Wake's people."""
        with as_state():
            ana = participant_id(NC, "P-1")
        with as_dev(), pytest.raises(NotFound):
            choose_wording(ana, discreet=True)

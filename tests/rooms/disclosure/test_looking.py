"""Looks at people: explained by work or asked about; told to the person by role; and the access graph."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from tests.rooms.disclosure.desk import (
    MANAGER,
    OFFICER,
    SUPERVISOR,
    as_worker,
    given,
    opened,
    protect,
    who,
    worker,
    works,
)
from tests.rooms.town import DURHAM, WAKE, as_state

from harborline.disclosure.facts import BulkGroup, GlassReason, Kin, ReviewOutcome, Sign, Tie
from harborline.disclosure.models import Look, Search
from harborline.disclosure.rules import signs_of
from harborline.disclosure.selectors import questions, unexplained, what_sees, who_looked, who_sees
from harborline.disclosure.services import (
    answer_look,
    break_glass,
    clear_kin,
    declare_kin,
    look,
    record_kin,
    search,
    settle_look,
)
from harborline.disclosure.ties import _accounts
from harborline.kernel import Invalid, NotFound, Refused
from harborline.kernel.ids import new_id
from harborline.workforce.facts import StaffRole


def looks(name: str, number: str = "P-1", *, times: int = 1) -> None:
    """One of the cast looks at somebody's page."""
    found = who(number)
    with as_worker(name):
        for _ in range(times):
            look(found, page="participant", roles=MANAGER)


class TestALook:
    """At a page about a person."""

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
    def test_is_asked_about_unless_work_explains_it(self, town: Path) -> None:
        """Cora's case and Eli's supervision explain theirs; Ned's nothing."""
        for name in ("cora", "eli", "ned"):
            looks(name)
        with as_state():
            (one,) = unexplained()
        assert (one.who, one.times) == ("W-NED", 1)
        assert signs_of(group=one) == (Sign.UNEXPLAINED,)

    def test_weighs_more_for_family_names_and_the_protected(self, town: Path) -> None:
        """The weightiest stands first: family, then somebody protected."""
        ned = worker("ned")
        looks("ned", times=3)
        with as_worker("ned"):
            declare_kin(who("P-2"), Kin.FAMILY)
        looks("ned", "P-2")
        ned.name = "Ned Torres"
        ned.save()
        looks("fay", "P-3")
        protect("P-1")
        with as_state():
            found = unexplained()
            assert [signs_of(group=one)[0] for one in found] == [Sign.FAMILY, Sign.PROTECTED, Sign.PROTECTED]
            assert Sign.AGAIN in signs_of(group=found[1])
        looks("ned", "P-3")
        with as_state():
            assert any(Sign.SURNAME in signs_of(group=one) for one in unexplained())

    def test_is_answered_by_the_worker_and_settled_by_another(self, town: Path) -> None:
        """Ned says why and cannot settle it; Sol does; then it is gone."""
        looks("ned")
        found = who("P-1")
        with as_worker("ned"):
            (mine,) = unexplained(looker=f"worker:{worker('ned').id}")
            assert not mine.shielded
            with pytest.raises(Invalid), transaction.atomic():
                answer_look(found, mine.day, said=" ")
            answer_look(found, mine.day, said="the wrong number typed")
            with pytest.raises(Refused, match="same-person"), transaction.atomic():
                settle_look(found, mine.day, mine.looker, ReviewOutcome.JUSTIFIED, roles=SUPERVISOR)
        with as_worker("sol"):
            (one,) = unexplained()
            assert one.said == "the wrong number typed"
            settle_look(found, one.day, one.looker, ReviewOutcome.NOT_NEEDED, roles=OFFICER)
            assert unexplained() == []
            with pytest.raises(NotFound), transaction.atomic():
                settle_look(found, one.day, one.looker, ReviewOutcome.MISUSE, roles=OFFICER)

    def test_after_the_answer_is_asked_about_again(self, town: Path) -> None:
        """Ned answers, looks again; Sol settles what was answered, Ned looks once more: each time it waits again."""
        looks("ned", times=2)
        with as_worker("ned"):
            (mine,) = unexplained(looker=f"worker:{worker('ned').id}")
            answer_look(mine.participant_id, mine.day, said="the wrong number typed")
        looks("ned")
        with as_worker("sol"):
            (one,) = unexplained()
            assert (one.said, one.times) == ("", 3)
            settle_look(one.participant_id, one.day, one.looker, ReviewOutcome.JUSTIFIED, roles=OFFICER)
            assert unexplained() == []
        looks("ned")
        with as_worker("sol"):
            (one,) = unexplained()
            assert one.times == 1

    def test_is_not_asked_about_once_the_work_was_given(self, town: Path) -> None:
        """Ned looks, and in the evening the person's question is given to him."""
        looks("ned")
        given("ned", "P-1")
        with as_state():
            assert unexplained() == []

    def test_is_asked_about_the_next_day(self, town: Path) -> None:
        """Ned has one question tomorrow, none today; an answer takes it away; a coworker's name is noticed."""
        looks("ned")
        with as_state():
            assert questions() == []
            (row,) = Look.objects.all()
            Look.objects.create(
                id=new_id(), program=row.program, county=row.county, participant_id=row.participant_id,
                person_id=row.person_id, actor=row.actor, role=row.role, page=row.page, tie="", kin="",
                at=row.at - timedelta(days=1),
            )  # fmt: skip
            assert questions() == [(worker("ned").id, 1)]
            day = min(one.day for one in unexplained())
        with as_worker("ned"):
            answer_look(who("P-1"), day, said="a call", reference="call 3")
            with pytest.raises(Invalid), transaction.atomic():
                answer_look(who("P-1"), day, said="a call", reference="x" * 81)
            with pytest.raises(Invalid, match="look up"), transaction.atomic():
                answer_look(who("P-1"), day, said="a call", reference="x")
        with as_state():
            assert questions() == []

    def test_notices_the_name_of_somebody_who_works_here(self, town: Path) -> None:
        """An account has the name of the person looked at."""
        fay = worker("fay")
        fay.name = "Ben Torres"
        fay.save()
        _accounts.cache_clear()
        looks("ned", "P-2")
        _accounts.cache_clear()
        with as_state():
            assert Look.objects.get().kin == "coworker"

    def test_is_nobodys_to_change(self, town: Path) -> None:
        """Nor seen from another county."""
        looks("ned")
        with as_worker("dev"):
            assert not Look.objects.exists()
            with pytest.raises(NotFound):
                look(who("P-1"), page="participant", roles=MANAGER)
        with as_state(), pytest.raises(DatabaseError), transaction.atomic():
            Look.objects.update(tie="caseload")

    def test_is_told_to_the_person_by_role_over_all_counties(self, town: Path) -> None:
        """Dev looks at Ana in Durham, Cora in Wake: Ana learns of three looks by case managers, not where."""
        looks("cora")
        looks("dev", "P-9")
        opened("cora", "P-1")
        with as_worker("cora"):
            assert who_looked(who("P-1")) == [("case-manager", 3)]
        with as_worker("dev"):
            assert who_looked(who("P-9")) == [("case-manager", 3)]


class TestFamily:
    """What a worker is to a person beside work."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_also_what_others_found_out(self, town: Path) -> None:
        """Sol writes down that Ana lives with Cora; nobody writes it of themselves; a case manager of nobody."""
        found, cora = who("P-1"), worker("cora").id
        with as_worker("cora"), pytest.raises(Refused, match="same-person"), transaction.atomic():
            record_kin(found, cora, Kin.HOUSEHOLD, roles=OFFICER)
        with as_worker("ned"), pytest.raises(Refused, match="role-may-not-review"), transaction.atomic():
            record_kin(found, cora, Kin.HOUSEHOLD, roles=MANAGER)
        with as_worker("sol"):
            record_kin(found, cora, Kin.HOUSEHOLD, roles=OFFICER)
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-1")

    def test_is_everybody_on_a_case_with_somebody_of_the_workers_name(self, town: Path) -> None:
        """Cora has Ben's name: Ana on his case is family, until Sol says that Cora is not Ben."""
        cora = worker("cora")
        cora.name = "Ben Torres"
        cora.save()
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-1")
        with as_worker("sol"):
            clear_kin(who("P-2"), cora.id, roles=OFFICER)
        assert opened("cora", "P-1").value is not None

    def test_ends_with_the_word_it_came_from(self, town: Path) -> None:
        """Cora said that Ben is herself, which was wrong: Ana is family only until that is taken back."""
        with as_worker("cora"):
            declare_kin(who("P-2"), Kin.SELF)
        with pytest.raises(Refused, match="own-or-family-record"):
            opened("cora", "P-1")
        with as_worker("sol"):
            clear_kin(who("P-2"), worker("cora").id, roles=OFFICER)
        assert opened("cora", "P-1").value is not None


class TestASearch:
    """By number."""

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
    def test_is_recorded_whatever_it_finds(self, town: Path) -> None:
        """In sight, in another county, nobody's: the same answer for the last two, and the record knows."""
        with as_worker("dev"):
            assert search("P-9") is not None
            assert search("P-1") is None
            assert search("P-no") is None
        with as_state():
            rows = list(Search.objects.order_by("at").values_list("in_sight", "participant_id"))
        assert rows == [(True, who("P-9")), (False, who("P-1")), (False, None)]


class TestTheGraph:
    """Who can see a person, and what a worker can see."""

    def test_names_everybody_tied_with_what_opens(self, town: Path) -> None:
        """Cora by case, Eli as her supervisor, Ned in an emergency; Fay is one of the others."""
        works("cora", StaffRole.CASE_MANAGER, WAKE)
        works("eli", StaffRole.SUPERVISOR, "*")
        works("ned", StaffRole.CASE_MANAGER, WAKE)
        works("fay", StaffRole.CASE_MANAGER, WAKE)
        found = who("P-1")
        with as_worker("ned"):
            break_glass(found, reason=GlassReason.DANGER, reference="call 1")
        with as_state():
            graph = who_sees(found)
        ties = {one.number: one.tie for one in graph.seers}
        assert ties == {"W-CORA": Tie.CASELOAD, "W-ELI": Tie.SUPERVISOR, "W-NED": Tie.BROKEN_GLASS}
        assert dict(graph.others) == {"case-manager": 1}
        by_purpose = {one.purpose: one.fields for one in graph.seers[0].opens}
        assert "ssn" in by_purpose["enforcement"]
        assert "address" not in by_purpose["customer-service"]

    def test_says_what_the_rules_say_after_a_protection(self, town: Path) -> None:
        """The address opens to nobody any more."""
        works("cora", StaffRole.CASE_MANAGER, WAKE)
        protect("P-1")
        with as_state():
            (cora,) = who_sees(who("P-1")).seers
        assert not any("address" in one.fields for one in cora.opens)
        assert opened("cora", "P-1", roles=MANAGER).value is not None

    def test_counts_the_people_of_a_worker(self, town: Path) -> None:
        """Three on Cora's case, the same three below Eli."""
        works("cora", StaffRole.CASE_MANAGER, WAKE)
        works("eli", StaffRole.SUPERVISOR, "*")
        with as_state():
            assert dict(what_sees("W-CORA").people)[Tie.CASELOAD] == 3
            view = what_sees("W-ELI")
            assert dict(view.people)[Tie.SUPERVISOR] == 3
            assert view.may_work
            with pytest.raises(NotFound):
                what_sees("W-FAY")

    def test_counts_emergencies_and_what_is_closed_as_ones_own(self, town: Path) -> None:
        """Ned opened Ana's record in an emergency, and said that Ben is his family."""
        works("ned", StaffRole.CASE_MANAGER, WAKE)
        with as_worker("ned"):
            break_glass(who("P-1"), reason=GlassReason.DANGER, reference="call 1")
            declare_kin(who("P-2"), Kin.FAMILY)
        with as_state():
            view = what_sees("W-NED")
        assert dict(view.people)[Tie.BROKEN_GLASS] == 1
        assert (view.closed, view.whole) == (1, True)

    def test_says_when_the_reader_does_not_see_all_of_it(self, town: Path) -> None:
        """Dev works in Durham: who reads in Wake is told that these are not all."""
        works("dev", StaffRole.CASE_MANAGER, DURHAM)
        works("eli", StaffRole.SUPERVISOR, "*")
        with as_worker("fay"):
            assert not what_sees("W-DEV").whole
            assert not what_sees("W-ELI").whole
        with as_worker("dev"):
            assert what_sees("W-DEV").whole

    def test_names_the_roles_that_open_many_at_once(self, town: Path) -> None:
        """As the written policy does: for letters and calls, once another approved."""
        with as_state():
            graph = who_sees(who("P-1"))
        assert graph.many == (
            (BulkGroup.LETTERS, ("state-operator", "supervisor")), (BulkGroup.CALLS, ("state-operator", "supervisor")),
        )  # fmt: skip

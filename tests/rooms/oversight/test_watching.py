"""The nightly watch over real records: what is found, shown, reviewed; never a protected value, never oneself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connections, transaction
from tests.days import office_day
from tests.rooms.disclosure.desk import (
    MANAGER,
    OFFICER,
    SSN,
    SUPERVISOR,
    as_worker,
    given,
    open_desk,
    opened,
    who,
    worker,
    works,
)
from tests.rooms.town import DURHAM, NC, WAKE, as_state

from harborline.disclosure.facts import Kin
from harborline.disclosure.selectors import unexplained
from harborline.disclosure.services import answer_look, declare_kin, look
from harborline.kernel import NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.oversight.facts import FindingOutcome
from harborline.oversight.gathering import Gathered
from harborline.oversight.selectors import finding, public_people, week_of
from harborline.oversight.services import list_public, review_finding, unlist_public, watch
from harborline.oversight.watch_facts import DAY_S, NOBODY, Accesses, Column, Found, Mark, People, Picture, Staff
from harborline.oversight.watch_models import Finding
from harborline.oversight.watching import _keep
from harborline.people.models import CaseManagerAssignment
from harborline.people.services import record_contact
from harborline.workforce.attempts import start
from harborline.workforce.facts import StaffRole
from harborline.workforce.services import terminate


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Path:
    """Everybody works; Eli supervises Cora; Ned works beside them without a case."""
    open_desk(tmp_path)
    return tmp_path


def looks(name: str, number: str = "P-1") -> UUID:
    """One of the cast looks at somebody's page."""
    found = who(number)
    with as_worker(name):
        look(found, page="participant", roles=MANAGER)
    return found


def listed(number: str) -> None:
    """Sol puts somebody on the list of public people."""
    found = who(number)
    with as_worker("sol"):
        list_public(found, because="press", roles=OFFICER)


class TestTheWatch:
    """Every night."""

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
    def test_finds_what_no_work_explains(self, desk: Path) -> None:
        """Ned looked at somebody in the news; Cora, whose case it is, did too and is not asked."""
        listed("P-1")
        looks("ned")
        looks("cora")
        assert watch(NC) == 1
        with as_worker("sol"):
            week = week_of(roles=OFFICER)
        (one,) = week.lines
        assert (one.who, Mark.PUBLIC in one.marks, week.waiting) == ("W-NED", True, 0)

    def test_takes_work_written_down_a_day_later(self, desk: Path) -> None:
        """The person's question is given to Ned in the evening."""
        listed("P-2")
        looks("ned", "P-2")
        given("ned", "P-2")
        assert watch(NC) == 0

    def test_takes_no_worker_at_their_own_word(self, desk: Path) -> None:
        """Ned writes down that he spoke with somebody in the news: the look is found all the same."""
        listed("P-2")
        found = looks("ned", "P-2")
        with as_worker("ned"):
            record_contact(found)
        assert watch(NC) == 1

    def test_believes_what_can_be_looked_up(self, desk: Path) -> None:
        """Any words change nothing; the number of the worker whose case it is does, a little."""
        scores: list[int] = []
        listed("P-1")
        for reference in ("", "call 12", "asked by w-cora, see her"):
            looks("ned")
            if reference:
                with as_worker("ned"):
                    (mine,) = unexplained(looker=f"worker:{worker('ned').id}")
                    answer_look(mine.participant_id, mine.day, said="a call", reference=reference)
            watch(NC, now=clock.now() + timedelta(minutes=1))
            with as_state():
                scores.append(Finding.objects.get().score)
        assert scores[0] == scores[1]
        assert scores[2] < scores[0]

    def test_grows_and_is_not_found_twice(self, desk: Path) -> None:
        """A second night with nothing new adds nothing; after the review only later looks count."""
        found = looks("ned")
        with as_worker("ned"):
            declare_kin(found, Kin.FAMILY)
        looks("ned")
        assert watch(NC, now=clock.now() + timedelta(minutes=1)) == 1
        looks("ned")
        assert watch(NC, now=clock.now() + timedelta(minutes=2)) == 0
        with as_worker("sol"):
            (one,) = week_of(roles=OFFICER).lines
            assert one.times == 3
            review_finding(one.id, FindingOutcome.REMINDER, note="told her", roles=OFFICER)
        assert watch(NC, now=clock.now() + timedelta(minutes=3)) == 0

    def test_sees_tries_with_an_account_that_is_off(self, desk: Path) -> None:
        """Somebody types the address of a worker who left."""
        with as_state():
            terminate(worker("dev"), last_day=office_day() - timedelta(days=2))
        start("dev@example.gov", way="web")
        assert watch(NC, now=clock.now() + timedelta(minutes=1)) == 1
        with as_worker("sol"):
            (one,) = week_of(roles=OFFICER).lines
        assert (one.marks, one.participant_id) == ((Mark.OFF,), None)

    def test_sees_looks_only_for_its_own_purpose(self, desk: Path) -> None:
        """The function behind it answers nothing to a page, a county or another program."""
        looks("ned")
        span = "now() - interval '1 day', now() + interval '1 day'"
        ask = f"SELECT count(*) FROM oversight_accesses({span}, 'UTC')"
        with as_worker("sol", "case-work"), connections["default"].cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone() == (0,)
        with as_worker("cora", "oversight"), connections["default"].cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone() == (0,)
        with as_worker("sol", "oversight"), connections["default"].cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone() == (1,)


class TestADayOfABadWeek:
    """A finding about many is one day's."""

    def test_is_kept_beside_the_next_and_not_found_twice(self, desk: Path) -> None:
        """Ned opened far too many on Monday evening and on Tuesday morning: two findings, also the night after."""
        zone = ZoneInfo("America/New_York")
        nothing: Column = np.array([], np.int64)
        picture = Picture(
            Accesses(*[nothing] * 8),
            Staff(nothing, nothing, nothing, nothing),
            People(nothing.astype(bool), nothing.astype(bool)),
        )
        gathered = Gathered(picture, [worker("ned").id], [], zone)
        monday = 20_458 * DAY_S
        days = [
            Found(0, NOBODY, (Mark.BURST,), 105, 20, 1, 20, monday + at, monday + at + 600)
            for at in (20 * 3600, DAY_S + 8 * 3600)
        ]
        with as_worker("sol", "oversight"):
            assert [_keep(one, gathered, clock.now()) for one in days] == [True, True]
            assert [_keep(one, gathered, clock.now()) for one in days] == [False, False]
            assert Finding.objects.count() == 2


class TestInWhoseWeek:
    """Every finding stands in somebody's week."""

    def test_the_officers_while_no_supervisor_can_review(self, desk: Path) -> None:
        """Eli supervises Cora and has no role any more, or one in another county: Sol sees it."""
        listed("P-2")
        with as_state():
            CaseManagerAssignment.objects.update(worker_number="W-DEV", since_at=clock.now() - timedelta(days=90))
        looks("cora", "P-2")
        watch(NC, now=clock.now() + timedelta(minutes=1))
        with as_worker("sol"):
            assert [one.who for one in week_of(roles=OFFICER).lines] == ["W-CORA"]
        works("eli", StaffRole.SUPERVISOR, DURHAM)
        with as_worker("sol"):
            assert len(week_of(roles=OFFICER).lines) == 1
        works("eli", StaffRole.SUPERVISOR, WAKE)
        with as_worker("sol"):
            assert week_of(roles=OFFICER).lines == ()

    def test_is_read_by_nobody_else(self, desk: Path) -> None:
        """Eli, who does not supervise Ned, gets no page of it by its address."""
        listed("P-1")
        looks("ned")
        watch(NC, now=clock.now() + timedelta(minutes=1))
        with as_worker("sol"):
            (one,) = week_of(roles=OFFICER).lines
        with as_worker("eli"), pytest.raises(NotFound):
            finding(one.id, roles=SUPERVISOR)


class TestAFinding:
    """In a supervisor's week."""

    def found(self, name: str = "ned", number: str = "P-1") -> UUID:
        """Somebody of the cast is found."""
        listed(number)
        looks(name, number)
        watch(NC, now=clock.now() + timedelta(minutes=1))
        with as_worker("sol"):
            return week_of(roles=OFFICER).lines[0].id

    def test_is_reviewed_once_by_somebody_else(self, desk: Path) -> None:
        """Not by Ned, not by Eli who does not supervise him, not twice; the looks are settled with it."""
        found = self.found()
        with as_worker("ned"), pytest.raises(Refused, match="same-person"), transaction.atomic():
            review_finding(found, FindingOutcome.EXPLAINED, note="", roles=OFFICER)
        with as_worker("ned"), pytest.raises(NotFound):
            finding(found, roles=OFFICER)
        with as_worker("eli"), pytest.raises(Refused, match="not-your-worker"), transaction.atomic():
            review_finding(found, FindingOutcome.EXPLAINED, note="", roles=SUPERVISOR)
        with as_worker("sol"):
            assert len(unexplained()) == 1
            review_finding(found, FindingOutcome.EXPLAINED, note="a call", roles=OFFICER)
            assert unexplained() == []
            line, _looks = finding(found, roles=OFFICER)
            assert (line.outcome, line.note, line.reviewed_by) == ("explained", "a call", "W-SOL")
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                review_finding(found, FindingOutcome.EXPLAINED, note="", roles=OFFICER)

    def test_shows_the_workers_word_and_no_value(self, desk: Path) -> None:
        """Which page, when, what the worker names; nothing of the fields themselves."""
        opened("cora", "P-1")
        found = self.found()
        with as_worker("ned"):
            (mine,) = unexplained(looker=f"worker:{worker('ned').id}")
            answer_look(mine.participant_id, mine.day, said="asked by Cora", reference="call 12")
        with as_worker("sol"):
            line, seen = finding(found, roles=OFFICER)
        assert [(one.said, one.reference, one.tie) for one in seen] == [("asked by Cora", "call 12", "")]
        assert SSN not in repr((line, seen))

    def test_stands_in_the_supervisors_week_and_in_no_other(self, desk: Path) -> None:
        """Cora looked at somebody of another case: Eli's week, not the officer's, not her own."""
        works("eli", StaffRole.SUPERVISOR, WAKE)
        listed("P-2")
        with as_state():
            CaseManagerAssignment.objects.update(worker_number="W-DEV", since_at=clock.now() - timedelta(days=90))
        looks("cora", "P-2")
        assert watch(NC, now=clock.now() + timedelta(minutes=1)) == 1
        with as_worker("eli"):
            assert [one.who for one in week_of(roles=SUPERVISOR).lines] == ["W-CORA"]
        for name, roles in (("sol", OFFICER), ("cora", SUPERVISOR)):
            with as_worker(name):
                assert week_of(roles=roles).lines == ()

    def test_waits_when_five_were_reviewed(self, desk: Path) -> None:
        """A week has room for five."""
        first = self.found()
        with as_worker("sol"):
            row = Finding.objects.get(id=first)
            for _ in range(5):
                row.id = new_id()
                row.save(force_insert=True)
                review_finding(row.id, FindingOutcome.EXPLAINED, note="", roles=OFFICER)
            week = week_of(roles=OFFICER)
        assert (week.lines, week.reviewed, week.waiting) == ((), 5, 1)


def test_the_list_of_public_people_is_kept_by_reviewers(desk: Path) -> None:
    """Once each; taken off again; a case manager keeps none."""
    found = who("P-1")
    with as_worker("cora"), pytest.raises(Refused, match="role-may-not-review"), transaction.atomic():
        list_public(found, because="press", roles=MANAGER)
    listed("P-1")
    listed("P-1")
    with as_worker("sol"):
        (one,) = public_people()
        unlist_public(one.id, roles=OFFICER)
        assert public_people() == []
        with pytest.raises(NotFound), transaction.atomic():
            unlist_public(one.id, roles=OFFICER)

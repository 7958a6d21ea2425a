"""Leavers and suspended people get no work from the agency's own day on; the day is the agency's, not the machine's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from tests.rooms.town import MN, NC, WAKE, as_state
from tests.rooms.workforce.office import OFFICER, as_worker, made

from harborline.kernel import Refused, clock
from harborline.messaging.conversations.calling import roster
from harborline.messaging.conversations.records import OnCallTurn
from harborline.workforce.days import day_of
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.penalty_models import Penalty, PenaltyDecision, Suspension
from harborline.workforce.places import Supervision
from harborline.workforce.selectors import (
    account_standing,
    colleagues,
    roles_of,
    supervisors_of,
    teammates_of,
    worker_standing,
)
from harborline.workforce.services import assign, end_employment, join_team, open_team, set_supervisor, terminate

EASTERN = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


def suspend(worker: Worker) -> None:
    """Off for today and tomorrow."""
    today = day_of(worker.id, clock.now())
    Suspension.objects.create(worker=worker, from_date=today, until_date=today + 2 * DAY)


def dismissed(worker: Worker, day: date) -> None:
    """Two people decided that somebody goes on a day."""
    at = clock.now()
    with as_state():
        penalty = Penalty.objects.create(
            program=NC, worker=worker, kind="dismissal", because=b"x", basis="finding", from_date=day,
            proposed_by="worker:a", proposed_at=at,
        )  # fmt: skip
        PenaltyDecision.objects.create(penalty=penalty, program=NC, approved=True, decided_by="worker:b", decided_at=at)


def turn(worker: Worker, place: int, county: str = WAKE) -> None:
    """On call from now on."""
    OnCallTurn.objects.create(
        program=NC, county=county, place=place, worker_id=worker.id, minutes=5, from_at=clock.now(), set_by="test"
    )


class TestTheDay:
    """On which an account goes off."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_is_that_of_the_agency(self, db: None) -> None:
        """At ten in the evening in Raleigh it is already tomorrow in UTC, and Cora still works; at midnight no more."""
        cora, last = made("cora"), date(2026, 11, 22)
        Worker.objects.filter(id=cora.id).update(terminated_on=last, created_at=datetime(2026, 11, 1, tzinfo=UTC))
        cora.refresh_from_db()
        evening = datetime(2026, 11, 21, 22, 0, tzinfo=EASTERN)
        assert evening.astimezone(UTC).date() == last
        assert account_standing(cora, now=evening).allowed
        assert account_standing(cora, now=evening + timedelta(hours=2)).reason == "employment-ended"

    def test_of_a_suspension_is_too(self, db: None) -> None:
        """From midnight in Raleigh until midnight in Raleigh."""
        cora = made("cora")
        Worker.objects.filter(id=cora.id).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
        cora.refresh_from_db()
        Suspension.objects.create(worker=cora, from_date=date(2026, 11, 22), until_date=date(2026, 11, 24))
        starts, ends = (datetime(2026, 11, day, 0, 0, tzinfo=EASTERN) for day in (22, 24))
        moment = timedelta(minutes=1)
        assert account_standing(cora, now=starts - moment).allowed
        for at in (starts, ends - moment):
            assert account_standing(cora, now=at).reason == "account-suspended"
            assert not worker_standing(cora.id, NC, now=at).may_work
        assert account_standing(cora, now=ends).allowed

    def test_begins_where_it_begins_first(self, db: None) -> None:
        """Somebody in two programs is off in both at the earlier midnight."""
        cora = made("cora")
        at = datetime(2026, 11, 22, 0, 30, tzinfo=EASTERN)
        assert day_of(cora.id, at) == date(2026, 11, 22)
        mae = made("mae", program=MN)
        assert day_of(mae.id, at) == date(2026, 11, 21)
        with as_state(MN):
            assign(mae, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
        assert day_of(mae.id, at) == date(2026, 11, 22)


class TestALeaver:
    """Is given nothing any more."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_loses_work_team_and_supervision_with_the_last_day(self, db: None) -> None:
        """At once when it is here; an end already said for earlier stays."""
        sol, cora, eli = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("eli", StaffRole.SUPERVISOR)
        with as_worker(sol):
            team = open_team(name="East", county=WAKE, roles=OFFICER)
            for one in (cora, eli):
                join_team(team.id, one, roles=OFFICER)
            set_supervisor(cora, eli, roles=OFFICER)
            assert [one.name for one in colleagues(NC, (WAKE,))] == ["Cora", "Eli", "Sol"]
            end_employment(eli, last_day=day_of(eli.id, clock.now()), roles=OFFICER)
        now = clock.now()
        assert [one.name for one in colleagues(NC, (WAKE,))] == ["Cora", "Sol"]
        assert roles_of(eli, NC) == frozenset()
        assert teammates_of(cora.id, NC, now=now) == frozenset()
        assert supervisors_of(cora.id, NC, now=now) == ()

    def test_keeps_them_until_the_day_is_there(self, db: None) -> None:
        """The end is the midnight before the first day without work, in the agency's zone."""
        cora = made("cora")
        day = day_of(cora.id, clock.now()) + 3 * DAY
        with as_state():
            terminate(cora, last_day=day)
        assert roles_of(cora, NC) == {"case-manager"}
        assert Assignment.objects.get(worker=cora).until_at == datetime.combine(day, time(), EASTERN)
        assert not Supervision.objects.exists()

    def test_is_let_in_by_no_later_day(self, db: None) -> None:
        """An account that is off stays off; a day to come may be moved by an officer, but not that of a dismissal."""
        sol, cora, ned = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("ned")
        today = day_of(cora.id, clock.now())
        with as_worker(sol):
            end_employment(cora, last_day=today, roles=OFFICER)
            for later in (today + DAY, date.max):
                with pytest.raises(Refused, match="account-stays-off"), transaction.atomic():
                    end_employment(cora, last_day=later, roles=OFFICER)
            assert not account_standing(cora).allowed
            end_employment(ned, last_day=today + 2 * DAY, roles=OFFICER)
            end_employment(ned, last_day=today + 5 * DAY, roles=OFFICER)
        dismissed(ned, today + 5 * DAY)
        with as_worker(sol):
            with pytest.raises(Refused, match="account-stays-off"), transaction.atomic():
                end_employment(ned, last_day=today + 9 * DAY, roles=OFFICER)
            end_employment(ned, last_day=today + DAY, roles=OFFICER)
        assert Worker.objects.get(id=ned.id).terminated_on == today + DAY

    def test_is_on_call_for_nothing(self, db: None) -> None:
        """The next one is; when nobody of the county is left, the program's own roster."""
        cora, ned, olga = made("cora"), made("ned"), made("olga", StaffRole.STATE_OPERATOR, "*")
        with as_state():
            for place, one in ((1, cora), (2, ned)):
                turn(one, place)
            turn(olga, 1, "*")
            later = clock.now() + timedelta(minutes=1)
            terminate(cora, last_day=day_of(cora.id, clock.now()))
            assert [one.worker_id for one in roster(NC, WAKE, now=later)] == [ned.id]
            suspend(ned)
            assert [one.worker_id for one in roster(NC, WAKE, now=later)] == [olga.id]

    def test_is_no_colleague_while_suspended_but_can_be_covered(self, db: None) -> None:
        """Nobody gives Cora a case; somebody may still stand in for her."""
        cora, eli = made("cora"), made("eli", StaffRole.SUPERVISOR)
        suspend(cora)
        with as_worker(eli):
            assert [one.name for one in colleagues(NC, (WAKE,))] == ["Eli"]
            assert [one.name for one in colleagues(NC, (WAKE,), away_too=True)] == ["Cora", "Eli"]

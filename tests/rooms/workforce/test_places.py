"""Who works beside, under and for whom, as of any moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.days import office_day
from tests.rooms.town import MN, NC
from tests.rooms.workforce.office import OFFICER, SUPERVISOR, as_worker, made, nobody

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.models import Content
from harborline.workforce.facts import CoverFacts, CoverReason, StaffRole, TrainingSubject
from harborline.workforce.models import Worker
from harborline.workforce.places import Supervision
from harborline.workforce.selectors import (
    covers,
    covers_in_force,
    is_supervisor_of,
    lapses,
    supervised_by,
    supervisors_of,
    worker_standing,
)
from harborline.workforce.services import (
    ask_cover,
    decide_cover,
    end_cover,
    join_team,
    leave_team,
    open_team,
    record_training,
    set_supervisor,
)

DAY = timedelta(days=1)


def asked(by: Worker, away: Worker, stand_in: Worker, days: int = 3) -> CoverFacts:
    """Somebody asks that one stands in for another from now on."""
    now = clock.now()
    with as_worker(by):
        return ask_cover(
            away=away, stand_in=stand_in, reason=CoverReason.ILLNESS, from_at=now, until_at=now + days * DAY
        )


class TestAStandingTogether:
    """What ties a worker to other people's cases."""

    def test_is_nothing_for_a_stranger(self, db: None) -> None:
        """Dev shares no team with Cora, supervises nobody, stands in for nobody."""
        dev = made("dev", county="37063")
        made("cora")
        found = worker_standing(dev.id, NC)
        assert (found.team, found.supervises, found.covers) == (frozenset(), frozenset(), frozenset())
        assert (found.counties, found.trained, found.may_work) == (("37063",), frozenset({"security"}), True)
        with pytest.raises(NotFound):
            worker_standing(nobody(), NC)

    def test_is_nothing_in_another_program(self, db: None) -> None:
        """The same worker has no role there, whatever the role here."""
        cora = made("cora")
        found = worker_standing(cora.id, MN)
        assert (found.roles, found.counties, found.may_work) == (frozenset(), (), False)

    def test_in_a_team_lasts_until_somebody_leaves(self, db: None) -> None:
        """Both see each other's number, from then until then, and not before."""
        sol, cora, dev = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("dev")
        before = clock.now()
        with as_worker(sol):
            team = open_team(name="Intake", county="37183", roles=OFFICER)
            for one in (cora, dev, dev):
                join_team(team.id, one, roles=OFFICER)
            assert worker_standing(cora.id, NC).team == {"W-DEV"}
            inside = clock.now()
            leave_team(team.id, dev, roles=OFFICER)
            with pytest.raises(Invalid):
                open_team(name="Intake", county="*", roles=OFFICER)
        assert worker_standing(cora.id, NC).team == frozenset()
        assert worker_standing(cora.id, NC, now=inside).team == {"W-DEV"}
        assert worker_standing(cora.id, NC, now=before).team == frozenset()

    def test_goes_up_and_down_the_whole_chain(self, db: None) -> None:
        """Eli's supervisor stands above Cora too; a ring in the records ends."""
        sol = made("sol", StaffRole.SECURITY_OFFICER, "*")
        cora, eli, una = made("cora"), made("eli", StaffRole.SUPERVISOR), made("una", StaffRole.SUPERVISOR, "*")
        with as_worker(sol):
            set_supervisor(cora, eli, roles=OFFICER)
            set_supervisor(eli, una, roles=OFFICER)
            with pytest.raises(Invalid):
                set_supervisor(una, una, roles=OFFICER)
        now = clock.now()
        assert supervisors_of(cora.id, NC, now=now) == (eli.id, una.id)
        assert worker_standing(una.id, NC).supervises == {"W-CORA", "W-ELI"}
        assert is_supervisor_of(una.id, cora.id, NC, now=now)
        assert not is_supervisor_of(cora.id, una.id, NC, now=now)
        with as_worker(sol):
            for below in (cora, eli):
                with pytest.raises(Refused, match="supervises-in-a-ring"):
                    set_supervisor(una, below, roles=OFFICER)
        assert supervisors_of(una.id, NC, now=clock.now()) == ()
        # A ring that stands in the records from before.
        Supervision.objects.create(id=new_id(), worker=una, supervisor=cora, program=NC, from_at=clock.now())
        now = clock.now()
        assert supervised_by(una.id, NC, now=now) == {cora.id, eli.id}
        assert supervisors_of(una.id, NC, now=now) == (cora.id, eli.id)
        with as_worker(sol):
            set_supervisor(cora, None, roles=OFFICER)
        assert supervisors_of(cora.id, NC, now=clock.now()) == ()

    def test_shows_which_training_is_current(self, db: None) -> None:
        """Tax training that lapses today is over; safety training still counts."""
        fay, today = made("fay"), office_day()
        with as_worker(fay):
            for subject, until in ((TrainingSubject.TAX, today), (TrainingSubject.FAMILY_SAFETY, today + DAY)):
                record_training(
                    fay, course="c", completed=today - 9 * DAY, expires=until, certificate="1", subject=subject
                )
        assert worker_standing(fay.id, NC).trained == {"security", "family-safety"}
        assert worker_standing(fay.id, NC, now=clock.now() - DAY).trained == {"tax-information", "family-safety"}

    def test_is_changed_by_nobody_without_the_role(self, db: None) -> None:
        """A supervisor sets no supervisors, and an officer not their own."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        with as_worker(sol):
            with pytest.raises(Refused, match="role-may-not-give-access"):
                set_supervisor(cora, sol, roles=SUPERVISOR)
            with pytest.raises(Refused, match="not-for-oneself"):
                set_supervisor(sol, cora, roles=OFFICER)


class TestAStandIn:
    """Time-boxed, asked by one, approved by another."""

    def test_counts_from_the_yes_until_its_end(self, db: None) -> None:
        """Nothing before the yes; over on the last day; each step is in the log."""
        cora, dev, eli = made("cora"), made("dev"), made("eli", StaffRole.SUPERVISOR, "*")
        cover = asked(dev, cora, dev)
        assert worker_standing(dev.id, NC).covers == frozenset()
        with as_worker(eli):
            decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        assert worker_standing(dev.id, NC).covers == {"W-CORA"}
        assert worker_standing(dev.id, NC, now=clock.now() + 3 * DAY).covers == frozenset()
        assert worker_standing(dev.id, NC, now=cover.from_at).covers == frozenset()
        assert worker_standing(cora.id, NC).covers == frozenset()
        with as_worker(eli):
            end_cover(cover.id)
            kinds = set(Content.objects.values_list("kind", flat=True))
        assert covers_in_force(dev.id, NC, now=clock.now()) == ()
        assert {"workforce.cover-asked", "workforce.cover-decided", "workforce.cover-ended"} <= kinds

    def test_is_not_approved_by_who_asked_or_who_gains(self, db: None) -> None:
        """Nor is a no turned into a yes."""
        cora, dev = made("cora"), made("dev")
        eli, una = (made(name, StaffRole.SUPERVISOR, "*") for name in ("eli", "una"))
        cover = asked(eli, cora, dev)
        for one in (eli, dev):
            with as_worker(one), pytest.raises(Refused, match="second-person-needed"):
                decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        with as_worker(una):
            decide_cover(cover.id, approved=False, roles=SUPERVISOR)
            with pytest.raises(Refused, match="already-decided"):
                decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        assert worker_standing(dev.id, NC).covers == frozenset()

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_decided_within_the_county(self, db: None) -> None:
        """Durham's supervisor neither opens nor ends what opens Wake's people; Wake's does."""
        cora, dev, una = made("cora"), made("dev"), made("una", StaffRole.SUPERVISOR)
        dora = made("dora", StaffRole.SUPERVISOR, "37063")
        cover = asked(dev, cora, dev)
        for act in (
            lambda: decide_cover(cover.id, approved=True, roles=SUPERVISOR),
            lambda: decide_cover(cover.id, approved=False, roles=SUPERVISOR),
            lambda: end_cover(cover.id),
        ):
            with as_worker(dora, counties=("37063",)), pytest.raises(Refused, match="cover-of-another-county"):
                act()
        assert worker_standing(dev.id, NC).covers == frozenset()
        with as_worker(una, counties=("37183",)):
            decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        assert worker_standing(dev.id, NC).covers == {"W-CORA"}
        with as_worker(una, counties=("37183",)):
            end_cover(cover.id)

    def test_opens_no_more_than_the_decider_sees(self, db: None) -> None:
        """Cora works in two counties and so does who stands in for her: one county's supervisor is not enough."""
        cora, dev, una = made("cora", county="*"), made("dev", county="*"), made("una", StaffRole.SUPERVISOR)
        cover = asked(dev, cora, dev)
        with as_worker(una, counties=("37183",)), pytest.raises(Refused, match="cover-of-another-county"):
            decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        with as_worker(una):
            decide_cover(cover.id, approved=True, roles=SUPERVISOR)

    def test_is_for_workers_of_the_program_only(self, db: None) -> None:
        """A clinic's worker stands in for nobody in child support; another program does not even find the request."""
        cora, dev = made("cora"), made("dev")
        clara = made("clara", StaffRole.CLINIC_STAFF, "27053", MN)
        with pytest.raises(Refused, match="not-both-in-this-program"):
            asked(dev, cora, clara)
        cover = asked(dev, cora, dev)
        with as_worker(clara, MN), pytest.raises(NotFound):
            decide_cover(cover.id, approved=True, roles=SUPERVISOR)
        assert covers(MN, now=clock.now()) == []
        assert [one.id for one in covers(NC, now=clock.now())] == [cover.id]


class TestWhatLapses:
    """The list to remind people from."""

    def test_shows_what_is_due_within_the_time_and_what_is_over(self, db: None) -> None:
        """Cora's security training in 200 days, her tax training in ten; Dev works elsewhere."""
        cora, today = made("cora"), office_day()
        made("dev", StaffRole.CLINIC_STAFF, "27053", MN)
        with as_worker(cora):
            record_training(
                cora, course="tax", completed=today, expires=today + 10 * DAY, certificate="1",
                subject=TrainingSubject.TAX,
            )  # fmt: skip
        assert [(one.name, one.what) for one in lapses(NC, within=30 * DAY)] == [("Cora", "tax-information")]
        assert [one.what for one in lapses(NC, within=9 * DAY)] == []
        later = lapses(NC, within=timedelta(0), now=clock.now() + 300 * DAY)
        assert [one.what for one in later] == ["tax-information", "requirements", "security"]

"""The register of duties: given, reminded, kept with evidence, seen by the program alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.days import office_day
from tests.rooms.town import MN, NC, as_state
from tests.rooms.workforce.office import OFFICER, SUPERVISOR, as_worker, made

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.models import Content
from harborline.workforce.facts import DutyState, StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.selectors import duties_due, duty_standing, duty_standings, statement
from harborline.workforce.services import charge_duty, keep_duty, sign_requirements, terminate

DAY = timedelta(days=1)
LINK, NAMES = "NC-CSS-22-18:link-vetted", "MN-WIC-9.6:text-no-contact-names"


def charged(sol: Worker, owner: Worker, *, days: int = 365, first: int = 60) -> None:
    """Sol gives the vetting of the link."""
    with as_worker(sol):
        due = office_day() + first * DAY
        charge_duty(LINK, owner=owner, every_days=days, first_due_date=due, roles=OFFICER)


class TestADuty:
    """The vetting of the link."""

    @pytest.mark.clause("NC-CSS-22-18:link-vetted", shows="keeps")
    @pytest.mark.clause("NC-CSS-22-18:written-standards", shows="keeps")
    @pytest.mark.clause("CA-CSS-03-11:threat-review", shows="keeps")
    @pytest.mark.clause("OFFSET-8.2:systems-guide", shows="keeps")
    def test_is_nobodys_then_due_then_late_then_kept_for_a_year(self, db: None) -> None:
        """The owner is reminded a month before; each step is in the log."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        now = clock.now()
        with as_worker(sol):
            assert duty_standing(LINK).state is DutyState.NOBODY
        charged(sol, cora)
        with as_worker(cora):
            assert duty_standing(LINK).state is DutyState.KEPT
            assert duties_due(cora.id) == []
            assert [one.duty.clause for one in duties_due(cora.id, now=now + 31 * DAY)] == [LINK]
            assert duties_due(sol.id, now=now + 31 * DAY) == []
            assert duty_standing(LINK, now=now + 61 * DAY).state is DutyState.LATE
            keep_duty(LINK, done_date=office_day(), evidence="  Letter of the IT department,\n binder 2026 ")
            kept = duty_standing(LINK, now=now + 61 * DAY)
            assert kept.state is DutyState.KEPT
            assert kept.due_date == office_day() + 365 * DAY
            assert [(one.evidence, one.kept_by) for one in kept.lines] == [
                ("Letter of the IT department, binder 2026", "Cora")
            ]
            assert duty_standing(LINK, now=now + 365 * DAY).state is DutyState.LATE
        with as_state():
            kinds = set(Content.objects.values_list("kind", flat=True))
        assert {"workforce.duty-charged", "workforce.duty-kept"} <= kinds

    def test_is_kept_by_its_owner_alone(self, db: None) -> None:
        """Neither a colleague nor the officer who gave it says that it was done."""
        sol, cora, dev = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("dev")
        today = office_day()
        with as_worker(dev), pytest.raises(Refused, match="duty-has-nobody"):
            keep_duty(LINK, done_date=today, evidence="x")
        charged(sol, cora)
        for one in (dev, sol):
            with as_worker(one), pytest.raises(Refused, match="duty-of-somebody-else"):
                keep_duty(LINK, done_date=today, evidence="x")
        with as_worker(cora):
            for wrong in ("", "   ", "x" * 501):
                with pytest.raises(Invalid, match="evidence"):
                    keep_duty(LINK, done_date=today, evidence=wrong)
            with pytest.raises(Refused, match="duty-not-done-yet"):
                keep_duty(LINK, done_date=today + DAY, evidence="x")
            assert duty_standing(LINK).lines == ()

    def test_goes_to_the_next_owner_with_its_evidence(self, db: None) -> None:
        """The newest charge holds; a shorter time counts from the evidence that is there."""
        sol, cora, dev = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("dev")
        charged(sol, cora)
        today = office_day()
        with as_worker(cora):
            keep_duty(LINK, done_date=today, evidence="letter")
        charged(sol, dev, days=90)
        with as_worker(sol):
            found = duty_standing(LINK)
        assert (found.owner_name, found.due_date, len(found.lines)) == ("Dev", today + 90 * DAY, 1)

    @pytest.mark.parametrize("first", [-1, 366])
    def test_is_given_for_a_day_it_allows(self, db: None, first: int) -> None:
        """Not for the past, nor for later than it may wait."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        with pytest.raises(Invalid, match="first day"):
            charged(sol, cora, first=first)

    def test_is_given_by_an_officer_to_a_worker_of_the_program(self, db: None) -> None:
        """A supervisor gives none; a clinic's worker and a leaver get none."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        clara = made("clara", StaffRole.CLINIC_STAFF, "27053", MN)
        today = office_day()
        with as_worker(sol), pytest.raises(Refused, match="role-may-not-charge-duties"):
            charge_duty(LINK, owner=cora, every_days=9, first_due_date=today, roles=SUPERVISOR)
        with pytest.raises(Refused, match="owner-not-in-this-program"):
            charged(sol, clara)
        with as_state():
            terminate(cora, last_day=today)
        with pytest.raises(Refused, match="owner-not-in-this-program"):
            charged(sol, cora)

    def test_of_one_program_is_nothing_in_the_other(self, db: None) -> None:
        """Other clauses, other owners; not even to be found."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        charged(sol, cora)
        with as_state(MN):
            assert {one.duty.kind for one in duty_standings()} == {"wic"}
            assert {one.state for one in duty_standings()} == {DutyState.NOBODY}
            with pytest.raises(NotFound):
                duty_standing(LINK)
        with as_state(NC):
            assert {one.duty.kind for one in duty_standings()} == {"iv-d"}


class TestADutyOfEverybody:
    """No names in contact lists: everybody attests it with the rules and penalties."""

    @pytest.mark.clause("MN-WIC-9.6:text-no-contact-names", shows="keeps")
    @pytest.mark.clause("MN-WIC-9.6:text-no-imessage", shows="keeps")
    def test_is_kept_when_everybody_signed_the_words(self, db: None) -> None:
        """Older words do not attest it; one who is missing makes it late on its day; the earliest signature ends it."""
        mae = made("mae", StaffRole.SECURITY_OFFICER, "*", MN)
        clara = made("clara", StaffRole.CLINIC_STAFF, "27053", MN)
        today = office_day(MN)
        with as_worker(mae, MN):
            charge_duty(NAMES, owner=mae, every_days=365, first_due_date=today, roles=OFFICER)
            assert (duty_standing(NAMES).signed, duty_standing(NAMES).workers) == (0, 2)
            assert duty_standing(NAMES).state is DutyState.LATE
            with pytest.raises(Refused, match="duty-kept-by-signatures"):
                keep_duty(NAMES, done_date=today, evidence="x")
        for worker, done in ((mae, 1), (clara, 2)):
            with as_worker(worker, MN):
                sign_requirements(worker, name=statement().name, language="en", typed=worker.name)
                found = duty_standing(NAMES)
            assert found.signed == done
        assert found.state is DutyState.KEPT
        assert found.due_date == today + 365 * DAY

    @pytest.mark.clause("MN-WIC-9.6:text-no-personal-phone", "NC-CSS-22-18:no-handset-copies", shows="keeps")
    @pytest.mark.parametrize(
        ("clause", "program"), [("MN-WIC-9.6:text-no-personal-phone", MN), ("NC-CSS-22-18:no-handset-copies", NC)]
    )
    def test_about_telephones_is_attested_with_the_words_of_today(self, db: None, clause: str, program: str) -> None:
        """An officer who signed older words did not attest it."""
        officer = made("sol", StaffRole.SECURITY_OFFICER, "*", program)
        with as_worker(officer, program):
            charge_duty(clause, owner=officer, every_days=365, first_due_date=office_day(program), roles=OFFICER)
            assert (duty_standing(clause).signed, duty_standing(clause).state) == (0, DutyState.LATE)
            sign_requirements(officer, name=statement().name, language="en", typed=officer.name)
            assert (duty_standing(clause).signed, duty_standing(clause).state) == (1, DutyState.KEPT)

    @pytest.mark.clause("OFFSET-8.0:personal-liability", shows="keeps")
    def test_of_knowing_the_penalties_counts_those_who_work_here(self, db: None) -> None:
        """A leaver is not waited for."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        liability = "OFFSET-8.0:personal-liability"
        with as_worker(sol):
            assert (duty_standing(liability).signed, duty_standing(liability).workers) == (2, 2)
            terminate(cora, last_day=office_day())
            assert (duty_standing(liability).signed, duty_standing(liability).workers) == (1, 1)


class TestAPolicyOnPaper:
    """Printed from the rules and agreements in force."""

    @pytest.mark.clause("OFFSET-8.2:written-policies", "CA-CSS-03-11:written-policies", shows="keeps")
    @pytest.mark.parametrize("clause", ["OFFSET-8.2:written-policies", "CA-CSS-03-11:written-policies"])
    def test_is_adopted_each_year_by_its_owner(self, db: None, clause: str) -> None:
        """Late until the owner says where the adopted paper lies; then the register shows by whom and on which day."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        today = office_day()
        with as_worker(sol):
            charge_duty(clause, owner=cora, every_days=365, first_due_date=today, roles=OFFICER)
            assert duty_standing(clause).state is DutyState.LATE
        with as_worker(cora):
            keep_duty(clause, done_date=today, evidence="Signed policy, binder P-1")
            found = duty_standing(clause)
        assert (found.state, found.due_date) == (DutyState.KEPT, today + 365 * DAY)
        assert [(one.done_date, one.evidence, one.kept_by) for one in found.lines] == [
            (today, "Signed policy, binder P-1", "Cora")
        ]


class TestALocalAgency:
    """Its own IT and legal requirements."""

    @pytest.mark.clause("MN-WIC-9.6:local-it-legal", shows="keeps")
    def test_has_an_owner_who_shows_the_answer(self, db: None) -> None:
        """For the clinic's program."""
        mae = made("mae", StaffRole.SECURITY_OFFICER, "*", MN)
        today = office_day(MN)
        clause = "MN-WIC-9.6:local-it-legal"
        with as_worker(mae, MN):
            charge_duty(clause, owner=mae, every_days=180, first_due_date=today, roles=OFFICER)
            assert duty_standing(clause).state is DutyState.LATE
            keep_duty(clause, done_date=today, evidence="Answer of the city attorney, folder L-3")
            assert duty_standing(clause).due_date == today + 180 * DAY

"""The register of penalties: what holds at once, what needs two people, what turns an account off."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from tests.days import office_day
from tests.rooms.disclosure.desk import OFFICER, STATE, SUPERVISOR, as_worker, open_desk, worker
from tests.rooms.town import MN, NC, as_state

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.selectors import entries_of
from harborline.workforce.days import day_of
from harborline.workforce.facts import PenaltyKind, PenaltyState
from harborline.workforce.penalty_models import Penalty, Suspension
from harborline.workforce.selectors import account_standing, penalties_of, unread_penalties
from harborline.workforce.services import decide_penalty, open_register, propose_penalty, sign_penalty


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Path:
    """Everybody works."""
    open_desk(tmp_path)
    return tmp_path


class TestAMildPenalty:
    """A reminder, training again, a written warning."""

    @pytest.mark.clause("OFFSET-8.2:penalties", shows="keeps")
    def test_holds_at_once_and_is_read_by_the_worker(self, desk: Path) -> None:
        """Cora reads it under her own name and answers; it is read once."""
        cora = worker("cora")
        with as_worker("eli"):
            made = propose_penalty(
                cora, PenaltyKind.WARNING, because="Looked at kin.", basis="finding 1", roles=SUPERVISOR
            )
            assert account_standing(cora).allowed
        with as_worker("cora"):
            assert unread_penalties(cora.id) == 1
            with pytest.raises(Refused, match="not-your-own-name"), transaction.atomic():
                sign_penalty(made, cora, typed="Somebody", appeal="")
            sign_penalty(made, cora, typed="Cora Example", appeal="It was a wrong number.")
            assert unread_penalties(cora.id) == 0
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                sign_penalty(made, cora, typed="Cora Example", appeal="")
        with as_worker("sol"):
            (line,) = open_register(roles=OFFICER)
        assert (line.state, line.appeal, line.because) == (
            PenaltyState.READ,
            "It was a wrong number.",
            "Looked at kin.",
        )

    def test_is_nobody_elses_to_read(self, desk: Path) -> None:
        """Nor another program's to see."""
        with as_worker("eli"):
            made = propose_penalty(worker("cora"), PenaltyKind.REMINDER, because="x", basis="y", roles=SUPERVISOR)
        with as_worker("ned"), pytest.raises(Refused, match="not-this-workers"), transaction.atomic():
            sign_penalty(made, worker("ned"), typed="Ned Example", appeal="")
        with as_state(MN):
            assert open_register(roles=OFFICER) == []
            with pytest.raises(NotFound):
                decide_penalty(made, approved=True, roles=OFFICER)

    def test_says_its_reason_in_a_thousand_signs(self, desk: Path) -> None:
        """No more."""
        with as_worker("eli"), pytest.raises(Invalid), transaction.atomic():
            propose_penalty(worker("cora"), PenaltyKind.REMINDER, because="x" * 1001, basis="y", roles=SUPERVISOR)


class TestTheRegister:
    """Who enters into it, and who reads it."""

    @pytest.mark.clause("OFFSET-8.2:penalties", shows="refuses")
    def test_takes_no_penalty_from_somebody_elses_supervisor(self, desk: Path) -> None:
        """Eli supervises Cora and not Ned; the officer may for both."""
        with as_worker("eli"), pytest.raises(Refused, match="not-your-worker"), transaction.atomic():
            propose_penalty(worker("ned"), PenaltyKind.REMINDER, because="x", basis="y", roles=SUPERVISOR)
        with as_worker("sol"):
            propose_penalty(worker("ned"), PenaltyKind.REMINDER, because="x", basis="y", roles=OFFICER)

    @pytest.mark.clause("OFFSET-8.2:penalties", shows="refuses")
    def test_is_read_as_far_as_one_supervises_and_on_record(self, desk: Path) -> None:
        """Eli reads Cora's line, not Ned's nor his own; whose lines were read stands in the log."""
        with as_worker("sol"):
            for name in ("ned", "cora", "eli"):
                propose_penalty(worker(name), PenaltyKind.REMINDER, because="x", basis="y", roles=OFFICER)
        with as_worker("eli"):
            assert [one.worker_number for one in open_register(roles=SUPERVISOR)] == ["W-CORA"]
            entry = entries_of(f"worker:{worker('eli').id}")[0]
            assert entry.kind == "workforce.register-read"
            assert entry.content["workers"] == str(worker("cora").id)
        with as_worker("ned"):
            assert open_register(roles=SUPERVISOR) == []
        with as_worker("sol"):
            assert len(open_register(roles=OFFICER)) == 3


class TestAGravePenalty:
    """A suspension or a dismissal."""

    @pytest.mark.clause("OFFSET-8.2:penalties", shows="refuses")
    def test_is_not_given_when_its_days_are_over(self, desk: Path) -> None:
        """Nobody decided in time: a yes would be one on paper alone; a no is still one."""
        cora, made, now = worker("cora"), new_id(), clock.now()
        today = day_of(cora.id, now)
        with as_worker("sol"):
            Penalty.objects.create(
                id=made, program=NC, worker=cora, kind="suspension", because=b"sealed", from_date=today,
                until_date=today, proposed_by=f"worker:{worker('sol').id}", proposed_at=now,
            )  # fmt: skip
        with as_worker("olga"):
            with pytest.raises(Refused, match="suspension-is-over"), transaction.atomic():
                decide_penalty(made, approved=True, roles=STATE)
            decide_penalty(made, approved=False, roles=STATE)
        assert not Suspension.objects.exists()

    def test_waits_for_a_second_person(self, desk: Path) -> None:
        """Sol proposes, cannot decide; Olga does; the account is off until the end."""
        cora, today = worker("cora"), office_day()
        with as_worker("sol"):
            made = propose_penalty(
                cora, PenaltyKind.SUSPENSION, because="Sold a list.", basis="incident 1", roles=OFFICER,
                until_date=today + timedelta(days=10),
            )  # fmt: skip
            assert account_standing(cora).allowed
            assert penalties_of(cora.id) == []
            with pytest.raises(Refused, match="same-person"), transaction.atomic():
                decide_penalty(made, approved=True, roles=OFFICER)
        with as_worker("olga"):
            decide_penalty(made, approved=True, roles=STATE)
            assert account_standing(cora).reason == "account-suspended"
            assert account_standing(cora, now=clock.now()).reason == "account-suspended"
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                decide_penalty(made, approved=False, roles=STATE)

    def test_ends_employment(self, desk: Path) -> None:
        """A dismissal turns the account off for good."""
        cora = worker("cora")
        with as_worker("sol"):
            made = propose_penalty(cora, PenaltyKind.DISMISSAL, because="x", basis="y", roles=OFFICER)
        with as_worker("olga"):
            decide_penalty(made, approved=True, roles=STATE)
        assert account_standing(worker("cora")).reason == "employment-ended"

    def test_comes_to_nothing_when_refused(self, desk: Path) -> None:
        """The account stays on."""
        cora = worker("cora")
        with as_worker("sol"):
            made = propose_penalty(cora, PenaltyKind.DISMISSAL, because="x", basis="y", roles=OFFICER)
        with as_worker("olga"):
            decide_penalty(made, approved=False, roles=STATE)
            (line,) = open_register(roles=STATE)
        assert line.state is PenaltyState.REFUSED
        assert account_standing(worker("cora")).allowed

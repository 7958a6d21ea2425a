"""Who comes back to work gets the account again by two people, trained anew; nobody lets anybody in again alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from tests.days import office_day
from tests.rooms.town import NC, WAKE, as_state
from tests.rooms.workforce.office import OFFICER, SUPERVISOR, as_worker, made
from tests.rooms.workforce.test_leaving import dismissed

from harborline.kernel import Refused, clock
from harborline.ledger.models import Content
from harborline.workforce.days import day_of
from harborline.workforce.facts import ResetKind, StaffRole, TrainingSubject
from harborline.workforce.models import Worker
from harborline.workforce.selectors import account_standing, apart, resets, worker_standing
from harborline.workforce.services import (
    ask_return,
    assign,
    decide_reset,
    end_employment,
    enter_training,
    give_password,
    hire,
    record_training,
    terminate,
)

DAY = timedelta(days=1)


def officer(name: str) -> Worker:
    """A security officer."""
    return made(name, StaffRole.SECURITY_OFFICER, "*")


def left(name: str = "cora") -> Worker:
    """Somebody whose account went off today, trained ten days before."""
    today = office_day()
    with as_state():
        worker = hire(email=f"{name}@example.gov", name=name.title(), number=f"W-{name.upper()}")
        first, soon = today - 10 * DAY, today + 200 * DAY
        record_training(worker, course="security", completed=first, expires=soon, certificate="C-1")
        assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
        TOTP.activate(worker, generate_totp_secret())
        terminate(worker, last_day=day_of(worker.id, clock.now()))
    return worker


def train(worker: Worker) -> None:
    """A new course, today."""
    today = day_of(worker.id, clock.now())
    enter_training(
        worker, course="security", subject=TrainingSubject.SECURITY, completed=today, certificate="C-2", roles=OFFICER
    )  # fmt: skip


class TestSomebodyWhoComesBack:
    """Cora, whose employment ended."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_is_let_in_by_two(self, db: None) -> None:
        """With a password of which each sees half, no second factor and no work of before; recorded."""
        cora, sol, sam = left(), officer("sol"), officer("sam")
        with as_worker(sol):
            train(cora)
            first = ask_return(cora, roles=OFFICER)
            ask_return(cora, roles=OFFICER)
            (waiting,) = resets(NC)
            assert waiting.what is ResetKind.RETURN
            assert account_standing(cora).reason == "employment-ended"
        with as_worker(sam):
            back, second = decide_reset(waiting.id, approved=True, roles=OFFICER)
        cora.refresh_from_db()
        assert (back, cora.check_password(first + second), cora.password_given) == (cora, True, True)
        assert account_standing(cora).allowed
        assert not Authenticator.objects.filter(user=cora).exists()
        assert worker_standing(cora.id, NC).roles == frozenset()
        with as_state():
            told = set(Content.objects.values_list("kind", flat=True))
        assert {"workforce.reset-proposed", "workforce.reset-decided", "workforce.returned"} <= told
        # Each saw half: neither could have signed in as Cora, and they stay people who count beside her.
        with as_state():
            assert apart(f"worker:{cora.id}", f"worker:{sam.id}", now=clock.now()).allowed

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_is_let_in_by_nobody_alone(self, db: None) -> None:
        """Neither by who asked, nor by a supervisor, nor by Cora; a new password alone opens nothing."""
        cora, sol, sam = left(), officer("sol"), officer("sam")
        with as_worker(sol):
            train(cora)
            ask_return(cora, roles=OFFICER)
            (waiting,) = resets(NC)
            for roles, why in ((OFFICER, "second-person-needed"), (SUPERVISOR, "reset-needs-another")):
                with pytest.raises(Refused, match=why), transaction.atomic():
                    decide_reset(waiting.id, approved=True, roles=roles)
            give_password(cora, roles=OFFICER)
        with as_worker(cora), pytest.raises(Refused, match="not-for-oneself"), transaction.atomic():
            decide_reset(waiting.id, approved=True, roles=OFFICER)
        with as_worker(sam):
            assert decide_reset(waiting.id, approved=False, roles=OFFICER) == (cora, "")
        cora.refresh_from_db()
        assert account_standing(cora).reason == "employment-ended"

    @pytest.mark.clause("OFFSET-8.2:trained", shows="refuses")
    def test_needs_training_since(self, db: None) -> None:
        """That of before the account went off does not count; one yes lets in once."""
        cora, sol, sam = left(), officer("sol"), officer("sam")
        with as_worker(sol):
            with pytest.raises(Refused, match="training-since-needed"), transaction.atomic():
                ask_return(cora, roles=OFFICER)
            train(cora)
            ask_return(cora, roles=OFFICER)
            (waiting,) = resets(NC)
        with as_worker(sam):
            decide_reset(waiting.id, approved=True, roles=OFFICER)
            with pytest.raises(Refused, match="already-decided"):
                decide_reset(waiting.id, approved=True, roles=OFFICER)

    @pytest.mark.clause("OFFSET-8.2:penalties", shows="refuses")
    def test_comes_back_from_a_dismissal_by_two_as_well(self, db: None) -> None:
        """One officer cannot; two can, and it is recorded."""
        cora, sol, sam = left(), officer("sol"), officer("sam")
        dismissed(cora, day_of(cora.id, clock.now()))
        with as_worker(sol):
            with pytest.raises(Refused, match="account-stays-off"), transaction.atomic():
                end_employment(cora, last_day=day_of(cora.id, clock.now()) + 400 * DAY, roles=OFFICER)
            train(cora)
            ask_return(cora, roles=OFFICER)
            (waiting,) = resets(NC)
        with as_worker(sam):
            decide_reset(waiting.id, approved=True, roles=OFFICER)
        cora.refresh_from_db()
        assert account_standing(cora).allowed

    def test_was_away(self, db: None) -> None:
        """An account that is on is not brought back: it would be a second way to a password."""
        dana, sol = made("dana"), officer("sol")
        with as_worker(sol), pytest.raises(Refused, match="account-is-on"):
            ask_return(dana, roles=OFFICER)

"""Ways to sign in set anew by somebody else: by two people, each with half of the password; two who are two."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from tests.rooms.town import MN, NC, as_state
from tests.rooms.workforce.office import OFFICER, SUPERVISOR, as_worker, made, nobody

from harborline.kernel import NotFound, Refused, clock
from harborline.workforce.facts import CoverReason, ResetKind, StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.reset_models import CredentialReset
from harborline.workforce.selectors import apart, proposals, resets, resets_of, roles_of
from harborline.workforce.services import (
    ask_cover,
    assign,
    decide_cover,
    decide_proposal,
    decide_reset,
    end_sessions,
    give_assignment,
    give_password,
    issue_login_token,
    read_login_token,
    reset_second_factor,
)

STATE = frozenset({"state-operator"})


def officer(name: str, program: str = NC) -> Worker:
    """A security officer with a code app."""
    worker = made(name, StaffRole.SECURITY_OFFICER, "*", program)
    TOTP.activate(worker, generate_totp_secret())
    return worker


def alone(worker: Worker, what: ResetKind, by: Worker, *, unfactored: bool = False) -> None:
    """What one person did alone, before two had to."""
    CredentialReset.objects.create(
        worker=worker, program=NC, what=what.value, two_people=False, unfactored=unfactored,
        asked_by=f"worker:{by.id}", asked_at=clock.now(),
    )  # fmt: skip


class TestOfSomebodyWhoSteersAccess:
    """Sol cannot become Sam."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_waits_for_a_second_person(self, db: None) -> None:
        """Neither password nor second factor changes by Sol's word, nor by Sol's own yes, nor by Sam's."""
        sol, sam = officer("sol"), officer("sam")
        before = Worker.objects.get(id=sam.id).password
        with as_worker(sol):
            first = give_password(sam, roles=OFFICER)
            assert give_password(sam, roles=OFFICER) == first
            reset_second_factor(sam, roles=OFFICER)
            reset_second_factor(sam, roles=OFFICER)
            waiting = resets(NC)
            assert {one.what for one in waiting} == {ResetKind.PASSWORD, ResetKind.FACTOR}
            assert len(waiting) == 2
            with pytest.raises(Refused, match="second-person-needed"), transaction.atomic():
                decide_reset(waiting[0].id, approved=True, roles=OFFICER)
        with as_worker(sam), pytest.raises(Refused, match="not-for-oneself"), transaction.atomic():
            decide_reset(waiting[0].id, approved=True, roles=OFFICER)
        sam.refresh_from_db()
        assert (sam.password, sam.password_given) == (before, False)
        assert Authenticator.objects.filter(user=sam).exists()

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_is_done_when_the_second_says_yes(self, db: None) -> None:
        """Each of the two learns half of the password; a no changes nothing; nothing is decided twice."""
        sol, sam, olga = officer("sol"), officer("sam"), made("olga", StaffRole.STATE_OPERATOR, "*")
        with as_worker(sol):
            first = give_password(sam, roles=OFFICER)
            reset_second_factor(sam, roles=OFFICER)
        by_kind = {one.what: one.id for one in resets(NC)}
        with as_worker(olga):
            with pytest.raises(Refused, match="reset-needs-another"), transaction.atomic():
                decide_reset(by_kind[ResetKind.PASSWORD], approved=True, roles=SUPERVISOR)
            _worker, second = decide_reset(by_kind[ResetKind.PASSWORD], approved=True, roles=STATE)
            decide_reset(by_kind[ResetKind.FACTOR], approved=False, roles=STATE)
            with pytest.raises(Refused, match="already-decided"), transaction.atomic():
                decide_reset(by_kind[ResetKind.FACTOR], approved=True, roles=STATE)
        sam.refresh_from_db()
        assert sam.check_password(first + second)
        assert not sam.check_password(second)
        assert sam.password_given
        assert Authenticator.objects.filter(user=sam).exists()
        assert resets(NC) == []

    def test_counts_the_work_in_another_program(self, db: None) -> None:
        """The same password opens both."""
        sol, mae = officer("sol"), officer("mae", MN)
        with as_state():
            assign(mae, program=NC, role=StaffRole.CASE_MANAGER, county="37183")
        with as_worker(sol):
            assert give_password(mae, roles=OFFICER)
        with as_worker(made("eli", StaffRole.SUPERVISOR)), pytest.raises(Refused, match="reset-needs-another"):
            decide_reset(resets(NC)[0].id, approved=True, roles=SUPERVISOR)
        with as_worker(officer("min", MN), MN), pytest.raises(NotFound):
            decide_reset(resets(NC)[0].id, approved=True, roles=OFFICER)
        with as_worker(sol), pytest.raises(NotFound):
            decide_reset(nobody(), approved=True, roles=OFFICER)


class TestOfAnybodyElse:
    """Sol cannot become Cora either, who opens addresses and tax information."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_is_not_done_by_one(self, db: None) -> None:
        """Sol asks for both: Cora's own password and code app stand, and a half opens nothing."""
        sol, cora = officer("sol"), made("cora")
        TOTP.activate(cora, generate_totp_secret())
        before = Worker.objects.get(id=cora.id).password
        with as_worker(sol):
            half = give_password(cora, roles=OFFICER)
            reset_second_factor(cora, roles=OFFICER)
            for one in resets(NC):
                with pytest.raises(Refused, match="second-person-needed"), transaction.atomic():
                    decide_reset(one.id, approved=True, roles=OFFICER)
        cora.refresh_from_db()
        assert (cora.password, cora.check_password(half)) == (before, False)
        assert Authenticator.objects.filter(user=cora).exists()

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_is_done_when_a_supervisor_of_the_county_says_yes(self, db: None) -> None:
        """In an office with one officer. Who supervises elsewhere, or is meant, does not."""
        sol, cora, eli = officer("sol"), made("cora"), made("eli", StaffRole.SUPERVISOR)
        with as_worker(sol):
            first = give_password(cora, roles=OFFICER)
            give_password(eli, roles=OFFICER)
        waiting = {one.worker_id: one.id for one in resets(NC)}
        with as_worker(eli, counties=["37063"]), pytest.raises(Refused, match="reset-needs-another"):
            decide_reset(waiting[cora.id], approved=True, roles=SUPERVISOR)
        with as_worker(eli), pytest.raises(Refused, match="not-for-oneself"):
            decide_reset(waiting[eli.id], approved=True, roles=SUPERVISOR)
        with as_worker(eli, counties=["37183"]):
            _worker, second = decide_reset(waiting[cora.id], approved=True, roles=SUPERVISOR)
        cora.refresh_from_db()
        assert cora.check_password(first + second)
        assert apart(f"worker:{cora.id}", f"worker:{eli.id}", now=clock.now()).allowed

    def test_is_told_to_the_worker(self, db: None) -> None:
        """Who asked for what, who said yes or no; what waits stands there, too."""
        sol, cora, eli = officer("sol"), made("cora"), made("eli", StaffRole.SUPERVISOR)
        with as_worker(sol):
            give_password(cora, roles=OFFICER)
            reset_second_factor(cora, roles=OFFICER)
        password = next(one for one in resets(NC) if one.what is ResetKind.PASSWORD)
        with as_worker(eli):
            decide_reset(password.id, approved=False, roles=SUPERVISOR)
        told = {one.what: (one.asked_by, one.decided_by, one.approved) for one in resets_of(cora.id)}
        assert told == {
            ResetKind.PASSWORD: (f"worker:{sol.id}", f"worker:{eli.id}", False),
            ResetKind.FACTOR: (f"worker:{sol.id}", "", None),
        }

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_makes_no_second_person_of_a_puppet(self, db: None) -> None:
        """Sol once made Pia's way in alone; what Sol asks Pia cannot give, nor Sol what Pia asks, for 90 days."""
        sol, sam, pia = officer("sol"), officer("sam"), made("pia")
        alone(pia, ResetKind.PASSWORD, sol, unfactored=True)
        with as_worker(sol):
            give_assignment(pia, role=StaffRole.SECURITY_OFFICER, roles=OFFICER)
        with as_worker(sam):
            decide_proposal(proposals(NC)[0].id, approved=True, roles=OFFICER)
        olive, otto = made("olive", None), made("otto", None)
        with as_worker(sol):
            give_assignment(olive, role=StaffRole.STATE_OPERATOR, roles=OFFICER)
        with as_worker(pia):
            with pytest.raises(Refused, match="one-gave-the-other"), transaction.atomic():
                decide_proposal(proposals(NC)[0].id, approved=True, roles=OFFICER)
            give_assignment(otto, role=StaffRole.STATE_OPERATOR, roles=OFFICER)
        of_pia = proposals(NC)[0].id
        with as_worker(sol), pytest.raises(Refused, match="one-gave-the-other"), transaction.atomic():
            decide_proposal(of_pia, approved=True, roles=OFFICER)
        with as_worker(sam):
            decide_proposal(of_pia, approved=True, roles=OFFICER)
        assert roles_of(otto, NC) == {"state-operator"}
        one, other = f"worker:{sol.id}", f"worker:{pia.id}"
        assert not apart(one, other, now=clock.now() + timedelta(days=89)).allowed
        assert apart(one, other, now=clock.now() + timedelta(days=91)).allowed

    def test_lets_two_be_two_while_the_second_factor_stayed(self, db: None) -> None:
        """A new password alone opens nothing for Sol: Eli's code app is Eli's. Stand-ins ask the same."""
        sol, eli, cora = officer("sol"), made("eli", StaffRole.SUPERVISOR), made("cora")
        TOTP.activate(eli, generate_totp_secret())
        span: dict[str, Any] = {
            "from_at": clock.now(),
            "until_at": clock.now() + timedelta(days=2),
            "reason": CoverReason.LEAVE,
        }
        alone(eli, ResetKind.PASSWORD, sol)
        with as_worker(sol):
            first, second = (ask_cover(away=cora, stand_in=made(name), **span) for name in ("dev", "ned"))
        with as_worker(eli):
            decide_cover(first.id, approved=True, roles=SUPERVISOR)
        alone(eli, ResetKind.FACTOR, sol)
        with as_worker(eli), pytest.raises(Refused, match="one-gave-the-other"), transaction.atomic():
            decide_cover(second.id, approved=True, roles=SUPERVISOR)


class TestSigningOutEverywhere:
    """Also at the command line."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_ends_the_sign_in_by_file(self, db: None, tmp_path: Path) -> None:
        """What was signed in before is over; a new sign-in stands."""
        sol, cora = officer("sol"), made("cora")
        file = tmp_path / "login"
        issue_login_token(cora, file)
        assert read_login_token(file) == cora
        with as_worker(sol):
            end_sessions(cora, roles=OFFICER)
        with pytest.raises(Refused, match="not-signed-in"):
            read_login_token(file)
        cora.refresh_from_db()
        issue_login_token(cora, file)
        assert read_login_token(file) == cora

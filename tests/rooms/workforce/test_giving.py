"""Giving and taking work, accounts that end, signatures, passwords: what a security officer and a worker do."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from tests.days import office_day
from tests.rooms.town import MN, NC, as_state
from tests.rooms.workforce.office import OFFICER, SUPERVISOR, approves, as_worker, made, nobody

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.workforce.facts import AccountKind, StaffRole, TrainingSubject
from harborline.workforce.models import Worker
from harborline.workforce.places import PastPassword
from harborline.workforce.selectors import (
    account_standing,
    actor_for,
    courses_of,
    placings_of,
    proposals,
    roles_of,
    roster,
    roster_worker,
    signature,
    signatures_of,
    statement,
    worker_of,
)
from harborline.workforce.services import (
    authenticate,
    decide_proposal,
    end_employment,
    end_own_session,
    end_sessions,
    enter_training,
    give_assignment,
    give_password,
    hire,
    let_in,
    reset_second_factor,
    set_password,
    sign_requirements,
    take_assignment,
    take_on,
    take_on_first,
)

DAY = timedelta(days=1)
PASSWORDS = [f"four-quiet-Herons-{number}" for number in range(26)]


def session_of(worker: Worker) -> UserSession:
    """The worker is signed in somewhere."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.create()
    return UserSession.objects.create(
        user=worker, ip="127.0.0.1", user_agent="a browser", session_key=store.session_key
    )


class TestGivingWork:
    """One person, or two where the profile says so."""

    def test_takes_one_officer_for_a_case_manager(self, db: None) -> None:
        """It holds at once, and ends when it is taken."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora", None)
        with as_worker(sol):
            assert give_assignment(cora, role=StaffRole.CASE_MANAGER, county="37183", roles=OFFICER)
            assert actor_for(cora, NC)[1] == ("37183",)
            take_assignment(placings_of(cora.id, NC)[0].id, roles=OFFICER)
            with pytest.raises(Refused, match="not-assigned"):
                actor_for(cora, NC)

    def test_takes_two_for_those_who_steer_access(self, db: None) -> None:
        """Proposed by Sol, given by Sam; Sol's own yes is none."""
        sol, sam = (made(name, StaffRole.SECURITY_OFFICER, "*") for name in ("sol", "sam"))
        olive = made("olive", None)
        with as_worker(sol):
            assert not give_assignment(olive, role=StaffRole.STATE_OPERATOR, roles=OFFICER)
            waiting = proposals(NC)[0]
            with pytest.raises(Refused, match="second-person-needed"):
                decide_proposal(waiting.id, approved=True, roles=OFFICER)
        assert roles_of(olive, NC) == frozenset()
        with as_worker(sam):
            decide_proposal(waiting.id, approved=True, roles=OFFICER)
            with pytest.raises(Refused, match="already-decided"):
                decide_proposal(waiting.id, approved=False, roles=OFFICER)
        assert roles_of(olive, NC) == {"state-operator"}
        assert proposals(NC) == []

    def test_can_be_refused(self, db: None) -> None:
        """Then there is no work."""
        sol, sam = (made(name, StaffRole.SECURITY_OFFICER, "*") for name in ("sol", "sam"))
        olive = made("olive", None)
        with as_worker(sol):
            give_assignment(olive, role=StaffRole.AUDITOR, roles=OFFICER, until_at=clock.now() + 30 * DAY)
        with as_worker(sam):
            decide_proposal(proposals(NC)[0].id, approved=False, roles=OFFICER)
        assert roles_of(olive, NC) == frozenset()

    def test_is_never_for_oneself_nor_by_another_role(self, db: None) -> None:
        """Not even the second person may be the one who gets it."""
        sol, sam = (made(name, StaffRole.SECURITY_OFFICER, "*") for name in ("sol", "sam"))
        with as_worker(sol):
            with pytest.raises(Refused, match="not-for-oneself"):
                give_assignment(sol, role=StaffRole.CASE_MANAGER, roles=OFFICER)
            with pytest.raises(Refused, match="role-may-not-give-access"):
                give_assignment(sam, role=StaffRole.CASE_MANAGER, roles=SUPERVISOR)
            give_assignment(sam, role=StaffRole.AUDITOR, roles=OFFICER, until_at=clock.now() + 30 * DAY)
        with as_worker(sam), pytest.raises(Refused, match="not-for-oneself"):
            decide_proposal(proposals(NC)[0].id, approved=True, roles=OFFICER)

    def test_of_one_program_is_nothing_in_the_other(self, db: None) -> None:
        """The clinic's officer finds neither worker, work nor proposal of child support."""
        sol, mae = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("mae", StaffRole.SECURITY_OFFICER, "*", MN)
        cora, olive = made("cora"), made("olive", None)
        with as_worker(sol):
            give_assignment(olive, role=StaffRole.AUDITOR, roles=OFFICER, until_at=clock.now() + 30 * DAY)
        waiting, work = proposals(NC)[0].id, placings_of(cora.id, NC)[0].id
        assert {row.name for row in roster(MN)} == {"Mae"}
        assert {row.name for row in roster(NC)} == {"Sol", "Cora", "Olive"}
        with as_worker(mae, MN):
            for look in (
                lambda: roster_worker(cora.id, MN),
                lambda: worker_of(nobody(), MN),
                lambda: take_assignment(work, roles=OFFICER),
                lambda: decide_proposal(waiting, approved=True, roles=OFFICER),
            ):
                with pytest.raises(NotFound):
                    look()


class TestAnAccount:
    """From the first day to the last."""

    def test_of_the_first_two_officers_is_made_at_the_machine(self, db: None) -> None:
        """A third one is refused, and the password works for nothing but choosing another."""
        with as_state():
            for name in ("sol", "sam"):
                worker, password = take_on_first(
                    email=f"{name}@example.gov", name=name, number=name, completed=office_day(), certificate="1"
                )
                assert worker.password_given
                assert worker.check_password(password)
            with pytest.raises(Refused, match="program-has-its-officers"):
                take_on_first(email="t@example.gov", name="T", number="t", completed=office_day(), certificate="1")
            with pytest.raises(Refused, match="sign-in-failed"):
                authenticate("sol@example.gov", password)

    def test_is_refused_for_an_address_or_number_in_use(self, db: None) -> None:
        """In whatever case."""
        sol = made("sol", StaffRole.SECURITY_OFFICER, "*")
        with as_worker(sol):
            for email, number in (("SOL@example.gov", "n"), ("new@example.gov", "W-SOL")):
                with pytest.raises(Invalid, match="already"):
                    take_on(
                        email=email, name="N", number=number, kind=AccountKind.REGULAR, expires_at=None, roles=OFFICER
                    )

    def test_for_an_emergency_ends_by_itself(self, db: None) -> None:
        """At its hour, without anybody doing anything; a longer one is not made."""
        now = clock.now()
        with as_state():
            worker = hire(
                email="e@example.gov",
                name="E",
                number="e",
                kind=AccountKind.EMERGENCY,
                expires_at=now + timedelta(hours=9),
            )
            with pytest.raises(Refused, match="temporary-account-too-long"):
                hire(email="f@example.gov", name="F", number="f", kind=AccountKind.TEMPORARY, expires_at=now + 9 * DAY)
        assert account_standing(worker).allowed
        assert account_standing(worker, now=now + timedelta(hours=9)).reason == "account-expired"

    def test_that_nobody_used_goes_off_and_is_let_in_again(self, db: None) -> None:
        """A case manager after 120 days, an operator after sixty."""
        sol = made("sol", StaffRole.SECURITY_OFFICER, "*")
        for name, role, days in (("cora", StaffRole.CASE_MANAGER, 120), ("olive", StaffRole.STATE_OPERATOR, 60)):
            worker = made(name, role, "*")
            for past, on in ((days - 1, True), (days, False)):
                Worker.objects.filter(id=worker.id).update(created_at=clock.now() - past * DAY)
                worker.refresh_from_db()
                assert account_standing(worker).allowed is on
            with as_worker(sol):
                let_in(worker, roles=OFFICER)
            assert account_standing(worker).allowed

    def test_ends_with_its_sessions_on_the_last_day(self, db: None) -> None:
        """At once; a day to come ends nothing yet."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        session_of(cora)
        with as_worker(sol):
            end_employment(cora, last_day=office_day() + DAY, roles=OFFICER)
            assert UserSession.objects.filter(user=cora).count() == 1
            end_employment(cora, last_day=office_day(), roles=OFFICER)
            with pytest.raises(Refused, match="not-for-oneself"):
                end_employment(sol, last_day=office_day(), roles=OFFICER)
        assert not UserSession.objects.filter(user=cora).exists()
        assert not Session.objects.exists()
        assert account_standing(cora).reason == "employment-ended"

    def test_is_signed_out_by_its_owner_or_an_officer(self, db: None) -> None:
        """One's own sessions one by one, another's all at once; nobody ends a session of somebody else by its id."""
        sol, cora, dev = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora"), made("dev")
        first, _second = session_of(cora), session_of(cora)
        with as_worker(dev), pytest.raises(NotFound):
            end_own_session(dev, first.pk)
        with as_worker(cora):
            end_own_session(cora, first.pk)
        with as_worker(sol):
            assert end_sessions(cora, roles=OFFICER) == 1
            with pytest.raises(Refused, match="role-may-not-give-access"):
                end_sessions(cora, roles=SUPERVISOR)


class TestASecondFactor:
    """Sealed, and removed only by an officer."""

    def test_stands_in_no_table_in_clear(self, db: None) -> None:
        """Neither the seed of the code app nor that of the recovery codes."""
        cora, secret = made("cora"), generate_totp_secret()
        totp, codes = TOTP.activate(cora, secret), RecoveryCodes.activate(cora)
        shown = codes.generate_codes()
        kept = " ".join(str(row) for row in Authenticator.objects.values_list("data", flat=True))
        assert secret not in kept
        assert not any(code in kept for code in shown)
        assert "seed" in codes.instance.data
        assert len(codes.instance.data["seed"]) > 100
        assert totp.validate_code("000000") in (True, False)

    def test_of_a_recovery_code_works_once(self, db: None) -> None:
        """Ten codes, each for one sign-in."""
        codes = RecoveryCodes.activate(made("cora"))
        one = codes.generate_codes()[3]
        assert codes.validate_code(one)
        assert not codes.validate_code(one)
        assert len(codes.get_unused_codes()) == 9

    def test_that_was_lost_is_removed_with_every_session(self, db: None) -> None:
        """The next sign-in sets up a new one."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        TOTP.activate(cora, generate_totp_secret())
        session_of(cora)
        with as_worker(sol):
            reset_second_factor(cora, roles=OFFICER)
        assert UserSession.objects.filter(user=cora).exists()
        approves(cora)
        assert not Authenticator.objects.filter(user=cora).exists()
        assert not UserSession.objects.filter(user=cora).exists()

    def test_is_needed_at_the_command_line_too(self, db: None) -> None:
        """The right password alone signs nobody in."""
        cora = made("cora")
        with as_worker(cora):
            set_password(cora, PASSWORDS[0])
            with pytest.raises(Refused, match="sign-in-failed"):
                authenticate(cora.email, PASSWORDS[0])


class TestAPassword:
    """Chosen, given, remembered."""

    def test_may_not_come_back_for_twenty_four_times(self, db: None) -> None:
        """The twenty-fifth change forgets the first; no more digests are kept than that."""
        cora = made("cora")
        with as_worker(cora):
            for password in PASSWORDS[:24]:
                set_password(cora, password)
            with pytest.raises(Invalid, match="before"):
                set_password(cora, PASSWORDS[0])
            set_password(cora, PASSWORDS[24])
            set_password(cora, PASSWORDS[0])
        assert PastPassword.objects.filter(worker=cora).count() == 24

    def test_given_by_an_officer_works_for_choosing_another(self, db: None) -> None:
        """It ends every session, opens the address again, and is the worker's own no longer."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        session_of(cora)
        with as_worker(sol):
            first = give_password(cora, roles=OFFICER)
            with pytest.raises(Refused, match="not-for-oneself"):
                give_password(sol, roles=OFFICER)
        assert cora.check_password(first + approves(cora))
        cora.refresh_from_db()
        assert cora.password_given
        assert not UserSession.objects.filter(user=cora).exists()
        with as_worker(cora):
            set_password(cora, PASSWORDS[0])
        assert not cora.password_given


class TestASignature:
    """Under the requirements and penalties."""

    @pytest.mark.clause("OFFSET-8.2:informed", shows="allows")
    def test_keeps_the_very_words_and_the_name(self, db: None) -> None:
        """In the language that was on the page, for a year."""
        cora = made("cora")
        shown = statement("es")
        with as_worker(cora):
            sign_requirements(cora, name=shown.name, language="es", typed=" cora ")
        kept = signatures_of(cora.id)[0]
        assert (kept.signed_as, kept.points, kept.sha256) == ("cora", shown.points, shown.sha256)
        assert kept.expires_date == office_day() + timedelta(days=365)
        assert signature(kept.id, cora.id) == kept

    def test_is_not_taken_in_another_name_or_under_other_words(self, db: None) -> None:
        """Nobody signs for somebody else, nor what was not on the page."""
        cora = made("cora")
        with as_worker(cora):
            with pytest.raises(Invalid, match="name"):
                sign_requirements(cora, name=statement().name, language="en", typed="Dev")
            with pytest.raises(Invalid, match="statement"):
                sign_requirements(cora, name="requirements-and-penalties/1", language="en", typed="Cora")

    def test_is_shown_to_nobody_else(self, db: None) -> None:
        """Dev asks for Cora's."""
        cora, dev = made("cora"), made("dev")
        with pytest.raises(NotFound):
            signature(signatures_of(cora.id)[0].id, dev.id)


class TestATraining:
    """Entered by an officer with its certificate."""

    def test_counts_for_a_year_and_is_kept_for_five_more(self, db: None) -> None:
        """And is not entered for a day to come, nor for oneself."""
        sol, cora = made("sol", StaffRole.SECURITY_OFFICER, "*"), made("cora")
        today = office_day()
        named = {"course": "Tax", "subject": TrainingSubject.TAX, "certificate": "T-9", "roles": OFFICER}
        with as_worker(sol):
            enter_training(cora, completed=today, **named)  # type: ignore[arg-type]  # one set of words for three tries
            with pytest.raises(Invalid, match="after today"):
                enter_training(cora, completed=today + DAY, **named)  # type: ignore[arg-type]  # as above
            with pytest.raises(Refused, match="not-for-oneself"):
                enter_training(sol, completed=today, **named)  # type: ignore[arg-type]  # as above
        line = next(one for one in courses_of(cora.id) if one.subject == "tax-information")
        assert line.expires_date == today + timedelta(days=365)
        assert line.kept_through == line.expires_date.year + 5

"""Workers: what they may enter, and how they sign in."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.core.context import request_context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.test import RequestFactory, override_settings
from tests.days import office_day
from tests.rooms.town import DURHAM, MN, NC, WAKE, as_state

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import SignInAttempt, Worker
from harborline.workforce.selectors import actor_for, programs_of, roles_of, worker_by_email
from harborline.workforce.services import (
    acknowledge,
    assign,
    authenticate,
    end_assignment,
    hire,
    issue_login_token,
    read_login_token,
    record_training,
    release_lock,
    set_password,
    terminate,
)
from harborline.workforce.signin import WorkerAccountAdapter

PASSWORD = "lantern ferry willow 26"
NEXT_YEAR = office_day() + timedelta(days=365)


def _worker(name: str = "cora", *, password: str | None = None, trained: bool = True) -> Worker:
    worker = hire(email=f"{name}@example.gov", name=name.title(), number=f"W-{name}", password=password)
    expires = NEXT_YEAR if trained else office_day()
    record_training(worker, course="security", completed=date(2026, 1, 1), expires=expires, certificate="c-1")
    acknowledge(worker, statement="requirements/1", expires=NEXT_YEAR)
    return worker


class TestAStranger:
    """Somebody without an assignment there."""

    def test_gets_no_actor(self, db: None) -> None:
        """Dev works for North Carolina; Minnesota does not know him."""
        with as_state():
            dev = _worker("dev")
            assign(dev, program=NC, role=StaffRole.CASE_MANAGER, county=DURHAM)
            assert programs_of(dev) == (NC,)
            with pytest.raises(Refused, match="not-assigned"):
                actor_for(dev, MN)

    def test_is_not_found(self, db: None) -> None:
        """An address nobody has."""
        with pytest.raises(NotFound):
            worker_by_email("nobody@example.gov")


class TestAnActor:
    """The worker as the walls know them."""

    def test_sees_the_counties_of_the_assignments(self, db: None) -> None:
        """Two counties; an id and no e-mail address in the records."""
        with as_state():
            cora = _worker()
            for county in (WAKE, DURHAM):
                assign(cora, program=NC, role=StaffRole.CASE_MANAGER, county=county)
            actor, counties = actor_for(cora, NC)
        assert (actor.kind, actor.id, counties) == ("worker", str(cora.id), (DURHAM, WAKE))

    def test_sees_every_county_with_a_state_role(self, db: None) -> None:
        """The state's operator."""
        with as_state():
            olive = _worker("olive")
            assign(olive, program=NC, role=StaffRole.STATE_OPERATOR)
            assert actor_for(olive, NC)[1] == ("*",)
            assert roles_of(olive, NC) == {"state-operator"}

    def test_loses_what_ended(self, db: None) -> None:
        """The assignment is over from this moment."""
        with as_state():
            cora = _worker()
            end_assignment(assign(cora, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE))
            with pytest.raises(Refused, match="not-assigned"):
                actor_for(cora, NC)

    def test_is_refused_to_gil_whose_training_lapsed(self, db: None) -> None:
        """Until he renews it."""
        with as_state():
            gil = _worker("gil", trained=False)
            assign(gil, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
            with pytest.raises(Refused, match="training-lapsed"):
                actor_for(gil, NC)
            record_training(gil, course="s", completed=date(2026, 1, 2), expires=NEXT_YEAR, certificate="c-2")
            assert actor_for(gil, NC)[1] == (WAKE,)

    def test_is_refused_after_the_last_day(self, db: None) -> None:
        """From that day on."""
        with as_state():
            cora = _worker()
            assign(cora, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
            terminate(cora, last_day=office_day())
            with pytest.raises(Refused, match="employment-ended"):
                actor_for(cora, NC)


class TestSigningIn:
    """At the command line; the console takes the same steps. As in a demonstration: a second factor only if set up."""

    @pytest.fixture(autouse=True)
    def in_a_demonstration(self) -> Iterator[None]:
        """Nobody must have a second factor."""
        with override_settings(SECOND_FACTOR_REQUIRED=False):
            yield

    def test_works_with_the_password(self, db: None) -> None:
        """Whatever the case of the address."""
        with as_state():
            cora = _worker(password=PASSWORD)
            assert authenticate(" Cora@Example.gov", PASSWORD) == cora

    def test_locks_after_three_failures_even_for_the_right_password(self, committed: None) -> None:
        """And the attempts stay although everything around them is undone."""
        with as_state():
            _worker(password=PASSWORD)
        for _ in range(3):
            with pytest.raises(Refused, match="sign-in-failed"), as_state():
                authenticate("cora@example.gov", "wrong")
        with pytest.raises(Refused, match="too-many-tries") as locked, as_state():
            authenticate("cora@example.gov", PASSWORD)
        assert locked.value.decision.until is not None
        assert SignInAttempt.objects.count() == 4
        with as_state():
            cora = worker_by_email("cora@example.gov")
            release_lock(cora, roles=frozenset({"security-officer"}))
            assert authenticate("cora@example.gov", PASSWORD) == cora

    def test_answers_an_unknown_address_like_a_wrong_password(self, db: None) -> None:
        """Same words, same lock."""
        with as_state():
            for _ in range(3):
                with pytest.raises(Refused, match="sign-in-failed"):
                    authenticate("nobody@example.gov", "wrong")
            with pytest.raises(Refused, match="too-many-tries"):
                authenticate("nobody@example.gov", "wrong")

    def test_needs_the_second_factor_of_those_who_have_one(self, db: None) -> None:
        """The right code, and a code counts once."""
        with as_state():
            cora = _worker(password=PASSWORD)
            secret = generate_totp_secret()
            TOTP.activate(cora, secret)
            code = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30))
            with pytest.raises(Refused, match="sign-in-failed"):
                authenticate("cora@example.gov", PASSWORD)
            assert authenticate("cora@example.gov", PASSWORD, code) == cora

    def test_keeps_the_seed_sealed(self, db: None) -> None:
        """It does not stand in the table as it is."""
        with as_state():
            cora = _worker(password=PASSWORD)
            secret = generate_totp_secret()
            TOTP.activate(cora, secret)
        kept = Authenticator.objects.get().data["secret"]
        assert secret not in kept
        assert get_adapter().decrypt(kept) == secret

    def test_refuses_a_weak_password(self, db: None) -> None:
        """Too short, too common, too much like the name."""
        with as_state():
            cora = _worker()
            for weak in ("short", "12345678901234567", "cora@example.gov"):
                with pytest.raises(Invalid):
                    set_password(cora, weak)


class TestTheConsolesDoor:
    """What allauth asks of us."""

    def _request(self) -> object:
        request = RequestFactory().post("/accounts/login/")
        request.session = SessionStore()
        return request

    def test_lets_nobody_make_an_account(self, db: None) -> None:
        """Accounts are made by an administrator."""
        assert not WorkerAccountAdapter().is_open_for_signup(self._request())  # type: ignore[arg-type]  # a bare request

    def test_counts_before_it_looks(self, db: None) -> None:
        """Three wrong ones, then the right one is not looked at."""
        with as_state():
            _worker(password=PASSWORD)
            adapter, request = WorkerAccountAdapter(), self._request()
            for _ in range(3):
                assert adapter.authenticate(request, email="cora@example.gov", password="wrong") is None  # type: ignore[arg-type]  # a bare request
            with pytest.raises(ValidationError):
                adapter.authenticate(request, email="cora@example.gov", password=PASSWORD)  # type: ignore[arg-type]  # as above

    def test_is_shut_for_leavers(self, db: None) -> None:
        """The right password of somebody whose last day has come."""
        with as_state():
            cora = _worker(password=PASSWORD)
            terminate(cora, last_day=office_day())
            adapter = WorkerAccountAdapter()
            assert adapter.authenticate(self._request(), email="cora@example.gov", password=PASSWORD) is None  # type: ignore[arg-type]  # a bare request

    def test_asks_for_the_password_again_by_the_workers_own_address(self, db: None) -> None:
        """Before something sensitive; a wrong one counts like a failed sign-in."""
        with as_state():
            cora = _worker(password=PASSWORD)
            request = self._request()
            with request_context(request):
                adapter = WorkerAccountAdapter()
                assert adapter.reauthenticate(cora, PASSWORD)
                assert not adapter.reauthenticate(cora, "wrong")


class TestTheLoginToken:
    """The command line's proof for twelve hours."""

    def test_names_the_worker_and_is_for_this_account_only(self, db: None, tmp_path: Path) -> None:
        """Sealed, mode 0600."""
        with as_state():
            cora = _worker(password=PASSWORD)
            path = tmp_path / "keys" / "login.token"
            issue_login_token(cora, path)
            assert read_login_token(path) == cora
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert str(cora.id).encode() not in path.read_bytes()

    def test_is_worth_nothing_when_changed_absent_or_after_a_new_password(self, db: None, tmp_path: Path) -> None:
        """Each time: not signed in."""
        path = tmp_path / "login.token"
        with as_state():
            cora = _worker(password=PASSWORD)
            with pytest.raises(Refused, match="not-signed-in"):
                read_login_token(path)
            issue_login_token(cora, path)
            kept = path.read_bytes()
            path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
            with pytest.raises(Refused, match="not-signed-in"):
                read_login_token(path)
            path.write_bytes(kept)
            set_password(cora, PASSWORD + " again")
            with pytest.raises(Refused, match="not-signed-in"):
                read_login_token(path)

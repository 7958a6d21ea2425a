"""Who may try to sign in, and who may work."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Outcome
from harborline.workforce.facts import SIGN_IN_PROFILES, Attempt, AttemptKind, Grant, WorkerFacts
from harborline.workforce.rules import may_try, may_work

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
IRS = SIGN_IN_PROFILES["irs-1075"]
CORA = WorkerFacts(active=True, trained_until=date(2027, 1, 1), informed_until=date(2027, 1, 1))
HERS = [Grant("nc-css", "37183", "case-manager", NOW - timedelta(days=90))]


def tries(*minutes_ago: float, then: AttemptKind | None = None) -> list[Attempt]:
    """Tries so many minutes ago, the oldest first; `then` something that forgives them."""
    made = [Attempt(AttemptKind.STARTED, NOW - timedelta(minutes=each)) for each in minutes_ago]
    return [*made, Attempt(then, NOW)] if then else made


class TestTrying:
    """Three tries in two hours close an address for a quarter of an hour."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_is_over_after_three(self) -> None:
        """The fourth is not looked at, even with the right password, and it says until when."""
        decision = may_try(attempts=tries(10, 5, 1), profile=IRS, now=NOW)
        assert decision.outcome is Outcome.HOLD
        assert decision.until == NOW - timedelta(minutes=1) + IRS.lock

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    @pytest.mark.parametrize(
        "attempts",
        [tries(), tries(10, 5), tries(121, 10, 5), tries(60, 50, 16), tries(9, 8, 7, then=AttemptKind.PASSED)],
        ids=["none", "two", "one is old", "lock is over", "signed in since"],
    )
    def test_goes_on_otherwise(self, attempts: list[Attempt]) -> None:
        """Fewer, older, waited, or forgiven."""
        assert may_try(attempts=attempts, profile=IRS, now=NOW).allowed

    def test_goes_on_when_staff_release_it(self) -> None:
        """Released by a security officer."""
        assert may_try(attempts=tries(3, 2, 1, then=AttemptKind.RELEASED), profile=IRS, now=NOW).allowed

    @given(st.lists(st.floats(min_value=0, max_value=14.9), min_size=3, max_size=9))
    def test_never_goes_on_within_the_lock(self, minutes: list[float]) -> None:
        """Whenever three or more lie within the last quarter of an hour."""
        attempts = tries(*sorted(minutes, reverse=True))
        assert not may_try(attempts=attempts, profile=IRS, now=NOW).allowed

    def test_has_a_source_for_every_limit(self) -> None:
        """Each number in a profile says where it comes from."""
        for profile in SIGN_IN_PROFILES.values():
            limits = {each.name for each in fields(profile)} - {"name", "sources"}
            assert set(profile.sources) == limits
            assert all(profile.sources.values())


class TestWorking:
    """Account on, trained, informed, assigned."""

    @pytest.mark.clause("OFFSET-8.2:trained", shows="allows")
    @pytest.mark.clause("OFFSET-8.2:informed", shows="allows")
    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_is_for_those_who_are_all_of_it(self) -> None:
        """Cora."""
        assert may_work(worker=CORA, grants=HERS, program="nc-css", today=NOW.date(), now=NOW).allowed

    @pytest.mark.clause("OFFSET-8.2:trained", shows="refuses")
    def test_is_not_for_gil_whose_training_lapsed(self) -> None:
        """On the very day it lapses; nor for who never was trained."""
        lapsed = WorkerFacts(active=True, trained_until=NOW.date(), informed_until=date(2027, 1, 1))
        never = WorkerFacts(active=True, informed_until=date(2027, 1, 1))
        for worker, reason in ((lapsed, "training-lapsed"), (never, "never-trained")):
            decision = may_work(worker=worker, grants=HERS, program="nc-css", today=NOW.date(), now=NOW)
            assert (decision.reason, decision.clauses) == (reason, ("OFFSET-8.2:trained",))

    @pytest.mark.clause("OFFSET-8.2:informed", shows="refuses")
    def test_is_not_for_those_who_did_not_sign_the_penalties(self) -> None:
        """Trained, but the acknowledgement is missing."""
        worker = WorkerFacts(active=True, trained_until=date(2027, 1, 1))
        decision = may_work(worker=worker, grants=HERS, program="nc-css", today=NOW.date(), now=NOW)
        assert decision.reason == "requirements-not-signed"

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    @pytest.mark.parametrize(
        "grants",
        [[], [Grant("mn-wic", "*", "supervisor", NOW)], [Grant("nc-css", "*", "auditor", NOW, NOW)]],
        ids=["none", "another program", "over"],
    )
    def test_is_not_for_those_without_an_assignment(self, grants: list[Grant]) -> None:
        """Nothing, another program, or over."""
        decision = may_work(worker=CORA, grants=grants, program="nc-css", today=NOW.date(), now=NOW)
        assert decision.reason == "not-assigned"

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize(
        ("worker", "reason"),
        [
            (WorkerFacts(active=False), "account-off"),
            (WorkerFacts(active=True, terminated_on=NOW.date()), "employment-ended"),
            (WorkerFacts(active=True, expires_at=NOW), "account-expired"),
        ],
    )
    def test_is_not_for_accounts_that_are_off(self, worker: WorkerFacts, reason: str) -> None:
        """Turned off, last day reached, emergency account over."""
        decision = may_work(worker=worker, grants=HERS, program="nc-css", today=NOW.date(), now=NOW)
        assert decision.reason == reason

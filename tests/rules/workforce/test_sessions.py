"""How long somebody stays signed in, with what, and how long a password holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid, Outcome
from harborline.workforce.facts import SIGN_IN_PROFILES, Attempt, AttemptKind, WorkerFacts
from harborline.workforce.profiles import chosen_profile
from harborline.workforce.rules import (
    account_on,
    may_try,
    password_may_change,
    password_stands,
    second_factor_shown,
    session_stands,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
IRS = SIGN_IN_PROFILES["irs-1075"]
MINUTE = timedelta(minutes=1)


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


class TestASession:
    """Locked, over, or neither."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize(
        ("seen", "opened", "outcome", "reason"),
        [
            (14.9, 600, Outcome.ALLOW, "allowed"),
            (15, 600, Outcome.HOLD, "screen-locked"),
            (29.9, 600, Outcome.HOLD, "screen-locked"),
            (30, 600, Outcome.REFUSE, "idle-too-long"),
            (0, 720, Outcome.REFUSE, "day-is-over"),
            (0, 719, Outcome.ALLOW, "allowed"),
        ],
    )
    def test_locks_then_ends(self, seen: float, opened: float, outcome: Outcome, reason: str) -> None:
        """At 15 minutes nothing opens, at 30 it is over, and after a working day whatever happened."""
        decision = session_stands(opened_at=ago(opened), seen_at=ago(seen), now=NOW, profile=IRS)
        assert (decision.outcome, decision.reason) == (outcome, reason)

    @given(seen=st.floats(0, 2000), opened=st.floats(0, 2000), later=st.floats(0, 2000))
    def test_never_gets_better_by_waiting(self, seen: float, opened: float, later: float) -> None:
        """What is locked or over stays so without a person."""
        first = session_stands(opened_at=ago(opened), seen_at=ago(seen), now=NOW, profile=IRS)
        then = NOW + timedelta(minutes=later)
        second = session_stands(opened_at=ago(opened), seen_at=ago(seen), now=then, profile=IRS)
        assert second.outcome.severity >= first.outcome.severity


class TestASecondFactor:
    """Shown in this session, not merely owned."""

    @pytest.mark.parametrize(
        ("methods", "enrolled", "outcome"),
        [
            ([{"method": "password"}], False, Outcome.HOLD),
            ([{"method": "password"}], True, Outcome.REFUSE),
            ([], True, Outcome.REFUSE),
            ([{"method": "password"}, {"method": "mfa", "type": "totp"}], True, Outcome.ALLOW),
            ([{"method": "password"}, {"method": "mfa", "type": "webauthn"}], True, Outcome.ALLOW),
            ([{"method": "mfa", "type": "totp"}], False, Outcome.HOLD),
            ([{"method": "password", "second_factor": "yes"}], True, Outcome.REFUSE),
        ],
        ids=["none yet", "owned, not shown", "nothing shown", "code", "passkey", "removed since", "a word is no proof"],
    )
    def test_opens_when_it_was_shown(self, methods: list[dict[str, Any]], enrolled: bool, outcome: Outcome) -> None:
        """Whoever has none sets one up; whoever has one shows it; one removed meanwhile counts no more."""
        assert second_factor_shown(methods=methods, enrolled=enrolled).outcome is outcome


class TestAPassword:
    """How long it holds, and how soon it may change."""

    def test_holds_ninety_days(self) -> None:
        """Then it is changed before anything else."""
        for days, outcome in ((89, Outcome.ALLOW), (90, Outcome.HOLD)):
            changed = NOW - timedelta(days=days)
            assert password_stands(given=False, changed_at=changed, now=NOW, profile=IRS).outcome is outcome

    def test_that_somebody_else_knows_holds_for_nothing(self) -> None:
        """The worker chooses another first, at once."""
        assert password_stands(given=True, changed_at=NOW, now=NOW, profile=IRS).reason == "password-known-to-another"
        assert password_may_change(given=True, changed_at=NOW, now=NOW, profile=IRS).allowed

    def test_changes_once_a_day(self) -> None:
        """So that nobody runs through the list of earlier ones."""
        decision = password_may_change(given=False, changed_at=NOW - timedelta(hours=23), now=NOW, profile=IRS)
        assert (decision.reason, decision.until) == ("password-too-young", NOW + timedelta(hours=1))
        assert password_may_change(given=False, changed_at=NOW - timedelta(days=1), now=NOW, profile=IRS).allowed


class TestTrying:
    """A right password in front of wrong codes."""

    def kinds(self, *kinds: AttemptKind) -> list[Attempt]:
        """Events a minute apart, the last one now."""
        return [Attempt(kind, NOW - MINUTE * (len(kinds) - at)) for at, kind in enumerate(kinds)]

    def test_forgives_only_its_own_start(self) -> None:
        """Password right, code wrong, three times over: closed."""
        once = (AttemptKind.STARTED, AttemptKind.PROVEN, AttemptKind.STARTED)
        assert may_try(attempts=self.kinds(*once, *once), profile=IRS, now=NOW).allowed
        assert not may_try(attempts=self.kinds(*once, *once, *once), profile=IRS, now=NOW).allowed

    def test_cannot_forgive_wrong_passwords(self) -> None:
        """Three wrong ones with a right one between two of them."""
        wrong, right = AttemptKind.STARTED, (AttemptKind.STARTED, AttemptKind.PROVEN)
        assert not may_try(attempts=self.kinds(wrong, wrong, *right, wrong), profile=IRS, now=NOW).allowed


class TestAnUnusedAccount:
    """Off by itself."""

    def test_is_off_after_its_time(self) -> None:
        """Sixty days for who steers access, 120 for others; on the last day it still opens."""
        for limit in (IRS.unused, IRS.unused_privileged):
            worker = WorkerFacts(active=True, used_at=NOW - limit, unused_limit=limit)
            assert account_on(worker=worker, today=NOW.date(), now=NOW).reason == "account-unused"
            fresher = replace(worker, used_at=NOW - limit + MINUTE)
            assert account_on(worker=fresher, today=NOW.date(), now=NOW).allowed


class TestAProfile:
    """The named limits."""

    def test_must_exist(self) -> None:
        """A name nobody knows stops the start."""
        assert chosen_profile("acf") == "acf"
        with pytest.raises(Invalid, match="HARBORLINE_SIGN_IN_PROFILE"):
            chosen_profile("easy")

    def test_locks_before_it_ends(self) -> None:
        """And nobody's day is shorter than a pause."""
        for profile in SIGN_IN_PROFILES.values():
            assert profile.idle_lock < profile.idle < profile.absolute
            assert profile.unused_privileged <= profile.unused

"""Machine keys: who gives them, how long they last, what they open."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Outcome
from harborline.workforce.facts import MachineFacts, Scope, StaffRole
from harborline.workforce.rules import key_covers, key_opens, key_term, may_keep_keys

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = MachineFacts(
    uuid.UUID(int=1), "Appointment system", "nc-css", "*", "state-operator", frozenset({Scope.MESSAGES_WRITE.value}),
    100, NOW - timedelta(days=1), NOW + timedelta(days=30), bytes(32),
)  # fmt: skip
KEEPERS = {StaffRole.SECURITY_OFFICER, StaffRole.STATE_OPERATOR}


class TestWhoKeepsKeys:
    """Giving a key to a machine is giving it a person's powers."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    @pytest.mark.parametrize("role", sorted(KEEPERS))
    def test_is_an_officer(self, role: StaffRole) -> None:
        """Security officer and state operator."""
        assert may_keep_keys(roles=frozenset({role.value})).outcome is Outcome.ALLOW

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize("role", sorted(set(StaffRole) - KEEPERS))
    def test_is_nobody_else(self, role: StaffRole) -> None:
        """Not the case manager, not the supervisor."""
        assert may_keep_keys(roles=frozenset({role.value})).outcome is Outcome.REFUSE


class TestHowLongAKeyLasts:
    """A year at most."""

    @given(days=st.integers(min_value=1, max_value=366))
    def test_is_any_time_up_to_a_year(self, days: int) -> None:
        """Shorter is always possible."""
        assert key_term(issued_at=NOW, expires_at=NOW + timedelta(days=days)).allowed

    @given(seconds=st.integers(min_value=1, max_value=10**8))
    def test_is_never_longer(self, seconds: int) -> None:
        """Not by a second."""
        over = NOW + timedelta(days=366, seconds=seconds)
        assert key_term(issued_at=NOW, expires_at=over).reason == "key-term-too-long"

    def test_is_not_over_before_it_began(self) -> None:
        """A key for yesterday is a slip."""
        assert key_term(issued_at=NOW, expires_at=NOW).reason == "key-would-be-over"


class TestAKeyThatOpensNothing:
    """Nobody learns why."""

    @pytest.mark.parametrize(
        ("key", "proven"),
        [
            (None, False),
            (KEY, False),
            (replace(KEY, revoked_at=NOW - timedelta(seconds=1)), True),
            (replace(KEY, expires_at=NOW), True),
            (replace(KEY, issued_at=NOW + timedelta(seconds=1)), True),
        ],
        ids=["unknown", "wrong secret", "revoked", "over", "not yet"],
    )
    def test_is_refused_alike(self, key: MachineFacts | None, proven: bool) -> None:
        """Unknown, wrong, revoked and over answer the same."""
        assert key_opens(key=key, proven=proven, now=NOW) == key_opens(key=None, proven=False, now=NOW)

    def test_is_not_this_one(self) -> None:
        """A live key with its secret opens."""
        assert key_opens(key=KEY, proven=True, now=NOW).allowed


class TestWhatAKeyIsFor:
    """Its scopes, whatever its role may."""

    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="allows")
    def test_covers_what_it_names(self) -> None:
        """It sends."""
        assert key_covers(scopes=KEY.scopes, asked=Scope.MESSAGES_WRITE.value).allowed

    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="refuses")
    @pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.MESSAGES_WRITE}))
    def test_covers_nothing_else(self, scope: Scope) -> None:
        """It does not read, and opens no notice."""
        assert key_covers(scopes=KEY.scopes, asked=scope.value).reason == "outside-the-scopes-of-this-key"

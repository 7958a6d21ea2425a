"""Who may give work, let somebody stand in, and how long an account lives."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from harborline.workforce.facts import SIGN_IN_PROFILES, AccountKind, CoverFacts, CoverState, StaffRole
from harborline.workforce.office_rules import (
    account_term,
    assignment_span,
    auditor_term,
    business_day_after,
    cover_asked,
    cover_decided,
    may_be_first,
    may_give_access,
    second_person_gives,
)

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday
DAY = timedelta(days=1)
IRS = SIGN_IN_PROFILES["irs-1075"]
CORA, DEV = uuid.UUID(int=1), uuid.UUID(int=2)
ASKED = CoverFacts(uuid.UUID(int=9), "nc-css", CORA, DEV, "leave", NOW, NOW + 5 * DAY, asked_by="worker:x")
SUPERVISOR, OFFICER = frozenset({"supervisor"}), frozenset({"security-officer"})


class TestGivingAccess:
    """A security officer, for others."""

    @pytest.mark.parametrize(
        ("roles", "own", "reason"),
        [
            (OFFICER, False, "allowed"),
            (OFFICER, True, "not-for-oneself"),
            (SUPERVISOR, False, "role-may-not-give-access"),
            (frozenset[str](), False, "role-may-not-give-access"),
        ],
    )
    def test_is_for_officers_and_never_for_oneself(self, roles: frozenset[str], own: bool, reason: str) -> None:
        """Nobody makes their own access larger."""
        assert may_give_access(roles=roles, actor_is_worker=own).reason == reason

    def test_takes_another_person_to_say_yes_once(self) -> None:
        """Not the one who proposed it, and not twice."""
        assert second_person_gives(asked_by="worker:a", decided_by="worker:b", decided=False).allowed
        own = second_person_gives(asked_by="worker:a", decided_by="worker:a", decided=False)
        twice = second_person_gives(asked_by="worker:a", decided_by="worker:b", decided=True)
        assert (own.reason, twice.reason) == ("second-person-needed", "already-decided")

    def test_begins_with_two_officers_and_no_third(self) -> None:
        """Whoever runs the machine makes the first two."""
        assert [may_be_first(officers=count).allowed for count in range(4)] == [True, True, False, False]

    def test_is_never_given_for_the_past(self) -> None:
        """Nothing is made right afterwards."""
        assert assignment_span(from_at=NOW, until_at=None, now=NOW).allowed
        early = assignment_span(from_at=NOW - DAY, until_at=None, now=NOW)
        empty = assignment_span(from_at=NOW, until_at=NOW, now=NOW)
        assert (early.reason, empty.reason) == ("begins-in-the-past", "ends-before-it-begins")


class TestStandingIn:
    """For a short time, asked by one and approved by another."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    @pytest.mark.parametrize(
        ("same", "there", "days", "reason"),
        [
            (False, {"37183"}, 30, "allowed"),
            (False, {"37063", "37183"}, 30, "allowed"),
            (False, {"*"}, 30, "allowed"),
            (False, {"37183"}, 31, "cover-too-long"),
            (True, {"37183"}, 5, "stands-in-for-oneself"),
            (False, set(), 5, "not-both-in-this-program"),
            (False, {"37063"}, 5, "stand-in-in-another-county"),
            (False, {"37183"}, 0, "ends-before-it-begins"),
        ],
    )
    def test_is_asked_for_within_limits(self, same: bool, there: set[str], days: int, reason: str) -> None:
        """Another worker of the program who works in the same county, for at most thirty days."""
        decision = cover_asked(
            same_person=same,
            away=frozenset({"37183"}),
            stand_in=frozenset(there),
            from_at=NOW,
            until_at=NOW + days * DAY,
            now=NOW,
            limit=timedelta(days=IRS.cover_days),
        )
        assert decision.reason == reason

    @pytest.mark.parametrize(
        ("who", "roles", "reason"),
        [
            ("worker:e", SUPERVISOR, "allowed"),
            ("worker:x", SUPERVISOR, "second-person-needed"),
            (f"worker:{DEV}", SUPERVISOR, "second-person-needed"),
            ("worker:e", frozenset({"case-manager"}), "role-may-not-decide-cover"),
        ],
    )
    def test_is_decided_by_somebody_who_gains_nothing(self, who: str, roles: frozenset[str], reason: str) -> None:
        """Neither who asked nor who would see the cases."""
        assert cover_decided(cover=ASKED, decided_by=who, roles=roles, now=NOW).reason == reason

    def test_is_not_decided_twice_or_too_late(self) -> None:
        """A no stays a no; what is over cannot be approved."""
        refused = replace(ASKED, approved=False, decided_by="worker:e", decided_at=NOW)
        assert (
            cover_decided(cover=refused, decided_by="worker:f", roles=SUPERVISOR, now=NOW).reason == "already-decided"
        )
        late = cover_decided(cover=ASKED, decided_by="worker:e", roles=SUPERVISOR, now=NOW + 5 * DAY)
        assert late.reason == "cover-is-over"

    def test_counts_from_the_yes_and_never_before(self) -> None:
        """Approved on the second day: the first day stays uncovered for ever."""
        approved = replace(ASKED, approved=True, decided_by="worker:e", decided_at=NOW + DAY)
        states = [approved.state(NOW + step * DAY) for step in (0.5, 1, 4.9, 5)]
        assert states == [CoverState.COMING, CoverState.IN_FORCE, CoverState.IN_FORCE, CoverState.OVER]
        ended = replace(approved, ended_at=NOW + 2 * DAY)
        assert ended.state(NOW + 2 * DAY) is CoverState.OVER
        assert ASKED.state(NOW) is CoverState.ASKED


class TestATemporaryAccount:
    """Ends by itself."""

    @pytest.mark.parametrize("kind", [AccountKind.TEMPORARY, AccountKind.EMERGENCY])
    def test_lives_two_business_days(self, kind: AccountKind) -> None:
        """From Friday to Tuesday; no end at all, or a later one, is refused."""
        tuesday = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
        assert account_term(kind=kind, expires_at=tuesday, now=NOW, profile=IRS).allowed
        late = account_term(kind=kind, expires_at=tuesday + DAY, now=NOW, profile=IRS)
        none = account_term(kind=kind, expires_at=None, now=NOW, profile=IRS)
        over = account_term(kind=kind, expires_at=NOW, now=NOW, profile=IRS)
        assert [one.reason for one in (late, none, over)] == [
            "temporary-account-too-long",
            "temporary-account-needs-an-end",
            "account-would-be-over",
        ]

    def test_counts_neither_saturday_nor_sunday(self) -> None:
        """Two business days after each day of a week."""
        week = [date(2026, 11, 16) + timedelta(days=step) for step in range(7)]
        assert [business_day_after(day, 2).day for day in week] == [18, 19, 20, 23, 24, 24, 24]


class TestAnAuditor:
    """Somebody who looks for a time."""

    @pytest.mark.parametrize(
        ("role", "days", "reason"),
        [
            (StaffRole.AUDITOR, 90, ""),
            (StaffRole.AUDITOR, 1, ""),
            (StaffRole.AUDITOR, None, "auditor-needs-an-end"),
            (StaffRole.AUDITOR, 91, "auditor-term-too-long"),
            (StaffRole.SUPERVISOR, None, ""),
            (StaffRole.SUPERVISOR, 900, ""),
        ],
    )
    def test_has_a_last_day_within_a_quarter(self, role: StaffRole, days: int | None, reason: str) -> None:
        """Others may stay."""
        until = NOW + timedelta(days=days) if days is not None else None
        decision = auditor_term(role=role.value, from_at=NOW, until_at=until, profile=IRS)
        assert decision.allowed is (reason == "")
        assert decision.allowed or decision.reason == reason

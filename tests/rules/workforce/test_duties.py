"""Duties that people keep: one for each clause, who gives them, who says that they are done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.law import clauses
from harborline.workforce.duty_facts import DutyState, KeptBy, duties
from harborline.workforce.duty_rules import may_charge, may_keep, state_of
from harborline.workforce.requirements import attesting, statements

TODAY = date(2026, 11, 21)
OFFICER = frozenset({"security-officer"})


class TestTheRegister:
    """`statements/duties.toml`."""

    def test_has_one_duty_for_each_clause_that_people_keep(self) -> None:
        """No more, no fewer."""
        asked = sorted(each.id for each in clauses() if "people" in each.kept)
        assert sorted(each.clause for each in duties()) == asked

    def test_speaks_both_languages(self) -> None:
        """What to do, and what shows it."""
        for one in duties():
            assert set(one.does) == {"en", "es"}, one.clause
            assert set(one.shows) == ({"en", "es"} if one.by is KeptBy.EVIDENCE else set()), one.clause

    def test_has_words_to_sign_for_each_duty_that_is_signed(self) -> None:
        """The newest words attest all of them, and no word attests anything else."""
        signed = {each.clause for each in duties() if each.by is KeptBy.SIGNATURES}
        newest = statements()[-1]
        assert set(newest.attests) == signed
        assert all(newest.name in attesting(clause) for clause in signed)
        assert attesting("NC-CSS-22-18:link-vetted") == frozenset()


class TestADuty:
    """Given and kept."""

    @pytest.mark.parametrize(
        ("roles", "days", "here", "reason"),
        [
            (OFFICER, 365, True, "allowed"),
            (frozenset({"state-operator"}), 30, True, "allowed"),
            (frozenset({"supervisor"}), 30, True, "role-may-not-charge-duties"),
            (frozenset(), 30, True, "role-may-not-charge-duties"),
            (OFFICER, 366, True, "duty-too-seldom"),
            (OFFICER, 0, True, "duty-too-seldom"),
            (OFFICER, 30, False, "owner-not-in-this-program"),
        ],
    )
    def test_is_given_by_officers_to_somebody_here(
        self, roles: frozenset[str], days: int, reason: str, *, here: bool
    ) -> None:
        """As often as it asks, or oftener."""
        decision = may_charge(roles=roles, every_days=days, longest_days=365, works_here=here)
        assert decision.allowed is (reason == "allowed")
        assert decision.allowed or decision.reason == reason

    @pytest.mark.parametrize(
        ("owned", "own", "evidence", "day", "reason"),
        [
            (True, True, True, TODAY, "allowed"),
            (True, True, True, TODAY - timedelta(days=9), "allowed"),
            (True, False, True, TODAY, "duty-of-somebody-else"),
            (False, False, True, TODAY, "duty-has-nobody"),
            (True, True, False, TODAY, "duty-kept-by-signatures"),
            (True, True, True, TODAY + timedelta(days=1), "duty-not-done-yet"),
        ],
    )
    def test_is_kept_by_its_owner(self, owned: bool, own: bool, evidence: bool, day: date, reason: str) -> None:
        """Not by another, not beforehand."""
        decision = may_keep(owned=owned, by_owner=own, by_evidence=evidence, done_date=day, today=TODAY)
        assert decision.allowed is (reason == "allowed")
        assert decision.allowed or decision.reason == reason

    @given(st.integers(-400, 400), st.integers(0, 60), st.integers(0, 400))
    def test_never_gets_better_by_waiting(self, due: int, remind: int, later: int) -> None:
        """Kept, then due, then late."""
        order = [DutyState.KEPT, DutyState.DUE, DutyState.LATE]
        day = TODAY + timedelta(days=due)
        now, then = (
            order.index(state_of(owned=True, due_date=day, today=at, remind_days=remind))
            for at in (TODAY, TODAY + timedelta(days=later))
        )
        assert now <= then
        assert state_of(owned=False, due_date=day, today=TODAY, remind_days=remind) is DutyState.NOBODY

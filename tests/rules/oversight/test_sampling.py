"""Who draws samples of the log, by what, of which days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harborline.oversight.rules import may_draw, may_look

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AUDITOR = frozenset({"auditor"})


class TestDrawing:
    """By an auditor."""

    @pytest.mark.parametrize(
        ("seed", "size", "days", "reason"),
        [
            ("4 1", 1, (-9, 0), ""),
            ("x" * 64, 100, (-1, -0.5), ""),
            ("", 1, (-9, 0), "sample-needs-a-seed"),
            ("x" * 65, 1, (-9, 0), "sample-needs-a-seed"),
            ("4", 0, (-9, 0), "sample-too-large"),
            ("4", 101, (-9, 0), "sample-too-large"),
            ("4", 1, (-9, 0.01), "sample-of-a-span-that-is-over"),
            ("4", 1, (-1, -1), "sample-of-a-span-that-is-over"),
            ("4", 1, (0, -1), "sample-of-a-span-that-is-over"),
        ],
    )
    def test_has_a_seed_a_size_and_days_that_are_over(
        self, seed: str, size: int, days: tuple[float, float], reason: str
    ) -> None:
        """Few at once, by the auditor's own words, and nothing that can still be changed by waiting."""
        from_at, until_at = (NOW + each * DAY for each in days)
        decision = may_draw(
            roles=AUDITOR, whole_program=True, seed=seed, size=size, from_at=from_at, until_at=until_at, now=NOW
        )
        assert decision.allowed is (reason == "")
        assert decision.allowed or decision.reason == reason

    @pytest.mark.parametrize("roles", [frozenset[str](), frozenset({"security-officer"}), frozenset({"supervisor"})])
    def test_is_for_nobody_else(self, roles: frozenset[str]) -> None:
        """Nor for an auditor of one county."""
        assert may_look(roles=roles, whole_program=True).reason == "role-may-not-audit"
        assert may_look(roles=AUDITOR, whole_program=False).reason == "role-may-not-audit"
        assert may_look(roles=AUDITOR, whole_program=True).allowed

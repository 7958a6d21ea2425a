"""How much a key may ask for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from harborline.sites.api.pace import Paces
from harborline.workforce.facts import MachineFacts

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def key(per_second: int) -> MachineFacts:
    """A key with a pace."""
    return MachineFacts(
        uuid.uuid4(), "System", "nc-css", "*", "state-operator", frozenset(), per_second, NOW,
        NOW + timedelta(days=1), b"",
    )  # fmt: skip


class TestAKey:
    """With a pace of a hundred a second."""

    def test_may_use_what_it_saved(self) -> None:
        """A burst of ten seconds' worth passes."""
        paces, one = Paces(), key(100)
        assert all(paces.take(one, now_s=0.0) == 0 for _ in range(1_000))
        assert paces.take(one, now_s=0.0) == 1

    def test_is_told_how_long_to_wait(self) -> None:
        """After those seconds it passes."""
        paces, one = Paces(), key(100)
        assert paces.take(one, 1_000, now_s=0.0) == 0
        wait_s = paces.take(one, 450, now_s=0.0)
        assert wait_s == 5
        assert paces.take(one, 450, now_s=float(wait_s)) == 0

    def test_never_waits_for_ever(self) -> None:
        """The largest request a slow key can make fits into its bucket."""
        assert Paces().take(key(1), 500, now_s=0.0) == 0

    def test_does_not_pay_for_another(self) -> None:
        """Each has its own."""
        paces = Paces()
        assert paces.take(key(1), 500, now_s=0.0) == 0
        assert paces.take(key(1), 500, now_s=0.0) == 0

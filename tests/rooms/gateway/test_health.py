"""The operator's monitoring learns whether all is well, and nothing about anyone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from harborline.kernel import Broken, clock
from harborline.ledger.facts import Standing
from harborline.messaging.models import Sender
from harborline.sites.gateway import health
from harborline.walls import ALL_COUNTIES, Actor, acting


@pytest.fixture
def fresh(db: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing remembered from an earlier question."""
    checks = {"database": health.database, "proof-log": health.proof_log, "carriers": health.carriers}
    monkeypatch.setattr(health, "READINESS", health.Readiness(checks))
    return monkeypatch


class TestHealth:
    """Live and ready."""

    def test_is_live_without_the_database(self) -> None:
        """A process that answers is alive."""
        assert Client().get("/health/live").content == b"live\n"

    @pytest.mark.usefixtures("fresh")
    def test_is_ready_when_every_part_is(self) -> None:
        """Role, log and carriers in order."""
        answer = Client().get("/health/ready")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)
        assert set(answer.json()["parts"]) == {"database", "proof-log", "carriers"}

    @pytest.mark.usefixtures("fresh")
    def test_is_not_ready_with_a_carrier_nobody_approved(self) -> None:
        """A sender whose carrier has no live approval."""
        with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
            Sender.objects.create(program="nc-css", key="nc-x", number="+19195550100", carrier="nobody-approved-this")
        answer = Client().get("/health/ready")
        assert (answer.status_code, answer.json()["parts"]["carriers"]) == (503, "failing")

    def test_is_not_ready_when_the_log_falls_behind(self, fresh: pytest.MonkeyPatch) -> None:
        """Entries wait and nothing was signed for minutes."""
        old = clock.now() - timedelta(minutes=5)
        for known, state in (
            (Standing(3, 10, 10, old), "behind"),
            (Standing(0, 12, 10, old), "behind"),
            (Standing(3, 10, 10, None), "behind"),
            (Standing(3, 10, 10, clock.now()), "ok"),
            (Standing(0, 10, 10, old), "ok"),
        ):
            fresh.setattr(health, "log_standing", lambda known=known: known)
            assert health.proof_log() == state

    def test_says_which_part_fails_and_not_why(self, fresh: pytest.MonkeyPatch) -> None:
        """A broken wall shows as a failing database, without names of tables."""

        def broken() -> str:
            raise Broken("tables without their walls: people_person")

        fresh.setattr(health, "READINESS", health.Readiness({"database": broken}))
        answer = Client().get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "parts": {"database": "failing"}})

    def test_asks_the_rooms_once_in_a_while(self, fresh: pytest.MonkeyPatch) -> None:
        """Whoever hammers the door does not hammer the database."""
        asked: list[int] = []

        def check() -> str:
            asked.append(1)
            return "ok"

        fresh.setattr(health, "READINESS", health.Readiness({"database": check}))
        for _ in range(20):
            Client().get("/health/ready")
        assert len(asked) == 1


@pytest.mark.usefixtures("fresh")
class TestFigures:
    """For Prometheus."""

    def test_count_without_naming_anybody(self, log: Path) -> None:
        """Log, parts, senders, webhooks; no number of anyone."""
        answer = Client().get("/metrics")
        assert answer.status_code == 200
        text = answer.content.decode()
        for name in (
            "harborline_part_ready",
            "harborline_log_pending",
            "harborline_webhooks_total",
            "process_cpu_seconds",
        ):
            assert name in text
        assert "+1" not in text

    def test_are_for_this_machine_only(self) -> None:
        """Not from elsewhere, and not through a proxy that hides where it is from."""
        assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 403
        assert Client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403

    def test_are_for_the_token_where_there_is_one(self, settings_of_metrics: str) -> None:
        """Then from anywhere, and no longer by standing on this machine."""
        right, wrong = {"Authorization": f"Bearer {settings_of_metrics}"}, {"Authorization": "Bearer x"}
        assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics", headers=right).status_code == 200
        assert Client().get("/metrics", headers=wrong).status_code == 403
        assert Client().get("/metrics").status_code == 403

    @pytest.fixture
    def settings_of_metrics(self, fresh: pytest.MonkeyPatch) -> str:
        """A token set by the operator."""
        from django.conf import settings  # noqa: PLC0415 - patched for one test

        fresh.setattr(settings, "METRICS_TOKEN", "figures-token", raising=False)
        return "figures-token"

"""Where a company that stopped by itself is seen: the health endpoint, the first page, the notice run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.rooms.town import NC, as_state
from tests.rooms.vendors.office import do, live

from harborline.kernel import clock
from harborline.messaging.models import Sender
from harborline.messaging.selectors import carrier_status
from harborline.sites.gateway import health
from harborline.vendors.facts import StepKind


@pytest.fixture
def endpoint(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The endpoint, with nothing remembered from an earlier question."""
    checks = {"database": health.database, "carriers": health.carriers}
    reasons = {"carriers": health.carrier_reasons, "vendors": health.vendor_reasons}
    monkeypatch.setattr(health, "READINESS", health.Readiness(checks, reasons))
    return Client()


class TestACompanyThatStopped:
    """Says so by itself."""

    def test_is_named_by_its_reason_on_the_health_endpoint(self, endpoint: Client) -> None:
        """Expired, and nobody did anything."""
        self.opened(days=30)
        clock.shift(timedelta(days=31))
        try:
            answer = endpoint.get("/health/ready")
            assert answer.status_code == 503
            assert answer.json()["why"] == {"carriers": ["permission-expired"], "vendors": ["permission-expired"]}
            with as_state():
                assert carrier_status()[0].reason == "permission-expired"
        finally:
            clock.shift(timedelta(0))

    def test_of_other_work_is_named_and_stops_no_texts(self, endpoint: Client) -> None:
        """The mail house is suspended; the carrier goes on."""
        self.opened()
        mail = live("Mail House", purposes=["mail"], elements=["email-address", "message-text"], connectors=["smtp"])
        do("sol", mail.id, StepKind.SUSPENDED, 0, because="an incident")
        answer = endpoint.get("/health/ready")
        assert (answer.status_code, answer.json()["why"]) == (200, {"vendors": ["vendor-suspended"]})

    def test_is_not_named_while_all_is_well(self, endpoint: Client) -> None:
        """Nothing to say."""
        self.opened()
        assert "why" not in endpoint.get("/health/ready").json()

    def opened(self, *, days: int = 300) -> None:
        """A sender over Twilio with its company in force."""
        live(days=days)
        with as_state():
            Sender.objects.create(program=NC, key="nc-t", number="+19195550100", carrier="twilio")

"""Figures for Prometheus: counts and ages only, nothing about a person, a case or a number.

Open to the token in the setting `METRICS_TOKEN`; without one, to this machine itself and only when no proxy stands
between.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from typing import Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from harborline.kernel import Fault, clock
from harborline.ledger.facts import Standing
from harborline.messaging.selectors import CarrierStatus
from harborline.sites.gateway import health

REGISTRY: Final = CollectorRegistry()
WEBHOOKS: Final = Counter(
    "harborline_webhooks", "Webhooks by kind and whether they were believed.", ["kind", "result"], registry=REGISTRY
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


def metrics(request: HttpRequest) -> HttpResponse:
    """Every figure in the text format; 403 for who may not ask."""
    if not may_ask(request):
        return HttpResponse(status=403)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_ask(request: HttpRequest) -> bool:
    """Whether the request carries the token, or comes from this machine where none is set."""
    token: str = getattr(settings, "METRICS_TOKEN", "")
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and request.META.get("REMOTE_ADDR", "") in _LOOPBACK


class Standings(Collector):
    """What the rooms say of themselves at the moment of asking."""

    def describe(self) -> Sequence[Metric]:
        """Nothing beforehand: registering asks no room."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Parts, proof log, senders; what does not answer is left out and shows as a part that is not ready."""
        ready = GaugeMetricFamily("harborline_part_ready", "1 when the part is in order.", labels=["part"])
        for part, state in health.READINESS.parts().items():
            ready.add_metric([part], float(state == health.OK))
        yield ready
        try:
            yield from _proof_log(health.log_standing())
            yield from _senders(health.carrier_states())
        except (Fault, Error):
            return


def _proof_log(known: Standing) -> Iterator[Metric]:
    yield GaugeMetricFamily("harborline_log_pending", "Entries that wait for their place.", known.pending)
    yield GaugeMetricFamily("harborline_log_entries", "Entries in the tree.", known.integrated)
    yield GaugeMetricFamily("harborline_log_signed_entries", "Entries under a signed checkpoint.", known.signed)
    if known.signed_at is not None:
        age_s = (clock.now() - known.signed_at).total_seconds()
        yield GaugeMetricFamily("harborline_log_checkpoint_age_seconds", "Age of the newest checkpoint.", age_s)


def _senders(states: Sequence[CarrierStatus]) -> Iterator[Metric]:
    labels = ("sender", "carrier")
    queued = GaugeMetricFamily("harborline_sender_queued", "Texts that wait for their hour.", labels=labels)
    approved = GaugeMetricFamily("harborline_carrier_approved", "1 while approved.", labels=labels)
    for state in states:
        queued.add_metric([state.sender, state.carrier], state.queued)
        approved.add_metric([state.sender, state.carrier], float(state.approved))
    yield from (queued, approved)


REGISTRY.register(Standings())
ProcessCollector(registry=REGISTRY)

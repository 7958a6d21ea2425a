"""Is this process alive, and may it be given work? Answers name parts, never people or numbers.

Of companies that may not be used now they name the reason's code, such as `permission-expired`, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from harborline.kernel import Fault, clock
from harborline.law import profiles
from harborline.ledger.facts import Standing
from harborline.ledger.selectors import standing
from harborline.messaging.selectors import CarrierStatus, carrier_status
from harborline.vendors.selectors import stopped_reasons
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.walls.services import check_role

MONITOR: Final = Actor("system", "health")
REMEMBERED_S: Final = 5.0
LONGEST_LAG: Final = timedelta(minutes=2)
OK, BEHIND, FAILING = "ok", "behind", "failing"


def live(_request: HttpRequest) -> HttpResponse:
    """Answer at all."""
    return HttpResponse("live\n", content_type="text/plain; charset=utf-8")


def ready(_request: HttpRequest) -> HttpResponse:
    """200 when the database, the proof log and every carrier are in order, else 503; each part with its state.

    `why` says for which reasons companies may not be used now: carriers of texts (`carriers`), and any (`vendors`).
    """
    parts, why = READINESS.parts(), READINESS.why()
    healthy = all(state == OK for state in parts.values())
    answer = {"ready": healthy, "parts": parts, **({"why": why} if why else {})}
    return JsonResponse(answer, status=200 if healthy else 503)


class Readiness:
    """The state of each part, asked for at most once in a few seconds: the door is open to everyone."""

    def __init__(
        self, checks: dict[str, Callable[[], str]], reasons: dict[str, Callable[[], list[str]]] | None = None
    ) -> None:
        self._checks = checks
        self._reasons = reasons or {}
        self._asked_s = float("-inf")
        self._parts: dict[str, str] = {}
        self._why: dict[str, list[str]] = {}

    def parts(self) -> dict[str, str]:
        """Each part's state."""
        now_s = clock.monotonic_s()
        if now_s - self._asked_s > REMEMBERED_S:
            self._parts = {name: _state(check) for name, check in self._checks.items()}
            self._why = {name: found for name, ask in self._reasons.items() if (found := _codes(ask))}
            self._asked_s = now_s
        return self._parts

    def why(self) -> dict[str, list[str]]:
        """The reasons behind parts that give some, as they were with the parts."""
        return self._why


def _codes(ask: Callable[[], list[str]]) -> list[str]:
    try:
        return ask()
    except (Fault, Error):
        return []


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except (Fault, Error):
        return FAILING


def database() -> str:
    """The role is the app's and every wall stands."""
    check_role()
    return OK


def proof_log() -> str:
    """The sequencer did not stop itself, and nothing has waited longer than the limit for its signed checkpoint."""
    now = clock.now()
    known = log_standing()
    if known.stopped:
        return FAILING
    waiting = known.pending > 0 or known.integrated > known.signed
    signed_lately = known.signed_at is not None and now - known.signed_at < LONGEST_LAG
    return BEHIND if waiting and not signed_lately else OK


def carriers() -> str:
    """Every active sender's carrier has a live approval."""
    return OK if all(status.approved for status in carrier_states()) else FAILING


def carrier_reasons() -> list[str]:
    """Why carriers may not be used now, each reason once."""
    return sorted({status.reason for status in carrier_states() if not status.approved})


def vendor_reasons() -> list[str]:
    """Why companies that were opened once, and not ended by a person, may not be used now, each reason once."""
    found: set[str] = set()
    for program in sorted(profiles()):
        with acting(MONITOR, program=program, counties=ALL_COUNTIES, purpose="health"):
            found |= set(stopped_reasons())
    return sorted(found)


def log_standing() -> Standing:
    """How far the proof log is."""
    with acting(MONITOR, program=min(profiles()), counties=(), purpose="health"):
        return standing()


def carrier_states() -> list[CarrierStatus]:
    """Every active sender of every program with its carrier."""
    found: list[CarrierStatus] = []
    for program in sorted(profiles()):
        with acting(MONITOR, program=program, counties=ALL_COUNTIES, purpose="health"):
            found += carrier_status()
    return found


READINESS: Final = Readiness(
    {"database": database, "proof-log": proof_log, "carriers": carriers},
    {"carriers": carrier_reasons, "vendors": vendor_reasons},
)

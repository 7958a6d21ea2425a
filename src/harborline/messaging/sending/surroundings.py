"""What a dispatcher must know besides its queue, asked anew every second: approval, protections, its sender, runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg
import structlog

from harborline.kernel.clock import monotonic_s
from harborline.law import Profile, profile
from harborline.messaging.models import Sender
from harborline.messaging.notices.windows import Windows
from harborline.messaging.sending.claims import Claim
from harborline.messaging.sending.failing_over import divert, second_sender
from harborline.messaging.sending.lease import Lease
from harborline.messaging.sending.outcomes import Whose
from harborline.messaging.sending.pace import carrier_day
from harborline.messaging.sending.runs import runs_with_lots
from harborline.people.selectors import protection_as_of
from harborline.recovery.selectors import knows_sent_before, sending_held
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for

log = structlog.get_logger(__name__)

ASK_S = 1.0
RUNS_S = 0.2


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The sender a dispatcher serves; `segments_per_day` None: the carrier counts no days."""

    id: uuid.UUID
    program: str
    key: str
    carrier: str
    segments_per_s: int
    segments_per_day: int | None = None
    day_zone: str = "America/Los_Angeles"


@dataclass(slots=True)
class Surroundings:
    """The newest answers; a permission that ends, or a sender that is paused, stops the sending within a second."""

    sender: SenderFacts
    _asked_s: float = float("-inf")
    _runs_s: float = float("-inf")
    _refused: str = "not-asked"
    _protection_as_of: datetime | None = None
    _runs: tuple[bytes, ...] = ()
    _instead: uuid.UUID | None = None
    _restored: bool = False

    @property
    def may_send(self) -> bool:
        """Whether anything may be handed over."""
        return not self._refused

    def forget(self) -> None:
        """Ask everything again before the next claim."""
        self._asked_s = self._runs_s = float("-inf")

    def look(self, cursor: psycopg.Cursor[Any], at: datetime, *, down: bool) -> None:
        """Ask what may have changed; `down`: the carrier must be taken for gone."""
        if monotonic_s() - self._asked_s >= ASK_S:
            self._asked_s = monotonic_s()
            self._ask(at)
            if self._instead and (down or self._refused.startswith("sender-")):
                sender = self.sender
                divert(cursor, sender.program, sender_id=sender.id, instead=self._instead, now=at)
        # Runs come and go; one that was paused gives nothing whatever stands here.
        if monotonic_s() - self._runs_s >= RUNS_S:
            self._runs_s = monotonic_s()
            self._runs = runs_with_lots(cursor, self.sender.program, self.sender.id)

    def _ask(self, at: datetime) -> None:
        program = self.sender.program
        self._protection_as_of = protection_as_of(program)
        row = Sender.objects.get(id=self.sender.id)
        self.sender = replace(
            self.sender,
            segments_per_s=row.segments_per_s,
            segments_per_day=row.segments_per_day,
            day_zone=row.day_zone,
        )
        decision = may_carry(
            approval=approval_for(self.sender.carrier, program), program=program, purpose="texting", now=at
        )
        refused = "" if decision.allowed else decision.reason
        held = sending_held(program)
        if not held.allowed:
            refused = held.reason
        elif not row.active or row.paused_reason:
            refused = "sender-paused" if row.paused_reason else "sender-inactive"
        if refused and refused != self._refused:
            log.warning("sending stopped", sender=self.sender.key, carrier=self.sender.carrier, reason=refused)
        self._refused, self._restored = refused, knows_sent_before(program)
        self._instead = second_sender(program, self.sender.id, at)

    def segments_left(self, lease: Lease, at: datetime) -> int | None:
        """What the carrier's day still allows; None without a limit."""
        limit = self.sender.segments_per_day
        if limit is None:
            return None
        return max(0, limit - lease.gone_on(carrier_day(at, self.sender.day_zone)))

    def whose(self) -> Whose:
        """Whose texts these are, and who takes over what this carrier surely did not accept."""
        return Whose(self.sender.program, self.sender.id, self._instead)

    def claim(self, epoch: int, at: datetime) -> Claim:
        """What a claim of this moment knows."""
        current: Profile = profile(self.sender.program)
        sender = self.sender
        return Claim(
            sender.program,
            sender.id,
            sender.carrier,
            epoch,
            current,
            Windows.of(current),
            self._protection_as_of,
            self._runs,
            carrier_day(at, sender.day_zone),
            self._restored,
        )

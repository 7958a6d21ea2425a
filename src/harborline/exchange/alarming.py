"""Alarms: what somebody must look at, raised once for each thing, settled with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from harborline.exchange.facts import AlarmKind
from harborline.exchange.gathering import actor_name
from harborline.exchange.models import Agreement, Alarm, Partner
from harborline.kernel import Invalid, NotFound, clock
from harborline.ledger.services import record
from harborline.walls import current


def raise_alarm(
    kind: AlarmKind,
    about: str,
    *,
    agreement: Agreement | None = None,
    partner: Partner | None = None,
    detail: Mapping[str, Any] | None = None,
) -> bool:
    """Raise an alarm, once for each thing it is about (`upload:<id>`); whether it is new."""
    program = current().program
    if Alarm.objects.filter(about=about, kind=kind.value, program=program).exists():
        return False
    said = dict(detail or {})
    entry_id = record("exchange.alarm-raised", subject=f"alarm:{kind.value}:{about}", content={"about": about, **said})
    partner = partner or (agreement.partner if agreement is not None else None)
    Alarm.objects.create(
        program=program, kind=kind.value, about=about, agreement=agreement, partner=partner, detail=said,
        at=clock.now(), entry_id=entry_id,
    )  # fmt: skip
    return True


def settle_alarm(kind: AlarmKind, about: str, *, because: str) -> None:
    """End the alarm about a thing, where there is one; what it was about is over."""
    found = Alarm.objects.filter(about=about, kind=kind.value, program=current().program, settled_at__isnull=True)
    for alarm in found:
        _settle(alarm, because)


def settle(alarm_id: uuid.UUID, *, because: str) -> None:
    """Somebody looked at an alarm and says why it is over; raises `NotFound`, `Invalid` without a reason."""
    alarm = Alarm.objects.filter(id=alarm_id, program=current().program).first()
    if alarm is None:
        raise NotFound("no such alarm here")
    if not because.strip():
        raise Invalid("say what you found", "because")
    if alarm.settled_at is None:
        _settle(alarm, because.strip())


def _settle(alarm: Alarm, because: str) -> None:
    alarm.settled_at, alarm.settled_by, alarm.settled_because = clock.now(), actor_name(), because[:200]
    content = {"about": alarm.about, "because": alarm.settled_because}
    record("exchange.alarm-settled", subject=f"alarm:{alarm.kind}:{alarm.about}", content=content)
    alarm.save(update_fields=["settled_at", "settled_by", "settled_because"])

"""Crisis alerts: who is on call, who is told, who is next, until somebody acknowledges; nothing of it to the person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel import Invalid, clock
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.messaging.conversations.calling import Calling, acting_one
from harborline.messaging.conversations.facts import NOTE_SIGNS, AlertEvent, AlertOutcome, ThreadFacts
from harborline.messaging.conversations.reading import destroy_if_last
from harborline.messaging.conversations.records import AlertStep, CrisisAlert, OnCallTurn
from harborline.messaging.models import InboundMessage
from harborline.walls import current
from harborline.workforce.facts import ALL

MINUTES_MOST = 120


@dataclass(frozen=True, slots=True)
class Turn:
    """One place in a roster: who, and how many minutes they have before the next is told."""

    worker_id: uuid.UUID
    minutes: int


def set_roster(county: str, turns: Sequence[Turn], *, from_at: datetime | None = None) -> list[OnCallTurn]:
    """Put a new roster in the place of the old one, for a county (FIPS) or for the whole program (`*`).

    The first is told first. Raises `Invalid` for an empty roster, somebody twice, or minutes outside 1 to 120.
    """
    if not turns or len({turn.worker_id for turn in turns}) != len(turns):
        raise Invalid("name at least one person, and nobody twice", "roster")
    if not all(1 <= turn.minutes <= MINUTES_MOST for turn in turns):
        raise Invalid("each person has between 1 and {most} minutes", "minutes", most=MINUTES_MOST)
    if county != ALL and not (len(county) == 5 and county.isdigit()):  # noqa: PLR2004 - a FIPS code
        raise Invalid("is a county's five-digit code, or * for the whole program", "county")
    context, at = current(), from_at or clock.now()
    standing = OnCallTurn.objects.filter(program=context.program, county=county, until_at__isnull=True)
    standing.update(until_at=at)
    by = acting_one()
    made = OnCallTurn.objects.bulk_create(
        OnCallTurn(
            program=context.program, county=county, place=place, worker_id=turn.worker_id, minutes=turn.minutes,
            from_at=at, set_by=by,
        )
        for place, turn in enumerate(turns, 1)
    )  # fmt: skip
    content = {"county": county, "workers": [str(turn.worker_id) for turn in turns]}
    record("on-call.roster-set", subject=f"roster:{context.program}/{county}", content=content)
    return made


def raise_alerts(inbound: InboundMessage, threads: Iterable[ThreadFacts], *, at: datetime) -> list[uuid.UUID]:
    """Keep an alert for each county that has the text, due at once; telling is `tell_alerts`, after the commit."""
    first = {thread.county: thread for thread in reversed(list(threads))}
    return [_raised(inbound, thread, at) for thread in first.values()]


def tell_alerts(program: str, *, now: datetime | None = None) -> int:
    """Tell the next person on call of every alert that is due; answers how many were told (see `Calling.tell_due`)."""
    return _CRISIS.tell_due(program, now=now)


def escalate(*, now: datetime | None = None) -> int:
    """Tell what is due in every program; for the minute's upkeep."""
    return _CRISIS.tell_everywhere(now=now)


def acknowledge(alert_id: uuid.UUID) -> None:
    """A worker takes an alert on: nobody else is told. Raises `NotFound`; twice changes nothing."""
    _CRISIS.take_on(alert_id)


def close_alert(alert_id: uuid.UUID, outcome: AlertOutcome, *, note: str) -> None:
    """Say how it ended; the note is sealed; closing twice changes nothing.

    Raises `NotFound`, `Invalid` without a note, `Refused` before anybody acknowledged it.
    """
    closed = _CRISIS.close_alert(alert_id, outcome, note=note)
    if closed is not None:
        destroy_if_last([closed.inbound_id], why="alert-closed", at=closed.closed_at or clock.now())


def _raised(inbound: InboundMessage, thread: ThreadFacts, at: datetime) -> uuid.UUID:
    identifier = new_id()
    content = {"alert": str(identifier), "inbound": str(inbound.id), "at": iso(at)}
    entry = record("crisis.raised", subject=f"inbound:{inbound.id}", content=content)
    alert = CrisisAlert.objects.create(
        id=identifier,
        program=inbound.program,
        county=thread.county,
        inbound=inbound,
        text_id=thread.text_id,
        raised_at=at,
        next_at=at,
        entry_id=entry,
    )
    _keep_step(alert, AlertEvent.RAISED, at, None, entry)
    return alert.id


def _keep_step(alert: CrisisAlert, kind: AlertEvent, at: datetime, worker: uuid.UUID | None, entry: uuid.UUID) -> None:
    AlertStep.objects.create(
        program=alert.program,
        county=alert.county,
        alert=alert,
        kind=kind.value,
        worker_id=worker,
        at=at,
        actor=acting_one(),
        entry_id=entry,
    )


class _Crisis(Calling[CrisisAlert]):
    def sealed_as(self, alert: CrisisAlert) -> tuple[str, str]:
        return f"{alert.program}/conversations", f"alert:{alert.id}:note"

    def about(self, alert: CrisisAlert) -> tuple[str, str]:
        return "inbound", str(alert.inbound_id)

    def kept(
        self, alert: CrisisAlert, event: AlertEvent, at: datetime, worker: uuid.UUID | None, entry: uuid.UUID
    ) -> None:
        _keep_step(alert, event, at, worker, entry)


_CRISIS = _Crisis(CrisisAlert, kind="crisis", note_signs=NOTE_SIGNS)

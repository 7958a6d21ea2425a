"""Crisis alerts: who is on call, who is told, who is next, until somebody acknowledges; nothing of it to the person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harborline.kernel import Invalid, NotFound, Refused, clock, ports, refuse
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.law import profiles
from harborline.ledger.services import record
from harborline.messaging.conversations.facts import (
    NOTE_SIGNS,
    AlertEvent,
    AlertNotice,
    AlertOutcome,
    ThreadFacts,
)
from harborline.messaging.conversations.reading import destroy_if_last
from harborline.messaging.conversations.records import AlertStep, CrisisAlert, OnCallTurn
from harborline.messaging.models import InboundMessage
from harborline.messaging.ports import OnCallAlert
from harborline.vault.services import seal_text
from harborline.walls import ALL_COUNTIES, Actor, acting, current
from harborline.workforce.facts import ALL

NOBODY_MINUTES = 5
"""How soon it is looked again for somebody on call when there was nobody."""
MINUTES_MOST = 120
_CLAUSES = ("MN-WIC-9.6:safeguards-private-data", "OFFSET-8.1:harm")


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
        raise Invalid(f"each person has between 1 and {MINUTES_MOST} minutes", "minutes")
    if county != ALL and not (len(county) == 5 and county.isdigit()):  # noqa: PLR2004 - a FIPS code
        raise Invalid("is a county's five-digit code, or * for the whole program", "county")
    context, at = current(), from_at or clock.now()
    standing = OnCallTurn.objects.filter(program=context.program, county=county, until_at__isnull=True)
    standing.update(until_at=at)
    by = f"{context.actor.kind}:{context.actor.id}"[:80]
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


def roster(program: str, county: str, *, now: datetime) -> list[OnCallTurn]:
    """Who is on call for a county now, in order: its own roster, else the program's; empty when there is none."""
    for where in (county, ALL):
        turns = OnCallTurn.objects.filter(program=program, county=where, from_at__lte=now)
        found = list(turns.exclude(until_at__lte=now).order_by("place"))
        if found:
            return found
    return []


def raise_alerts(inbound: InboundMessage, threads: Iterable[ThreadFacts], *, at: datetime) -> list[uuid.UUID]:
    """Keep an alert for each county that has the text, due at once; telling is `tell_alerts`, after the commit."""
    first = {thread.county: thread for thread in reversed(list(threads))}
    return [_raised(inbound, thread, at) for thread in first.values()]


def tell_alerts(program: str, *, now: datetime | None = None) -> int:
    """Tell the next person on call of every alert that is due; answers how many were told.

    Opens units of work of its own: who is told is committed before anybody is told, and what became of it after.
    One that surely did not arrive is due again at once.
    """
    moment = now or clock.now()
    with acting(Actor("system", "on-call"), program=program, counties=ALL_COUNTIES, purpose="crisis-alert"):
        due = CrisisAlert.objects.select_for_update(skip_locked=True).filter(
            program=program, next_at__lte=moment, acknowledged_at__isnull=True
        )
        notices = [notice for alert in due if (notice := _next(alert, moment)) is not None]
    return sum(_tell(notice, moment) for notice in notices)


def escalate(*, now: datetime | None = None) -> int:
    """Tell what is due in every program; for the minute's upkeep."""
    return sum(tell_alerts(program, now=now) for program in profiles())


def acknowledge(alert_id: uuid.UUID) -> None:
    """A worker takes an alert on: nobody else is told. Raises `NotFound`; twice changes nothing."""
    alert = _alert(alert_id)
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by, alert.next_at = clock.now(), _actor(), None
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "next_at"])
        _step(alert, AlertEvent.ACKNOWLEDGED, alert.acknowledged_at, _worker())


def close_alert(alert_id: uuid.UUID, outcome: AlertOutcome, *, note: str) -> None:
    """Say how it ended; the note is sealed; closing twice changes nothing.

    Raises `NotFound`, `Invalid` without a note, `Refused` before anybody acknowledged it.
    """
    alert, words = _alert(alert_id), note.strip()
    if alert.closed_at is not None:
        return
    if not words or len(words) > NOTE_SIGNS:
        raise Invalid(f"say in at most {NOTE_SIGNS} signs what was done", "note")
    if alert.acknowledged_at is None:
        raise Refused(refuse("acknowledge-it-first").stamped("messaging.conversations.alerts", _CLAUSES))
    at = clock.now()
    alert.closed_at, alert.closed_by, alert.outcome = at, _actor(), AlertOutcome(outcome).value
    alert.note = seal_text(words, group=f"{alert.program}/conversations", context=f"alert:{alert.id}:note")
    alert.save(update_fields=["closed_at", "closed_by", "outcome", "note"])
    _step(alert, AlertEvent.CLOSED, at, _worker())
    destroy_if_last([alert.inbound_id], why="alert-closed", at=at)


def _raised(inbound: InboundMessage, thread: ThreadFacts, at: datetime) -> uuid.UUID:
    identifier = new_id()
    entry = _entry(identifier, inbound.id, AlertEvent.RAISED, at)
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


def _next(alert: CrisisAlert, now: datetime) -> AlertNotice | None:
    turns = roster(alert.program, alert.county, now=now)
    if not turns:
        alert.next_at = now + timedelta(minutes=NOBODY_MINUTES)
        alert.save(update_fields=["next_at"])
        _step(alert, AlertEvent.NOBODY, now, None)
        return None
    # After the last comes the first again: an alert ends with a person, not with a list.
    turn = turns[alert.told_count % len(turns)]
    alert.told_count, alert.told_worker_id = alert.told_count + 1, turn.worker_id
    alert.next_at = now + timedelta(minutes=turn.minutes)
    alert.save(update_fields=["told_count", "told_worker_id", "next_at"])
    return AlertNotice(alert.id, alert.program, alert.county, turn.worker_id, alert.raised_at, alert.told_count)


def _tell(notice: AlertNotice, now: datetime) -> bool:
    arrived = [_by(way, notice) for way in ports.serving_all(OnCallAlert).values()]
    told = any(arrived)
    with acting(Actor("system", "on-call"), program=notice.program, counties=ALL_COUNTIES, purpose="crisis-alert"):
        alert = CrisisAlert.objects.select_for_update().get(id=notice.alert_id)
        _step(alert, AlertEvent.TOLD if told else AlertEvent.NOT_TOLD, now, notice.worker_id)
        if not told and alert.acknowledged_at is None and alert.told_count == notice.told_count:
            alert.next_at = now
            alert.save(update_fields=["next_at"])
    return told


def _by(way: OnCallAlert, notice: AlertNotice) -> bool:
    # Whatever goes wrong with one way must keep neither the others nor the next person from being told.
    try:
        return way.tell(notice)
    except Exception:  # noqa: BLE001 - see above; the step on record says that nobody was told
        return False


def _alert(alert_id: uuid.UUID) -> CrisisAlert:
    found = CrisisAlert.objects.select_for_update().filter(id=alert_id).first()
    if found is None:
        raise NotFound("no such alert here")
    return found


def _step(alert: CrisisAlert, kind: AlertEvent, at: datetime, worker: uuid.UUID | None) -> None:
    _keep_step(alert, kind, at, worker, _entry(alert.id, alert.inbound_id, kind, at))


def _keep_step(alert: CrisisAlert, kind: AlertEvent, at: datetime, worker: uuid.UUID | None, entry: uuid.UUID) -> None:
    AlertStep.objects.create(
        program=alert.program,
        county=alert.county,
        alert=alert,
        kind=kind.value,
        worker_id=worker,
        at=at,
        actor=_actor(),
        entry_id=entry,
    )


def _entry(alert_id: uuid.UUID, inbound_id: uuid.UUID, kind: AlertEvent, at: datetime) -> uuid.UUID:
    content = {"alert": str(alert_id), "inbound": str(inbound_id), "at": iso(at)}
    return record(f"crisis.{kind.value}", subject=f"inbound:{inbound_id}", content=content)


def _actor() -> str:
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def _worker() -> uuid.UUID | None:
    actor = current().actor
    try:
        return uuid.UUID(actor.id) if actor.kind == "worker" else None
    except ValueError:
        return None

"""How somebody on call is told of danger: one after the other, until somebody takes it on; the same for every room."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model

from harborline.kernel import Invalid, NotFound, Refused, clock, ports, refuse
from harborline.kernel.clock import iso
from harborline.law import profiles
from harborline.ledger.services import record
from harborline.messaging.conversations.facts import AlertEvent, AlertNotice, AlertOutcome
from harborline.messaging.conversations.records import OnCallTurn
from harborline.messaging.ports import OnCallAlert
from harborline.vault.services import seal_text
from harborline.walls import ALL_COUNTIES, Actor, acting, current
from harborline.workforce.facts import ALL
from harborline.workforce.selectors import off_work

NOBODY_MINUTES: Final = 5
"""How soon it is looked again for somebody on call when there was nobody."""
_CLAUSES = ("MN-WIC-9.6:safeguards-private-data", "OFFSET-8.1:harm")
_ON_CALL: Final = Actor("system", "on-call")

_Alert = TypeVar("_Alert", bound=Model)


def roster(program: str, county: str, *, now: datetime) -> list[OnCallTurn]:
    """Who is on call for a county now, in order: its own roster, else the program's; empty when there is none.

    A turn of somebody whose account is off is none: nobody who left or is suspended is told of danger.
    """
    for where in (county, ALL):
        turns = OnCallTurn.objects.filter(program=program, county=where, from_at__lte=now)
        held = list(turns.exclude(until_at__lte=now).order_by("place"))
        gone = off_work({turn.worker_id for turn in held}, now=now)
        found = [turn for turn in held if turn.worker_id not in gone]
        if found:
            return found
    return []


@dataclass(frozen=True, slots=True)
class Calling(ABC, Generic[_Alert]):
    """One kind of alert: its table (columns as `CrisisAlert` has them); its room says what is kept at each step.

    `kind` begins its entries in the log, `note_signs` is the most signs of a closing note.
    """

    table: type[_Alert]
    kind: str
    note_signs: int

    @abstractmethod
    def sealed_as(self, alert: _Alert) -> tuple[str, str]:
        """The key group and the place of an alert's closing note."""

    @abstractmethod
    def about(self, alert: _Alert) -> tuple[str, str]:
        """What the alert is about: the kind of record, and its id."""

    @abstractmethod
    def kept(self, alert: _Alert, event: AlertEvent, at: datetime, worker: uuid.UUID | None, entry: uuid.UUID) -> None:
        """Keep a step that was put on record, with the worker it is about."""

    def tell_due(self, program: str, *, now: datetime | None = None) -> int:
        """Tell the next person on call of every alert that is due; answers how many were told or shown.

        Opens units of work of its own: who is told is committed before anybody is told, and what became of it after.
        One that surely did not arrive is due again at once.
        """
        moment = now or clock.now()
        with self._acting(program):
            due = self._rows().select_for_update(skip_locked=True).filter(
                program=program, next_at__lte=moment, acknowledged_at__isnull=True, closed_at__isnull=True
            )  # fmt: skip
            notices = [notice for alert in due if (notice := self._next(alert, moment)) is not None]
        return sum(self._tell(notice, moment) for notice in notices)

    def tell_everywhere(self, *, now: datetime | None = None) -> int:
        """Tell what is due in every program; for the minute's upkeep."""
        return sum(self.tell_due(program, now=now) for program in profiles())

    def take_on(self, alert_id: uuid.UUID) -> None:
        """A worker takes an alert on: nobody else is told. Raises `NotFound`; twice changes nothing."""
        alert: Any = self._alert(alert_id)
        if alert.acknowledged_at is None:
            alert.acknowledged_at, alert.acknowledged_by, alert.next_at = clock.now(), acting_one(), None
            alert.save(update_fields=["acknowledged_at", "acknowledged_by", "next_at"])
            self._step(alert, AlertEvent.ACKNOWLEDGED, alert.acknowledged_at, acting_worker())

    def close_alert(self, alert_id: uuid.UUID, outcome: AlertOutcome, *, note: str) -> _Alert | None:
        """Say how it ended; the note is sealed; answers the alert, or None where it was closed before.

        Raises `NotFound`, `Invalid` without a note, `Refused` before anybody took it on.
        """
        found = self._alert(alert_id)
        alert: Any = found
        words = note.strip()
        if alert.closed_at is not None:
            return None
        if not words or len(words) > self.note_signs:
            raise Invalid(f"say in at most {self.note_signs} signs what was done", "note")
        if alert.acknowledged_at is None:
            raise Refused(refuse("acknowledge-it-first").stamped("messaging.conversations.calling", _CLAUSES))
        group, place = self.sealed_as(found)
        alert.closed_at, alert.closed_by, alert.outcome = clock.now(), acting_one(), AlertOutcome(outcome).value
        alert.note = seal_text(words, group=group, context=place)
        alert.save(update_fields=["closed_at", "closed_by", "outcome", "note"])
        self._step(found, AlertEvent.CLOSED, alert.closed_at, acting_worker())
        return found

    def _step(self, alert: _Alert, event: AlertEvent, at: datetime, worker: uuid.UUID | None) -> None:
        what, identifier = self.about(alert)
        content = {"alert": str(alert.pk), what: identifier, "at": iso(at)}
        if worker is not None:
            content["worker"] = str(worker)
        entry = record(f"{self.kind}.{event.value}", subject=f"{what}:{identifier}", content=content)
        self.kept(alert, event, at, worker, entry)

    def _rows(self) -> Any:  # noqa: ANN401 - the manager of whichever table
        return self.table._default_manager  # noqa: SLF001 - Django's documented way to a table's rows

    def _acting(self, program: str) -> Any:  # noqa: ANN401 - the context manager of the walls
        return acting(_ON_CALL, program=program, counties=ALL_COUNTIES, purpose=f"{self.kind}-alert")

    def _alert(self, alert_id: uuid.UUID) -> _Alert:
        found: _Alert | None = self._rows().select_for_update().filter(id=alert_id).first()
        if found is None:
            raise NotFound("no such alert here")
        return found

    def _next(self, alert: Any, now: datetime) -> AlertNotice | None:  # noqa: ANN401 - a row of the table
        turns = roster(alert.program, alert.county, now=now)
        if not turns:
            alert.next_at = now + timedelta(minutes=NOBODY_MINUTES)
            alert.save(update_fields=["next_at"])
            self._step(alert, AlertEvent.NOBODY, now, None)
            return None
        # After the last comes the first again: an alert ends with a person, not with a list.
        turn = turns[alert.told_count % len(turns)]
        alert.told_count, alert.told_worker_id = alert.told_count + 1, turn.worker_id
        alert.next_at = now + timedelta(minutes=turn.minutes)
        alert.save(update_fields=["told_count", "told_worker_id", "next_at"])
        return AlertNotice(alert.id, alert.program, alert.county, turn.worker_id, alert.raised_at, alert.told_count)

    def _tell(self, notice: AlertNotice, now: datetime) -> bool:
        event = _became([_by(way, notice) for way in ports.serving_all(OnCallAlert).values()])
        told = event is not AlertEvent.NOT_TOLD
        with self._acting(notice.program):
            alert: Any = self._rows().select_for_update().get(id=notice.alert_id)
            self._step(alert, event, now, notice.worker_id)
            if not told and alert.acknowledged_at is None and alert.told_count == notice.told_count:
                alert.next_at = now
                alert.save(update_fields=["next_at"])
        return told


def _became(arrived: Sequence[bool | None]) -> AlertEvent:
    # A record says that somebody was told only where a way knows it.
    if any(arrived):
        return AlertEvent.TOLD
    return AlertEvent.SHOWN if None in arrived else AlertEvent.NOT_TOLD


def _by(way: OnCallAlert, notice: AlertNotice) -> bool | None:
    # Whatever goes wrong with one way must keep neither the others nor the next person from being told.
    try:
        return way.tell(notice)
    except Exception:  # noqa: BLE001 - see above; the step on record says that nobody was told
        return False


def acting_one() -> str:
    """Who acts in this unit of work, as rows keep it."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def acting_worker() -> uuid.UUID | None:
    """The worker who acts in this unit of work, or None."""
    actor = current().actor
    try:
        return uuid.UUID(actor.id) if actor.kind == "worker" else None
    except ValueError:
        return None

"""Words of danger in a contact: whoever is on call is told, one after the other, until somebody takes it on."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction

from harborline.contact.facts import NOTE_MOST
from harborline.contact.keeping import group
from harborline.contact.models import ContactThread, DangerAlert
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.messaging.services import conversations


def raise_alert(contact: ContactThread, *, at: datetime) -> None:
    """Keep an alert, due at once, and tell whoever is on call after the commit; one that nobody took on is due again.

    Whoever took an alert on saw the words of then: later ones are an alert of their own.
    """
    # What goes wrong in telling must not undo what the person wrote; the minute's upkeep tells again.
    transaction.on_commit(partial(tell_alerts, contact.program), robust=True)
    waiting = DangerAlert.objects.select_for_update().filter(contact=contact, acknowledged_at__isnull=True)
    known = waiting.filter(closed_at__isnull=True).first()
    if known is not None:
        known.next_at = at
        known.save(update_fields=["next_at"])
        content = {"alert": str(known.id), "contact": str(contact.id), "at": iso(at)}
        record("danger.raised-again", subject=f"contact:{contact.id}", content=content)
        return
    identifier = new_id()
    content = {"alert": str(identifier), "contact": str(contact.id), "at": iso(at)}
    DangerAlert.objects.create(
        id=identifier,
        program=contact.program,
        county=contact.county,
        contact=contact,
        raised_at=at,
        next_at=at,
        entry_id=record("danger.raised", subject=f"contact:{contact.id}", content=content),
    )


def tell_alerts(program: str, *, now: datetime | None = None) -> int:
    """Tell the next person on call of every alert that is due; answers how many were told (see `Calling.tell_due`)."""
    return _DANGER.tell_due(program, now=now)


def escalate(*, now: datetime | None = None) -> int:
    """Tell what is due in every program; for the minute's upkeep."""
    return _DANGER.tell_everywhere(now=now)


def acknowledge(alert_id: uuid.UUID) -> None:
    """A worker takes an alert on: nobody else is told. Raises `NotFound`; twice changes nothing."""
    _DANGER.take_on(alert_id)


def close_alert(alert_id: uuid.UUID, outcome: conversations.AlertOutcome, *, note: str) -> None:
    """Say how it ended; the note is sealed; closing twice changes nothing.

    Raises `NotFound`, `Invalid` without a note, `Refused` before anybody took it on.
    """
    _DANGER.close_alert(alert_id, outcome, note=note)


def is_alarming(contact: ContactThread) -> bool:
    """Whether words of danger in a contact still wait for somebody."""
    return DangerAlert.objects.filter(contact=contact, closed_at__isnull=True).exists()


class _Danger(conversations.Calling[DangerAlert]):
    def sealed_as(self, alert: DangerAlert) -> tuple[str, str]:
        return group(alert.program), f"danger:{alert.id}:note"

    def about(self, alert: DangerAlert) -> tuple[str, str]:
        return "contact", str(alert.contact_id)

    def kept(self, *step: object) -> None:
        """The entry in the log is all that is kept of a step."""


_DANGER: Final = _Danger(DangerAlert, kind="danger", note_signs=NOTE_MOST)

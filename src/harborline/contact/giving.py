"""Which workers had questions of a person: given to them by others, or answered, which the person sees."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from harborline.contact.facts import EntryKind
from harborline.contact.models import ContactEntry, ContactStep, ContactThread, DangerAlert
from harborline.disclosure.facts import WorkedWith

_WORKER = "worker:"
_OUT = (EntryKind.ANSWERED.value, EntryKind.TEXT_OUT.value)


class QuestionsGiven:
    """Tells disclosure who worked with a person's questions (`disclosure.ports.WorkGiven`)."""

    def worked(
        self, participants: Collection[uuid.UUID], *, from_at: datetime, until_at: datetime
    ) -> Iterator[WorkedWith]:
        """Questions given to a worker, answers, and words of danger that a worker was told of."""
        yield from _given(participants, from_at, until_at)
        entries = ContactEntry.objects.filter(
            contact__participant_id__in=participants, kind__in=_OUT, at__gt=from_at, at__lte=until_at
        )
        for who, actor, at in entries.values_list("contact__participant_id", "actor", "at"):
            if actor.startswith(_WORKER):
                yield WorkedWith(who, uuid.UUID(actor.removeprefix(_WORKER)), at)
        alerts = DangerAlert.objects.filter(
            contact__participant_id__in=participants, told_worker_id__isnull=False, raised_at__gt=from_at,
            raised_at__lte=until_at,
        )  # fmt: skip
        for who, told, at in alerts.values_list("contact__participant_id", "told_worker_id", "raised_at"):
            if told is not None:
                yield WorkedWith(who, told, at)


def _given(participants: Collection[uuid.UUID], from_at: datetime, until_at: datetime) -> Iterator[WorkedWith]:
    rows = ContactThread.objects.filter(
        participant_id__in=participants, worker_id__isnull=False, last_in_at__gt=from_at, last_in_at__lte=until_at
    )
    for row in rows:
        if row.worker_id is not None and not _taken_alone(row, row.worker_id):
            yield WorkedWith(row.participant_id, row.worker_id, row.last_in_at)


def _taken_alone(row: ContactThread, worker_id: uuid.UUID) -> bool:
    # Whoever only pressed "take" gave the work to themselves; it counts once they answered.
    steps = ContactStep.objects.filter(contact=row, kind=EntryKind.ASSIGNED.value).order_by("-at", "-id")
    newest = steps.values_list("actor", flat=True).first()
    return newest == f"{_WORKER}{worker_id}"

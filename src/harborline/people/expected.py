"""Who is expected at an office, and when next."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from harborline.people.models import Appointment


@dataclass(frozen=True, slots=True)
class Expected:
    """A participant's next appointment."""

    participant_id: uuid.UUID
    office: str
    starts_at: datetime


def next_appointments(participant_ids: Iterable[uuid.UUID], *, since: datetime) -> dict[uuid.UUID, Expected]:
    """The first appointment from `since` on of each participant in sight, cancelled ones apart."""
    rows = Appointment.objects.filter(
        participant_id__in=list(participant_ids), starts_at__gte=since, cancelled_at__isnull=True
    )
    found: dict[uuid.UUID, Expected] = {}
    for row in rows.order_by("starts_at", "id"):
        found.setdefault(row.participant_id, Expected(row.participant_id, row.office, row.starts_at))
    return found

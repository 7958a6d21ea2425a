"""Recent work with a person, as the rooms know it that give work out; a worker's own word is none."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from harborline.disclosure.facts import WorkedWith
from harborline.disclosure.ports import WorkGiven
from harborline.kernel import ports
from harborline.law import profile
from harborline.walls import current


def worked_with(participants: Collection[uuid.UUID], *, from_at: datetime, until_at: datetime) -> list[WorkedWith]:
    """Every work given with participants in sight that began in a span, in no order (see `ports.WorkGiven`)."""
    if not participants:
        return []
    rooms = ports.serving_all(WorkGiven).values()
    return [one for room in rooms for one in room.worked(participants, from_at=from_at, until_at=until_at)]


def workers_lately(participant_id: uuid.UUID, *, at: datetime) -> set[uuid.UUID]:
    """The workers who had work with a participant lately: as long before `at` as the program's profile says."""
    return {one.worker_id for one in worked_with([participant_id], from_at=at - lasting(), until_at=at)}


def lasting() -> timedelta:
    """How long a contact ties in the context's program."""
    return timedelta(days=profile(current().program).protection.recent_contact_days)

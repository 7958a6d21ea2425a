"""Keep contacts that took place and tell the listeners, all in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from harborline.kernel import ports
from harborline.kernel.ids import new_ids
from harborline.people.facts import ContactEvent
from harborline.people.ports import ContactListener
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_KEEP = """
INSERT INTO people_contact (id, program, county, participant_id, at, way, recorded_by)
SELECT i, %(program)s, c, p, a, %(way)s, %(by)s
  FROM unnest(%(ids)s::uuid[], %(counties)s::text[], %(participants)s::uuid[], %(ats)s::timestamptz[]) AS t(i, c, p, a)
ON CONFLICT (participant_id, at) DO NOTHING
RETURNING participant_id, county, at
"""


def keep_contacts(contacts: Sequence[ContactEvent], *, way: str) -> list[ContactEvent]:
    """Those of the contacts that were not known yet, now kept and told; `way` is feed or click."""
    context = current()
    with bulk_cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "program": context.program,
                "way": way,
                "by": f"{context.actor.kind}:{context.actor.id}"[:80],
                "ids": new_ids(len(contacts)),
                "counties": [contact.county for contact in contacts],
                "participants": [contact.participant_id for contact in contacts],
                "ats": [contact.at for contact in contacts],
            },
            binary=True,
        )
        fresh = [_event(*row) for row in cursor]
    if fresh:
        for listener in ports.serving_all(ContactListener).values():
            listener.contacts_took_place(fresh)
    return fresh


def _event(participant_id: uuid.UUID, county: str, at: datetime) -> ContactEvent:
    return ContactEvent(participant_id, county, at)

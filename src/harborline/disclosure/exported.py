"""Records that left with an export stand in the accounting of everybody in it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from harborline.disclosure.facts import Place, Recipient, Road
from harborline.disclosure.models import Release
from harborline.disclosure.releasing import sealed_recipient
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

TEXTS: Final = "texts"
"""What an export tells: texts, their steps, permissions; no field that opens by itself."""
_PEOPLE = "SELECT id, person_id, county FROM people_participant WHERE id = ANY (%b::uuid[])"


@dataclass(frozen=True, slots=True)
class Exported:
    """Who got an export, on which basis (a code), by whose word."""

    kind: Recipient
    recipient: str
    basis: str
    reference: str
    asked_by: str
    approved_by: str


def account_export(participants: Collection[uuid.UUID], told: Exported, *, at: datetime) -> None:
    """Keep a line of accounting for each participant in sight whose records left.

    Source: OFFSET-8.2:data-by-purpose.
    """
    with bulk_cursor() as cursor:
        people = cursor.execute(_PEOPLE, [list(participants)], binary=True).fetchall()
    rows = []
    for who, person, county in people:
        made = new_id()
        rows.append(
            Release(
                id=made, program=current().program, county=county, participant_id=who, person_id=person,
                recipient_kind=told.kind.value, recipient=sealed_recipient(made, told.recipient), basis=told.basis,
                reference=told.reference[:120], fields=[TEXTS], road=Road.SECURE_FILE.value,
                place=Place.PREMISES.value, payment="none", asked_by=told.asked_by, asked_at=at,
                approved_by=told.approved_by, released_at=at,
            )
        )  # fmt: skip
    Release.objects.bulk_create(rows, batch_size=2000)
    content: dict[str, Json] = {"basis": told.basis, "people": len(rows), "approved_by": told.approved_by}
    record("disclosure.export-accounted", subject=f"program:{current().program}", content=content)

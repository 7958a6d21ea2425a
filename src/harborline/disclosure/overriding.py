"""A court's order to open whereabouts in spite of a shield: brought by one, confirmed by another, used once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from harborline.disclosure.models import CourtOverride, OverrideUse
from harborline.disclosure.rules import may_ask_override
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.facts import WHEREABOUTS, HeldName
from harborline.people.selectors import person_at_hand
from harborline.walls import current


def ask_override(
    participant_id: uuid.UUID,
    field: HeldName,
    *,
    court: str,
    docket: str,
    expires_at: datetime,
    roles: Collection[str],
) -> uuid.UUID:
    """Bring a court's order to open one field of whereabouts once; another person must confirm it.

    Raises `NotFound`, `Invalid` for a field that is no whereabouts, `Refused`. Source: 42 U.S.C. 653(b)(2).
    """
    at, me = clock.now(), actor_now()
    if field not in WHEREABOUTS:
        raise Invalid("an override opens whereabouts", "field")
    decision = may_ask_override(
        roles=roles, court=court, docket=docket, asked_by=me, approved_by="", expires=expires_at - at
    )
    if not decision.allowed:
        raise Refused(decision)
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    made = CourtOverride.objects.create(
        id=new_id(), program=current().program, county=person.county, participant_id=participant_id,
        field=field.value, court=court.strip()[:120], docket=docket.strip()[:80], expires_at=expires_at, asked_by=me,
        asked_at=at,
    )  # fmt: skip
    content = {"override": str(made.id), "field": field.value, "court": made.court, "docket": made.docket}
    record("disclosure.override-asked", subject=f"participant:{participant_id}", content=content)
    return made.id


def approve_override(override_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Confirm what somebody else brought, having seen the order; raises `NotFound`, `Refused`."""
    row = CourtOverride.objects.select_for_update().filter(id=override_id, approved_at__isnull=True).first()
    at, me = clock.now(), actor_now()
    if row is None or row.expires_at <= at:
        raise NotFound("no such order that waits here")
    decision = may_ask_override(
        roles=roles, court=row.court, docket=row.docket, asked_by=row.asked_by, approved_by=me,
        expires=row.expires_at - at,
    )  # fmt: skip
    if not decision.allowed:
        raise Refused(decision)
    row.approved_by, row.approved_at = me, at
    row.save(update_fields=["approved_by", "approved_at"])
    record(
        "disclosure.override-approved", subject=f"participant:{row.participant_id}", content={"override": str(row.id)}
    )


def order_stands(override_id: uuid.UUID, participant_id: uuid.UUID, field: str, at: datetime) -> bool:
    """Whether a confirmed order for this field of this person stands, used or not."""
    return CourtOverride.objects.filter(
        id=override_id, participant_id=participant_id, field=field, approved_at__isnull=False, expires_at__gt=at
    ).exists()


def open_override(override_id: uuid.UUID, participant_id: uuid.UUID, field: str, at: datetime) -> bool:
    """Whether a confirmed order for this field of this person stands and was not used."""
    standing = order_stands(override_id, participant_id, field, at)
    return standing and not OverrideUse.objects.filter(override_id=override_id).exists()


def use_override(override_id: uuid.UUID, *, county: str, at: datetime, using: str = "default") -> None:
    """Use an order up; a second use fails on the key, whoever comes first. The caller's record tells of it."""
    OverrideUse.objects.using(using).create(
        override_id=override_id, program=current().program, county=county, actor=actor_now(), at=at
    )


def actor_now() -> str:
    """Who acts, as records name them."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"

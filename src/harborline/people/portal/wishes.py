"""What participants ask the program to change: kept sealed, listed without its words, opened one at a time, settled."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.models import Participant
from harborline.people.portal_models import PortalWish
from harborline.people.sealing import open_field, seal_field
from harborline.walls import current

WISHES: Final = ("phone", "address", "safe-contact", "language")
WHERE: Final = frozenset({"phone", "address", "safe-contact"})
"""Wishes about where somebody can be found: kept without words."""
SETTLED: Final = ("confirmed", "declined")
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class WishFacts:
    """One thing a participant asked for; `value` is None while it is not opened, and empty where none is kept."""

    id: uuid.UUID
    participant_id: uuid.UUID
    external_id: str
    field: str
    asked_at: datetime
    settled_at: datetime | None
    settled_as: str
    value: str | None = None


def wish(participant_id: uuid.UUID, field: str, value: str) -> uuid.UUID:
    """Keep what a participant asks the program to change; a worker settles it, nothing changes by itself.

    Where somebody can be found is not kept: staff ask. Words that stayed closed for some would tell who is protected,
    and words on the participant's page tell whoever holds the phone. A wish about the same thing that still waits is
    replaced. Raises `NotFound`, `Invalid`. Source: MN-WIC-9.6:safeguards-private-data, OFFSET-8.1:protective-order.
    """
    said = "" if field in WHERE else value.strip()
    if field not in WISHES or not (said or field in WHERE) or len(said) > _LONGEST:
        raise Invalid("say what should change, in at most {most} signs", field, most=_LONGEST)
    who = Participant.objects.filter(id=participant_id, gone_at__isnull=True).first()
    if who is None:
        raise NotFound("no such participant here")
    now = clock.now()
    waiting = PortalWish.objects.filter(participant_id=who.id, field=field, settled_at__isnull=True)
    waiting.update(settled_at=now, settled_as="replaced")
    made = PortalWish.objects.create(
        id=new_id(), program=who.program, county=who.county, participant_id=who.id, field=field,
        sealed=seal_field(who.program, who.id, f"wish-{field}", said), asked_at=now,
    )  # fmt: skip
    record("people.wish-asked", subject=f"participant:{who.id}", content={"wish": str(made.id), "field": field})
    return made.id


def settle_wish(wish_id: uuid.UUID, settled_as: str) -> None:
    """A worker says what became of a wish: `confirmed` (done in the case system) or `declined`. Raises `NotFound`."""
    if settled_as not in SETTLED:
        raise Invalid("is confirmed or declined", "settled_as")
    found = PortalWish.objects.filter(id=wish_id, settled_at__isnull=True).first()
    if found is None:
        raise NotFound("nothing like that waits here")
    actor = current().actor
    by = f"{actor.kind}:{actor.id}"[:80]
    PortalWish.objects.filter(id=wish_id).update(settled_at=clock.now(), settled_as=settled_as, settled_by=by)
    content = {"wish": str(wish_id), "field": found.field, "settled_as": settled_as}
    record("people.wish-settled", subject=f"participant:{found.participant_id}", content=content)


def own_wishes(participant_ids: Collection[uuid.UUID]) -> list[WishFacts]:
    """What these participants asked for with its words, the newest first; in their own session."""
    return [_facts(row, _value(row)) for row in _rows(participant_ids)]


def wishes_of(participant_ids: Collection[uuid.UUID]) -> list[WishFacts]:
    """What these participants asked for without its words, the newest first; for staff."""
    return [_facts(row) for row in _rows(participant_ids)]


def waiting_wishes() -> list[WishFacts]:
    """What waits for staff of the context's counties, the oldest first, without its words."""
    rows = PortalWish.objects.filter(settled_at__isnull=True).select_related("participant").order_by("asked_at")
    return [_facts(row) for row in rows[:200]]


def wish_at(wish_id: uuid.UUID, *, opened: bool = False) -> WishFacts:
    """One wish in sight, with its words when it is `opened`; whoever opens it records that they look.

    Where somebody can be found was never among them. Raises `NotFound`.
    """
    row = PortalWish.objects.filter(id=wish_id).select_related("participant").first()
    if row is None:
        raise NotFound("nothing like that is asked here")
    return _facts(row, _value(row) if opened else None)


def has_safe_contact(person_id: uuid.UUID) -> bool:
    """Whether the program has a safe contact of this person that was confirmed with them."""
    return PortalWish.objects.filter(
        participant__person_id=person_id, program=current().program, field="safe-contact", settled_as="confirmed"
    ).exists()


def _rows(participant_ids: Collection[uuid.UUID]) -> list[PortalWish]:
    rows = PortalWish.objects.filter(participant_id__in=list(participant_ids)).select_related("participant")
    return list(rows.order_by("-asked_at")[:50])


def _value(row: PortalWish) -> str:
    return (
        ""
        if row.field in WHERE
        else open_field(row.program, row.participant_id, f"wish-{row.field}", bytes(row.sealed))
    )


def _facts(row: PortalWish, value: str | None = None) -> WishFacts:
    return WishFacts(
        row.id, row.participant_id, row.participant.external_id, row.field, row.asked_at, row.settled_at,
        row.settled_as, value,
    )  # fmt: skip

"""Searches for people by number: kept with whom the number belongs to in the whole program, told to nobody."""

from __future__ import annotations

import uuid

from harborline.disclosure.models import Search
from harborline.disclosure.overriding import actor_now
from harborline.kernel import NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.people.facts import PersonAtHand
from harborline.people.selectors import participant_id, person_at_hand
from harborline.walls import ALL_COUNTIES, acting, current


def search(number: str) -> uuid.UUID | None:
    """The participant in sight with this number in the case system, None for nobody; the search is recorded.

    Whose number it is in another county is kept for the nightly watch and changes nothing in the answer.
    Source: OFFSET-8.2:routine-monitoring.
    """
    context, at, me = current(), clock.now(), actor_now()
    found = _holder(number)
    with acting(context.actor, program=context.program, counties=ALL_COUNTIES, purpose=context.purpose):
        anywhere = found or _holder(number)
        person: PersonAtHand | None = person_at_hand(anywhere, now=at) if anywhere else None
        Search.objects.create(
            id=new_id(), program=context.program, county=person.county if person else ALL_COUNTIES[0],
            participant_id=anywhere if person else None, person_id=person.person_id if person else None,
            in_sight=found is not None, actor=me, at=at,
        )  # fmt: skip
    content: dict[str, Json] = {"found": found is not None, "participant": str(found or "")}
    record("disclosure.searched", subject=f"program:{context.program}", content=content)
    return found


def _holder(number: str) -> uuid.UUID | None:
    try:
        return participant_id(current().program, number)
    except NotFound:
        return None

"""Who gets a contact: the person's case manager, else the queue of an office of their county; and where it may go."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.disclosure.facts import Kin
from harborline.disclosure.selectors import kin_of
from harborline.kernel import NotFound, clock
from harborline.people.facts import PersonAtHand
from harborline.people.selectors import offices, party_facts, person_at_hand, rows_of
from harborline.walls import ALL_COUNTIES, acting, current
from harborline.workforce.selectors import colleagues, worker_by_number


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact lies: an office, and the worker it is for (None: whoever takes it)."""

    office: str
    worker_id: uuid.UUID | None


def placed(participant_id: uuid.UUID, county: str) -> Place:
    """The office of the person's county, and the manager of their case where one works there.

    Source: NC-CSS-22-18:route-to-case-manager.
    """
    now = clock.now()
    person = person_at_hand(participant_id, now=now)
    return Place(office_of(county), _first_at_work(person, county) if person else None)


def office_of(county: str) -> str:
    """The first office of a county; "" where the program has none there: the whole county sees the contact then."""
    for code, office in offices(current().program).items():
        if office.county == county:
            return code
    return ""


def at_hand(participant_id: uuid.UUID, now: datetime) -> PersonAtHand:
    """What decides about a person's contacts: names, managers, what shields them; raises `NotFound`."""
    found = person_at_hand(participant_id, now=now)
    if found is None:
        raise NotFound("no such participant here")
    return found


def row_in(person_id: uuid.UUID, county: str) -> uuid.UUID | None:
    """The row of a person in another county of this program; None where they are not served.

    Looks across counties and tells nothing but this.
    """
    context = current()
    with acting(context.actor, program=context.program, counties=ALL_COUNTIES, purpose=context.purpose):
        for participant_id, _number in rows_of([person_id]).get(person_id, []):
            facts = party_facts(participant_id)
            if facts is not None and facts.county == county:
                return participant_id
    return None


def at_work(worker_id: uuid.UUID, county: str) -> str | None:
    """The worker's name, where an assignment of theirs is in force in the county or for all of them."""
    return next((one.name for one in colleagues(current().program, (county,)) if one.id == worker_id), None)


def is_family(worker_id: uuid.UUID, name: str, person: PersonAtHand) -> bool:
    """Whether a worker is the person, or of their family or household."""
    return kin_of(worker_id, name, person) not in (Kin.NONE, Kin.CLEARED)


def _first_at_work(person: PersonAtHand, county: str) -> uuid.UUID | None:
    for number in person.managers:
        worker = worker_by_number(number)
        if (
            worker is not None
            and at_work(worker.id, county) is not None
            and not is_family(worker.id, worker.name, person)
        ):
            return worker.id
    return None

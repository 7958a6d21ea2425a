"""What ties a worker to a person by work, and what they are to each other beside work."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from harborline.disclosure.facts import ENDS, Kin, Tie
from harborline.disclosure.models import BrokenGlass
from harborline.disclosure.working import workers_lately
from harborline.people.facts import PersonAtHand
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.facts import WorkerStanding
from harborline.workforce.selectors import account_names, worker_standing


def tie_of(
    participant_id: uuid.UUID, person: PersonAtHand, standing: WorkerStanding, *, actor: str, at: datetime
) -> Tie | None:
    """The nearest tie of the worker to the participant at a moment; None: there is none.

    `actor` is as records name the worker (`worker:<id>`). A contact that a worker wrote down alone is no tie.
    """
    managers = set(person.managers)
    if standing.number in managers:
        return Tie.CASELOAD
    by_colleagues = (
        (Tie.SUPERVISOR, standing.supervises), (Tie.TEAM, standing.team), (Tie.COVER, standing.covers),
    )  # fmt: skip
    for tie, numbers in by_colleagues:
        if managers & numbers:
            return tie
    if standing.id in workers_lately(participant_id, at=at):
        return Tie.RECENT_CONTACT
    glass = standing_glasses(at).filter(participant_id=participant_id, actor=actor)
    return Tie.BROKEN_GLASS if glass.exists() else None


def standing_glasses(at: datetime) -> QuerySet[BrokenGlass]:
    """The emergencies in sight that tie somebody now: not over, and not found needless or misuse by who reviewed."""
    begun = BrokenGlass.objects.filter(from_at__lte=at, until_at__gt=at)
    return begun.exclude(review__outcome__in=[one.value for one in ENDS])


def tie_now(participant_id: uuid.UUID, person: PersonAtHand, *, at: datetime) -> tuple[Tie | None, Kin]:
    """The nearest tie of the worker of the context, and what they are to the person beside work.

    Their own case is found without asking about colleagues.
    """
    context = current()
    worker, actor = uuid.UUID(context.actor.id), f"{context.actor.kind}:{context.actor.id}"
    kin, number = _of_worker(worker, context.actor.name, person)
    if number in person.managers:
        return Tie.CASELOAD, kin
    standing = worker_standing(worker, context.program, now=at)
    return tie_of(participant_id, person, standing, actor=actor, at=at), kin


def kin_of(worker: uuid.UUID, name: str, person: PersonAtHand) -> Kin:
    """What a worker is to a person beside work; the same name counts until a second person says otherwise."""
    return _of_worker(worker, name, person)[0]


def _of_worker(worker: uuid.UUID, name: str, person: PersonAtHand) -> tuple[Kin, str]:
    with bulk_cursor() as cursor:
        cursor.execute("SELECT kin, number FROM disclosure_worker(%b, %b)", [worker, person.person_id], binary=True)
        found, number = cursor.fetchone() or ("", "")
    if found or not name:
        return Kin(found), str(number or "")
    if _is_named(name, person.names):
        return Kin.SELF, str(number or "")
    # Somebody on a case with who has the worker's name is family, until a second person says who that is not.
    namesakes = [other for other, names in person.beside.items() if _is_named(name, names)]
    near = any(_word_about(worker, other) != Kin.CLEARED for other in namesakes)
    return Kin.FAMILY if near else Kin.NONE, str(number or "")


def _is_named(name: str, names: Collection[str]) -> bool:
    return _plain(name) in {_plain(one) for one in names}


def _word_about(worker: uuid.UUID, person_id: uuid.UUID) -> str:
    with bulk_cursor() as cursor:
        cursor.execute("SELECT kin FROM disclosure_worker(%b, %b)", [worker, person_id], binary=True)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def same_surname(name: str, names: Collection[str]) -> bool:
    """Whether a worker's last name is the last name of one of a person's names."""
    mine = _plain(name).rpartition(" ")[2]
    return bool(mine) and any(_plain(one).rpartition(" ")[2] == mine for one in names)


def works_here(names: Collection[str], *, minute: int) -> bool:
    """Whether one of a person's names is that of somebody who has an account; read at most once a minute."""
    return any(_plain(one) in _accounts(minute) for one in names)


@lru_cache(maxsize=1)
def _accounts(_minute: int) -> frozenset[str]:
    return frozenset(_plain(name) for name in account_names())


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

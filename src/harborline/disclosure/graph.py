"""The access graph, from today's facts and the policy in force: who can see a person, what a worker sees, and why."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from harborline.disclosure.facts import BulkGroup, FieldState, Kin, OpeningFacts, Policy, Tie
from harborline.disclosure.models import Kinship
from harborline.disclosure.policies_in_force import policy_now
from harborline.disclosure.rules import may_open
from harborline.disclosure.ties import kin_of, standing_glasses, tie_of
from harborline.disclosure.working import workers_lately
from harborline.kernel import NotFound, clock
from harborline.law import profile
from harborline.people.facts import WHEREABOUTS, HeldName, PersonAtHand
from harborline.people.selectors import (
    held_fields,
    people_managed_by,
    person_at_hand,
    protection_age,
    rows_of,
)
from harborline.walls import ALL_COUNTIES, current
from harborline.workforce.facts import TrainingSubject, WorkerStanding
from harborline.workforce.selectors import (
    colleagues,
    covers,
    roles_of,
    supervisors_of,
    teammates_of,
    worker_by_number,
    worker_standing,
)


@dataclass(frozen=True, slots=True)
class Opens:
    """For one purpose: the fields that would open to somebody now."""

    purpose: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seer:
    """A worker who is tied to a person: by what, and what opens to them now; `kin` closes everything."""

    number: str
    name: str
    roles: tuple[str, ...]
    tie: Tie
    kin: Kin
    opens: tuple[Opens, ...]


@dataclass(frozen=True, slots=True)
class WhoSees:
    """Everybody tied to a person, and how many others work in the county, by role.

    `many` are the roles that, once another person approved it, open names with addresses or numbers of many people.
    """

    seers: tuple[Seer, ...]
    others: tuple[tuple[str, int], ...]
    many: tuple[tuple[BulkGroup, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkersView:
    """What one worker can see: where, in which roles, how many people by which tie, and which fields by the policy.

    People are counted in the counties in sight; `whole` says that these are all of the worker's. `closed` counts those
    who are the worker or of their family: nothing of them opens, whatever the tie.
    """

    id: uuid.UUID
    number: str
    name: str
    roles: tuple[str, ...]
    counties: tuple[str, ...]
    may_work: bool
    trained: tuple[str, ...]
    people: tuple[tuple[Tie, int], ...]
    closed: int
    whole: bool
    fields: tuple[tuple[str, tuple[tuple[str, FieldState], ...]], ...]


def who_sees(participant_id: uuid.UUID) -> WhoSees:
    """The workers tied to a participant now, each with what opens to them; raises `NotFound`.

    Asks the rules that also open fields, so it cannot say anything else. Source: OFFSET-8.2:data-by-purpose.
    """
    at, program = clock.now(), current().program
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    candidates = _candidates(participant_id, person, at=at)
    policy, found = policy_now(program, at), list[Seer]()
    tax = {one.field: one.tax for one in held_fields(participant_id, now=at)}
    for worker in sorted(candidates, key=str):
        standing = worker_standing(worker, program, now=at)
        tie = tie_of(participant_id, person, standing, actor=f"worker:{worker}", at=at) if standing.may_work else None
        if tie is not None:
            found.append(_seer(person, standing, tie, policy, tax))
    return WhoSees(tuple(found), _others(person.county, {one.number for one in found}, at), _many(policy))


def _candidates(participant_id: uuid.UUID, person: PersonAtHand, *, at: datetime) -> set[uuid.UUID]:
    program, found = current().program, set[uuid.UUID]()
    for manager in filter(None, map(worker_by_number, person.managers)):
        found |= {manager.id, *teammates_of(manager.id, program, now=at), *supervisors_of(manager.id, program, now=at)}
        found |= {one.stand_in for one in covers(program, now=at) if one.away == manager.id and one.in_force(at)}
    broken = standing_glasses(at).filter(participant_id=participant_id)
    actors: Iterable[str] = broken.values_list("actor", flat=True)
    found |= {uuid.UUID(one.removeprefix("worker:")) for one in actors if one.startswith("worker:")}
    return found | workers_lately(participant_id, at=at)


def _seer(person: PersonAtHand, standing: WorkerStanding, tie: Tie, policy: Policy, tax: dict[str, bool]) -> Seer:
    worker = _named(standing.number)
    kin, age = kin_of(standing.id, worker, person), protection_age(policy.program, now=clock.now())
    opens = []
    for purpose in policy.purposes:
        fields = [
            name.value
            for name in HeldName
            if may_open(
                facts=OpeningFacts(
                    field=name.value,
                    purpose=purpose,
                    state=policy.state_of(purpose, standing.roles, name, tax=tax.get(name, False)),
                    tie=tie,
                    kin=kin,
                    shield=person.shield,
                    whereabouts=name in WHEREABOUTS,
                    override=False,
                    protection_age=age,
                    tax=tax.get(name, False),
                    tax_cleared=TrainingSubject.TAX.value in standing.trained,
                ),
                profile=profile(policy.program),
            ).allowed
        ]
        if fields:
            opens.append(Opens(purpose, tuple(fields)))
    return Seer(standing.number, worker, tuple(sorted(standing.roles)), tie, kin, tuple(opens))


def _others(county: str, seers: set[str], at: datetime) -> tuple[tuple[str, int], ...]:
    program = current().program
    counted = Counter(
        role
        for worker in colleagues(program, (county,), now=at)
        if worker.number not in seers
        for role in roles_of(worker, program, now=at)
    )
    return tuple(sorted(counted.items()))


def _many(policy: Policy) -> tuple[tuple[BulkGroup, tuple[str, ...]], ...]:
    named = [
        (group, tuple(sorted({row.role for row in policy.rows if row.group == group and row.state.opens})))
        for group in BulkGroup
    ]
    return tuple((group, roles) for group, roles in named if roles)


def _in_emergency(worker: uuid.UUID, at: datetime) -> int:
    broken = standing_glasses(at).filter(actor=f"worker:{worker}")
    return broken.values("participant_id").distinct().count()


def _of_their_own(worker: uuid.UUID) -> int:
    newest: dict[uuid.UUID, str] = dict(
        Kinship.objects.filter(worker_id=worker).order_by("at", "id").values_list("person_id", "kin")
    )
    return len(rows_of(person for person, kin in newest.items() if kin not in (Kin.NONE, Kin.CLEARED)))


def _named(number: str) -> str:
    worker = worker_by_number(number)
    return worker.name if worker else ""


def what_sees(number: str) -> WorkersView:
    """What the worker with this number can see in the context's program now; raises `NotFound`."""
    at, program = clock.now(), current().program
    worker = worker_by_number(number)
    if worker is None or not roles_of(worker, program, now=at):
        raise NotFound("no such worker here")
    standing, policy = worker_standing(worker.id, program, now=at), policy_now(program, at)
    ties = (
        (Tie.CASELOAD, frozenset({standing.number})), (Tie.TEAM, standing.team), (Tie.SUPERVISOR, standing.supervises),
        (Tie.COVER, standing.covers),
    )  # fmt: skip
    fields = [
        (purpose, [(name.value, policy.state_of(purpose, standing.roles, name)) for name in HeldName])
        for purpose in policy.purposes
    ]
    return WorkersView(
        id=worker.id,
        number=worker.number,
        name=worker.name,
        roles=tuple(sorted(standing.roles)),
        counties=standing.counties,
        may_work=standing.may_work,
        trained=tuple(sorted(standing.trained)),
        people=(
            *((tie, people_managed_by(numbers)) for tie, numbers in ties if numbers),
            *((Tie.BROKEN_GLASS, times) for times in [_in_emergency(worker.id, at)] if times),
        ),
        closed=_of_their_own(worker.id),
        whole=current().counties == ALL_COUNTIES or set(standing.counties) <= set(current().counties),
        fields=tuple(
            (purpose, shown)
            for purpose, states in fields
            if (shown := tuple((name, state) for name, state in states if state.opens))
        ),
    )

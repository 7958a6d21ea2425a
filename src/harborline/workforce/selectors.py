"""What others may ask about workers."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max

from harborline.kernel import Decision, NotFound, Refused, clock
from harborline.walls import ALL_COUNTIES, Actor
from harborline.workforce.facts import ALL, PRIVILEGED_ROLES, Grant, WorkerFacts, WorkerStanding
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.machines import key_stands, machine_key, machine_keys, proven_key
from harborline.workforce.models import Assignment, Worker, Workers
from harborline.workforce.rules import account_on, may_work
from harborline.workforce.standing import (
    REQUIREMENTS,
    cover,
    covers,
    covers_in_force,
    is_supervisor_of,
    lapses,
    lapses_of,
    numbers_of,
    proposal,
    proposals,
    supervised_by,
    supervisors_of,
    teammates_of,
    teams_of,
    trained_subjects,
    training_until,
)

__all__ = [
    "REQUIREMENTS",
    "account_standing",
    "actor_for",
    "colleagues",
    "cover",
    "covers",
    "covers_in_force",
    "facts_of",
    "grants_of",
    "is_supervisor_of",
    "key_stands",
    "lapses",
    "lapses_of",
    "machine_key",
    "machine_keys",
    "number_of",
    "programs_of",
    "proposal",
    "proposals",
    "proven_key",
    "roles_of",
    "sign_in_profile",
    "supervised_by",
    "supervisors_of",
    "teammates_of",
    "teams_of",
    "trained_subjects",
    "training_until",
    "worker_by_email",
    "worker_by_number",
    "worker_standing",
]


def worker_by_email(email: str) -> Worker:
    """The worker with this e-mail address; raises `NotFound`."""
    found = Worker.objects.filter(email=Workers.normalized(email)).first()
    if found is None:
        raise NotFound("no worker with that e-mail address")
    return found


def worker_by_number(number: str) -> Worker | None:
    """The worker with this number in the case system, if any has an account."""
    return Worker.objects.filter(number=number).first()


def colleagues(program: str, counties: tuple[str, ...], *, now: datetime | None = None) -> list[Worker]:
    """The workers with an assignment in force in the program, in one of the counties (or for all of them), by name."""
    at = now or clock.now()
    rows = Assignment.objects.filter(program=program, from_at__lte=at).exclude(until_at__lte=at)
    if counties != ALL_COUNTIES:
        rows = rows.filter(county__in=[*counties, ALL])
    return list(Worker.objects.filter(id__in=rows.values("worker_id"), is_active=True).order_by("name"))


def number_of(recorded_by: str) -> str:
    """The number in the case system of who recorded something (`worker:<id>`); others as they stand."""
    kind, _, identifier = recorded_by.partition(":")
    if kind != "worker":
        return recorded_by
    try:
        found = Worker.objects.filter(id=uuid.UUID(identifier)).values_list("number", flat=True).first()
    except ValueError:
        return recorded_by
    return found or recorded_by


def facts_of(worker: Worker) -> WorkerFacts:
    """What decides whether this worker may work."""
    trained = worker.trainings.filter(subject="security").aggregate(until=Max("expires_date"))["until"]
    informed = worker.acknowledgements.aggregate(until=Max("expires_date"))["until"]
    limits = sign_in_profile()
    privileged = worker.assignments.filter(role__in=PRIVILEGED_ROLES).exclude(until_at__lte=clock.now()).exists()
    return WorkerFacts(
        worker.is_active,
        worker.terminated_on,
        worker.expires_at,
        trained,
        informed,
        used_at=max(at for at in (worker.created_at, worker.last_login, worker.let_in_at) if at),
        unused_limit=limits.unused_privileged if privileged else limits.unused,
    )


def account_standing(worker: Worker, *, now: datetime | None = None) -> Decision:
    """Whether the account opens anything at all: on, employed, not expired, not unused for too long."""
    at = now or clock.now()
    return account_on(worker=facts_of(worker), today=at.date(), now=at)


def worker_standing(worker_id: uuid.UUID, program: str, *, now: datetime | None = None) -> WorkerStanding:
    """What ties this worker to other people's work at `now`; raises `NotFound` for nobody.

    Needs no context. Source: OFFSET-8.2:only-as-necessary.
    """
    at = now or clock.now()
    worker = Worker.objects.filter(id=worker_id).first()
    if worker is None:
        raise NotFound("no such worker")
    grants = [grant for grant in grants_of(worker, program) if grant.in_force(at)]
    counties = {grant.county for grant in grants}
    decision = may_work(worker=facts_of(worker), grants=grants, program=program, today=at.date(), now=at)
    others = (
        teammates_of(worker_id, program, now=at),
        supervised_by(worker_id, program, now=at),
        frozenset(each.away for each in covers_in_force(worker_id, program, now=at)),
    )
    team, below, covered = (numbers_of(each) for each in others)
    return WorkerStanding(
        id=worker.id,
        number=worker.number,
        roles=frozenset(grant.role for grant in grants),
        counties=ALL_COUNTIES if ALL in counties else tuple(sorted(counties)),
        team=team,
        supervises=below,
        covers=covered,
        trained=trained_subjects(worker_id, now=at),
        may_work=decision.allowed,
    )


def grants_of(worker: Worker, program: str | None = None) -> list[Grant]:
    """Every assignment of the worker, in one program or in all, in force or not."""
    rows = Assignment.objects.filter(worker=worker, **({"program": program} if program else {}))
    return [Grant(row.program, row.county, row.role, row.from_at, row.until_at) for row in rows]


def programs_of(worker: Worker, *, now: datetime | None = None) -> tuple[str, ...]:
    """The programs in which the worker has an assignment in force."""
    at = now or clock.now()
    return tuple(sorted({grant.program for grant in grants_of(worker) if grant.in_force(at)}))


def roles_of(worker: Worker, program: str, *, now: datetime | None = None) -> frozenset[str]:
    """The worker's roles in a program at `now`."""
    at = now or clock.now()
    return frozenset(grant.role for grant in grants_of(worker, program) if grant.in_force(at))


def actor_for(worker: Worker, program: str, *, now: datetime | None = None) -> tuple[Actor, tuple[str, ...]]:
    """The actor and the counties with which this worker acts in a program (for `walls.acting`).

    Raises `Refused` when the account is off, training or the signed requirements lapsed, or nothing is assigned.
    Source: OFFSET-8.2:trained, OFFSET-8.2:informed, OFFSET-8.2:only-as-necessary.
    """
    at = now or clock.now()
    grants = grants_of(worker, program)
    decision = may_work(worker=facts_of(worker), grants=grants, program=program, today=at.date(), now=at)
    if not decision.allowed:
        raise Refused(decision)
    counties = {grant.county for grant in grants if grant.in_force(at)}
    return Actor("worker", str(worker.id), worker.name), ALL_COUNTIES if ALL in counties else tuple(sorted(counties))

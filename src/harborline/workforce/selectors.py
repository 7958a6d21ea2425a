"""What others may ask about workers."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max

from harborline.kernel import NotFound, Refused, clock
from harborline.walls import ALL_COUNTIES, Actor
from harborline.workforce.facts import ALL, Grant, WorkerFacts
from harborline.workforce.machines import key_stands, machine_key, machine_keys, proven_key
from harborline.workforce.models import Assignment, Worker, Workers
from harborline.workforce.rules import may_work

__all__ = [
    "actor_for",
    "colleagues",
    "facts_of",
    "grants_of",
    "key_stands",
    "machine_key",
    "machine_keys",
    "number_of",
    "programs_of",
    "proven_key",
    "roles_of",
    "worker_by_email",
    "worker_by_number",
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
    trained = worker.trainings.aggregate(until=Max("expires_date"))["until"]
    informed = worker.acknowledgements.aggregate(until=Max("expires_date"))["until"]
    return WorkerFacts(worker.is_active, worker.terminated_on, worker.expires_at, trained, informed)


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

"""What others may ask about workers."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from harborline.kernel import NotFound, clock
from harborline.walls import ALL_COUNTIES, Actor
from harborline.workforce.agency_settings import agency_name
from harborline.workforce.attempts import tries_of_accounts
from harborline.workforce.dossiers import REQUIREMENTS, Dossier, dossier
from harborline.workforce.duties import duties_due, duty_standing, duty_standings
from harborline.workforce.facts import ALL, WorkerStanding
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.machines import key_stands, machine_key, machine_keys, proven_key
from harborline.workforce.models import Assignment, Worker, Workers
from harborline.workforce.penalties import penalties_of, suspensions, unread_penalties
from harborline.workforce.requirements import statement
from harborline.workforce.resetting import resets, resets_of
from harborline.workforce.roster import (
    account_ends,
    courses_of,
    number_of,
    numbers_of,
    placings_of,
    roster,
    roster_worker,
    sessions_of,
    signature,
    signatures_of,
    supervisor_now,
    teams,
    worker_of,
)
from harborline.workforce.standing import (
    account_standing,
    apart,
    cover,
    covers,
    covers_in_force,
    is_supervisor_of,
    lapses,
    proposal,
    proposals,
    supervised_by,
    supervisors_of,
    teammates_of,
    teams_of,
    trained_subjects,
    with_account_on,
)

__all__ = [
    "REQUIREMENTS",
    "Dossier",
    "account_ends",
    "account_names",
    "account_standing",
    "actor_for",
    "agency_name",
    "apart",
    "colleagues",
    "courses_of",
    "cover",
    "covers",
    "covers_in_force",
    "dossier",
    "duties_due",
    "duty_standing",
    "duty_standings",
    "is_supervisor_of",
    "key_stands",
    "known_worker",
    "lapses",
    "machine_key",
    "machine_keys",
    "number_of",
    "numbers_of",
    "off_work",
    "penalties_of",
    "placings_of",
    "programs_of",
    "proposal",
    "proposals",
    "proven_key",
    "resets",
    "resets_of",
    "roles_of",
    "roster",
    "roster_worker",
    "sessions_of",
    "sign_in_profile",
    "signature",
    "signatures_of",
    "statement",
    "supervised_by",
    "supervisor_now",
    "supervisors_of",
    "suspensions",
    "teammates_of",
    "teams",
    "teams_of",
    "trained_subjects",
    "tries_of_accounts",
    "unread_penalties",
    "worker_by_email",
    "worker_by_number",
    "worker_numbered",
    "worker_of",
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


def worker_numbered(number: str, program: str) -> Worker | None:
    """The worker of this program with this number; one of another program is as unknown as nobody."""
    here = Q(assignments__program=program) | Q(proposals__program=program)
    return Worker.objects.filter(here, number=number).distinct().first()


def known_worker(*, email: str, number: str) -> Worker | None:
    """The worker with this e-mail address and this number, from whatever program; knowing one of them is not enough."""
    return Worker.objects.filter(email=Workers.normalized(email), number=number).first()


def colleagues(
    program: str, counties: tuple[str, ...], *, now: datetime | None = None, away_too: bool = False
) -> list[Worker]:
    """The workers with an assignment in force in the program, in one of the counties (or for all of them), by name.

    Only those whose account is on, who can take work; with `away_too` also those who are suspended or away.
    """
    at = now or clock.now()
    rows = Assignment.objects.filter(program=program, from_at__lte=at).exclude(until_at__lte=at)
    if counties != ALL_COUNTIES:
        rows = rows.filter(county__in=[*counties, ALL])
    found = Worker.objects.filter(id__in=rows.values("worker_id"), is_active=True).order_by("name")
    return list(found) if away_too else with_account_on(found, now=at)


def off_work(workers: Collection[uuid.UUID], *, now: datetime) -> frozenset[uuid.UUID]:
    """Those of them whose account is off at `now`: who left or is suspended is called for nothing."""
    asked = list(Worker.objects.filter(id__in=workers))
    return frozenset(one.id for one in asked) - {one.id for one in with_account_on(asked, now=now)}


def account_names() -> list[str]:
    """The names of everybody who has, or had, an account."""
    return list(Worker.objects.values_list("name", flat=True))


def worker_standing(worker_id: uuid.UUID, program: str, *, now: datetime | None = None) -> WorkerStanding:
    """What ties this worker to other people's work at `now`; raises `NotFound` for nobody.

    Needs no context. Source: OFFSET-8.2:only-as-necessary.
    """
    at = now or clock.now()
    worker = Worker.objects.filter(id=worker_id).first()
    if worker is None:
        raise NotFound("no such worker")
    held = dossier(worker)
    counties = {grant.county for grant in held.grants_in(program) if grant.in_force(at)}
    team = teammates_of(worker_id, program, now=at)
    below = supervised_by(worker_id, program, now=at)
    covered = frozenset(each.away for each in covers_in_force(worker_id, program, now=at))
    numbers = _numbers_by_id(team | below | covered)
    return WorkerStanding(
        id=worker.id,
        number=worker.number,
        roles=held.roles(program, at),
        counties=ALL_COUNTIES if ALL in counties else tuple(sorted(counties)),
        team=frozenset(numbers[each] for each in team),
        supervises=frozenset(numbers[each] for each in below),
        covers=frozenset(numbers[each] for each in covered),
        trained=held.subjects(at),
        may_work=held.may_work(program, at).allowed,
    )


def _numbers_by_id(workers: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Worker.objects.filter(id__in=workers).values_list("id", "number")) if workers else {}


def programs_of(worker: Worker, *, now: datetime | None = None) -> tuple[str, ...]:
    """The programs in which the worker has an assignment in force."""
    return dossier(worker).programs(now or clock.now())


def roles_of(worker: Worker, program: str, *, now: datetime | None = None) -> frozenset[str]:
    """The worker's roles in a program at `now`."""
    return dossier(worker).roles(program, now or clock.now())


def actor_for(
    worker: Worker, program: str, *, now: datetime | None = None, roles: frozenset[str] | None = None
) -> tuple[Actor, tuple[str, ...]]:
    """The actor and the counties with which this worker acts in a program (for `walls.acting`).

    With `roles` only the counties of assignments in one of them: what somebody may do in one county they may not do
    in another where they do something else.
    Raises `Refused` when the account is off, training or the signed requirements lapsed, or nothing is assigned.
    Source: OFFSET-8.2:trained, OFFSET-8.2:informed, OFFSET-8.2:only-as-necessary.
    """
    return dossier(worker).actor(program, now or clock.now(), roles)

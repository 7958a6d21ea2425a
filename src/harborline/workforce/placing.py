"""Writing who works beside, under and for whom; every change is an entry in the proof log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q

from harborline.kernel import Decision, Invalid, NotFound, Outcome, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profiles
from harborline.ledger.services import record
from harborline.walls import Actor, acting, current, current_or_none
from harborline.workforce.facts import CoverFacts, CoverReason
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.office_rules import (
    cover_asked,
    cover_decided,
    cover_within,
    may_give_access,
    supervises_in_no_ring,
)
from harborline.workforce.places import Cover, CoverDecision, CoverEnd, Supervision, Team, TeamPlace
from harborline.workforce.standing import apart, cover, supervisors_of

LONGEST_NAME = 80


def who() -> str:
    """Who acts in this context, as records name it: `worker:<id>`."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"


def must(decision: Decision) -> None:
    """Go on only when it is allowed; raises `Refused`."""
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)


def open_team(*, name: str, county: str, roles: frozenset[str]) -> Team:
    """Make a team in the context's program; raises `Refused` for who may not, `Invalid` for a name in use."""
    must(may_give_access(roles=roles, actor_is_worker=False))
    program = current().program
    if not 1 <= len(name) <= LONGEST_NAME or Team.objects.filter(program=program, name=name).exists():
        raise Invalid("must have 1 to {most} letters and be new", "name of the team", most=LONGEST_NAME)
    team = Team.objects.create(program=program, county=county, name=name, created_at=clock.now())
    record("workforce.team-opened", subject=f"team:{team.id}", content={"name": name, "county": county})
    return team


def join_team(team_id: uuid.UUID, worker: Worker, *, roles: frozenset[str]) -> None:
    """Give a worker a place in a team of the context's program from now on; a second time changes nothing."""
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    team = _team(team_id)
    if TeamPlace.objects.filter(team=team, worker=worker, until_at=None).exists():
        return
    TeamPlace.objects.create(team=team, worker=worker, from_at=clock.now())
    record("workforce.team-joined", subject=f"worker:{worker.id}", content={"team": str(team.id)})


def leave_team(team_id: uuid.UUID, worker: Worker, *, roles: frozenset[str]) -> None:
    """End a worker's place in a team now."""
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    team = _team(team_id)
    if TeamPlace.objects.filter(team=team, worker=worker, until_at=None).update(until_at=clock.now()):
        record("workforce.team-left", subject=f"worker:{worker.id}", content={"team": str(team.id)})


def _team(team_id: uuid.UUID) -> Team:
    found = Team.objects.filter(id=team_id, program=current().program).first()
    if found is None:
        raise NotFound("no such team in this program")
    return found


def set_supervisor(worker: Worker, supervisor: Worker | None, *, roles: frozenset[str]) -> None:
    """Let somebody supervise a worker in the context's program from now on (None: nobody).

    Raises `Invalid` when both are the same person, `Refused` when the worker is above the supervisor already.
    """
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    if supervisor is not None and supervisor.id == worker.id:
        raise Invalid("must be another person", "supervisor")
    now, program = clock.now(), current().program
    if supervisor is not None:
        # Two officers who set both ways at once queue behind one another.
        list(Worker.objects.select_for_update().filter(id__in=[worker.id, supervisor.id]).order_by("id"))
        must(supervises_in_no_ring(below=worker.id in supervisors_of(supervisor.id, program, now=clock.now())))
    Supervision.objects.filter(worker=worker, program=program, until_at=None).update(until_at=now)
    if supervisor is not None:
        Supervision.objects.create(worker=worker, program=program, supervisor=supervisor, from_at=now)
    content = {"supervisor": str(supervisor.id) if supervisor else ""}
    record("workforce.supervisor-set", subject=f"worker:{worker.id}", content=content)


def ask_cover(
    *, away: Worker, stand_in: Worker, reason: CoverReason, from_at: datetime, until_at: datetime
) -> CoverFacts:
    """Ask that one worker stands in for another in the context's program; another person decides.

    Raises `Refused` with the reason. Source: OFFSET-8.2:only-as-necessary.
    """
    now, program = clock.now(), current().program
    limit = timedelta(days=sign_in_profile().cover_days)
    must(
        cover_asked(
            same_person=away.id == stand_in.id, away=_counties(away, program, now),
            stand_in=_counties(stand_in, program, now), from_at=from_at, until_at=until_at, now=now, limit=limit,
        )
    )  # fmt: skip
    row = Cover.objects.create(
        id=new_id(),
        away=away,
        stand_in=stand_in,
        program=program,
        reason=reason.value,
        from_at=from_at,
        until_at=until_at,
        asked_by=who(),
        asked_at=now,
    )
    content = {"away": str(away.id), "stand_in": str(stand_in.id), "reason": reason.value}
    times = {"from": clock.iso(from_at), "until": clock.iso(until_at)}
    record("workforce.cover-asked", subject=f"worker:{stand_in.id}", content={"cover": str(row.id), **content, **times})
    return _cover(row.id)


def decide_cover(cover_id: uuid.UUID, *, approved: bool, roles: frozenset[str]) -> None:
    """Say yes or no to a stand-in in the context's program and counties; raises `Refused`, `NotFound`."""
    found = _cover(cover_id)
    Worker.objects.select_for_update().get(id=found.stand_in)  # two answers at once queue behind one another
    must(cover_decided(cover=_cover(cover_id), decided_by=who(), roles=roles, now=clock.now()))
    must(_within(found))
    must(apart(found.asked_by, who(), now=clock.now()))
    CoverDecision.objects.create(cover_id=found.id, approved=approved, decided_by=who(), decided_at=clock.now())
    content = {"cover": str(found.id), "approved": "yes" if approved else "no"}
    record("workforce.cover-decided", subject=f"worker:{found.stand_in}", content=content)


def end_cover(cover_id: uuid.UUID) -> None:
    """End a stand-in now, in the context's counties; a second time changes nothing. Raises `Refused`, `NotFound`."""
    found = _cover(cover_id)
    must(_within(found))
    _row, fresh = CoverEnd.objects.get_or_create(
        cover_id=found.id, defaults={"ended_by": who(), "ended_at": clock.now()}
    )
    if fresh:
        record("workforce.cover-ended", subject=f"worker:{found.stand_in}", content={"cover": str(found.id)})


def _cover(cover_id: uuid.UUID) -> CoverFacts:
    found = cover(cover_id, current().program)
    if found is None:
        raise NotFound("no such stand-in in this program")
    return found


def _within(found: CoverFacts) -> Decision:
    now, workers = clock.now(), Worker.objects.in_bulk([found.away, found.stand_in])
    away, stand_in = (_counties(workers[one], found.program, now) for one in (found.away, found.stand_in))
    return cover_within(away=away, stand_in=stand_in, decider=frozenset(current().counties))


def _works_in(worker: Worker, program: str, now: datetime) -> bool:
    return bool(_counties(worker, program, now))


def _counties(worker: Worker, program: str, now: datetime) -> frozenset[str]:
    """The counties where a worker has work now; `*` for all of them."""
    standing = Assignment.objects.filter(worker=worker, program=program, from_at__lte=now)
    return frozenset(standing.filter(Q(until_at=None) | Q(until_at__gt=now)).values_list("county", flat=True))


@contextmanager
def as_themselves(worker: Worker) -> Iterator[None]:
    """One unit of work of a worker for their own account, before any program is chosen."""
    if current_or_none() is not None:
        yield
        return
    program = next((each for each in sorted(profiles()) if _works_in(worker, each, clock.now())), min(profiles()))
    with acting(Actor("worker", str(worker.id), worker.name), program=program, counties=(), purpose="account"):
        yield

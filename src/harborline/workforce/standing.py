"""Reading who works beside, under and for whom, as of any moment; and what of a worker lapses soon.

Every answer takes `now`, so that a look at a record can be judged by what held at that time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from harborline.kernel import Decision, clock
from harborline.workforce.days import day_of
from harborline.workforce.dossiers import dossier, dossiers
from harborline.workforce.facts import CoverFacts, Lapse, Proposal, ResetKind, TrainingSubject
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Assignment, Training, Worker
from harborline.workforce.office_rules import independent
from harborline.workforce.places import AssignmentProposal, Cover, Supervision, TeamPlace
from harborline.workforce.reset_models import CredentialReset


def account_standing(worker: Worker, *, now: datetime | None = None) -> Decision:
    """Whether the account opens anything at all: on, employed, not expired, not unused for too long."""
    return dossier(worker).account(now or clock.now())


def with_account_on(workers: Iterable[Worker], *, now: datetime) -> list[Worker]:
    """Those whose account opens something: nobody else is given work."""
    return [one.worker for one in dossiers(list(workers)) if one.account(now).allowed]


def _open(now: datetime) -> Q:
    return Q(from_at__lte=now) & (Q(until_at=None) | Q(until_at__gt=now))


def teams_of(worker_id: uuid.UUID, program: str, *, now: datetime) -> frozenset[uuid.UUID]:
    """The teams in which the worker has a place at `now`."""
    rows = TeamPlace.objects.filter(_open(now), worker_id=worker_id, team__program=program)
    return frozenset(rows.values_list("team_id", flat=True))


def teammates_of(worker_id: uuid.UUID, program: str, *, now: datetime) -> frozenset[uuid.UUID]:
    """The workers who share a team with this worker at `now`, without the worker."""
    teams = teams_of(worker_id, program, now=now)
    rows = TeamPlace.objects.filter(_open(now), team_id__in=teams).exclude(worker_id=worker_id)
    return frozenset(rows.values_list("worker_id", flat=True))


def _supervisions(program: str, now: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    rows = Supervision.objects.filter(_open(now), program=program)
    return list(rows.values_list("worker_id", "supervisor_id"))


def supervisors_of(worker_id: uuid.UUID, program: str, *, now: datetime) -> tuple[uuid.UUID, ...]:
    """Everybody above the worker at `now`, the nearest first; a ring in the records ends where it began."""
    above = dict(_supervisions(program, now))
    found: list[uuid.UUID] = []
    one = above.get(worker_id)
    while one is not None and one not in found and one != worker_id:
        found.append(one)
        one = above.get(one)
    return tuple(found)


def supervised_by(supervisor_id: uuid.UUID, program: str, *, now: datetime) -> frozenset[uuid.UUID]:
    """Everybody below the supervisor at `now`, directly or not, without the supervisor."""
    pairs = _supervisions(program, now)
    found: set[uuid.UUID] = set()
    fresh = {supervisor_id}
    while fresh:
        fresh = {worker for worker, supervisor in pairs if supervisor in fresh} - found
        found |= fresh
    return frozenset(found - {supervisor_id})


def is_supervisor_of(supervisor_id: uuid.UUID, worker_id: uuid.UUID, program: str, *, now: datetime) -> bool:
    """Whether one stands above the other at `now`, directly or not."""
    return supervisor_id in supervisors_of(worker_id, program, now=now)


def covers(program: str, *, now: datetime, past: timedelta = timedelta(days=90)) -> list[CoverFacts]:
    """Every stand-in of the program that ended less than `past` ago, or has not ended; the newest first."""
    return _covers(Cover.objects.filter(program=program, until_at__gt=now - past))


def covers_in_force(stand_in: uuid.UUID, program: str, *, now: datetime) -> tuple[CoverFacts, ...]:
    """What this worker stands in for at `now`: approved, begun, not over."""
    rows = Cover.objects.filter(program=program, stand_in_id=stand_in, from_at__lte=now, until_at__gt=now)
    return tuple(each for each in _covers(rows) if each.in_force(now))


def cover(cover_id: uuid.UUID, program: str) -> CoverFacts | None:
    """One stand-in of the program."""
    return next(iter(_covers(Cover.objects.filter(id=cover_id, program=program))), None)


def _covers(rows: QuerySet[Cover]) -> list[CoverFacts]:
    return [_cover(row) for row in rows.select_related("decision", "end").order_by("-asked_at")]


def _cover(row: Cover) -> CoverFacts:
    decision, end = getattr(row, "decision", None), getattr(row, "end", None)
    return CoverFacts(
        id=row.id,
        program=row.program,
        away=row.away_id,
        stand_in=row.stand_in_id,
        reason=row.reason,
        from_at=row.from_at,
        until_at=row.until_at,
        asked_by=row.asked_by,
        approved=decision.approved if decision else None,
        decided_by=decision.decided_by if decision else "",
        decided_at=decision.decided_at if decision else None,
        ended_at=end.ended_at if end else None,
    )


def proposals(program: str, *, waiting: bool = True) -> list[Proposal]:
    """Proposed assignments of the program, the newest first; `waiting`: only those nobody decided."""
    rows = AssignmentProposal.objects.filter(program=program).select_related("worker", "decision")
    if waiting:
        rows = rows.filter(decision=None)
    return [_proposal(row) for row in rows.order_by("-asked_at")]


def proposal(proposal_id: uuid.UUID, program: str) -> Proposal | None:
    """One proposed assignment of the program."""
    rows = AssignmentProposal.objects.filter(id=proposal_id, program=program)
    found = rows.select_related("worker", "decision").first()
    return _proposal(found) if found else None


def _proposal(row: AssignmentProposal) -> Proposal:
    decision = getattr(row, "decision", None)
    return Proposal(
        id=row.id,
        worker_id=row.worker_id,
        worker_name=row.worker.name,
        program=row.program,
        county=row.county,
        role=row.role,
        from_at=row.from_at,
        until_at=row.until_at,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        approved=decision.approved if decision else None,
    )


def holders_of(recorded_by: str, *, now: datetime) -> frozenset[str]:
    """Who, in the time the profile says, saw a password of this worker that was the whole way in (`worker:<id>`).

    Either there was no second factor beside it, or the second factor was taken away in that time, too.
    """
    kind, _, identifier = recorded_by.partition(":")
    if kind != "worker":
        return frozenset()
    since = now - timedelta(days=sign_in_profile().reset_days)
    done = Q(two_people=False, asked_at__gt=since) | Q(decision__approved=True, decision__decided_at__gt=since)
    rows = list(CredentialReset.objects.filter(done, halves=False, worker_id=identifier).select_related("decision"))
    loose = any(row.what == ResetKind.FACTOR for row in rows)
    return frozenset(
        row.decision.decided_by if row.two_people else row.asked_by
        for row in rows
        if row.what in (ResetKind.PASSWORD, ResetKind.RETURN) and (loose or row.unfactored)
    )


def apart(asked_by: str, decided_by: str, *, now: datetime) -> Decision:
    """Whether two people who ask and decide are two: neither can have signed in as the other."""
    return independent(
        asked_by=asked_by,
        decided_by=decided_by,
        holds_asker=holders_of(asked_by, now=now),
        holds_decider=holders_of(decided_by, now=now),
    )


def trained_subjects(worker_id: uuid.UUID, *, now: datetime) -> frozenset[str]:
    """The subjects in which training is current at `now` and was completed by then."""
    today = day_of(worker_id, now)
    rows = Training.objects.filter(worker_id=worker_id, completed_date__lte=today, expires_date__gt=today)
    return frozenset(rows.values_list("subject", flat=True))


def trained_since(worker_id: uuid.UUID, day: date, *, now: datetime) -> bool:
    """Whether security training that was completed on `day` or later is current at `now`."""
    today = day_of(worker_id, now)
    rows = Training.objects.filter(worker_id=worker_id, subject=TrainingSubject.SECURITY.value, expires_date__gt=today)
    return rows.filter(completed_date__gte=day, completed_date__lte=today).exists()


def lapses(program: str, *, within: timedelta, now: datetime | None = None) -> list[Lapse]:
    """What of the program's workers lapses before `within` is over, or has lapsed, by day and name."""
    at = now or clock.now()
    ids = set(Assignment.objects.filter(_open(at), program=program).values_list("worker_id", flat=True))
    working = dossiers(Worker.objects.filter(id__in=ids, is_active=True))
    found = [each for one in working for each in one.lapses(at, within)]
    return sorted(found, key=lambda each: (each.on, each.name, each.what))

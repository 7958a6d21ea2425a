"""Reading the workers of a program for those who look after accounts, and of a worker for themselves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q

from harborline.kernel import NotFound, clock
from harborline.workforce.attempts import standings_of
from harborline.workforce.dossiers import dossiers
from harborline.workforce.facts import CourseLine, Placing, SessionLine, SignatureLine, WorkerRow
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Acknowledgement, Assignment, Training, Worker
from harborline.workforce.places import Supervision, Team, TeamPlace
from harborline.workforce.requirements import statement

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def roster(program: str) -> list[WorkerRow]:
    """Every worker who has, had or is proposed for work in the program, by name."""
    here = Q(assignments__program=program) | Q(proposals__program=program)
    return _rows(list(Worker.objects.filter(here).distinct().order_by("name", "id")), program)


def roster_worker(worker_id: uuid.UUID, program: str) -> WorkerRow:
    """One worker of the program; raises `NotFound` for one who has nothing to do with it."""
    return _rows([worker_of(worker_id, program)], program)[0]


def worker_of(worker_id: uuid.UUID, program: str) -> Worker:
    """The account of one worker of the program; raises `NotFound`."""
    here = Q(assignments__program=program) | Q(proposals__program=program)
    found = Worker.objects.filter(here, id=worker_id).distinct().first()
    if found is None:
        raise NotFound("no such worker in this program")
    return found


def _rows(workers: Sequence[Worker], program: str) -> list[WorkerRow]:
    # As many questions for a thousand workers as for one.
    now, tries = clock.now(), standings_of([one.email for one in workers])
    shown = Authenticator.objects.filter(user__in=workers, type__in=FACTORS).values_list("user_id", "type")
    factors: dict[uuid.UUID, list[str]] = {}
    for worker_id, kind in shown:
        factors.setdefault(worker_id, []).append(kind)
    return [
        WorkerRow(
            id=one.id,
            name=one.name,
            email=one.email,
            number=one.number,
            kind=one.kind,
            roles=tuple(sorted(held.roles(program, now))),
            standing=held.may_work(program, now),
            sign_in=tried,
            terminated_on=one.terminated_on,
            expires_at=one.expires_at,
            last_at=one.last_login,
            factors=tuple(factors.get(one.id, ())),
        )
        for one, held, tried in zip(workers, dossiers(workers), tries, strict=True)
    ]


def courses_of(worker_id: uuid.UUID) -> list[CourseLine]:
    """Every course of the worker, the newest first; certificates stay for the years the profile says, and longer."""
    rows = Training.objects.filter(worker_id=worker_id).order_by("-completed_date")
    years = sign_in_profile().kept_years
    return [
        CourseLine(
            row.course,
            row.subject,
            row.completed_date,
            row.expires_date,
            row.certificate,
            row.expires_date.year + years,
        )
        for row in rows
    ]


def signatures_of(worker_id: uuid.UUID) -> list[SignatureLine]:
    """Every signature of the worker under the requirements, the newest first."""
    return [_signature(row) for row in Acknowledgement.objects.filter(worker_id=worker_id).order_by("-signed_at")]


def signature(signature_id: uuid.UUID, worker_id: uuid.UUID) -> SignatureLine:
    """One signature of the worker; raises `NotFound`."""
    row = Acknowledgement.objects.filter(id=signature_id, worker_id=worker_id).first()
    if row is None:
        raise NotFound("no such signature")
    return _signature(row)


def _signature(row: Acknowledgement) -> SignatureLine:
    try:
        words = statement(row.language or "en", name=row.statement)
    except NotFound:
        words = None
    same = words is not None and words.sha256 == row.wording_sha256
    return SignatureLine(
        id=row.id,
        statement=row.statement,
        signed_as=row.signed_as,
        signed_at=row.signed_at,
        expires_date=row.expires_date,
        title=words.title if words and same else "",
        points=words.points if words and same else (),
        sha256=row.wording_sha256,
    )


def placings_of(worker_id: uuid.UUID, program: str) -> list[Placing]:
    """The worker's assignments in the program, the newest first."""
    rows = Assignment.objects.filter(worker_id=worker_id, program=program).order_by("-from_at")
    now = clock.now()
    return [Placing(row.id, row.role, row.county, row.from_at, row.until_at, _over(row.until_at, now)) for row in rows]


def _over(until_at: datetime | None, now: datetime) -> bool:
    return until_at is not None and until_at <= now


def sessions_of(worker_id: uuid.UUID) -> list[SessionLine]:
    """Where the worker is signed in now, the oldest first."""
    rows = UserSession.objects.purge_and_list(Worker.objects.get(id=worker_id))
    ordered = sorted(rows, key=lambda row: row.created_at)
    return [SessionLine(row.id, row.ip, row.user_agent, row.created_at, row.last_seen_at) for row in ordered]


def teams(program: str) -> list[tuple[Team, list[Worker]]]:
    """Every team of the program with those who have a place in it now, by name."""
    places = (
        TeamPlace.objects.filter(team__program=program, until_at=None).select_related("worker").order_by("worker__name")
    )
    held: dict[uuid.UUID, list[Worker]] = {}
    for place in places:
        held.setdefault(place.team_id, []).append(place.worker)
    return [(team, held.get(team.id, [])) for team in Team.objects.filter(program=program).order_by("name")]


def supervisor_now(worker_id: uuid.UUID, program: str) -> Worker | None:
    """Who supervises the worker in the program now."""
    rows = Supervision.objects.filter(worker_id=worker_id, program=program, until_at=None)
    found = rows.select_related("supervisor").first()
    return found.supervisor if found else None


def account_ends() -> list[tuple[uuid.UUID, date]]:
    """The first day without work of everybody whose employment ended."""
    rows = Worker.objects.filter(terminated_on__isnull=False)
    return [(worker, day) for worker, day in rows.values_list("id", "terminated_on") if day]


def number_of(recorded_by: str) -> str:
    """The number in the case system of who recorded something (`worker:<id>`); others as they stand."""
    return numbers_of([recorded_by])[recorded_by]


def numbers_of(recorded_by: Iterable[str]) -> dict[str, str]:
    """For each who recorded something what `number_of` answers; one question for all of them."""
    asked = set(recorded_by)
    ids = {one: found for one in asked if (found := _worker_id(one)) is not None}
    numbers = dict(Worker.objects.filter(id__in=set(ids.values())).values_list("id", "number")) if ids else {}
    return {one: (numbers.get(ids[one]) if one in ids else None) or one for one in asked}


def _worker_id(recorded_by: str) -> uuid.UUID | None:
    kind, _, identifier = recorded_by.partition(":")
    try:
        return uuid.UUID(identifier) if kind == "worker" else None
    except ValueError:
        return None

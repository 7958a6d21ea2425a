"""What is on file about workers, read once for as many as are asked; then judged for any moment and program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from harborline.kernel import Decision, Refused
from harborline.walls import ALL_COUNTIES, Actor
from harborline.workforce.days import first_day, zones_of_programs
from harborline.workforce.facts import ALL, PRIVILEGED_ROLES, Grant, Lapse, TrainingSubject, WorkerFacts
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Acknowledgement, Assignment, Training, Worker
from harborline.workforce.penalty_models import Suspension
from harborline.workforce.rules import account_on, may_work

REQUIREMENTS = "requirements"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A worker's account with every assignment, suspension, course and signature, as they stood when it was read.

    `suspended` are days from and until (exclusive), `trained` each subject with the days a course was completed and
    lapses, `informed_until` when the newest signature under the requirements lapses.
    """

    worker: Worker
    grants: tuple[Grant, ...]
    suspended: tuple[tuple[date, date], ...]
    trained: tuple[tuple[str, date, date], ...]
    informed_until: date | None

    def today(self, now: datetime) -> date:
        """The worker's calendar day at `now`."""
        return first_day(zones_of_programs({grant.program for grant in self.grants}), now)

    def account(self, now: datetime) -> Decision:
        """Whether the account opens anything at all: on, employed, not expired, not unused for too long."""
        return account_on(worker=self._facts(now), today=self.today(now), now=now)

    def may_work(self, program: str, now: datetime) -> Decision:
        """Whether the worker may work in the program at `now`: account on, trained, informed, assigned."""
        facts = replace(
            self._facts(now),
            trained_until=self.trained_until().get(TrainingSubject.SECURITY.value),
            informed_until=self.informed_until,
        )
        return may_work(worker=facts, grants=self.grants_in(program), program=program, today=self.today(now), now=now)

    def grants_in(self, program: str) -> tuple[Grant, ...]:
        """The assignments of one program, in force or not."""
        return tuple(grant for grant in self.grants if grant.program == program)

    def programs(self, now: datetime) -> tuple[str, ...]:
        """The programs in which an assignment is in force."""
        return tuple(sorted({grant.program for grant in self.grants if grant.in_force(now)}))

    def roles(self, program: str, now: datetime) -> frozenset[str]:
        """The roles in a program at `now`."""
        return frozenset(grant.role for grant in self.grants_in(program) if grant.in_force(now))

    def actor(self, program: str, now: datetime, roles: frozenset[str] | None = None) -> tuple[Actor, tuple[str, ...]]:
        """The actor and the counties with which the worker acts in a program: see `selectors.actor_for`."""
        decision = self.may_work(program, now)
        if not decision.allowed:
            raise Refused(decision)
        serving = [one for one in self.grants_in(program) if one.in_force(now) and (roles is None or one.role in roles)]
        counties = {grant.county for grant in serving}
        worker = Actor("worker", str(self.worker.id), self.worker.name)
        return worker, ALL_COUNTIES if ALL in counties else tuple(sorted(counties))

    def subjects(self, now: datetime) -> frozenset[str]:
        """The subjects in which training is current at `now` and was completed by then."""
        today = self.today(now)
        return frozenset(subject for subject, completed, lapses in self.trained if completed <= today < lapses)

    def trained_until(self) -> dict[str, date]:
        """For each subject the worker was ever trained in, the day from which the training no longer counts."""
        return {subject: lapses for subject, _, lapses in sorted(self.trained, key=lambda each: each[2])}

    def lapses(self, now: datetime, within: timedelta) -> list[Lapse]:
        """What lapses before `within` is over, or has lapsed."""
        until = self.trained_until()
        if self.informed_until is not None:
            until[REQUIREMENTS] = self.informed_until
        today, last, worker = self.today(now), self.today(now + within), self.worker
        return [
            Lapse(worker.id, worker.name, what, on, over=on <= today)
            for what, on in sorted(until.items())
            if on <= last
        ]

    def _facts(self, now: datetime) -> WorkerFacts:
        worker, today, limits = self.worker, self.today(now), sign_in_profile()
        privileged = any(g.role in PRIVILEGED_ROLES and not _over(g.until_at, now) for g in self.grants)
        return WorkerFacts(
            worker.is_active,
            worker.terminated_on,
            worker.expires_at,
            used_at=max(at for at in (worker.created_at, worker.last_login, worker.let_in_at) if at),
            unused_limit=limits.unused_privileged if privileged else limits.unused,
            suspended=any(start <= today < until for start, until in self.suspended),
        )


def _over(until_at: datetime | None, now: datetime) -> bool:
    return until_at is not None and until_at <= now


def dossier(worker: Worker) -> Dossier:
    """What is on file about one worker now."""
    return dossiers([worker])[0]


def dossiers(workers: Iterable[Worker]) -> list[Dossier]:
    """What is on file about each of the workers now, in that order; four questions for all of them."""
    asked = list(workers)
    ids = [one.id for one in asked]
    granted = _by_worker(
        Assignment.objects.filter(worker_id__in=ids).values_list(
            "worker_id", "program", "county", "role", "from_at", "until_at"
        )
    )
    suspended = _by_worker(
        Suspension.objects.filter(worker_id__in=ids).values_list("worker_id", "from_date", "until_date")
    )
    trained = _by_worker(
        Training.objects.filter(worker_id__in=ids).values_list("worker_id", "subject", "completed_date", "expires_date")
    )
    signed = Acknowledgement.objects.filter(worker_id__in=ids).values_list("worker_id")
    informed = dict(signed.annotate(until=Max("expires_date")))
    return [
        Dossier(
            one,
            tuple(Grant(*row) for row in granted.get(one.id, ())),
            tuple((start, until) for start, until in suspended.get(one.id, ())),
            tuple((subject, completed, lapses) for subject, completed, lapses in trained.get(one.id, ())),
            informed.get(one.id),
        )
        for one in asked
    ]


def _by_worker(rows: Iterable[tuple[Any, ...]]) -> dict[uuid.UUID, list[tuple[Any, ...]]]:
    found: dict[uuid.UUID, list[tuple[Any, ...]]] = {}
    for worker, *rest in rows:
        found.setdefault(worker, []).append(tuple(rest))
    return found

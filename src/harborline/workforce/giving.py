"""Giving and taking work: assignments of one person or two, accounts let in again, sessions ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from allauth.usersessions.models import UserSession
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from harborline.kernel import NotFound, allow, clock, refuse
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.walls import current
from harborline.workforce.days import beginning_of, day_of
from harborline.workforce.facts import ALL, Proposal, StaffRole
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.office_rules import assignment_span, auditor_term, may_give_access, second_person_gives
from harborline.workforce.places import AssignmentProposal, ProposalDecision, Supervision, TeamPlace
from harborline.workforce.placing import must, who
from harborline.workforce.standing import apart, proposal


def assign(
    worker: Worker,
    *,
    program: str,
    role: StaffRole,
    county: str = ALL,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Assignment:
    """Give a role in a program, for one county (FIPS) or all, from now or `from_at` until `until_at` (exclusive)."""
    made = Assignment.objects.create(
        worker=worker,
        program=program,
        county=county,
        role=role.value,
        from_at=from_at or clock.now(),
        until_at=until_at,
    )
    content = {"program": program, "county": county, "role": role.value}
    record("workforce.assigned", subject=f"worker:{worker.id}", content=content)
    return made


def give_assignment(
    worker: Worker,
    *,
    role: StaffRole,
    roles: frozenset[str],
    county: str = ALL,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> bool:
    """Give a role in the context's program, or propose it where the profile wants two people; answers if it is given.

    `roles` are those of the security officer who gives it. Raises `Refused` with the reason, also for equal work that
    stands or waits: what stands twice would be ended once.
    Source: OFFSET-8.2:only-as-necessary, OFFSET-8.2:systems-controls.
    """
    now = clock.now()
    begins = from_at or now
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    must(assignment_span(from_at=begins, until_at=until_at, now=now))
    must(auditor_term(role=role.value, from_at=begins, until_at=until_at, profile=sign_in_profile()))
    program = current().program
    Worker.objects.select_for_update().get(id=worker.id)  # two clicks at once queue behind one another
    _must_be_new(worker, program, role, county, until_at)
    if role.value not in sign_in_profile().two_people:
        assign(worker, program=program, role=role, county=county, from_at=begins, until_at=until_at)
        return True
    made = AssignmentProposal.objects.create(
        id=new_id(),
        worker=worker,
        program=program,
        county=county,
        role=role.value,
        from_at=begins,
        until_at=until_at,
        asked_by=who(),
        asked_at=now,
    )
    content = {"proposal": str(made.id), "county": county, "role": role.value}
    record("workforce.assignment-proposed", subject=f"worker:{worker.id}", content=content)
    return False


def _must_be_new(worker: Worker, program: str, role: StaffRole, county: str, until_at: datetime | None) -> None:
    what: dict[str, object] = {
        "worker": worker, "program": program, "role": role.value, "county": county, "until_at": until_at,
    }  # fmt: skip
    stands = Assignment.objects.filter(Q(until_at=None) | Q(until_at__gt=clock.now()), **what).exists()
    waits = AssignmentProposal.objects.filter(decision=None, **what).exists()
    must(refuse("has-this-work") if stands or waits else allow())


def decide_proposal(proposal_id: uuid.UUID, *, approved: bool, roles: frozenset[str]) -> None:
    """Give or refuse what another person proposed in the context's program.

    It begins when it is given, never before. Raises `Refused`, `NotFound`.
    """
    found = _proposed(proposal_id)
    Worker.objects.select_for_update().get(id=found.worker_id)  # two answers at once queue behind one another
    found = _proposed(proposal_id)
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{found.worker_id}"))
    must(second_person_gives(asked_by=found.asked_by, decided_by=who(), decided=found.approved is not None))
    must(apart(found.asked_by, who(), now=clock.now()))
    ProposalDecision.objects.create(
        proposal_id=found.id,
        approved=approved,
        decided_by=who(),
        decided_at=clock.now(),
        assignment=_given(found) if approved else None,
    )
    content = {"proposal": str(found.id), "approved": "yes" if approved else "no"}
    record("workforce.proposal-decided", subject=f"worker:{found.worker_id}", content=content)


def _proposed(proposal_id: uuid.UUID) -> Proposal:
    found = proposal(proposal_id, current().program)
    if found is None:
        raise NotFound("no such proposal in this program")
    return found


def _given(found: Proposal) -> Assignment:
    now = clock.now()
    if found.until_at is not None:
        must(assignment_span(from_at=now, until_at=found.until_at, now=now))
    worker = Worker.objects.get(id=found.worker_id)
    begins = max(found.from_at, now)
    role = StaffRole(found.role)
    return assign(
        worker, program=found.program, role=role, county=found.county, from_at=begins, until_at=found.until_at
    )


def end_assignment(assignment: Assignment) -> None:
    """End an assignment now."""
    assignment.until_at = clock.now()
    assignment.save(update_fields=["until_at"])
    record("workforce.assignment-ended", subject=f"worker:{assignment.worker_id}", content={"id": str(assignment.id)})


def take_assignment(assignment_id: uuid.UUID, *, roles: frozenset[str]) -> None:
    """End an assignment of the context's program now; raises `Refused` for who may not, `NotFound`."""
    found = Assignment.objects.filter(id=assignment_id, program=current().program).first()
    if found is None:
        raise NotFound("no such assignment in this program")
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{found.worker_id}"))
    if found.until_at is None or found.until_at > clock.now():
        end_assignment(found)


def leave_work(worker: Worker, day: date) -> None:
    """The account is off from this day of the agency on; work, teams and supervision end as it begins, sessions too.

    What waits for the worker goes to others: nobody who may not sign in is given work.
    """
    now = clock.now()
    worker.terminated_on = day
    worker.save(update_fields=["terminated_on"])
    end = max(beginning_of(worker.id, day), now)
    for rows in (
        Assignment.objects.filter(worker=worker),
        TeamPlace.objects.filter(worker=worker),
        Supervision.objects.filter(Q(worker=worker) | Q(supervisor=worker)),
    ):
        rows.filter(Q(until_at=None) | Q(until_at__gt=end)).update(until_at=Greatest("from_at", Value(end)))
    if day <= day_of(worker.id, now):
        close_sessions(worker)
    record("workforce.terminated", subject=f"worker:{worker.id}", content={"last_day": day.isoformat()})


def let_in(worker: Worker, *, roles: frozenset[str]) -> None:
    """Open an account again that is off because nobody used it for too long."""
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    worker.let_in_at = clock.now()
    worker.save(update_fields=["let_in_at"])
    record("workforce.let-in", subject=f"worker:{worker.id}", content={})


def end_sessions(worker: Worker, *, roles: frozenset[str]) -> int:
    """Sign a worker out everywhere, at once; answers how many sessions ended."""
    must(may_give_access(roles=roles, actor_is_worker=False))
    count = close_sessions(worker)
    record("workforce.sessions-ended", subject=f"worker:{worker.id}", content={"count": str(count)})
    return count


def end_own_session(worker: Worker, session_id: int) -> None:
    """End one of the worker's own sessions; raises `NotFound` for one that is not theirs."""
    found = UserSession.objects.filter(user=worker, id=session_id).first()
    if found is None:
        raise NotFound("no such session")
    found.end()
    record("workforce.sessions-ended", subject=f"worker:{worker.id}", content={"count": "1"})


def close_sessions(worker: Worker) -> int:
    """End every session of the worker, at the command line too; the caller records why."""
    rows = list(UserSession.objects.filter(user=worker))
    for each in rows:
        each.end()
    worker.signed_out_at = clock.now()
    worker.save(update_fields=["signed_out_at"])
    return len(rows)

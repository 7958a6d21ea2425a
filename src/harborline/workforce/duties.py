"""The register of duties: one for each clause that people keep, with its owner, evidence and day.

Source: OFFSET-8.2:written-policies, NC-CSS-22-18:link-vetted and the other clauses of `statements/duties.toml`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from harborline.kernel import Invalid, NotFound, clock
from harborline.law import profile
from harborline.ledger.services import record
from harborline.walls import current
from harborline.workforce.duty_facts import (
    LONGEST_EVIDENCE,
    Duty,
    DutyStanding,
    DutyState,
    EvidenceLine,
    KeptBy,
    duties,
)
from harborline.workforce.duty_models import DutyCharge, DutyEvidence
from harborline.workforce.duty_rules import may_charge, may_keep, state_of
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Acknowledgement, Assignment, Worker
from harborline.workforce.placing import must, who
from harborline.workforce.requirements import attesting


def duty_standings(*, now: datetime | None = None) -> list[DutyStanding]:
    """Every duty of the context's program today, in the order of the letters."""
    program, at = current().program, now or clock.now()
    newest = DutyCharge.objects.filter(program=program).select_related("owner").order_by("clause", "-charged_at")
    charges = {row.clause: row for row in newest.distinct("clause")}
    lines: dict[str, list[EvidenceLine]] = {}
    for row in DutyEvidence.objects.filter(program=program).order_by("-done_date", "-kept_at"):
        lines.setdefault(row.clause, []).append(
            EvidenceLine(row.done_date, row.evidence, _name(row.kept_by), row.kept_at)
        )
    workers = _workers(program, at)
    return [
        _standing(duty, charges.get(duty.clause), tuple(lines.get(duty.clause, ())), workers, at)
        for duty in duties(profile(program).kind)
    ]


def duty_standing(clause: str, *, now: datetime | None = None) -> DutyStanding:
    """One duty of the context's program; raises `NotFound`."""
    found = next((each for each in duty_standings(now=now) if each.duty.clause == clause), None)
    if found is None:
        raise NotFound("no such duty in this program")
    return found


def duties_due(worker_id: uuid.UUID | None = None, *, now: datetime | None = None) -> list[DutyStanding]:
    """The duties of the context's program (of one owner) that are late or due within the reminder's time."""
    if worker_id is not None and not DutyCharge.objects.filter(program=current().program, owner=worker_id).exists():
        return []
    found = [each for each in duty_standings(now=now) if each.state in (DutyState.DUE, DutyState.LATE)]
    return [each for each in found if worker_id in (None, each.owner_id)]


def charge_duty(
    clause: str, *, owner: Worker, every_days: int, first_due_date: date, roles: frozenset[str]
) -> DutyCharge:
    """Give a duty of the context's program to a worker, from now on; raises `Refused`, `NotFound`, `Invalid`."""
    program, now = current().program, clock.now()
    duty = duty_standing(clause).duty
    here = _workers(program, now)
    decision = may_charge(roles=roles, every_days=every_days, longest_days=duty.every_days, works_here=owner.id in here)
    must(decision)
    if not _today(now) <= first_due_date <= _today(now) + timedelta(days=duty.every_days):
        raise Invalid("must lie between today and the longest time the duty allows", "first day")
    charge = DutyCharge.objects.create(
        program=program,
        clause=clause,
        owner=owner,
        every_days=every_days,
        first_due_date=first_due_date,
        charged_by=who(),
        charged_at=now,
    )
    content = {"clause": clause, "every-days": str(every_days), "first-due": first_due_date.isoformat()}
    record("workforce.duty-charged", subject=f"worker:{owner.id}", content=content)
    return charge


def keep_duty(clause: str, *, done_date: date, evidence: str) -> None:
    """Say that a duty of the context's program was done, and where the evidence lies; raises `Refused`, `Invalid`."""
    found, words = duty_standing(clause), " ".join(evidence.split())
    must(
        may_keep(
            owned=found.owner_id is not None,
            by_owner=who() == f"worker:{found.owner_id}",
            by_evidence=found.duty.by is KeptBy.EVIDENCE,
            done_date=done_date,
            today=_today(clock.now()),
        )
    )
    if not words or len(words) > LONGEST_EVIDENCE:
        raise Invalid(
            "says in at most {most} signs where the evidence lies",
            "evidence",
            most=LONGEST_EVIDENCE,
        )
    DutyEvidence.objects.create(
        program=current().program,
        clause=clause,
        done_date=done_date,
        evidence=words,
        kept_by=who(),
        kept_at=clock.now(),
    )
    content = {"clause": clause, "done": done_date.isoformat(), "evidence": words}
    record("workforce.duty-kept", subject=f"duty:{clause}", content=content)


def _standing(
    duty: Duty,
    charge: DutyCharge | None,
    lines: tuple[EvidenceLine, ...],
    workers: Mapping[uuid.UUID, str],
    now: datetime,
) -> DutyStanding:
    signed = _signed(duty, workers, now) if duty.by is KeptBy.SIGNATURES else {}
    every = charge.every_days if charge else duty.every_days
    due = _due(duty, charge, lines, signed, len(workers))
    state = state_of(
        owned=charge is not None, due_date=due, today=_today(now), remind_days=sign_in_profile().remind_days
    )
    return DutyStanding(
        duty=duty,
        state=state,
        owner_id=charge.owner_id if charge else None,
        owner_name=charge.owner.name if charge else "",
        owner_email=charge.owner.email if charge else "",
        every_days=every,
        due_date=due,
        lines=lines,
        signed=len(signed),
        workers=len(workers),
    )


def _due(
    duty: Duty,
    charge: DutyCharge | None,
    lines: tuple[EvidenceLine, ...],
    signed: Mapping[uuid.UUID, date],
    workers: int,
) -> date | None:
    if charge is None:
        return None
    if duty.by is KeptBy.SIGNATURES:
        return min(signed.values()) if workers and len(signed) == workers else charge.first_due_date
    if not lines:
        return charge.first_due_date
    return lines[0].done_date + timedelta(days=charge.every_days)


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(profile(current().program).zones[0])).date()


def _workers(program: str, now: datetime) -> dict[uuid.UUID, str]:
    # Everybody with work in the program now whose account is on.
    open_now = Q(from_at__lte=now) & (Q(until_at=None) | Q(until_at__gt=now))
    rows = Assignment.objects.filter(open_now, program=program, worker__is_active=True)
    employed = rows.exclude(worker__terminated_on__lte=_today(now))
    return dict(employed.values_list("worker_id", "worker__name").distinct())


def _signed(duty: Duty, workers: Mapping[uuid.UUID, str], now: datetime) -> dict[uuid.UUID, date]:
    # Until when each worker's newest signature under words that attest this clause counts.
    rows = Acknowledgement.objects.filter(
        worker_id__in=list(workers), statement__in=attesting(duty.clause), expires_date__gt=_today(now)
    )
    found: dict[uuid.UUID, date] = {}
    for worker, until in rows.values_list("worker_id", "expires_date"):
        found[worker] = max(until, found.get(worker, until))
    return found


def _name(kept_by: str) -> str:
    found = Worker.objects.filter(id=kept_by.partition(":")[2]).values_list("name", flat=True).first()
    return found or kept_by

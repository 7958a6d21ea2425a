"""Write a new version of the policy, and put it in force: two people."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Max

from harborline.disclosure.models import PolicyApproval, PolicyVersion
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.policy import read
from harborline.disclosure.rules import may_approve_policy, may_propose_policy
from harborline.kernel import Invalid, NotFound, Refused, clock, refuse
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.walls import current

_LARGEST = 200_000


def propose_policy(content: str, *, because: str, roles: Collection[str]) -> uuid.UUID:
    """Write the next version, as TOML; it holds once another person approved it and its day has come.

    Raises `Invalid` naming the row that cannot be used, `Refused`, for a day that is over too. Source:
    OFFSET-8.2:written-policies.
    """
    decision = may_propose_policy(roles=roles)
    if not decision.allowed:
        raise Refused(decision)
    if len(content) > _LARGEST:
        raise Invalid("is longer than {most} characters", "policy", most=_LARGEST)
    if not because.strip():
        raise Invalid("say why the policy changes", "because")
    program = current().program
    number = (PolicyVersion.objects.filter(program=program).aggregate(last=Max("number"))["last"] or 0) + 1
    policy = read(content, program=program, version=number)
    if policy.effective < _today(program):
        raise Refused(refuse("policy-day-has-passed"))
    row = PolicyVersion.objects.create(
        id=new_id(), program=program, number=number, effective_date=policy.effective, content=content,
        sha256=policy.sha256, because=because.strip()[:300], proposed_by=actor_now(), proposed_at=clock.now(),
    )  # fmt: skip
    said: dict[str, Json] = {"version": number, "sha256": policy.sha256, "effective": policy.effective.isoformat()}
    record("disclosure.policy-proposed", subject=f"policy:{program}", content=said)
    return row.id


def approve_policy(version_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Put a version in force from its day on; raises `NotFound`, `Refused` for who proposed it or a day that passed."""
    program = current().program
    row = PolicyVersion.objects.filter(id=version_id, program=program, approval__isnull=True).first()
    if row is None:
        raise NotFound("no such version that waits here")
    at, me = clock.now(), actor_now()
    decision = may_approve_policy(
        roles=roles, proposed_by=row.proposed_by, approver=me, effective=row.effective_date, today=_today(program)
    )
    if not decision.allowed:
        raise Refused(decision)
    PolicyApproval.objects.create(id=new_id(), program=program, version=row, approved_by=me, approved_at=at)
    said: dict[str, Json] = {"version": row.number, "sha256": row.sha256}
    record("disclosure.policy-approved", subject=f"policy:{program}", content=said)


def _today(program: str) -> date:
    return clock.now().astimezone(ZoneInfo(profile(program).zones[0])).date()

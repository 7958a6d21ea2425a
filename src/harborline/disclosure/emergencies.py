"""A glass broken in an emergency: one person's record, four hours, seen by the supervisor and reviewed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import connection

from harborline.disclosure.facts import GlassReason, Kin, ReviewOutcome
from harborline.disclosure.looking import insist_no_kin
from harborline.disclosure.models import BrokenGlass, GlassReview, Kinship
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.registry.business_days import after_business_days
from harborline.disclosure.rules import may_break_glass, may_review
from harborline.disclosure.ties import kin_of
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record, record_apart
from harborline.people.selectors import person_at_hand
from harborline.walls import current


def break_glass(participant_id: uuid.UUID, *, reason: GlassReason | None, reference: str) -> uuid.UUID:
    """Tie the worker of the context to one participant for four hours; supervisors see it at once and review it.

    `reference` is the call, hearing or report that shows the emergency. Raises `NotFound`, `Refused`.
    """
    context, at, me = current(), clock.now(), actor_now()
    law = profile(context.program)
    with connection.cursor() as cursor:  # requests of one worker at the same moment queue, so that each is counted
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"glass:{me}"])
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    decision = may_break_glass(
        reason=reason,
        reference=reference,
        kin=kin_of(uuid.UUID(context.actor.id), context.actor.name, person),
        unreviewed=BrokenGlass.objects.filter(actor=me, review__isnull=True).count(),
    )
    if not decision.allowed or reason is None:
        record_apart(
            "disclosure.glass-refused", subject=f"participant:{participant_id}", content={"reason": decision.reason}
        )
        raise Refused(decision)
    made = BrokenGlass.objects.create(
        id=new_id(), program=context.program, county=person.county, participant_id=participant_id, actor=me,
        reason=reason.value, reference=reference.strip()[:120], from_at=at,
        until_at=at + timedelta(hours=law.protection.break_glass_hours),
        review_by=after_business_days(at.date(), law.protection.review_days),
    )  # fmt: skip
    content = {"glass": str(made.id), "reason": reason.value, "reference": made.reference}
    record("disclosure.glass-broken", subject=f"participant:{participant_id}", content=content)
    return made.id


def review_glass(glass_id: uuid.UUID, outcome: ReviewOutcome, *, roles: Collection[str]) -> None:
    """Say what the emergency was, once; raises `NotFound`, `Refused` for one's own or without the role."""
    with connection.cursor() as cursor:  # two reviews at once queue behind one another: the first one stands
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"review:{glass_id}"])
    row = BrokenGlass.objects.filter(id=glass_id, review__isnull=True).first()
    if row is None:
        raise NotFound("no such emergency that waits here")
    at, me = clock.now(), actor_now()
    decision = may_review(roles=roles, reviewer=me, opened_by=row.actor)
    if not decision.allowed:
        raise Refused(decision)
    GlassReview.objects.create(
        id=new_id(), program=row.program, county=row.county, glass=row, outcome=outcome.value, reviewed_by=me, at=at
    )
    content = {"glass": str(row.id), "outcome": outcome.value}
    record("disclosure.glass-reviewed", subject=f"participant:{row.participant_id}", content=content)


def declare_kin(participant_id: uuid.UUID, kin: Kin) -> None:
    """The worker of the context says what they are to a person beside work: from now on that record stays closed."""
    if kin not in (Kin.SELF, Kin.FAMILY, Kin.HOUSEHOLD):
        raise Invalid("say self, family or household", "kin")
    _keep_kin(uuid.UUID(current().actor.id), participant_id, kin)


def record_kin(participant_id: uuid.UUID, worker_id: uuid.UUID, kin: Kin, *, roles: Collection[str]) -> None:
    """Another person found out what a worker is to a participant beside work: from now on that record stays closed.

    Raises `NotFound`, `Refused` about oneself, without the role or of one's own family, who would shut others out,
    `Invalid`. Source: OFFSET-8.2:only-as-necessary.
    """
    insist_no_kin(participant_id)
    decision = may_review(roles=roles, reviewer=actor_now(), opened_by=f"worker:{worker_id}")
    if not decision.allowed:
        raise Refused(decision)
    if kin not in (Kin.SELF, Kin.FAMILY, Kin.HOUSEHOLD):
        raise Invalid("say self, family or household", "kin")
    _keep_kin(worker_id, participant_id, kin)


def clear_kin(participant_id: uuid.UUID, worker_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Another person found that a worker and a participant only have the same name; raises `NotFound`, `Refused`."""
    insist_no_kin(participant_id)
    decision = may_review(roles=roles, reviewer=actor_now(), opened_by=f"worker:{worker_id}")
    if not decision.allowed:
        raise Refused(decision)
    _keep_kin(worker_id, participant_id, Kin.CLEARED)


def _keep_kin(worker_id: uuid.UUID, participant_id: uuid.UUID, kin: Kin) -> None:
    at, me = clock.now(), actor_now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    Kinship.objects.create(
        id=new_id(), agency=current().agency, worker_id=worker_id, person_id=person.person_id, kin=kin.value,
        recorded_by=me, at=at,
    )  # fmt: skip
    content = {"worker": str(worker_id), "kin": kin.value}
    record("disclosure.kin-recorded", subject=f"participant:{participant_id}", content=content)

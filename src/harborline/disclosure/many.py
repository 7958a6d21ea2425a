"""Names, numbers and addresses of many people at once, for letters and calls: asked, approved by another, recorded.

The written policy names the purpose and the roles. One person asks with a reason, another approves; then who asked
opens them for a day: one manifest, and a look at each of the people.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.models import BulkOrder, Look, Manifest
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.policies_in_force import policy_now
from harborline.disclosure.revealing import APART
from harborline.disclosure.rules import MANY_LASTS, may_approve_many, may_ask_many, may_open_many
from harborline.disclosure.transmitting import PersonInSight, in_sight
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record, record_apart
from harborline.people.facts import HeldName
from harborline.people.selectors import held_of
from harborline.walls import ALL_COUNTIES, acting, current
from harborline.workforce.selectors import number_of

BY_APPROVAL = "approved"
"""Beside `Tie`, what a look may show: a second person approved it."""

_WAITS_DAYS = 7
_REASON_MAX = 200
_AT_ONCE = 250
_HELD = {
    BulkGroup.LETTERS: frozenset({HeldName.ADDRESS.value, HeldName.SUBSTITUTE_ADDRESS.value}),
    BulkGroup.CALLS: frozenset[str](),
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: for what, why, by whom, about how many people; `approved_at` is empty while it waits."""

    id: uuid.UUID
    group: BulkGroup
    purpose: str
    reason: str
    people: int
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime | None
    until_at: datetime | None
    mine: bool


def purposes_for_many(group: BulkGroup, roles: Collection[str]) -> list[tuple[str, Mapping[str, str]]]:
    """The purposes for which the policy names a group of many to these roles, with their words."""
    policy = policy_now(current().program, clock.now())
    return [
        (purpose, words)
        for purpose, words in policy.purposes.items()
        if policy.state(purpose, frozenset(roles), group).opens
    ]


def ask_many(
    about: uuid.UUID,
    group: BulkGroup,
    participants: Collection[uuid.UUID],
    *,
    purpose: str,
    reason: str,
    roles: Collection[str],
) -> uuid.UUID:
    """Ask to open names with numbers or addresses of many people for one thing (`about`); another must approve.

    Raises `Invalid` for nobody or too long a reason, `Refused`. Source: OFFSET-8.2:data-by-purpose.
    """
    if not participants:
        raise Invalid("is about nobody", "people")
    if len(reason) > _REASON_MAX:
        raise Invalid("say why, in at most {most} signs", "reason", most=_REASON_MAX)
    context, at, me = current(), clock.now(), actor_now()
    state = policy_now(context.program, at).state(purpose, frozenset(roles), group)
    _insist(may_ask_many(state=state, reason=reason), about, group)
    made = BulkOrder.objects.create(
        id=new_id(), program=context.program, about=about, group=group.value, counties=",".join(context.counties),
        purpose=purpose, reason=reason.strip(), people=sorted(set(participants)), asked_by=me, asked_at=at,
    )  # fmt: skip
    content: dict[str, Json] = {
        "order": str(made.id), "group": group.value, "purpose": purpose, "reason": made.reason,
        "people": len(made.people),
    }  # fmt: skip
    record("disclosure.many-asked", subject=f"about:{about}", content=content)
    return made.id


def approve_many(order_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Approve what somebody else asked; raises `NotFound`, `Refused`."""
    row = _in_view(BulkOrder.objects.select_for_update().filter(id=order_id, approved_at__isnull=True)).first()
    if row is None:
        raise NotFound("no such order that waits here")
    me = actor_now()
    _insist(may_approve_many(roles=roles, asked_by=row.asked_by, approver=me), row.about, BulkGroup(row.group))
    row.approved_by, row.approved_at = me, clock.now()
    row.save(update_fields=["approved_by", "approved_at"])
    record("disclosure.many-approved", subject=f"about:{row.about}", content={"order": str(row.id)})


def orders_about(about: uuid.UUID) -> list[OrderRow]:
    """The orders about one thing that wait for a second person or may be opened now, in view; the newest first."""
    at, me = clock.now(), actor_now()
    rows = _in_view(BulkOrder.objects.filter(about=about)).defer("people").annotate(count=F("people__len"))
    return [
        OrderRow(
            row.id, BulkGroup(row.group), row.purpose, row.reason, row.count, number_of(row.asked_by),
            row.asked_at, number_of(row.approved_by), row.approved_at,
            row.approved_at + MANY_LASTS if row.approved_at else None, row.asked_by == me,
        )
        for row in rows.order_by("-asked_at")
        if (at - row.approved_at < MANY_LASTS if row.approved_at else (at - row.asked_at).days < _WAITS_DAYS)
    ]  # fmt: skip


def open_many(
    about: uuid.UUID, group: BulkGroup, participants: Collection[uuid.UUID], *, roles: Collection[str]
) -> frozenset[uuid.UUID]:
    """Who of these may be opened now: those of the newest approved order of the worker of the context.

    The manifest, once for an order, and a look at each person are committed before, on a connection of their own.
    Raises `Refused` (recorded apart). Source: OFFSET-8.2:only-as-necessary, OFFSET-8.2:routine-monitoring.
    """
    if not participants:
        return frozenset()
    context, at, me = current(), clock.now(), actor_now()
    rows = BulkOrder.objects.filter(about=about, group=group.value, asked_by=me, approved_at__isnull=False)
    row = rows.order_by("-approved_at").first()
    state = policy_now(context.program, at).state(row.purpose if row else "", frozenset(roles), group)
    age = at - row.approved_at if row and row.approved_at else None
    _insist(may_open_many(state=state, approved=row is not None, age=age), about, group)
    assert row is not None  # an order that is not there is refused
    people = in_sight([one for one in row.people if one in set(participants)])
    _keep(row, people, roles, at)
    return frozenset(people)


def _keep(row: BulkOrder, people: Mapping[uuid.UUID, PersonInSight], roles: Collection[str], at: datetime) -> None:
    context, group = current(), BulkGroup(row.group)
    held = [one for first in range(0, len(people), _AT_ONCE) for one in _held(list(people), first, group, at)]
    content: dict[str, Json] = {
        "order": str(row.id), "group": group.value, "purpose": row.purpose, "asked": len(row.people),
        "told": len(people), "values": len(held), "approved_by": row.approved_by,
    }  # fmt: skip
    with acting(
        context.actor, program=context.program, counties=context.counties, purpose=context.purpose, using=APART
    ):
        entry = record_apart("disclosure.many-opened", subject=f"about:{row.about}", content=content)
        manifest = Manifest(
            id=new_id(), program=context.program, transmission_id=row.id, fields=[group.value], held=held,
            asked=len(row.people), told=len(people), actor=row.asked_by, entry_id=entry, at=at,
        )  # fmt: skip
        # The same file again, or at the same moment: its manifest stands already.
        Manifest.objects.using(APART).bulk_create([manifest], ignore_conflicts=True)
        Look.objects.using(APART).bulk_create(_looks(people, group, roles, at), batch_size=2000)


def _held(people: Sequence[uuid.UUID], first: int, group: BulkGroup, at: datetime) -> list[uuid.UUID]:
    named = _HELD[group]
    return [one.id for one in held_of(people[first : first + _AT_ONCE], at) if one.field in named] if named else []


def _looks(
    people: Mapping[uuid.UUID, PersonInSight], group: BulkGroup, roles: Collection[str], at: datetime
) -> list[Look]:
    program, me, said = current().program, actor_now(), ",".join(sorted(roles))[:80]
    return [
        Look(
            id=new_id(), program=program, county=one.county, participant_id=who, person_id=one.person_id, actor=me,
            role=said, page=group.value, tie=BY_APPROVAL, kin="", at=at,
        )
        for who, one in people.items()
    ]  # fmt: skip


def _in_view(rows: QuerySet[BulkOrder]) -> QuerySet[BulkOrder]:
    # How many people an order is about tells of the counties it was asked in.
    counties = current().counties
    return rows if counties == ALL_COUNTIES else rows.filter(counties=",".join(counties))


def _insist(decision: Decision, about: uuid.UUID, group: BulkGroup) -> None:
    if decision.allowed:
        return
    content: dict[str, Json] = {"group": group.value, "reason": decision.reason, "clauses": list(decision.clauses)}
    record_apart("disclosure.many-refused", subject=f"about:{about}", content=content)
    raise Refused(decision)

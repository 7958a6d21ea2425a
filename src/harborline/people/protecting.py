"""Record and end protections of a person: the family violence indicator, a court's order, another reason."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from harborline.kernel import Invalid, NotFound, Refused, clock, ports
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.facts import ProtectionChange, ProtectionKind, ProtectionReason
from harborline.people.models import Participant, Protection
from harborline.people.ports import ProtectionListener
from harborline.people.rules import may_end_protection, may_record_protection
from harborline.walls import current

STAFF = "staff:"
_SOURCE_MAX = 80


def record_protection(
    participant_id: uuid.UUID,
    kind: ProtectionKind,
    *,
    reason: ProtectionReason,
    source: str,
    roles: Collection[str],
    until_at: datetime | None = None,
) -> uuid.UUID:
    """Protect the person behind a participant from now on, in every county; answers the protection's id.

    An equal one that stands is that protection: there is one to end.

    `source` says who decided or which paper says so. Raises `NotFound`, `Invalid` for a source that says nothing or an
    end that is past, `Refused` for a role that does not work with people. Source: OFFSET-8.1:protective-order.
    """
    decision = may_record_protection(roles=roles)
    if not decision.allowed:
        raise Refused(decision)
    at, said = clock.now(), source.strip()
    if not said or len(said) > _SOURCE_MAX:
        raise Invalid("say who decided, or which paper says so, in at most {most} signs", "source", most=_SOURCE_MAX)
    if until_at is not None and until_at <= at:
        raise Invalid("is past already", "until")
    found, context = _person_of(participant_id), current()
    with connection.cursor() as cursor:  # two clicks at once queue behind one another
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"protection:{found}"])
    what = {
        "person_id": found, "reported_by": f"{STAFF}{context.program}"[:32], "kind": kind.value, "source": said,
        "until_at": until_at, "reason": reason.value,
    }  # fmt: skip
    same = Protection.objects.filter(Q(**what), ~Q(recorded_by=""), ended_at__isnull=True).first()
    if same is not None:
        return same.id
    made = Protection.objects.create(id=new_id(), agency=context.agency, from_at=at, recorded_by=_actor(), **what)
    content = {"protection": str(made.id), "kind": kind.value, "reason": reason.value}
    record("people.protection-recorded", subject=f"person:{found}", content=content)
    tell([ProtectionChange(made.id, found, "added", at)])
    return made.id


def end_protection(protection_id: uuid.UUID, *, because: str, roles: Collection[str]) -> None:
    """End a protection that staff recorded; what the case system says ends there.

    Raises `NotFound`, `Invalid` without a reason, `Refused` for a role that may not, or for the very person who
    recorded it. Source: OFFSET-8.1:harm.
    """
    row = Protection.objects.select_for_update().filter(id=protection_id, ended_at__isnull=True).first()
    if row is None or not row.reported_by.startswith(STAFF):
        raise NotFound("no such protection that staff recorded here")
    decision = may_end_protection(roles=roles, recorded_by=row.recorded_by, ended_by=_actor())
    if not decision.allowed:
        raise Refused(decision)
    if not because.strip():
        raise Invalid("say why it ends", "because")
    row.ended_at = at = clock.now()
    row.save(update_fields=["ended_at"])
    content = {"protection": str(row.id), "because": because.strip()[:300], "at": iso(at)}
    record("people.protection-ended", subject=f"person:{row.person_id}", content=content)
    tell([ProtectionChange(row.id, row.person_id, "ended", at)])


def tell(changes: Sequence[ProtectionChange]) -> None:
    """Let every listener hear, in the same transaction, that protections changed."""
    if changes:
        for listener in ports.serving_all(ProtectionListener).values():
            listener.protections_changed(changes)


def _person_of(participant_id: uuid.UUID) -> uuid.UUID:
    found = Participant.objects.filter(id=participant_id).values_list("person_id", flat=True).first()
    if found is None:
        raise NotFound("no such participant here")
    return found


def _actor() -> str:
    actor = current().actor
    return f"{actor.kind}:{actor.id}"

"""Protect somebody: whoever works here may at once, but not themselves and not their family."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from harborline.disclosure.looking import look
from harborline.disclosure.rules import may_protect
from harborline.disclosure.ties import tie_now
from harborline.kernel import NotFound, Refused, clock
from harborline.ledger.services import record_apart
from harborline.people.facts import ProtectionKind, ProtectionReason
from harborline.people.selectors import person_at_hand
from harborline.people.services import record_protection


def protect_person(
    participant_id: uuid.UUID,
    kind: ProtectionKind,
    *,
    reason: ProtectionReason,
    source: str,
    roles: Collection[str],
    until_at: datetime | None = None,
) -> uuid.UUID:
    """As `people.services.record_protection`, by the worker of the context, who is not of the person's family.

    No tie by work is asked for: somebody who calls in danger is protected by whoever answers. That worker then says
    why, as after any look without a tie. Raises `NotFound`, `Invalid`, `Refused` (recorded apart).
    Source: OFFSET-8.1:harm, OFFSET-8.2:only-as-necessary.
    """
    at = clock.now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    decision = may_protect(kin=tie_now(participant_id, person, at=at)[1])
    if not decision.allowed:
        content = {"reason": decision.reason}
        record_apart("disclosure.protection-refused", subject=f"participant:{participant_id}", content=content)
        raise Refused(decision)
    look(participant_id, page="protect", roles=roles)
    return record_protection(
        participant_id, kind, reason=reason, source=source, roles=roles, until_at=until_at
    )  # fmt: skip

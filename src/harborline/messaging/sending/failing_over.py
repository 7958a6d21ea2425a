"""Give a second carrier what the first surely did not accept, where the program may have a second one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel import Outcome
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.models import Sender
from harborline.messaging.ports import HandOver, HandOverResult, Trouble
from harborline.messaging.rules import may_fail_over
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for

_AWAY = frozenset({Trouble.LINE, Trouble.ACCOUNT})

_DIVERT = "UPDATE messaging_lot SET sender_id = %(instead)b WHERE sender_id = %(sender)b AND due_at <= %(now)b"


def second_sender(program: str, sender_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """The program's next sender that may take over from this one now; None where the law or its state forbids it."""
    if may_fail_over(surely_not_accepted=True, profile=profile(program)).outcome is not Outcome.ALLOW:
        return None
    others = Sender.objects.filter(program=program, active=True, paused_reason="").exclude(id=sender_id)
    for other in others.order_by("rank", "key"):
        approval = approval_for(other.carrier, program, now=now)
        if may_carry(approval=approval, program=program, purpose="texting", now=now).outcome is Outcome.ALLOW:
            return other.id
    return None


def goes_elsewhere(result: HandOverResult, *, program: str) -> bool:
    """Whether this text may go over the second carrier: the first surely did not accept it, for no fault of its own."""
    surely = result.answer is HandOver.BUSY and result.trouble in _AWAY
    decision = may_fail_over(surely_not_accepted=surely, profile=profile(program))
    return decision.outcome is Outcome.ALLOW


def divert(
    cursor: psycopg.Cursor[Any], program: str, *, sender_id: uuid.UUID, instead: uuid.UUID, now: datetime
) -> int:
    """Let everything that is due at a sender that is down go over the other; answers how many lots moved."""
    if may_fail_over(surely_not_accepted=True, profile=profile(program)).outcome is not Outcome.ALLOW:
        return 0
    cursor.execute(_DIVERT, {"sender": sender_id, "instead": instead, "now": now})
    moved = int(cursor.rowcount)
    if moved:
        record(
            "message.diverted",
            subject=f"sender:{sender_id}",
            content={"from": str(sender_id), "to": str(instead), "lots": moved},
        )
    return moved

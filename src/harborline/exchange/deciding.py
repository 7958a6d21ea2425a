"""What people decide about deliveries that were set aside: let go on (two persons), refuse, ask for another one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from harborline.exchange.alarming import settle_alarm
from harborline.exchange.facts import AlarmKind, State, Step
from harborline.exchange.gathering import actor_name, agreement_row
from harborline.exchange.landing import (
    enqueue,
    hold_for_number,
    release_gap,
    rivals_of,
    step_aside,
    waits_for_number,
)
from harborline.exchange.models import Transmission, Work
from harborline.exchange.proving import refusal
from harborline.exchange.receipting import NEGATIVE, change, issue
from harborline.exchange.rules import may_release
from harborline.exchange.wording import ReceiptKind
from harborline.exchange.working import delivery, refuse_delivery
from harborline.kernel import Invalid, Outcome, Refused, clock
from harborline.ledger.services import record

UNREADABLE: Final = frozenset(
    {
        "unsigned",
        "unknown-signer",
        "message-changed",
        "too-large-inside",
        "not-for-us",
        "numbers-differ",
        "signer-expired",
        "signed-at-another-time",
    }
)
"""Reasons for which nothing but another delivery helps: not authentic, not to be opened, or with two numbers."""


def release(transmission_id: uuid.UUID, *, because: str) -> bool:
    """Let a delivery go on: from quarantine two persons, one after the other; whether it went on now.

    One that contradicted another takes its place: the other is set aside. Raises `Refused` where that was processed,
    for the same person twice, and for content that no word of ours can make authentic.
    """
    agreement_row(delivery(transmission_id).agreement_id, locked=True)
    row = delivery(transmission_id, locked=True)
    if row.reason in UNREADABLE:
        raise Refused(refusal("ask-for-another-delivery"))
    rivals = rivals_of(row)
    if any(one.state == State.PROCESSED for one in rivals):
        raise Refused(refusal("other-is-processed"))
    by = actor_name()
    decision = may_release(state=State(row.state), asked_by=row.asked_by, by=by, because=because)
    if decision.outcome is Outcome.HOLD:
        row.asked_by, row.asked_because = by, because.strip()[:200]
        content = {"transmission": str(row.id), "because": row.asked_because}
        record("exchange.release-asked", subject=f"transmission:{row.id}", content=content)
        row.save(update_fields=["asked_by", "asked_because"])
        return False
    if not decision.allowed:
        raise Refused(decision)
    _go_on(row, because.strip()[:200], rivals)
    return True


def _go_on(row: Transmission, because: str, rivals: Sequence[Transmission]) -> None:
    waived, asked_by = row.reason, row.asked_by
    for one in rivals:
        issue(one, ReceiptKind.VALIDATED, NEGATIVE, reason="superseded", entry_id=step_aside(one))
    # What was set aside as a conflict had no place in the order: it takes that of the others, its turn included.
    early = not row.counted and waits_for_number(row)
    row.counted, row.asked_by, row.asked_because = row.counted or not row.test, "", ""
    row.save(update_fields=["counted", "asked_by", "asked_because"])
    change(row, State.LANDED, "released", detail={"waives": waived, "because": because, "asked_by": asked_by})
    if early:
        hold_for_number(row)
    else:
        enqueue(row, Step.VALIDATE)
    _settled(row, "released")
    release_gap(row.agreement)


def reject(transmission_id: uuid.UUID, *, because: str, resend: bool) -> None:
    """Refuse a delivery for good, with a negative receipt; with `resend` the partner may send another in its place."""
    row = delivery(transmission_id, locked=True)
    if not because.strip():
        raise Invalid("say why", "because")
    if row.outgoing or State(row.state).over:
        raise Refused(refusal("delivery-is-over"))
    Work.objects.filter(transmission=row).exclude(state="done").update(state="done", changed_at=clock.now())
    reason = "resend-asked" if resend else "refused-by-staff"
    refuse_delivery(row, reason, detail={"because": because.strip()[:200]}, resend=resend)
    _settled(row, "refused")
    release_gap(row.agreement)


def _settled(row: Transmission, because: str) -> None:
    for kind in (AlarmKind.QUARANTINE, AlarmKind.CONFLICT, AlarmKind.DEAD):
        settle_alarm(kind, f"transmission:{row.id}", because=because)

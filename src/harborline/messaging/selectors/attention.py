"""What waits for somebody, and how the carriers do: for the first page of the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from harborline.consent.selectors import possible_opt_outs, unfiled
from harborline.kernel import clock
from harborline.law import profile
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.models import AttemptOutcome, Dispatch, InboundMessage, NoticeRun, Sender
from harborline.messaging.rules import protections_current
from harborline.messaging.sending.records import Lot, Unclear
from harborline.people.selectors import numbers_held, protection_age
from harborline.vendors.facts import TEXTING
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for
from harborline.walls import ALL_COUNTIES, current


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things wait for a person.

    `unknown_messages` are of the runs of the last 30 days; `protection_feed_stale`: every send and release is held.
    """

    runs_to_approve: int
    runs_ready: int
    possible_opt_outs: int
    permission_lines_to_confirm: int
    unknown_messages: int
    protection_feed_stale: bool

    @property
    def nothing(self) -> bool:
        """Whether nobody needs to do anything."""
        return not any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class CarrierStatus:
    """One sender: the carrier behind it, whether it may carry now and if not why, its last answer, texts in its queue.

    `reason` is the code of the refusal, empty while `approved`. `paused_reason` is empty while the sender may send.
    """

    sender: str
    number: str
    carrier: str
    vendor: str
    approved: bool
    reason: str
    approved_until: datetime | None
    last_answer_at: datetime | None
    queued: int
    paused_reason: str = ""


def waiting() -> Waiting:
    """What waits for staff in the context's program and counties."""
    context = current()
    runs: dict[str, int] = dict(
        NoticeRun.objects.filter(program=context.program).values_list("state").annotate(Count("id")).order_by()
    )
    fresh = protections_current(age=protection_age(context.program), profile=profile(context.program))
    return Waiting(
        runs_to_approve=runs.get(RunState.AWAITING_APPROVAL.value, 0),
        runs_ready=runs.get(RunState.READY.value, 0),
        possible_opt_outs=len(possible_opt_outs(context.program)),
        permission_lines_to_confirm=len(unfiled(context.program)),
        unknown_messages=_unknown(),
        protection_feed_stale=not fresh.allowed,
    )


def _unknown() -> int:
    # What became clear meanwhile may still stand among the unclear ones until its expiry.
    unclear = Unclear.objects.values("message_id")
    return Dispatch.objects.filter(message_id__in=unclear, state=int(DispatchState.UNKNOWN)).count()


def carrier_status() -> list[CarrierStatus]:
    """Every active sender of the context's program."""
    senders = Sender.objects.filter(program=current().program, active=True).order_by("key")
    return [_status(sender) for sender in senders]


def _status(sender: Sender) -> CarrierStatus:
    approval = approval_for(sender.carrier, sender.program)
    decision = may_carry(approval=approval, program=sender.program, purpose=TEXTING, now=clock.now())
    # Attempts are numbered in the order of time, so the newest is found without counting them all.
    answered = AttemptOutcome.objects.filter(attempt__sender_id=sender.id).order_by("-attempt_id").first()
    return CarrierStatus(
        sender=sender.key,
        number=sender.number,
        carrier=sender.carrier,
        vendor=approval.vendor if approval else "",
        approved=decision.allowed,
        reason="" if decision.allowed else decision.reason,
        approved_until=approval.valid_until_at if approval else None,
        last_answer_at=answered.at if answered else None,
        queued=_queued(sender),
        paused_reason=sender.paused_reason,
    )


def _queued(sender: Sender) -> int:
    lots = Lot.objects.filter(sender_id=sender.id).values_list("message_ids", flat=True)
    return sum(len(message_ids) for message_ids in lots)


def recent_opt_outs(*, days: int = 7) -> int:
    """How many texts of the last days asked to stop, or may have; in a county, those of numbers that people there have.

    Counts of other counties are none of its business.
    """
    since = clock.now() - timedelta(days=days)
    found = InboundMessage.objects.filter(program=current().program, received_at__gte=since)
    found = found.exclude(opt_out__in=("", "none"))
    if current().counties == ALL_COUNTIES:
        return found.count()
    numbers = [bytes(index) for index in found.values_list("phone_idx", flat=True)]
    held = numbers_held(set(numbers))
    return sum(number in held for number in numbers)

"""Steps on landed deliveries: opened, scanned, checked; taken in by a room. Tried again, then a dead letter."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q

from harborline.exchange.alarming import raise_alarm, settle_alarm
from harborline.exchange.content import drop, opened
from harborline.exchange.facts import AlarmKind, State, Step
from harborline.exchange.gathering import agreement_row
from harborline.exchange.landing import enqueue
from harborline.exchange.models import Transmission, Work
from harborline.exchange.opening import Examined, examine, not_again
from harborline.exchange.ports import Consumer
from harborline.exchange.proving import refusal
from harborline.exchange.receipting import HELD, NEGATIVE, POSITIVE, change, issue
from harborline.exchange.receipts import RowError
from harborline.exchange.units import as_system
from harborline.exchange.wording import ReceiptKind
from harborline.kernel import Fault, Invalid, NotFound, Outcome, Refused, clock, ports
from harborline.ledger.services import record
from harborline.walls import current

BACK_OFF: Final = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
STUCK: Final = timedelta(minutes=30)
_UNSETTLED = (State.LANDED.value, State.VALIDATED.value, State.HELD.value, State.QUARANTINED.value)


def work_off(program: str, *, limit: int = 100) -> int:
    """Take every step that is due, each in units of its own; answers how many were taken."""
    done = 0
    while done < limit:
        with as_system(program):
            work = _claimed(program)
        if work is None:
            return done
        _attempt(program, work)
        done += 1
    return done


def _claimed(program: str) -> Work | None:
    now = clock.now()
    due = Q(state="queued", next_at__lte=now) | Q(state="running", changed_at__lt=now - STUCK)
    rows = Work.objects.select_for_update(skip_locked=True).filter(due, program=program)
    work = rows.order_by("next_at", "transmission__sequence", "transmission_id").first()
    if work is None:
        return None
    work.state, work.tries, work.changed_at = "running", work.tries + 1, now
    work.save(update_fields=["state", "tries", "changed_at"])
    return work


def _attempt(program: str, work: Work) -> None:
    step: Callable[[uuid.UUID], None] = {Step.VALIDATE: validate, Step.PROCESS: _consume}[Step(work.step)]
    try:
        step(work.transmission_id)
    except _WaitsForEarlier:
        with as_system(program):
            _again(work, clock.now() + timedelta(minutes=1), tries=max(0, work.tries - 1), error="waits-for-earlier")
    except Fault as fault:
        with as_system(program):
            _failed(work, fault.decision.reason if isinstance(fault, Refused) else fault.code)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a step becomes a dead letter, not a lost one
        with as_system(program):
            _failed(work, type(error).__name__)
    else:
        with as_system(program):
            Work.objects.filter(id=work.id, state="running").update(state="done", error="", changed_at=clock.now())
            settle_alarm(AlarmKind.DEAD, f"transmission:{work.transmission_id}", because="done")


class _WaitsForEarlier(Exception):  # noqa: N818 - not an error: its turn has not come
    """A delivery before this one is not settled."""


def _again(work: Work, at: object, *, tries: int, error: str) -> None:
    Work.objects.filter(id=work.id).update(
        state="queued", next_at=at, tries=tries, error=error[:200], changed_at=clock.now()
    )


def _failed(work: Work, error: str) -> None:
    now = clock.now()
    if work.tries <= len(BACK_OFF):
        _again(work, now + BACK_OFF[work.tries - 1], tries=work.tries, error=error)
        return
    Work.objects.filter(id=work.id).update(state="dead", error=error[:200], changed_at=now)
    row = delivery(work.transmission_id)
    detail = {"step": work.step, "error": error[:80], "tries": work.tries}
    raise_alarm(AlarmKind.DEAD, f"transmission:{row.id}", agreement=row.agreement, detail=detail)


def delivery(transmission_id: uuid.UUID, *, locked: bool = False) -> Transmission:
    """A delivery of the context's program; raises `NotFound`."""
    rows = Transmission.objects.filter(id=transmission_id, program=current().program)
    rows = rows.select_related("agreement__partner")
    row = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if row is None:
        raise NotFound("no such delivery here")
    return row


def validate(transmission_id: uuid.UUID) -> None:
    """Open, scan and check a landed delivery; the verdict with its receipt is written in one transaction."""
    program = _program_of(transmission_id)
    with as_system(program):
        row = delivery(transmission_id)
        if row.state != State.LANDED:
            return
    examined = examine(program, row)
    with as_system(program):
        if examined.plain:
            # Of two deliveries with one content, looked into side by side, the second is to know the first.
            agreement_row(row.agreement_id, locked=True)
        row = delivery(transmission_id, locked=True)
        if row.state == State.LANDED:
            _judged(row, not_again(row, examined))


def _program_of(transmission_id: uuid.UUID) -> str:
    from harborline.law import profiles  # noqa: PLC0415 - read once a process

    for program in profiles():
        with as_system(program):
            if Transmission.objects.filter(id=transmission_id, program=program).exists():
                return program
    raise NotFound("no such delivery")


def _judged(row: Transmission, examined: Examined) -> None:
    row.counts = dict(examined.counts)
    row.save(update_fields=["counts"])
    if examined.quarantine:
        change(row, State.QUARANTINED, examined.quarantine, detail=examined.detail)
        raise_alarm(AlarmKind.QUARANTINE, f"transmission:{row.id}", agreement=row.agreement,
                    detail={"reason": examined.quarantine})  # fmt: skip
        return
    if examined.decision.outcome is Outcome.HOLD:
        entry_id = change(row, State.HELD, examined.decision.reason, detail=examined.detail)
        issue(row, ReceiptKind.VALIDATED, HELD, reason=examined.decision.reason, entry_id=entry_id)
        return
    if not examined.decision.allowed:
        refuse_delivery(row, examined.decision.reason, detail=examined.detail, wrong=examined.wrong)
        return
    examined.keep(row)
    state = State.TESTED if row.test else State.VALIDATED
    entry_id = change(row, state, "validated", detail={**examined.detail, "counts": dict(row.counts)})
    issue(row, ReceiptKind.VALIDATED, POSITIVE, reason="validated", entry_id=entry_id, wrong=examined.wrong)
    if not row.test and _consumer(row) is not None:
        enqueue(row, Step.PROCESS)


def refuse_delivery(
    row: Transmission, reason: str, *, detail: Mapping[str, object], resend: bool = True, wrong: Sequence[RowError] = ()
) -> None:
    """Refuse a delivery whole; with `resend` the partner may send it again under the same name and number."""
    for one in row.files.all():
        if one.plain is not None:
            drop(one.plain)
    row.resend_asked_at = clock.now() if resend and not row.test else None
    row.save(update_fields=["resend_asked_at"])
    state = State.TESTED if row.test else State.REJECTED
    entry_id = change(row, state, reason, detail=detail)
    issue(row, ReceiptKind.VALIDATED, NEGATIVE, reason=reason, entry_id=entry_id, resend=resend, wrong=wrong)


def _consumer(row: Transmission) -> Consumer | None:
    return ports.serving_all(Consumer).get(row.agreement.key)


def _consume(transmission_id: uuid.UUID) -> None:
    program = _program_of(transmission_id)
    with as_system(program):
        row = delivery(transmission_id, locked=True)
        consumer = _consumer(row)
        if row.state != State.VALIDATED or consumer is None:
            return
        if blocked_by_earlier(row):
            raise _WaitsForEarlier
        streams = [
            (one.name, opened(program, one.plain or one.content)) for one in row.files.order_by("name")
        ]  # fmt: skip
        try:
            counts = dict(consumer.take(row.id, streams))
        except Invalid as wrong:
            refuse_delivery(row, "taker-refused", detail={"where": wrong.where[:80]})
            return
        finally:
            for _name, stream in streams:
                stream.close()
        finish(row, counts)


def blocked_by_earlier(row: Transmission) -> bool:
    """Whether a delivery with a lower number is not settled: nothing later posts first."""
    if row.sequence is None:
        return False
    waiting = Q(state__in=_UNSETTLED) | Q(state=State.REJECTED.value, resend_asked_at__isnull=False)
    earlier = Transmission.objects.filter(
        agreement=row.agreement, outgoing=False, test=False, counted=True, sequence__lt=row.sequence
    )
    return earlier.filter(waiting).exists()


def finish(row: Transmission, counts: Mapping[str, int]) -> None:
    """Say "processed", with its receipt, in the transaction of the effects."""
    row.counts = {**row.counts, **counts}
    row.save(update_fields=["counts"])
    entry_id = change(row, State.PROCESSED, "processed", detail={"counts": dict(row.counts)})
    issue(row, ReceiptKind.PROCESSED, POSITIVE, reason="processed", entry_id=entry_id)


def take_over(transmission_id: uuid.UUID, *, because: str) -> None:
    """A person took a validated delivery into another system: processed. Raises `Refused` out of its turn."""
    row = delivery(transmission_id, locked=True)
    if not because.strip():
        raise Invalid("say where it went", "because")
    if row.outgoing or row.state != State.VALIDATED:
        raise Refused(refusal("not-validated"))
    if blocked_by_earlier(row):
        raise Refused(refusal("earlier-not-settled"))
    record(
        "exchange.taken-over", subject=f"transmission:{row.id}",
        content={"transmission": str(row.id), "because": because.strip()[:200]},
    )  # fmt: skip
    finish(row, {})


def replay(transmission_id: uuid.UUID, step: Step) -> None:
    """Have a step taken again now, by hand; raises `Refused` for one that is not dead or waiting to be tried."""
    row = delivery(transmission_id)
    work = Work.objects.select_for_update().filter(transmission=row, step=step.value).first()
    if work is None or work.state not in ("dead", "queued"):
        raise Refused(refusal("nothing-to-replay"))
    content = {"transmission": str(row.id), "step": step.value}
    record("exchange.replayed", subject=f"transmission:{row.id}", content=content)
    enqueue(row, step)
    settle_alarm(AlarmKind.DEAD, f"transmission:{row.id}", because="replayed")


__all__ = ["delivery", "finish", "refuse_delivery", "replay", "take_over", "work_off"]

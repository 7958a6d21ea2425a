"""The register of penalties: proposing, deciding, reading; a suspension turns the account off, a dismissal ends it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db.models import Q, QuerySet

from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.vault.services import seal_text, unseal_text
from harborline.walls import current
from harborline.workforce.days import day_of
from harborline.workforce.giving import close_sessions, leave_work
from harborline.workforce.models import Worker
from harborline.workforce.penalty_facts import PenaltyKind, PenaltyLine, PenaltyState
from harborline.workforce.penalty_models import Penalty, PenaltyDecision, PenaltyReceipt, Suspension
from harborline.workforce.penalty_rules import (
    may_decide_penalty,
    may_penalise,
    may_read_penalty,
    may_sign_receipt,
    takes_effect,
)
from harborline.workforce.placing import must, who
from harborline.workforce.roster import number_of
from harborline.workforce.standing import apart, supervised_by

LONGEST = 1_000
SHOWN = 200


def propose_penalty(
    worker: Worker, kind: PenaltyKind, *, because: str, basis: str, roles: frozenset[str],
    from_date: date | None = None, until_date: date | None = None,
) -> uuid.UUID:  # fmt: skip
    """Enter a penalty; mild ones hold at once, a suspension or dismissal waits for a second person.

    Raises `Refused`, `Invalid`. Source: OFFSET-8.2:penalties.
    """
    now = clock.now()
    today = day_of(worker.id, now)
    start = from_date or today
    must(
        may_penalise(
            roles=roles, of_oneself=who() == f"worker:{worker.id}", supervises=worker.id in _below(now), kind=kind,
            because=because, from_date=start, until_date=until_date, today=today,
        )
    )  # fmt: skip
    if len(because) > LONGEST:
        raise Invalid("at most {most} signs", "because", most=LONGEST)
    made = new_id()
    Penalty.objects.create(
        id=made, program=current().program, worker=worker, kind=kind.value,
        because=_sealed(made, "because", because.strip()), basis=basis[:80], from_date=start,
        until_date=until_date if kind is PenaltyKind.SUSPENSION else None, proposed_by=who(), proposed_at=now,
    )  # fmt: skip
    content = {"penalty": str(made), "kind": kind.value, "basis": basis[:80], "from": start.isoformat()}
    record("workforce.penalty-proposed", subject=f"worker:{worker.id}", content=content)
    return made


def decide_penalty(penalty_id: uuid.UUID, *, approved: bool, roles: frozenset[str]) -> None:
    """Say yes or no to a grave penalty as a second person; yes turns the account off. Raises `Refused`, `NotFound`."""
    row = _row(penalty_id)
    Worker.objects.select_for_update().get(id=row.worker_id)  # two answers at once queue behind one another
    kind, decided = PenaltyKind(row.kind), PenaltyDecision.objects.filter(penalty=row).exists()
    must(
        may_decide_penalty(
            roles=roles, kind=kind, proposed_by=row.proposed_by, decided_by=who(), worker=f"worker:{row.worker_id}",
            decided=decided,
        )
    )  # fmt: skip
    must(apart(row.proposed_by, who(), now=clock.now()))
    if approved:
        must(takes_effect(kind=kind, until_date=row.until_date, today=day_of(row.worker_id, clock.now())))
    PenaltyDecision.objects.create(
        penalty=row, program=row.program, approved=approved, decided_by=who(), decided_at=clock.now()
    )
    content = {"penalty": str(row.id), "kind": row.kind, "approved": "yes" if approved else "no"}
    record("workforce.penalty-decided", subject=f"worker:{row.worker_id}", content=content)
    if approved:
        _take_effect(row, kind)


def is_dismissed(worker: Worker) -> bool:
    """Whether two people of the context's program decided that the worker goes."""
    decided = PenaltyDecision.objects.filter(program=current().program, penalty__worker=worker, approved=True)
    return decided.filter(penalty__kind=PenaltyKind.DISMISSAL.value).exists()


def _take_effect(row: Penalty, kind: PenaltyKind) -> None:
    worker, today = row.worker, day_of(row.worker_id, clock.now())
    start = max(row.from_date, today)
    if kind is PenaltyKind.DISMISSAL:
        leave_work(worker, min(start, worker.terminated_on or start))
    elif row.until_date is not None:
        Suspension.objects.create(id=new_id(), worker=worker, from_date=start, until_date=row.until_date)
        content = {"from": start.isoformat(), "until": row.until_date.isoformat()}
        record("workforce.suspended", subject=f"worker:{worker.id}", content=content)
        if start <= today:
            close_sessions(worker)


def sign_penalty(penalty_id: uuid.UUID, worker: Worker, *, typed: str, appeal: str) -> None:
    """The worker says that they read their penalty, and what they say against it; raises `Refused`, `NotFound`."""
    row = _row(penalty_id)
    line = _line(row)
    must(
        may_sign_receipt(
            by_worker=row.worker_id == worker.id and who() == f"worker:{worker.id}",
            in_force=line.state in (PenaltyState.IN_FORCE, PenaltyState.READ),
            read=line.read_at is not None, typed=typed, name=worker.name,
        )
    )  # fmt: skip
    if len(appeal) > LONGEST:
        raise Invalid("at most {most} signs", "appeal", most=LONGEST)
    said = _sealed(row.id, "appeal", appeal.strip()) if appeal.strip() else None
    PenaltyReceipt.objects.create(penalty=row, program=row.program, read_as=worker.name, appeal=said, at=clock.now())
    content = {"penalty": str(row.id), "appealed": "yes" if said else "no"}
    record("workforce.penalty-read", subject=f"worker:{worker.id}", content=content)


def open_register(*, roles: frozenset[str]) -> list[PenaltyLine]:
    """The register of the context's program as the reader may know it, the newest first; whose lines is recorded.

    Officers see every line, supervisors those of the workers below them, nobody their own.
    Source: OFFSET-8.2:penalties.
    """
    below, me = _below(clock.now()), _self()
    rows = [
        row
        for row in _rows()
        if may_read_penalty(roles=roles, of_oneself=row.worker_id == me, supervises=row.worker_id in below).allowed
    ][:SHOWN]
    if rows:
        content = {"lines": str(len(rows)), "workers": " ".join(sorted({str(row.worker_id) for row in rows}))}
        record("workforce.register-read", subject=who(), content=content)
    return [_line(row) for row in rows]


def _rows() -> QuerySet[Penalty]:
    rows = Penalty.objects.filter(program=current().program)
    return rows.select_related("worker", "decision", "receipt").order_by("-proposed_at")


def _self() -> uuid.UUID | None:
    actor = current().actor
    return uuid.UUID(actor.id) if actor.kind == "worker" else None


def _below(now: datetime) -> frozenset[uuid.UUID]:
    me = _self()
    return supervised_by(me, current().program, now=now) if me else frozenset()


def penalties_of(worker_id: uuid.UUID) -> list[PenaltyLine]:
    """What a worker is told of their own penalties: those in force."""
    lines = [_line(row) for row in _rows().filter(worker_id=worker_id)]
    return [one for one in lines if one.state in (PenaltyState.IN_FORCE, PenaltyState.READ)]


def unread_penalties(worker_id: uuid.UUID) -> int:
    """How many penalties in force wait for the worker's own word; opens nothing sealed."""
    grave = [kind.value for kind in PenaltyKind if kind.grave]
    mine = Penalty.objects.filter(program=current().program, worker_id=worker_id, receipt__isnull=True)
    return mine.filter(~Q(kind__in=grave) | Q(decision__approved=True)).count()


def suspensions(*, since: datetime) -> list[tuple[uuid.UUID, date, date]]:
    """Whose account was off by a suspension, from and until (exclusive), where that ended after `since`."""
    rows = Suspension.objects.filter(until_date__gte=since.date())  # the day there may be the one before
    return list(rows.values_list("worker_id", "from_date", "until_date"))


def _row(penalty_id: uuid.UUID) -> Penalty:
    found = Penalty.objects.filter(id=penalty_id, program=current().program).select_related("worker").first()
    if found is None:
        raise NotFound("no such penalty in this program")
    return found


def _line(row: Penalty) -> PenaltyLine:
    decision, receipt = getattr(row, "decision", None), getattr(row, "receipt", None)
    kind = PenaltyKind(row.kind)
    if kind.grave and decision is None:
        state = PenaltyState.WAITS
    elif decision is not None and not decision.approved:
        state = PenaltyState.REFUSED
    else:
        state = PenaltyState.READ if receipt else PenaltyState.IN_FORCE
    return PenaltyLine(
        id=row.id, worker_id=row.worker_id, worker_name=row.worker.name, worker_number=row.worker.number, kind=kind,
        state=state, because=_opened(row.id, "because", row.because), basis=row.basis, from_date=row.from_date,
        until_date=row.until_date, proposed_by=number_of(row.proposed_by), proposed_at=row.proposed_at,
        decided_by=number_of(decision.decided_by) if decision else "",
        decided_at=decision.decided_at if decision else None, read_as=receipt.read_as if receipt else "",
        read_at=receipt.at if receipt else None,
        appeal=_opened(row.id, "appeal", receipt.appeal) if receipt and receipt.appeal else "",
    )  # fmt: skip


def _sealed(penalty: uuid.UUID, part: str, words: str) -> bytes:
    return seal_text(words, group=f"{current().program}/workforce", context=f"penalty:{penalty}:{part}")


def _opened(penalty: uuid.UUID, part: str, sealed: bytes | memoryview) -> str:
    return unseal_text(bytes(sealed), group=f"{current().program}/workforce", context=f"penalty:{penalty}:{part}")

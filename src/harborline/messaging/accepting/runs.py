"""The runs that take accepted texts: one for each machine, template version and day, open until the day is over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.db.models import Max

from harborline.kernel import Outcome, clock
from harborline.kernel.ids import new_id
from harborline.law import Profile
from harborline.ledger.services import record
from harborline.messaging.accepting.records import AcceptingRun
from harborline.messaging.facts import RunState
from harborline.messaging.models import NoticeRun
from harborline.messaging.notices.rendering import TextMaker
from harborline.messaging.notices.runs import sender_of
from harborline.messaging.rules import may_release
from harborline.messaging.words.templates import Template
from harborline.workforce.facts import MachineFacts

_TAKE_ROWS = """
UPDATE messaging_noticerun SET row_count = row_count + %(rows)b
 WHERE id = %(run)b AND planned_at IS NULL AND state <> ALL (%(over)b::text[])
RETURNING row_count, state, approved_by, sender_id
"""
_OVER = [RunState.CANCELLED.value, RunState.FINISHED.value]
_OPEN: dict[tuple[uuid.UUID, str, date], uuid.UUID] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows go: the run, its sender, and the number of the first row."""

    run_id: uuid.UUID
    sender_id: uuid.UUID
    first_row: int


def take_rows(
    cursor: psycopg.Cursor[Any], machine: MachineFacts, texts: TextMaker, *, rows: int, now: datetime
) -> Place:
    """Make room for `rows` rows in the run of the day; it stays locked to the end of the transaction.

    Above the program's size the run waits for a second person, like one of a caseload.
    """
    template, settings = texts.template, texts.profile
    day = now.astimezone(ZoneInfo(settings.zones[0])).date()
    key = (machine.id, template.sha256, day)
    run_id = _OPEN.get(key) or _newest(machine, template, day)
    taken = _take(cursor, run_id, rows) if run_id else None
    if taken is None:
        run_id = _open(machine, template, settings, day, now)
        taken = _take(cursor, run_id, rows)
    assert taken is not None  # the run was opened in this transaction
    assert run_id is not None
    if len(_OPEN) > 1_000:  # noqa: PLR2004 - of days gone by
        _OPEN.clear()
    _OPEN[key] = run_id
    count, state, approved_by, sender_id = taken
    if state == RunState.RUNNING and not approved_by:
        _ask_second_person(machine, settings, run_id, count)
    return Place(run_id, uuid.UUID(bytes=sender_id) if isinstance(sender_id, bytes) else sender_id, count - rows + 1)


def close_days(program: str, settings: Profile, *, now: datetime | None = None) -> int:
    """Let the runs of days gone by finish; answers how many."""
    at = now or clock.now()
    today = at.astimezone(ZoneInfo(settings.zones[0])).date()
    over = list(AcceptingRun.objects.filter(program=program, closed_at__isnull=True, day__lt=today)[:1000])
    for one in over:
        NoticeRun.objects.filter(id=one.run_id, planned_at__isnull=True).update(planned_at=at)
        one.closed_at = at
        one.save(update_fields=["closed_at"])
        record("notice.run-planned", subject=f"run:{one.run_id}", content={"run": str(one.run_id), "day": str(one.day)})
    return len(over)


def forget_runs() -> None:
    """Forget which runs are open: between tests."""
    _OPEN.clear()


def _take(cursor: psycopg.Cursor[Any], run_id: uuid.UUID, rows: int) -> tuple[Any, ...] | None:
    cursor.execute(_TAKE_ROWS, {"run": run_id, "rows": rows, "over": _OVER}, binary=True)
    return cursor.fetchone()


def _newest(machine: MachineFacts, template: Template, day: date) -> uuid.UUID | None:
    runs = AcceptingRun.objects.filter(
        machine_id=machine.id, day=day, template_key=template.key, template_sha256=template.sha256
    )
    return runs.order_by("-part").values_list("run_id", flat=True).first()


def _open(machine: MachineFacts, template: Template, settings: Profile, day: date, now: datetime) -> uuid.UUID:
    same = {"machine_id": machine.id, "day": day, "template_key": template.key, "template_sha256": template.sha256}
    part = (AcceptingRun.objects.filter(**same).aggregate(last=Max("part"))["last"] or 0) + 1
    run_id = new_id()
    AcceptingRun.objects.create(run_id=run_id, program=machine.program, part=part, **same)
    NoticeRun.objects.create(
        id=run_id,
        program=machine.program,
        sender=sender_of(machine.program),
        template_key=template.key,
        template_sha256=template.sha256,
        profile_sha256=settings.sha256,
        source_name=f"API: {machine.name}",
        source_sha256="",
        source_blob="",
        state=RunState.RUNNING.value,
        started_by=str(machine.id),
        created_at=now,
    )
    content = {"run": str(run_id), "template": template.key, "template_sha256": template.sha256, "day": day.isoformat()}
    record("notice.run-opened", subject=f"run:{run_id}", content=content)
    return run_id


def _ask_second_person(machine: MachineFacts, settings: Profile, run_id: uuid.UUID, count: int) -> None:
    released = may_release(recipients=count, started_by=str(machine.id), approved_by="", profile=settings)
    if released.outcome is Outcome.ALLOW:
        return
    NoticeRun.objects.filter(id=run_id).update(state=RunState.AWAITING_APPROVAL.value)
    content = {"run": str(run_id), "from": RunState.RUNNING.value, "to": RunState.AWAITING_APPROVAL.value}
    record("notice.run-awaits-approval", subject=f"run:{run_id}", content=content)

"""Disposal runs: prepare, approve, carry out batch by batch, certify; and what goes by itself when it is overdue."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime

from harborline.kernel import Invalid, NotFound, clock, ports
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.law.schedules import Schedule, Series
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.retention.acting import SYSTEM, actor, insist, one_at_a_time
from harborline.retention.facts import RunState
from harborline.retention.governing import in_force
from harborline.retention.judging import Judge
from harborline.retention.models import Destroyed, DisposalBatch, DisposalRun
from harborline.retention.ports import Disposable
from harborline.retention.rules import may_approve, may_prepare, second_person
from harborline.retention.sealing import open_ids, seal_ids
from harborline.vault.facts import Grounds
from harborline.walls import ALL_COUNTIES, acting, current

BATCH = 500
Progress = Callable[[int, int], None]


def prepare_run(key: str, *, roles: Collection[str], now: datetime | None = None) -> DisposalRun:
    """Fix which records of a series are to go: their exact ids, sealed. Nothing is destroyed.

    Raises `Refused` for a role that may not, `NotFound` when nothing is ripe, `Invalid` for a series no room offers
    or that is never destroyed.
    """
    moment = now or clock.now()
    insist(may_prepare(roles=roles, statewide=current().counties == ALL_COUNTIES))
    schedule = in_force(current().program, moment)
    return _prepared(schedule, _disposable(schedule, key), moment, automatic=False)


def _disposable(schedule: Schedule, key: str) -> Series:
    series = schedule.of(key)
    offered = ports.serving_all(Disposable).get(key)
    if series.action != "destroy":
        raise Invalid(
            "the series {key} is not destroyed: its action is {action}", "--series", key=key, action=series.action
        )
    if offered is None:
        raise Invalid("no room offers records of the series {key} yet", "--series", key=key)
    if offered.lasting:
        raise Invalid("records of the series {key} are append-only and cannot be destroyed yet", "--series", key=key)
    return series


def _prepared(schedule: Schedule, series: Series, moment: datetime, *, automatic: bool) -> DisposalRun:
    judge = Judge.of(schedule.program, series, moment)
    going = [one.record for one in judge.everything_ripe() if one.decision.allowed]
    if not going:
        raise NotFound(f"nothing in {series.key} is to go now")
    moments = sorted(one.at for one in going)
    run_id = new_id()
    content: dict[str, Json] = {
        "run": str(run_id),
        "series": series.key,
        "schedule": name_of(schedule),
        "sha256": schedule.sha256,
        "records": len(going),
        "oldest": iso(moments[0]),
        "newest": iso(moments[-1]),
    }
    run = DisposalRun.objects.create(
        id=run_id,
        program=schedule.program,
        series=series.key,
        mode=schedule.mode.value,
        version=schedule.version,
        schedule_sha256=schedule.sha256,
        authority=series.authority,
        clause=series.clause,
        approver=series.approver,
        automatic=automatic,
        planned=len(going),
        oldest_at=moments[0],
        newest_at=moments[-1],
        prepared_by=actor(),
        prepared_at=moment,
        entry_id=record("retention.disposal-prepared", subject=f"run:{run_id}", content=content),
    )
    ids = [one.id for one in going]
    DisposalBatch.objects.bulk_create(
        DisposalBatch(
            program=run.program,
            run=run,
            number=number,
            sealed_ids=seal_ids(run.program, run.id, number, ids[start : start + BATCH]),
            count=len(ids[start : start + BATCH]),
        )
        for number, start in enumerate(range(0, len(ids), BATCH), 1)
    )
    return run


def name_of(schedule: Schedule) -> str:
    """A schedule as records name it: `nc-css/keep@1`."""
    return f"{schedule.program}/{schedule.mode}@{schedule.version}"


def approve_run(run_id: uuid.UUID, *, roles: Collection[str], now: datetime | None = None) -> DisposalRun:
    """Approve a run somebody else prepared; raises `NotFound`, `Refused` for the same person or another role.

    A schedule that changed since asks for a new preview (`Invalid`). Source: OFFSET-8.2:systems-controls.
    """
    moment = now or clock.now()
    run = _run(run_id)
    insist(may_approve(roles=roles, approver=run.approver))
    insist(second_person(first=run.prepared_by, second=actor()))
    if run.state != RunState.PREPARED.value:
        raise Invalid("the run is {state}", "run", state=run.state)
    if in_force(run.program, moment).sha256 != run.schedule_sha256:
        raise Invalid("another schedule is in force than when the run was prepared: prepare it again", "run")
    run.approved_by, run.approved_at, run.state = actor(), moment, RunState.APPROVED.value
    run.save(update_fields=["approved_by", "approved_at", "state"])
    record("retention.disposal-approved", subject=f"run:{run.id}", content={"run": str(run.id), "records": run.planned})
    return run


def withdraw_run(run_id: uuid.UUID) -> None:
    """Give up a run that nobody carried out yet; raises `NotFound`, `Invalid`."""
    run = _run(run_id)
    if run.state != RunState.PREPARED.value:
        raise Invalid("the run is {state}", "run", state=run.state)
    run.state = RunState.WITHDRAWN.value
    run.save(update_fields=["state"])
    record("retention.disposal-withdrawn", subject=f"run:{run.id}", content={"run": str(run.id)})


def execute_run(
    run_id: uuid.UUID, *, program: str, now: datetime | None = None, progress: Progress = lambda _done, _all: None
) -> None:
    """Carry out an approved run, each batch in a transaction of its own; run again, it goes on where it stopped.

    Every record is judged again in the transaction that destroys it: what a hold keeps by then stays. Called outside
    a unit of work. Raises `NotFound`, `Invalid` for a run that is not approved.
    """
    while True:
        with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="disposal"):
            run = _run(run_id)
            if run.state == RunState.FINISHED.value:
                return
            if run.state != RunState.APPROVED.value:
                raise Invalid("the run is {state}: another person approves it first", "run", state=run.state)
            batch = DisposalBatch.objects.filter(run=run, done_at__isnull=True).order_by("number").first()
            if batch is None:
                _finish(run, now or clock.now())
            else:
                _carry_out(run, batch, now or clock.now())
            progress(run.destroyed + run.kept, run.planned)


def _carry_out(run: DisposalRun, batch: DisposalBatch, moment: datetime) -> None:
    source = ports.serving(Disposable, run.series)
    schedule = in_force(run.program, moment)
    ids = open_ids(run.program, run.id, batch.number, batch.sealed_ids)
    judge = Judge.of(run.program, schedule.of(run.series), moment)
    going = [one.record.id for one in judge.judged(source.look(ids)) if one.decision.allowed]
    gone = source.dispose(going, _grounds(run)) if going else 0
    Destroyed.objects.bulk_create(
        Destroyed(program=run.program, record_id=one, series=run.series, run_id=run.id, at=moment) for one in going
    )
    batch.destroyed, batch.kept, batch.done_at = gone, len(ids) - gone, moment
    batch.save(update_fields=["destroyed", "kept", "done_at"])
    run.destroyed += gone
    run.kept += batch.kept
    run.save(update_fields=["destroyed", "kept"])
    content: dict[str, Json] = {"run": str(run.id), "batch": batch.number, "destroyed": gone, "kept": batch.kept}
    record("retention.batch-destroyed", subject=f"run:{run.id}", content=content)


def _finish(run: DisposalRun, moment: datetime) -> None:
    run.keys_destroyed = ports.serving(Disposable, run.series).finish(_grounds(run))
    run.finished_at, run.state = moment, RunState.FINISHED.value
    run.finished_entry_id = record("retention.disposed", subject=f"run:{run.id}", content=certified(run))
    run.save(update_fields=["keys_destroyed", "finished_at", "state", "finished_entry_id"])


def certified(run: DisposalRun) -> dict[str, str | int]:
    """What a certificate says: counts, series, authority, range, who prepared and who approved."""
    return {
        "run": str(run.id),
        "series": run.series,
        "schedule": f"{run.program}/{run.mode}@{run.version}",
        "sha256": run.schedule_sha256,
        "authority": run.authority,
        "clause": run.clause,
        "planned": run.planned,
        "destroyed": run.destroyed,
        "kept": run.kept,
        "keys": run.keys_destroyed,
        "oldest": iso(run.oldest_at) if run.oldest_at else "",
        "newest": iso(run.newest_at) if run.newest_at else "",
        "prepared_by": run.prepared_by,
        "prepared": iso(run.prepared_at),
        "approved_by": run.approved_by,
        "approved": iso(run.approved_at) if run.approved_at else "",
    }


def _grounds(run: DisposalRun) -> Grounds:
    return Grounds(f"{run.program}/{run.mode}@{run.version}", run.authority, (run.clause,), run.approved_by)


def _run(run_id: uuid.UUID) -> DisposalRun:
    context = current()
    one_at_a_time(context.program)
    found = DisposalRun.objects.select_for_update().filter(id=run_id, program=context.program).first()
    if found is None or context.counties != ALL_COUNTIES:
        raise NotFound("no such disposal run")
    return found


def destroy_overdue(program: str, *, now: datetime | None = None) -> dict[str, int]:
    """Destroy what is past the most its schedule allows, in every automatic series; answers how many of each went.

    The schedule itself is the standing approval; each sweep is a run with its certificate. What a hold keeps stays.
    Called outside a unit of work. Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    moment = now or clock.now()
    finish_started(program, now=moment)
    gone: dict[str, int] = {}
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="disposal"):
        schedule = in_force(program, moment)
    for series in schedule.series:
        offered = ports.serving_all(Disposable).get(series.key)
        if not series.automatic or offered is None or offered.lasting:
            continue
        run_id = _swept(schedule, series, moment)
        if run_id is not None:
            execute_run(run_id, program=program, now=moment)
            with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="disposal"):
                gone[series.key] = _run(run_id).destroyed
    return gone


def _swept(schedule: Schedule, series: Series, moment: datetime) -> uuid.UUID | None:
    with acting(SYSTEM, program=schedule.program, counties=ALL_COUNTIES, purpose="disposal"):
        one_at_a_time(schedule.program)
        try:
            run = _prepared(schedule, series, moment, automatic=True)
        except NotFound:
            return None
        run.approved_by, run.approved_at, run.state = f"schedule:{name_of(schedule)}"[:80], moment, "approved"
        run.save(update_fields=["approved_by", "approved_at", "state"])
        return run.id


def finish_started(program: str, *, now: datetime | None = None) -> int:
    """Go on with every approved run that was interrupted; answers how many."""
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="disposal"):
        started = list(
            DisposalRun.objects.filter(program=program, state=RunState.APPROVED.value).values_list("id", flat=True)
        )
    for run_id in started:
        execute_run(run_id, program=program, now=now)
    return len(started)

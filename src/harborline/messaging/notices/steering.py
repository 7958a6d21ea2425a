"""Steer a run after it was opened: release, approve, schedule, pause, resume, cancel.

Each step asks first whether these `roles` may take it (`None`: those of the worker who acts) and raises `Refused`.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from harborline.kernel import NotFound, Outcome, Refused, refuse
from harborline.kernel.clock import now
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.models import Dispatch, NoticeRun
from harborline.messaging.notices.moments import within_a_year
from harborline.messaging.notices.standing import must_steer
from harborline.messaging.rules import may_release
from harborline.messaging.sending import lots
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_CLAUSE = ("OFFSET-8.2:systems-controls",)


def release_run(run_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> RunState:
    """Send a run that was kept ready: at once, at its time, or after a second person; answers the new state."""
    must_steer("release", roles)
    run = _run(run_id, RunState.READY)
    decision = may_release(
        recipients=run.row_count - run.bad_row_count,
        started_by=run.started_by,
        approved_by="",
        profile=profile(run.program),
    )
    if decision.outcome is Outcome.ALLOW:
        return _go(run)
    return _move(run, RunState.AWAITING_APPROVAL, "notice.run-awaits-approval")


def approve_run(run_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> RunState:
    """The second person's yes; raises `Refused` when it is the first person again."""
    must_steer("approve", roles)
    run = _run(run_id, RunState.AWAITING_APPROVAL)
    actor = current().actor.id
    decision = may_release(
        recipients=run.row_count - run.bad_row_count,
        started_by=run.started_by,
        approved_by=actor,
        profile=profile(run.program),
    )
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)
    run.approved_by = actor
    run.save(update_fields=["approved_by"])
    record("notice.run-approved", subject=f"run:{run.id}", content={"run": str(run.id)})
    return _go(run)


def schedule_run(run_id: uuid.UUID, at: datetime, *, roles: frozenset[str] | None = None) -> RunState:
    """Let a ready, scheduled or running run begin at `at`; a moment in the past is refused."""
    must_steer("schedule", roles)
    within_a_year(at)
    run = _run(run_id, RunState.READY, RunState.SCHEDULED, RunState.PAUSED)
    if at <= now():
        raise Refused(refuse("moment-has-passed").stamped("messaging.notices.steering.schedule_run", _CLAUSE))
    run.scheduled_at = at
    run.save(update_fields=["scheduled_at"])
    if run.state == RunState.READY:
        return release_run(run_id, roles=roles)
    return _move(run, RunState.SCHEDULED, "notice.run-scheduled")


def pause_run(run_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> RunState:
    """Stop claiming; what was handed over stays handed over."""
    must_steer("pause", roles)
    return _move(_run(run_id, RunState.RUNNING, RunState.SCHEDULED), RunState.PAUSED, "notice.run-paused")


def resume_run(run_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> RunState:
    """Go on."""
    must_steer("resume", roles)
    run = _run(run_id, RunState.PAUSED)
    return _go(run)


def cancel_run(run_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> int:
    """End a run for everything not handed over; answers how many texts will never go out.

    Their places in the register of sent texts are freed, so a corrected file may send them.
    """
    must_steer("cancel", roles)
    open_states = set(RunState) - {RunState.CANCELLED, RunState.FINISHED}
    run = _run(run_id, *open_states)
    with bulk_cursor() as cursor:
        # The run is held, so no claim is under way: what the last one attempted is handed over.
        lots.drop(cursor, run.id)
    stopped = Dispatch.objects.filter(run_id=run.id, state=int(DispatchState.QUEUED)).update(
        state=int(DispatchState.CANCELLED), due_at=None, dedupe_key=None, changed_at=now(), reason="run-cancelled"
    )
    run.state, run.finished_at = RunState.CANCELLED.value, now()
    run.save(update_fields=["state", "finished_at"])
    record("notice.run-cancelled", subject=f"run:{run.id}", content={"run": str(run.id), "stopped": stopped})
    return stopped


def _go(run: NoticeRun) -> RunState:
    later = run.scheduled_at is not None and run.scheduled_at > now()
    return _move(run, RunState.SCHEDULED if later else RunState.RUNNING, "notice.run-released")


def _move(run: NoticeRun, state: RunState, kind: str) -> RunState:
    before = run.state
    run.state = state.value
    run.save(update_fields=["state"])
    record(kind, subject=f"run:{run.id}", content={"run": str(run.id), "from": before, "to": state.value})
    return state


def _run(run_id: uuid.UUID, *states: RunState) -> NoticeRun:
    run = NoticeRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise NotFound("no such run")
    if run.state not in {state.value for state in states}:
        code = f"run-is-{run.state}"
        raise Refused(refuse(code).stamped("messaging.notices.steering", _CLAUSE))
    return run

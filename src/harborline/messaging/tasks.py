"""Queue entry points of messaging."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from harborline.consent.services import end_overdue_spoken, stop_overdue
from harborline.law import profiles
from harborline.messaging.services import plan_run
from harborline.walls import ALL_COUNTIES, Actor, acting


@app.task(name="messaging.plan", queue="notices", queueing_lock=None)
def plan(run_id: str, program: str) -> None:
    """Plan a run; safe to repeat after an interruption."""
    plan_run(uuid.UUID(run_id), program=program)


@app.periodic(cron="*/5 * * * *")
@app.task(name="messaging.upkeep", queue="notices", queueing_lock="messaging.upkeep")
def upkeep(timestamp: int) -> None:
    """Every five minutes: stop the numbers of possible opt-outs nobody decided in time, end overdue permissions."""
    del timestamp
    for program in profiles():
        with acting(Actor("system", "upkeep"), program=program, counties=ALL_COUNTIES, purpose="upkeep"):
            stop_overdue()
            end_overdue_spoken()

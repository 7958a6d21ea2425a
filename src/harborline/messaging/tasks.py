"""Queue entry points of messaging."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from harborline.messaging.services import plan_run


@app.task(name="messaging.plan", queue="notices", queueing_lock=None)
def plan(run_id: str, program: str) -> None:
    """Plan a run; safe to repeat after an interruption."""
    plan_run(uuid.UUID(run_id), program=program)

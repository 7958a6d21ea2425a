"""Queue entry points of disclosure."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.disclosure.services import open_expired
from harborline.law import profiles


@app.periodic(cron="40 * * * *")
@app.task(name="disclosure.hourly", queue="notices", queueing_lock="disclosure.hourly")
def hourly(timestamp: int) -> None:
    """Every hour: open the registry's tasks for protections that ran out by themselves."""
    del timestamp
    for program in profiles():
        open_expired(program)

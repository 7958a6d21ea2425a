"""Queue entry points of oversight."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.law import profiles
from harborline.oversight.services import watch


@app.periodic(cron="20 5 * * *")
@app.task(name="oversight.nightly", queue="notices", queueing_lock="oversight.nightly")
def nightly(timestamp: int) -> None:
    """Every night: look through the last four weeks of each program."""
    del timestamp
    for program in profiles():
        watch(program)

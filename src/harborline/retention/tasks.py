"""Queue entry points of retention."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.law import profiles
from harborline.retention.services import destroy_overdue, note_closings, take_previews


@app.periodic(cron="20 3 * * *")
@app.task(name="retention.daily", queue="notices", queueing_lock="retention.daily")
def daily(timestamp: int) -> None:
    """Every night: note closed cases and count what is ripe, for whoever prepares disposals."""
    del timestamp
    for program in profiles():
        note_closings(program)
        take_previews(program)


@app.periodic(cron="*/15 * * * *")
@app.task(name="retention.overdue", queue="notices", queueing_lock="retention.overdue")
def overdue(timestamp: int) -> None:
    """Every quarter of an hour: destroy what is past the most its schedule allows; go on with interrupted runs."""
    del timestamp
    for program in profiles():
        destroy_overdue(program)

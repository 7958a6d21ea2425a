"""Queue entry points of vendors."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from procrastinate.contrib.django import app

from harborline.law import profiles
from harborline.vendors.watching import watch

SCREEN_EVERY: Final = timedelta(days=335)
"""A month before the yearly screening is due the product screens anew by itself."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="vendors.watch", queue="notices", queueing_lock="vendors.watch")
def watch_vendors(timestamp: int) -> None:
    """Every five minutes: screen anew what a changed list or a year asks for, and record whoever no longer stands."""
    del timestamp
    for program in profiles():
        watch(program, screen_after=SCREEN_EVERY)

"""Queue entry points of the exchange."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.exchange.units import as_system
from harborline.exchange.upkeep import watch
from harborline.exchange.working import work_off
from harborline.law import profiles


@app.periodic(cron="* * * * *")
@app.task(name="exchange.work", queue="notices", queueing_lock="exchange.work")
def work(timestamp: int) -> None:
    """Every minute: take the steps that are due on landed deliveries."""
    del timestamp
    for program in profiles():
        work_off(program)


@app.periodic(cron="* * * * *")
@app.task(name="exchange.watch", queue="notices", queueing_lock="exchange.watch")
def watch_exchange(timestamp: int) -> None:
    """Every minute: raise alarms for what waits, what did not arrive, what ends; take away what was abandoned."""
    del timestamp
    for program in profiles():
        with as_system(program, "upkeep"):
            watch()

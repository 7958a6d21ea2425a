"""Queue entry points of people."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.law import profiles
from harborline.people.services import forget_old_attempts, send_waiting_codes
from harborline.walls import ALL_COUNTIES, Actor, acting


@app.task(name="people.codes", queue="alerts", priority=50, retry=3)
def codes(program: str) -> None:
    """Send the codes that were asked for in a program; safe to repeat."""
    with acting(Actor("system", "portal"), program=program, counties=ALL_COUNTIES, purpose="portal-codes"):
        send_waiting_codes()


@app.periodic(cron="25 3 * * *")
@app.task(name="people.upkeep", queue="notices", queueing_lock="people.upkeep")
def upkeep(timestamp: int) -> None:
    """Every night: forget attempts at the portal that count no more."""
    del timestamp
    for program in profiles():
        with acting(Actor("system", "upkeep"), program=program, counties=ALL_COUNTIES, purpose="upkeep"):
            forget_old_attempts()

"""Queue entry points of messaging."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from harborline.consent.services import ask_about_shared_numbers, end_overdue_spoken, stop_overdue
from harborline.law import profiles
from harborline.messaging.accepting import tasks as accepting
from harborline.messaging.services import conversations, plan_run
from harborline.walls import ALL_COUNTIES, Actor, acting

_TASKS_ELSEWHERE = (accepting.news, accepting.deliver_news)


@app.task(name="messaging.plan", queue="notices", queueing_lock=None)
def plan(run_id: str, program: str) -> None:
    """Plan a run; safe to repeat after an interruption."""
    plan_run(uuid.UUID(run_id), program=program)


@app.periodic(cron="*/5 * * * *")
@app.task(name="messaging.upkeep", queue="notices", queueing_lock="messaging.upkeep")
def upkeep(timestamp: int) -> None:
    """Every five minutes: stop overdue possible opt-outs, end overdue permissions, end texts that had their time."""
    del timestamp
    for program in profiles():
        # Each in a unit of its own: what goes wrong with one must not undo the others.
        for step in (stop_overdue, end_overdue_spoken, conversations.expire_texts):
            with acting(Actor("system", "upkeep"), program=program, counties=ALL_COUNTIES, purpose="upkeep"):
                step()


@app.periodic(cron="17 3 * * *")
@app.task(name="messaging.shared-numbers", queue="notices", queueing_lock="messaging.shared-numbers")
def shared_numbers(timestamp: int) -> None:
    """Every night: a task for staff wherever both parents of a case have one number."""
    del timestamp
    for program in profiles():
        with acting(Actor("system", "upkeep"), program=program, counties=ALL_COUNTIES, purpose="upkeep"):
            ask_about_shared_numbers()


@app.periodic(cron="* * * * *")
@app.task(name="messaging.on-call", queue="alerts", queueing_lock="messaging.on-call", priority=100)
def on_call(timestamp: int) -> None:
    """Every minute: tell the next person on call of every alert nobody acknowledged in time."""
    del timestamp
    conversations.escalate()

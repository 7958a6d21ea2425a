"""Queue entry points of accepting: news read and delivered, once keys swept, runs of days gone by closed."""

from __future__ import annotations

import uuid
from typing import Any, Final

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from harborline.kernel import clock
from harborline.law import profile, profiles
from harborline.messaging.accepting.news import read_news
from harborline.messaging.accepting.once import sweep
from harborline.messaging.accepting.records import Webhook
from harborline.messaging.accepting.runs import close_days
from harborline.walls import ALL_COUNTIES, Actor, acting

QUEUE: Final = "webhooks"
AGAIN_S: Final = 2
SYSTEM: Final = Actor("system", "webhooks")


@app.task(name="messaging.news", queue=QUEUE)
def news(program: str) -> None:
    """Read the news of a program, let it be delivered, and come back soon while more is about to come."""
    from harborline.messaging.accepting.delivering import due_hooks  # noqa: PLC0415 - HTTP only where it is spoken

    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="webhooks"):
        reading = read_news(program)
        hooks = due_hooks(program, now=clock.now())
    for hook_id in hooks:
        _unless_there(deliver_news, f"webhook:{hook_id}", webhook=str(hook_id), program=program)
    if reading.open:
        _unless_there(news, f"news:{program}", after_s=AGAIN_S, program=program)


@app.task(name="messaging.deliver-news", queue=QUEUE)
def deliver_news(webhook: str, program: str) -> None:
    """Deliver what is due at one webhook; what is left then has a turn of its own, behind the others."""
    from harborline.messaging.accepting.delivering import deliver  # noqa: PLC0415 - HTTP only where it is spoken

    if deliver(uuid.UUID(webhook), program):
        _unless_there(deliver_news, f"webhook:{webhook}", webhook=webhook, program=program)


@app.periodic(cron="* * * * *")
@app.task(name="messaging.every-news", queue=QUEUE, queueing_lock="messaging.every-news")
def every_news(timestamp: int) -> None:
    """Every minute: read the news of every program that has webhooks, and deliver what is due again."""
    del timestamp
    for program in profiles():
        with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="webhooks"):
            listening = Webhook.objects.filter(program=program, ended_at__isnull=True).exists()
        if listening:
            read_later(program)


@app.periodic(cron="7 * * * *")
@app.task(name="messaging.accepting-upkeep", queue=QUEUE, queueing_lock="messaging.accepting-upkeep")
def upkeep(timestamp: int) -> None:
    """Every hour: forget old once keys, let the runs of days gone by finish."""
    del timestamp
    for program in profiles():
        # Each in a unit of its own: what goes wrong with one must not undo the other.
        with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="upkeep"):
            sweep(program)
        with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="upkeep"):
            close_days(program, profile(program))


def read_later(program: str) -> None:
    """Let the queue worker read the news of a program, unless it is about to."""
    _unless_there(news, f"news:{program}", program=program)


def _unless_there(task: Any, lock: str, *, after_s: int = 0, **arguments: str) -> None:  # noqa: ANN401 - a procrastinate task
    later = {"schedule_in": {"seconds": after_s}} if after_s else {}
    try:
        task.configure(queueing_lock=lock, **later).defer(**arguments)
    except AlreadyEnqueued:
        return

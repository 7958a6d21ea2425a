"""Queue entry points of contact."""

from __future__ import annotations

from procrastinate.contrib.django import app

from harborline.contact.services import escalate


@app.periodic(cron="* * * * *")
@app.task(name="contact.on-call", queue="alerts", queueing_lock="contact.on-call", priority=100)
def on_call(timestamp: int) -> None:
    """Every minute: tell the next person on call of every danger alert that nobody took on in time."""
    del timestamp
    escalate()

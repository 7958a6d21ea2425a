"""Run the queue workers of this installation."""

from __future__ import annotations

from typing import Final

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from harborline.project import databases

ALONE: Final = {"alerts": "alerts", "papers": "documents"}
"""Queues with a worker of their own: alerts and codes wait for nobody, and nobody waits for the checks of papers."""
REST: Final = "rest"
PARTS: Final = (*ALONE, REST)


def queues_of(part: str) -> list[str]:
    """The queues of a part: one of its own, or all the others; a new queue belongs to the rest by itself."""
    if part in ALONE:
        return [ALONE[part]]
    return sorted({task.queue for task in app.tasks.values()} - set(ALONE.values()))


def work_until_stopped(part: str = "") -> None:
    """Work off the queues of a part (empty: all) until SIGTERM or SIGINT; listens for jobs on its own connection."""
    queues = queues_of(part) if part else None
    with app.replace_connector(PsycopgConnector(conninfo=databases.login(databases.APP).dsn())) as listening:
        listening.run_worker(queues=queues, wait=True, install_signal_handlers=True, listen_notify=True)

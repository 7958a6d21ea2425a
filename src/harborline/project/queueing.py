"""Run the queue worker of this installation."""

from __future__ import annotations

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from harborline.project import databases


def work_until_stopped() -> None:
    """Work off the queue until SIGTERM or SIGINT; listens for new jobs on a connection of its own."""
    with app.replace_connector(PsycopgConnector(conninfo=databases.login(databases.APP).dsn())) as listening:
        listening.run_worker(wait=True, install_signal_handlers=True, listen_notify=True)

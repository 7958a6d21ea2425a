"""Wake the queue worker when there may be news, at most once every two seconds from one process."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction

from harborline.kernel import clock
from harborline.messaging.accepting.records import Webhook
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.facts import MachineFacts

EVERY_S: Final = 2.0
_WOKEN: dict[str, float] = {}
_LISTENS: dict[uuid.UUID, tuple[bool, float]] = {}


def wake_for(machine: MachineFacts) -> None:
    """Let the news of a machine's program be read soon, where the machine has a webhook; outside any transaction.

    Not once per text: whether it has one is remembered for as long as nobody is woken twice.
    """
    now_s = clock.monotonic_s()
    listens, asked_s = _LISTENS.get(machine.id, (False, float("-inf")))
    if now_s - asked_s >= EVERY_S:
        with acting(Actor("system", "webhooks"), program=machine.program, counties=ALL_COUNTIES, purpose="webhooks"):
            listens = Webhook.objects.filter(machine_id=machine.id, ended_at__isnull=True).exists()
        _LISTENS[machine.id] = (listens, now_s)
    if listens:
        wake_soon(machine.program)


def wake_soon(program: str) -> None:
    """Let the queue worker read the news of a program once the caller's transaction, if any, is committed."""
    now_s = clock.monotonic_s()
    if now_s - _WOKEN.get(program, float("-inf")) < EVERY_S:
        return
    _WOKEN[program] = now_s
    transaction.on_commit(lambda: _defer(program), robust=True)


def forget_waking() -> None:
    """Forget who was woken: between tests."""
    _WOKEN.clear()
    _LISTENS.clear()


def _defer(program: str) -> None:
    from harborline.messaging.accepting.tasks import read_later  # noqa: PLC0415 - tasks register where they are used

    read_later(program)

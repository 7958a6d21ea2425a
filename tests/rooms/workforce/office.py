"""An office with a security officer or two, and people they look after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from tests.days import office_day
from tests.rooms.town import NC, as_state

from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.selectors import resets
from harborline.workforce.services import acknowledge, assign, decide_reset, hire, record_training

OFFICER = frozenset({"security-officer"})
SUPERVISOR = frozenset({"supervisor"})


def made(
    name: str, role: StaffRole | None = StaffRole.CASE_MANAGER, county: str = "37183", program: str = NC
) -> Worker:
    """A worker, trained and informed, with a role in a program."""
    today = office_day()
    with as_state(program):
        worker = hire(email=f"{name}@example.gov", name=name.title(), number=f"W-{name.upper()}")
        soon = today + timedelta(days=200)
        record_training(worker, course="security", completed=today, expires=soon, certificate="c-1")
        acknowledge(worker, statement="requirements-and-penalties/2", expires=soon)
        if role is not None:
            assign(worker, program=program, role=role, county=county)
    return worker


def as_worker(
    worker: Worker, program: str = NC, counties: Sequence[str] = ALL_COUNTIES
) -> AbstractContextManager[Context]:
    """A unit of work of this worker."""
    actor = Actor("worker", str(worker.id), worker.name)
    return acting(actor, program=program, counties=tuple(counties), purpose="workforce")


def approves(worker: Worker) -> str:
    """Another officer says yes to everything that waits for the worker; answers the second half of a password."""
    with as_worker(made("yara", StaffRole.SECURITY_OFFICER, "*")):
        waiting = [one for one in resets(NC) if one.worker_id == worker.id]
        halves = [decide_reset(one.id, approved=True, roles=OFFICER)[1] for one in waiting]
    worker.refresh_from_db()
    return "".join(halves)


def nobody() -> uuid.UUID:
    """The id of nobody."""
    return uuid.UUID(int=7)

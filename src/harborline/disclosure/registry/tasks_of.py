"""What the federal case registry must be told: a task for each changed protection, and for each that ran out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from harborline.disclosure.models import RegistryTask
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.registry.business_days import after_business_days
from harborline.kernel import NotFound, clock
from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.facts import ProtectionChange
from harborline.people.selectors import ended_protections, rows_of
from harborline.walls import ALL_COUNTIES, Actor, acting, current

EXPIRED = "expired"
_CHUNK = 2_000


class RegistryTasks:
    """Opens a task for every change, as `people.ports.ProtectionListener`; the change's own entry tells of it."""

    def protections_changed(self, changes: Sequence[ProtectionChange]) -> None:
        """One task each, due in five business days of the program's calendar."""
        if profile(current().program).kind == "iv-d":
            _open(changes)


def open_expired(program: str) -> int:
    """Open tasks for protections that ran out by themselves since; every hour. Answers how many."""
    if profile(program).kind != "iv-d":
        return 0
    with acting(Actor("system", "registry"), program=program, counties=ALL_COUNTIES, purpose="registry"):
        ended = ended_protections(clock.now())
        known = set(
            RegistryTask.objects.filter(change=EXPIRED, protection_id__in=[one.protection_id for one in ended])
            .values_list("protection_id", flat=True)
        )  # fmt: skip
        fresh = [one for one in ended if one.protection_id not in known]
        if fresh:
            _open(fresh)
            record("disclosure.registry-tasks-opened", subject=f"program:{program}", content={"count": len(fresh)})
        return len(fresh)


def close_task(task_id: uuid.UUID) -> None:
    """The registry was told; raises `NotFound` for a task that is not open here, or about nobody in sight."""
    open_ones = RegistryTask.objects.select_for_update().filter(program=current().program, done_at__isnull=True)
    row = open_ones.filter(id=task_id).first()
    if row is None or row.person_id not in persons_here([row.person_id]):
        raise NotFound("no such task that waits here")
    row.done_at, row.done_by = clock.now(), actor_now()
    row.save(update_fields=["done_at", "done_by"])
    record("disclosure.registry-told", subject=f"person:{row.person_id}", content={"task": str(row.id)})


def persons_here(persons: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the persons with a row in the counties in sight; for the whole state everybody."""
    asked = set(persons)
    return asked if current().counties == ALL_COUNTIES else set(rows_of(asked))


def _open(changes: Sequence[ProtectionChange]) -> None:
    context = current()
    law = profile(context.program)
    zone = ZoneInfo(law.zones[0])
    due = {
        day: after_business_days(day, law.protection.registry_days) for day in {_day(one.at, zone) for one in changes}
    }
    rows = [
        RegistryTask(
            id=new, agency=context.agency, program=context.program, person_id=one.person_id,
            protection_id=one.protection_id, change=one.change, opened_at=one.at, due_date=due[_day(one.at, zone)],
        )
        for new, one in zip(new_ids(len(changes)), changes, strict=True)
    ]  # fmt: skip
    RegistryTask.objects.bulk_create(rows, batch_size=_CHUNK)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()

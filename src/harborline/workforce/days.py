"""The calendar day of a worker: of the agency they work for, not of the machine's clock."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from harborline.law import profile, profiles
from harborline.workforce.models import Assignment

Zones = frozenset[ZoneInfo]


def zones_of(workers: Collection[uuid.UUID]) -> dict[uuid.UUID, Zones]:
    """The zones of the programs in which each has or had work; of every program for somebody without."""
    rows = Assignment.objects.filter(worker_id__in=workers).values_list("worker_id", "program").distinct()
    programs: dict[uuid.UUID, set[str]] = {}
    for worker, program in rows:
        programs.setdefault(worker, set()).add(program)
    return {one: zones_of_programs(programs.get(one, ())) for one in workers}


def zones_of_programs(programs: Collection[str]) -> Zones:
    """The zones of these programs; of every program when there is none."""
    return frozenset(ZoneInfo(profile(program).zones[0]) for program in programs or profiles())


def first_day(zones: Zones, now: datetime) -> date:
    """The day it is at `now`, where it begins first: what is off from a day on is off everywhere at once."""
    return max(now.astimezone(zone).date() for zone in zones)


def day_of(worker_id: uuid.UUID, now: datetime) -> date:
    """The worker's calendar day at `now`."""
    return first_day(zones_of([worker_id])[worker_id], now)


def beginning_of(worker_id: uuid.UUID, day: date) -> datetime:
    """The moment the worker's day begins, aware."""
    return min(datetime.combine(day, time(), zone) for zone in zones_of([worker_id])[worker_id])

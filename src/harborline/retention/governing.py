"""Which schedule is in force since when: the profile's mode, its versions by date, what two people adopted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from harborline.kernel import Invalid
from harborline.law import profile
from harborline.law.schedules import Mode, Schedule, Trigger, versions
from harborline.retention.facts import Governing
from harborline.retention.models import Adoption, ProgramEvent
from harborline.retention.rules import Years
from harborline.walls import current


def governing(program: str) -> list[Governing]:
    """Every schedule that is or was in force, in the order of coming into force; inside `acting` of the program."""
    adopted = list(Adoption.objects.filter(program=program, approved_at__isnull=False).order_by("approved_at", "id"))
    return line_of(program, Mode(profile(program).retention.texts), [_step(one) for one in adopted])


def _step(one: Adoption) -> tuple[datetime, Mode, int, bool]:
    assert one.approved_at is not None  # only approved ones are asked for
    return one.approved_at, Mode(one.mode), one.version, one.reaches_back


def line_of(program: str, base: Mode, adopted: Iterable[tuple[datetime, Mode, int, bool]]) -> list[Governing]:
    """The line of schedules: the base mode with its versions by their dates, then each adoption with those after it.

    An adoption puts one version in force at its moment; later versions of its mode follow on their own dates.
    """
    steps = [(datetime.min.replace(tzinfo=UTC), base, 1, False), *adopted]
    line: list[Governing] = []
    for place, (from_at, mode, version, reaches_back) in enumerate(steps):
        until = steps[place + 1][0] if place + 1 < len(steps) else datetime.max.replace(tzinfo=UTC)
        for schedule in versions(program, mode):
            starts = _starts(schedule)
            if schedule.version == version:
                line.append(Governing(max(starts, from_at) if place == 0 else from_at, schedule, reaches_back))
            elif schedule.version > version and from_at < starts < until:
                line.append(Governing(starts, schedule))
    return line


def _starts(schedule: Schedule) -> datetime:
    zone = _ZONES.get(schedule.state, "UTC")
    return datetime.combine(schedule.effective, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


_ZONES = {"NC": "America/New_York", "MN": "America/Chicago", "CA": "America/Los_Angeles"}


def in_force(program: str, now: datetime) -> Schedule:
    """The schedule in force at `now`; raises `Invalid` before the first."""
    found = [one.schedule for one in governing(program) if one.from_at <= now]
    if not found:
        raise Invalid("no retention schedule is in force yet", f"program {program}")
    return found[-1]


def years_told(program: str) -> Years:
    """What was told for fiscal years; of several dates for one year the latest, so that a slip never shortens."""
    zone = ZoneInfo(profile(program).zones[0])
    told: dict[tuple[Trigger, int], datetime] = {}
    for one in ProgramEvent.objects.filter(program=current().program):
        key = (Trigger(one.trigger), one.fiscal_year)
        moment = datetime.combine(one.on_date, time(), tzinfo=zone).astimezone(UTC)
        told[key] = max(moment, told.get(key, moment))
    return told

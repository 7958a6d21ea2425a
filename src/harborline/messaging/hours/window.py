"""Whether it is a lawful hour in every candidate zone, until when, and when the next one begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from harborline.kernel import Decision, allow, hold, refuse, rule

HORIZON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Window:
    """The hour at one moment, in UTC: open now or not, when it closes (if open), when it next opens (if not).

    `next_at` is None when no lawful hour comes within 14 days.
    """

    open_now: bool
    closes_at: datetime | None
    next_at: datetime | None


def window(*, zones: tuple[str, ...], start: time, end: time, now: datetime) -> Window:
    """The hour at `now` (aware) for someone who may be in any of `zones`; texts go in [start, end) local time.

    Judged on instants in UTC, so the days on which clocks change need no special case. `start` must be before `end`.
    """
    if not zones or start >= end:
        raise ValueError("a window needs zones and a start before its end")
    moment = now.astimezone(UTC)
    if all(_inside(zone, start, end, moment) for zone in zones):
        return Window(open_now=True, closes_at=min(_end_after(zone, end, moment) for zone in zones), next_at=None)
    return Window(open_now=False, closes_at=None, next_at=_next(zones, start, end, moment))


def _inside(zone: str, start: time, end: time, moment: datetime) -> bool:
    return start <= moment.astimezone(_zone(zone)).time() < end


def _end_after(zone: str, end: time, moment: datetime) -> datetime:
    local = moment.astimezone(_zone(zone))
    return min(_instants(zone, local.date(), end))


def _next(zones: tuple[str, ...], start: time, end: time, moment: datetime) -> datetime | None:
    # The hour can only open at the moment it opens in one of the zones.
    openings = sorted({opening for zone in zones for opening in _openings(zone, start, moment)})
    for opening in openings:
        if all(_inside(zone, start, end, opening) for zone in zones):
            return opening
    return None


def _openings(zone: str, start: time, moment: datetime) -> Iterator[datetime]:
    first = moment.astimezone(_zone(zone)).date()
    for days in range(HORIZON.days + 1):
        opening = max(_instants(zone, first + timedelta(days=days), start))
        if moment < opening <= moment + HORIZON:
            yield opening


def _instants(zone: str, day: date, local: time) -> tuple[datetime, datetime]:
    # A local time that comes twice is taken so that the window is the shorter one; one that the clocks skip stands
    # for the moments on either side of the gap.
    wall = datetime.combine(day, local, _zone(zone))
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@rule("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
def lawful_hour(*, found: Window) -> Decision:
    """A text goes only while it is a lawful hour wherever the person may be; else it waits for the next one."""
    if found.open_now:
        return allow()
    if found.next_at is None:
        return refuse("no-lawful-hour")
    return hold("outside-hours", until=found.next_at)

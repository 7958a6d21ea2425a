"""When files are expected: business days, occurrences of a rhythm. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from harborline.exchange.terms import Expects, Window
from harborline.exchange.wording import Rhythm, Shift
from harborline.law.holidays import federal_holidays

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One expected arrival: the day it stands for, when it is due, when its absence alarms (aware, UTC)."""

    day: date
    due_at: datetime
    late_at: datetime


def is_business_day(day: date, closed: tuple[date, ...] = ()) -> bool:
    """Monday to Friday, no federal holiday, none of the agency's own closed days."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year) and day not in closed


def occurrences(expects: Expects, *, zone: str, after: date, before: date) -> Iterator[Occurrence]:
    """Every expected arrival whose day lies in `after` ≤ day < `before`, in order.

    The hour is the wall clock's of `zone`: an hour that a change of the clock skips is read as the hour after it.
    """
    # A shifted day may come from a neighbour of the span: a week on each side covers every run of closed days.
    start, stop = after - timedelta(days=10), before + timedelta(days=10)
    seen: set[date] = set()
    for named in _named_days(expects, start, stop):
        day = _shifted(named, expects)
        if day is not None and after <= day < before and day not in seen:
            seen.add(day)
            due_at = datetime.combine(day, expects.due, ZoneInfo(zone)).astimezone(UTC)
            yield Occurrence(day, due_at, due_at + timedelta(minutes=expects.grace_min))


def _named_days(expects: Expects, start: date, stop: date) -> Iterator[date]:
    if expects.rhythm in (Rhythm.MONTHLY, Rhythm.BUSINESS_MONTHLY):
        yield from _monthly(expects, start, stop)
        return
    day = start
    while day < stop:
        if expects.rhythm is not Rhythm.WEEKLY or day.weekday() == expects.day:
            yield day
        day += _DAY


def _monthly(expects: Expects, start: date, stop: date) -> Iterator[date]:
    year, month = start.year, start.month
    while date(year, month, 1) < stop:
        last = calendar.monthrange(year, month)[1]
        if expects.rhythm is Rhythm.MONTHLY:
            yield date(year, month, min(expects.day, last))
        else:
            open_days = [
                day
                for number in range(1, last + 1)
                if is_business_day(day := date(year, month, number), expects.closed)
            ]
            yield open_days[min(expects.day, len(open_days)) - 1]
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months of a year


def _shifted(day: date, expects: Expects) -> date | None:
    kept = expects.rhythm is Rhythm.DAILY or expects.shift is Shift.KEEP
    if kept and expects.rhythm is not Rhythm.BUSINESS_DAILY:
        return day
    if is_business_day(day, expects.closed):
        return day
    if expects.rhythm is Rhythm.BUSINESS_DAILY or expects.shift is Shift.SKIP:
        return None
    step = _DAY if expects.shift is Shift.NEXT else -_DAY
    while not is_business_day(day, expects.closed):
        day += step
    return day


def open_at(window: Window, moment: datetime) -> bool:
    """Whether a window is open at a moment (aware); a window over midnight belongs to the day it opens."""
    local = moment.astimezone(ZoneInfo(window.zone))
    hour = local.time().replace(tzinfo=None)
    if window.opens == window.closes:
        return local.weekday() in window.days
    if window.opens < window.closes:
        return local.weekday() in window.days and window.opens <= hour < window.closes
    if hour >= window.opens:
        return local.weekday() in window.days
    return hour < window.closes and (local.weekday() - 1) % 7 in window.days

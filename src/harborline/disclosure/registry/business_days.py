"""Business days: neither Saturday, Sunday nor a federal holiday (5 U.S.C. 6103(a), observed days by 6103(b)); pure."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY, _SUNDAY = 5, 6
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday (Monday is 0), which of the month; -1 is the last.
_FLOATING = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


def federal_holidays(year: int) -> frozenset[date]:
    """The days on which federal offices are closed in `year`; those of a neighbouring year that fall into it too."""
    found = {_observed(date(each, month, day)) for each in (year, year + 1) for month, day in _FIXED}
    found |= {_nth(year, *rule) for rule in _FLOATING}
    return frozenset(day for day in found if day.year == year)


def is_business_day(day: date) -> bool:
    """Whether offices work on that day."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


def after_business_days(start: date, count: int) -> date:
    """The day on which `count` business days have passed since `start`, which itself does not count."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def _observed(day: date) -> date:
    shift = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        following = date(year + month // 12, month % 12 + 1, 1)
        return following - timedelta(days=(following.weekday() - weekday - 1) % 7 + 1)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))

"""The days on which federal offices keep a legal holiday. Pure.

5 U.S.C. 6103(a); a holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache
from typing import Final

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_JUNETEENTH_SINCE: Final = 2021
# Month, which of its weekdays (-1: the last), weekday: King, Washington, Memorial, Labor, Columbus, Thanksgiving.
_FLOATING: Final = ((1, 3, 0), (2, 3, 0), (5, -1, 0), (9, 1, 0), (10, 2, 0), (11, 4, 3))
_FIXED: Final = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The days of a year on which federal offices keep a legal holiday, as observed.

    A New Year's Day kept on 31 December belongs to the year before.
    """
    fixed = [date(year, month, day) for month, day in _FIXED if (month, day) != (6, 19) or year >= _JUNETEENTH_SINCE]
    found = {_observed(day) for day in (*fixed, date(year + 1, 1, 1))}
    found |= {_nth(year, month, which, weekday) for month, which, weekday in _FLOATING}
    return frozenset(day for day in found if day.year == year)


def _observed(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == _SUNDAY else day


def _nth(year: int, month: int, which: int, weekday: int) -> date:
    days = [
        date(year, month, number)
        for number in range(1, calendar.monthrange(year, month)[1] + 1)
        if date(year, month, number).weekday() == weekday
    ]
    return days[which - 1 if which > 0 else which]

"""Periods of retention: ISO 8601 durations in whole years, months, days or hours."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from harborline.kernel import Invalid

_WRITTEN = re.compile(r"P(?=[0-9T])(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?(?:T(\d{1,5})H)?")
_MONTHS = 12
_LAST_YEAR = 9999
# For comparing only.
_LONGEST_MONTH_H, _SHORTEST_MONTH_H = 31 * 24, 28 * 24


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time by the calendar; three years after 29 February end on 28 February."""

    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0

    @classmethod
    def parse(cls, written: str, where: str) -> Period:
        """`P3Y`, `P30D`, `PT24H`, `P0D`; raises `Invalid`."""
        found = _WRITTEN.fullmatch(written)
        if found is None or not any(found.groups()):
            raise Invalid(f"'{written}' is not a period such as P3Y, P30D or PT24H", where)
        return cls(*(int(part or 0) for part in found.groups()))

    def __str__(self) -> str:
        """As it is written in a schedule."""
        parts = "".join(f"{count}{unit}" for count, unit in zip(self._parts()[:3], "YMD", strict=True) if count)
        return f"P{parts}" + (f"T{self.hours}H" if self.hours else "" if parts else "0D")

    def after(self, moment: datetime) -> datetime:
        """The moment at which it ends when it begins at `moment`; never later than the calendar's last year."""
        months = moment.month - 1 + self.months
        year, month = moment.year + self.years + months // _MONTHS, months % _MONTHS + 1
        if year >= _LAST_YEAR:
            return moment.replace(year=_LAST_YEAR, month=1, day=1)
        day = min(moment.day, calendar.monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day) + timedelta(days=self.days, hours=self.hours)

    def longer_than(self, other: Period) -> bool:
        """Whether it can be longer than `other` from some beginning: 31 days are not surely within one month."""
        months, hours = self._calendar()
        other_months, other_hours = other._calendar()
        if months == other_months:
            return hours > other_hours
        if hours == other_hours:
            return months > other_months
        return months * _LONGEST_MONTH_H + hours > other_months * _SHORTEST_MONTH_H + other_hours

    def _calendar(self) -> tuple[int, int]:
        return self.years * _MONTHS + self.months, self.days * 24 + self.hours

    def _parts(self) -> tuple[int, int, int, int]:
        return self.years, self.months, self.days, self.hours

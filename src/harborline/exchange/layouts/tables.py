"""Answers computed once: every day from 1900 to 2059 in four orders, every second of a day, signs and letters."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from harborline.exchange.layouts.words import Flags, Whole

FIRST_YEAR, LAST_YEAR = 1900, 2059
WINDOW = 60
"""Two-digit years below it are of this century, from it on of the last."""


def _days() -> list[date]:
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@cache
def day_table(order: str) -> tuple[int, Flags]:
    """A number below every date in `order`, and from it on, whether each number is a day; both ends are False.

    `mmddyyyy` is looked up as yyyymmdd. Outside the years the answer is False.
    """
    numbers = np.array([_number(day, order) for day in _days() if order != "yymmdd" or _in_window(day)], np.int64)
    lowest = int(numbers.min()) - 1
    table = np.zeros(int(numbers.max()) - lowest + 2, np.bool_)
    table[numbers - lowest] = True
    return lowest, table


def _number(day: date, order: str) -> int:
    if order == "yyyyddd":
        return day.year * 1000 + day.timetuple().tm_yday
    number = day.year * 10_000 + day.month * 100 + day.day
    return number % 1_000_000 if order == "yymmdd" else number


def _in_window(day: date) -> bool:
    return 2000 <= day.year < 2000 + WINDOW or 1900 + WINDOW <= day.year < 2000  # noqa: PLR2004 - the two centuries


@cache
def time_table() -> Flags:
    """Whether each number below 240,000 is a time hhmmss; the last slot is False."""
    table = np.zeros(240_001, np.bool_)
    for hour in range(24):
        for minute in range(60):
            start = hour * 10_000 + minute * 100
            table[start : start + 60] = True
    return table


_POSITIVE, _NEGATIVE = b"{ABCDEFGHI", b"}JKLMNOPQR"


@cache
def overpunch() -> tuple[Flags, Whole, Whole]:
    """For each last byte of a signed number: whether it is one, its digit, its sign (1 or -1).

    The same after translation from EBCDIC, where the sign is the byte's zone: C or F positive, D negative.
    """
    good, digit, sign = np.zeros(256, np.bool_), np.zeros(256, np.int64), np.ones(256, np.int64)
    for value in range(10):
        for byte in (0x30 + value, _POSITIVE[value], _NEGATIVE[value]):
            good[byte], digit[byte] = True, value
        sign[_NEGATIVE[value]] = -1
    return good, digit, sign


def overpunched(digit: int, *, negative: bool) -> bytes:
    """The byte that writes the last digit of a signed number."""
    return bytes([(_NEGATIVE if negative else _POSITIVE)[digit]])

"""Dates and times as people say them, per language, in signs that keep a text short.

Spanish keeps the weekday off a Saturday date: `sábado` is the one weekday outside the GSM alphabet, and a single such
sign would more than double the parts of the text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import lru_cache

_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ES_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "", "domingo")
_ES_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_NOON = 12


def _english_date(day: date) -> str:
    return f"{_EN_DAYS[day.weekday()]}, {_EN_MONTHS[day.month - 1]} {day.day}"


def _spanish_date(day: date) -> str:
    return f"{_ES_DAYS[day.weekday()]} {day.day} de {_ES_MONTHS[day.month - 1]}".lstrip()


def _english_time(moment: time) -> str:
    half = "a.m." if moment.hour < _NOON else "p.m."
    return f"{moment.hour % _NOON or _NOON}:{moment.minute:02} {half}"


def _spanish_time(moment: time) -> str:
    hour = moment.hour % _NOON or _NOON
    half = "a. m." if moment.hour < _NOON else "p. m."
    return f"{'la' if hour == 1 else 'las'} {hour}:{moment.minute:02} {half}"


_DATES: dict[str, Callable[[date], str]] = {"en": _english_date, "es": _spanish_date}
_TIMES: dict[str, Callable[[time], str]] = {"en": _english_time, "es": _spanish_time}
LANGUAGES = frozenset(_DATES)


@lru_cache(maxsize=4096)
def spoken_date(day: date, language: str) -> str:
    """`Tuesday, December 1`; `martes 1 de diciembre`. Raises `KeyError` for a language without words for dates."""
    return _DATES[language](day)


@lru_cache(maxsize=4096)
def spoken_time(moment: time, language: str) -> str:
    """`9:30 a.m.`; `las 9:30 a. m.` (with its article). Always ends with a full stop."""
    return _TIMES[language](moment)

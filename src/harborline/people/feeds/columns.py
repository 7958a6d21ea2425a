"""How single values of a feed are read: each function answers the value or raises `BadValueError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from zoneinfo import available_timezones

from harborline.kernel import Invalid
from harborline.people import numbers
from harborline.people.facts import ProtectionKind

Reader = Callable[[str], object]
MAX_TEXT_CHARACTERS = 300
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,39}").fullmatch
_COUNTY = re.compile(r"[0-9]{5}").fullmatch
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?").fullmatch
_ZIP = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]").fullmatch


class BadValueError(Exception):
    """A value that cannot be used: a stable code and what to do; never the value itself."""

    def __init__(self, code: str, problem: str) -> None:
        """Keep both."""
        super().__init__(problem)
        self.code = code
        self.problem = problem


def reference(value: str) -> str:
    """A number of the case system: letters, digits, dots and dashes, at most 40."""
    if not _REFERENCE(value):
        raise BadValueError("bad-reference", "is empty or has signs other than letters, digits, dot and dash")
    return value


def county(value: str) -> str:
    """A five-digit FIPS code."""
    if not _COUNTY(value):
        raise BadValueError("bad-county", "is not a five-digit county code")
    return value


def text(value: str) -> str:
    """Printable words, not empty."""
    if not value:
        raise BadValueError("missing", "is empty")
    return optional_text(value)


def optional_text(value: str) -> str:
    """Printable words, or nothing."""
    if len(value) > MAX_TEXT_CHARACTERS:
        raise BadValueError("too-long", f"is longer than {MAX_TEXT_CHARACTERS} characters")
    if value and not value.isprintable():
        raise BadValueError("not-printable", "has signs that cannot be printed")
    return value


def texts(value: str) -> tuple[str, ...]:
    """Several printable words, separated by semicolons."""
    return tuple(text(each.strip()) for each in value.split(";") if each.strip())


@lru_cache(maxsize=256)
def language(value: str) -> str:
    """A language tag such as en, es, so, hmn."""
    if not _LANGUAGE(value):
        raise BadValueError("bad-language", "must be a language tag such as en, es, so, hmn")
    return value


@lru_cache(maxsize=1024)
def zone(value: str) -> str:
    """An IANA time zone the person stated and staff verified, or nothing."""
    if value and value not in available_timezones():
        raise BadValueError("bad-zone", "must be empty or a time zone such as America/New_York")
    return value


def zip_code(value: str) -> str:
    """The first five digits of a ZIP code, or nothing."""
    found = _ZIP(value)
    if value and not found:
        raise BadValueError("bad-zip", "must be empty, five digits, or five and four digits")
    return found.group(1) if found else ""


def phone(value: str) -> str:
    """E.164, or nothing."""
    if not value:
        return ""
    try:
        return numbers.e164(value)
    except Invalid as wrong:
        raise BadValueError(wrong.where, wrong.problem) from None


@lru_cache(maxsize=8192)
def day(value: str) -> date:
    """A date that exists, YYYY-MM-DD."""
    try:
        if _DATE(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadValueError("no-such-date", "is not a date that exists; write YYYY-MM-DD")


def optional_day(value: str) -> date | None:
    """A date that exists, or nothing."""
    return day(value) if value else None


@lru_cache(maxsize=2048)
def hour(value: str) -> time:
    """A time of day, HH:MM."""
    if not _TIME(value):
        raise BadValueError("no-such-time", "is not a time of day; write HH:MM, 00:00 to 23:59")
    return time.fromisoformat(value)


def yes(value: str) -> bool:
    """`yes` or `no`."""
    if value not in {"yes", "no"}:
        raise BadValueError("not-yes-or-no", "must be yes or no")
    return value == "yes"


def protection_kind(value: str) -> ProtectionKind:
    """fvi, protective-order or other."""
    try:
        return ProtectionKind(value)
    except ValueError:
        raise BadValueError("unknown-kind", "must be fvi, protective-order or other") from None


def case_open(value: str) -> bool:
    """`open` or `closed`."""
    if value not in {"open", "closed"}:
        raise BadValueError("unknown-status", "must be open or closed")
    return value == "open"

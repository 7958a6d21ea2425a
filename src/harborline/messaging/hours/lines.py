"""The question of `quiet-hours`, one line at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harborline.kernel import Invalid
from harborline.law import Profile, profile
from harborline.messaging.hours.places import available, candidates
from harborline.messaging.hours.window import window
from harborline.messaging.words.numbers import lacks_country_code

# Zones are told for this span; texts are never judged outside it.
_YEARS = range(1970, 2200)
_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?", re.ASCII)
_NATIONAL = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})", re.ASCII)


def hours_answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer `{"program", "number", "zip"?, "zone"?, "at"}`: the zones, allowed or not, next moment, clauses.

    `zone` is one the person stated and somebody verified; `at` is ISO 8601 with its offset. `next_at` is the next
    allowed moment in UTC, null when it is allowed now or never within 14 days. A number without ground in the United
    States may be anywhere in it. Raises `Invalid` naming the field.
    """
    settings = _profile(question)
    zones = candidates(
        number=_number(question), zip_code=_zip(question), stated=_zone(question), state_zones=settings.zones
    )
    texting = settings.texting
    found = window(zones=zones, start=texting.quiet_start, end=texting.quiet_end, now=_moment(question))
    return {
        "zones": list(zones),
        "allowed": found.open_now,
        "next_at": found.next_at.isoformat().replace("+00:00", "Z") if found.next_at else None,
        "clauses": sorted({settings.setting(f"texting.{name}").clause for name in ("quiet_start", "quiet_end")}),
    }


def _profile(question: Mapping[str, Any]) -> Profile:
    name = question.get("program")
    if not isinstance(name, str):
        raise Invalid("is missing; name a program such as nc-css", "program")
    try:
        return profile(name)
    except Invalid:
        raise Invalid("has no profile; name a program such as nc-css", "program") from None


def _number(question: Mapping[str, Any]) -> str:
    raw = question.get("number")
    if not isinstance(raw, str):
        raise Invalid("is missing; write it as +19195550123", "number")
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", raw) if sign.isascii() and sign.isdigit())
    if lacks_country_code(unicodedata.normalize("NFKC", raw).strip()):
        raise Invalid("has a plus sign but not the 1 of the United States; write it as +19195550123", "number")
    if digits and raw.strip().startswith("+") and not digits.startswith("1"):
        return f"+{digits}"
    found = _NATIONAL.fullmatch(digits)
    if found is None:
        raise Invalid("is not a telephone number of ten digits; write it as +19195550123", "number")
    return f"+1{found[1]}"


def _zip(question: Mapping[str, Any]) -> str:
    raw = question.get("zip")
    if raw is None or raw == "":
        return ""
    found = _ZIP.fullmatch(str(raw).strip())
    if found is None:
        raise Invalid("is not a ZIP code; write five digits, or leave it out", "zip")
    return found[1]


def _zone(question: Mapping[str, Any]) -> str | None:
    raw = question.get("zone")
    if raw is None or raw == "":
        return None
    if raw not in available():
        raise Invalid("is not a time zone such as America/Chicago; leave it out when it is not known", "zone")
    return str(raw)


def _moment(question: Mapping[str, Any]) -> datetime:
    raw = question.get("at")
    try:
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        if moment is not None and moment.tzinfo is not None and moment.year in _YEARS:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("must be a moment with its offset, such as 2026-12-01T09:00:00-05:00", "at")

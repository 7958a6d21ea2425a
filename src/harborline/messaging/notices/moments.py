"""Which moments a notice may be put off to, and which times of day there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from harborline.kernel import Invalid, clock

LONGEST_AHEAD: Final = timedelta(days=366)

SKIPPED: Final = "is a time that day does not have: the clocks skip it; write the time the office goes by"


def comes(local: datetime, zone: str) -> bool:
    """Whether a local time comes on the clocks of `zone`; in spring they skip an hour."""
    place = ZoneInfo(zone)
    return local.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None) == local


def within_a_year(at: datetime | None) -> None:
    """Raise `Invalid` (`schedule`) for a moment more than a year ago or ahead: nobody means it, and no row bears it."""
    if at is not None and not clock.now() - LONGEST_AHEAD <= at <= clock.now() + LONGEST_AHEAD:
        raise Invalid("is more than a year away; name a moment within the next year", "schedule")

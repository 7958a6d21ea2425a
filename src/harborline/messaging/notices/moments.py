"""Which moments a notice may be put off to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from harborline.kernel import Invalid, clock

LONGEST_AHEAD: Final = timedelta(days=366)


def within_a_year(at: datetime | None) -> None:
    """Raise `Invalid` (`schedule`) for a moment more than a year ago or ahead: nobody means it, and no row bears it."""
    if at is not None and not clock.now() - LONGEST_AHEAD <= at <= clock.now() + LONGEST_AHEAD:
        raise Invalid("is more than a year away; name a moment within the next year", "schedule")

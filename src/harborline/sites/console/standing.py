"""Whether the way out is open: the age of the protection data."""

from __future__ import annotations

from datetime import timedelta

from harborline.law import Profile


def stale(age: timedelta | None, settings: Profile) -> bool:
    """Whether the protection data is missing or too old, so that nothing goes out."""
    return age is None or age > timedelta(hours=settings.texting.protection_max_age_h)

"""Whether the way out is open: permissions of the companies that carry texts, age of the protection data."""

from __future__ import annotations

from datetime import timedelta

from harborline.kernel import clock
from harborline.law import Profile
from harborline.vendors.facts import ApprovalFacts


def holds(approval: ApprovalFacts) -> bool:
    """Whether a permission holds at this moment."""
    now = clock.now()
    return approval.revoked_at is None and approval.valid_from_at <= now < approval.valid_until_at


def stale(age: timedelta | None, settings: Profile) -> bool:
    """Whether the protection data is missing or too old, so that nothing goes out."""
    return age is None or age > timedelta(hours=settings.texting.protection_max_age_h)

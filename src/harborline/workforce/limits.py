"""Which limits of signing in hold here."""

from __future__ import annotations

from django.conf import settings

from harborline.workforce.facts import SIGN_IN_PROFILES, SignInProfile


def sign_in_profile() -> SignInProfile:
    """The profile named by the setting `HARBORLINE_SIGN_IN_PROFILE`, `irs-1075` by default."""
    return SIGN_IN_PROFILES[getattr(settings, "HARBORLINE_SIGN_IN_PROFILE", "irs-1075")]

"""Limits of signing in by name: what the tax agency asks for, and what the agency for children and families practises.

Values nobody could read in the publication itself are marked "confirm with the Safeguards office" and set to the
stricter reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from harborline.kernel import Invalid

_CONFIRM: Final = "; confirm with the Safeguards office"
_PUB: Final = "IRS Publication 1075 (Nov 2021), "
PRIVILEGED_ROLES: Final = frozenset({"security-officer", "state-operator", "auditor"})
"""Roles whose accounts may lie unused for a shorter time, and whose assignments two people give."""


@dataclass(frozen=True, slots=True)
class SignInProfile:
    """Limits of signing in and of accounts, with where each comes from (`sources`, by field name).

    `lock`: how long too many tries close an address. `idle_lock`: after so long without a person at the screen, the
    screen asks who is there; `idle`: after so long the session ends; `absolute`: it ends whatever happened.
    `password_generations`: how many earlier passwords may not come back. `unused`: accounts nobody used for so long
    are off (`unused_privileged` for PRIVILEGED_ROLES). `temporary_days`: business days that temporary and emergency
    accounts live at most. `two_people`: roles that one person proposes and another gives. `cover_days`: the longest
    stand-in. `auditor_days`: the longest time an auditor may look. `reset_days`: for so long
    two people do not count as two when one gave the other the way to sign in. `remind_days`: how long before training
    or a signature lapses people are reminded. `kept_years`: how long certificates are kept. `warning`: which warning
    stands before the sign-in form.
    """

    name: str
    tries: int
    within: timedelta
    lock: timedelta
    idle_lock: timedelta
    idle: timedelta
    absolute: timedelta
    password_characters: int
    password_kinds: int
    password_generations: int
    password_longest: timedelta
    password_shortest: timedelta
    unused: timedelta
    unused_privileged: timedelta
    temporary_days: int
    two_people: frozenset[str]
    cover_days: int
    auditor_days: int
    reset_days: int
    remind_days: int
    kept_years: int
    warning: str
    sources: Mapping[str, str]


_IRS: Final = SignInProfile(
    name="irs-1075",
    tries=3,
    within=timedelta(minutes=120),
    lock=timedelta(minutes=15),
    idle_lock=timedelta(minutes=15),
    idle=timedelta(minutes=30),
    absolute=timedelta(hours=12),
    password_characters=14,
    password_kinds=3,
    password_generations=24,
    password_longest=timedelta(days=90),
    password_shortest=timedelta(days=1),
    unused=timedelta(days=120),
    unused_privileged=timedelta(days=60),
    temporary_days=2,
    two_people=PRIVILEGED_ROLES,
    cover_days=30,
    auditor_days=90,
    reset_days=90,
    remind_days=30,
    kept_years=5,
    warning="tax-information",
    sources={
        "tries": _PUB + "AC-7: 3 consecutive failures",
        "within": _PUB + "AC-7: in 120 minutes",
        "lock": _PUB + "AC-7: at least 15 minutes" + _CONFIRM,
        "idle_lock": _PUB + "AC-11: 15 minutes" + _CONFIRM,
        "idle": _PUB + "AC-12: 30 minutes; at the 15 of the edition of 2016 nothing opens any more" + _CONFIRM,
        "absolute": "our own limit: one working day",
        "password_characters": _PUB + "IA-5: 14" + _CONFIRM,
        "password_kinds": _PUB + "IA-5: mixed; ours: three of small letters, capitals, digits, other signs" + _CONFIRM,
        "password_generations": _PUB + "IA-5: 24" + _CONFIRM,
        "password_longest": _PUB + "IA-5: 90 days" + _CONFIRM,
        "password_shortest": _PUB + "IA-5: 1 day" + _CONFIRM,
        "unused": _PUB + "AC-2: 120 days",
        "unused_privileged": _PUB + "AC-2: 60 days for privileged accounts",
        "temporary_days": _PUB + "AC-2: 2 business days",
        "two_people": "our own limit: separation of duties (AC-5) for those who steer everybody's access",
        "cover_days": "our own limit: a month, then somebody asks again",
        "auditor_days": "our own limit: one quarter, then somebody asks again",
        "reset_days": "our own limit: as long as a password lives",
        "remind_days": "our own limit: a month before the yearly training (AT-2) is over",
        "kept_years": _PUB + "2.D.2: certificates at least 5 years",
        "warning": _PUB + "AC-8 and Exhibit 8",
    },
)
_ACF: Final = replace(
    _IRS,
    name="acf",
    tries=5,
    warning="government",
    sources={
        **{name: f"as irs-1075: {source}" for name, source in _IRS.sources.items()},
        "tries": "ACF practice for AC-7: 5 tries",
        "within": "ACF practice for AC-7: in 120 minutes",
        "lock": "ACF practice for AC-7: 15 minutes, or released by an administrator",
        "idle": "ACF practice for AC-2(5): signed out after 30 minutes",
        "warning": "ACF practice for AC-8: no tax information is named",
    },
)
SIGN_IN_PROFILES: Final[Mapping[str, SignInProfile]] = {each.name: each for each in (_IRS, _ACF)}


def chosen_profile(name: str) -> str:
    """The name, if there is such a profile; raises `Invalid`: nothing starts with limits nobody knows."""
    if name not in SIGN_IN_PROFILES:
        raise Invalid(f"is one of {', '.join(sorted(SIGN_IN_PROFILES))}", "HARBORLINE_SIGN_IN_PROFILE")
    return name

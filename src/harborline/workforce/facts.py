"""What workforce's rules see."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

ALL: Final = "*"
"""The county of an assignment that covers all counties of its program."""


class StaffRole(enum.StrEnum):
    """What a worker does in a program."""

    STATE_OPERATOR = "state-operator"
    CASE_MANAGER = "case-manager"
    SUPERVISOR = "supervisor"
    SECURITY_OFFICER = "security-officer"
    AUDITOR = "auditor"
    CLINIC_STAFF = "clinic-staff"


class AttemptKind(enum.StrEnum):
    """What happened at a sign-in: every try is `started` before the password is looked at."""

    STARTED = "started"
    PASSED = "passed"
    LOCKED = "locked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One event of signing in with one address."""

    kind: AttemptKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """One assignment: a role in a program, for one county or all, from and until (exclusive)."""

    program: str
    county: str
    role: str
    from_at: datetime
    until_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.from_at <= now and (self.until_at is None or now < self.until_at)


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What decides whether a worker may work at all.

    `trained_until` and `informed_until` (exclusive) are the latest expiry of training and of the signed
    acknowledgement; None when there never was one.
    """

    active: bool
    terminated_on: date | None = None
    expires_at: datetime | None = None
    trained_until: date | None = None
    informed_until: date | None = None


class Scope(enum.StrEnum):
    """What a machine key may do, beside what its role may."""

    MESSAGES_READ = "messages:read"
    MESSAGES_WRITE = "messages:write"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """One machine key: whose system it stands for, where, in which role, for what, until when (exclusive).

    `county` is a FIPS code or `*`; `per_second` is how much it may ask for in one second; `digest` is SHA-256 of its
    secret, which itself is kept nowhere.
    """

    id: uuid.UUID
    name: str
    program: str
    county: str
    role: str
    scopes: frozenset[str]
    per_second: int
    issued_at: datetime
    expires_at: datetime
    digest: bytes
    issued_by: str = ""
    revoked_at: datetime | None = None

    @property
    def roles(self) -> frozenset[str]:
        """Its one role, as rules take roles."""
        return frozenset({self.role})


LONGEST_KEY_TERM: Final = timedelta(days=366)
"""A machine key ends within a year, leap years included."""


@dataclass(frozen=True, slots=True)
class SignInProfile:
    """Limits of signing in, with where each comes from (`sources`, by field name)."""

    name: str
    tries: int
    within: timedelta
    lock: timedelta
    idle: timedelta
    absolute: timedelta
    password_characters: int
    sources: Mapping[str, str]


SIGN_IN_PROFILES: Final[Mapping[str, SignInProfile]] = {
    "irs-1075": SignInProfile(
        name="irs-1075",
        tries=3,
        within=timedelta(minutes=120),
        lock=timedelta(minutes=15),
        idle=timedelta(minutes=15),
        absolute=timedelta(hours=12),
        password_characters=14,
        sources={
            "tries": "IRS Publication 1075 (Nov 2021), AC-7: 3 consecutive failures",
            "within": "IRS Publication 1075 (Nov 2021), AC-7: in 120 minutes",
            "lock": "IRS Publication 1075 (Nov 2021), AC-7: at least 15 minutes; confirm with the Safeguards office",
            "idle": "IRS Publication 1075 (Nov 2021), AC-11: 15 minutes; confirm with the Safeguards office",
            "absolute": "our own limit: one working day",
            "password_characters": "IRS Publication 1075 (Nov 2021), IA-5: 14; confirm with the Safeguards office",
        },
    ),
    "acf": SignInProfile(
        name="acf",
        tries=5,
        within=timedelta(minutes=120),
        lock=timedelta(minutes=15),
        idle=timedelta(minutes=15),
        absolute=timedelta(hours=12),
        password_characters=14,
        sources={
            "tries": "ACF practice for AC-7: 5 tries",
            "within": "ACF practice for AC-7: in 120 minutes",
            "lock": "ACF practice for AC-7: 15 minutes, or released by an administrator",
            "idle": "as irs-1075",
            "absolute": "our own limit: one working day",
            "password_characters": "as irs-1075",
        },
    ),
}

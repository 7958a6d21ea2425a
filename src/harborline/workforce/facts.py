"""What workforce's rules see."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from harborline.kernel import Decision
from harborline.workforce.duty_facts import Duty, DutyStanding, DutyState, EvidenceLine, KeptBy, duties
from harborline.workforce.penalty_facts import PenaltyKind, PenaltyLine, PenaltyState
from harborline.workforce.profiles import PRIVILEGED_ROLES, SIGN_IN_PROFILES, SignInProfile

__all__ = [
    "ALL",
    "LONGEST_KEY_TERM",
    "PRIVILEGED_ROLES",
    "SIGN_IN_PROFILES",
    "AccountKind",
    "Attempt",
    "AttemptKind",
    "CourseLine",
    "CoverFacts",
    "CoverReason",
    "CoverState",
    "Duty",
    "DutyStanding",
    "DutyState",
    "EvidenceLine",
    "Grant",
    "KeptBy",
    "Lapse",
    "MachineFacts",
    "PenaltyKind",
    "PenaltyLine",
    "PenaltyState",
    "Placing",
    "Proposal",
    "Reset",
    "ResetKind",
    "Scope",
    "SessionLine",
    "SignInProfile",
    "SignatureLine",
    "StaffRole",
    "TrainingSubject",
    "WorkerFacts",
    "WorkerRow",
    "WorkerStanding",
    "duties",
]

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
    """What happened at a sign-in: every try is `started` before password or code is looked at.

    `proven`: that one try was right, but the sign-in goes on (the second factor is still to come).
    """

    STARTED = "started"
    PROVEN = "proven"
    PASSED = "passed"
    LOCKED = "locked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One event of signing in with one address."""

    kind: AttemptKind
    at: datetime


class AccountKind(enum.StrEnum):
    """How long an account is meant to live."""

    REGULAR = "regular"
    TEMPORARY = "temporary"
    EMERGENCY = "emergency"


class TrainingSubject(enum.StrEnum):
    """What a course teaches; only `security` opens the console, the others open what they are about."""

    SECURITY = "security"
    TAX = "tax-information"
    FAMILY_SAFETY = "family-safety"
    INCIDENTS = "incidents"


class CoverReason(enum.StrEnum):
    """Why somebody stands in for somebody else."""

    LEAVE = "leave"
    ILLNESS = "illness"
    COURT = "court"
    VACANCY = "vacancy"
    WORKLOAD = "workload"


class CoverState(enum.StrEnum):
    """Where a stand-in stands."""

    ASKED = "asked"
    REFUSED = "refused"
    COMING = "coming"
    IN_FORCE = "in-force"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """One stand-in: who is away, who stands in, from and until (exclusive), who asked and who decided.

    It counts only from the later of `from_at` and `decided_at`, once approved, until the earlier of `until_at` and
    `ended_at`: nothing is made right afterwards.
    """

    id: uuid.UUID
    program: str
    away: uuid.UUID
    stand_in: uuid.UUID
    reason: str
    from_at: datetime
    until_at: datetime
    asked_by: str
    approved: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    ended_at: datetime | None = None

    def state(self, now: datetime) -> CoverState:
        """Where it stands at `now`."""
        if self.approved is None:
            return CoverState.OVER if now >= self.until_at else CoverState.ASKED
        if not self.approved:
            return CoverState.REFUSED
        if now >= self.until_at or (self.ended_at is not None and now >= self.ended_at):
            return CoverState.OVER
        began = max(self.from_at, self.decided_at or self.until_at)
        return CoverState.IN_FORCE if now >= began else CoverState.COMING

    def in_force(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.state(now) is CoverState.IN_FORCE


@dataclass(frozen=True, slots=True)
class WorkerStanding:
    """What ties a worker to other people's work at one moment, in one program: for reasons of access.

    `number` is the worker's number in the case system; a case is a worker's own when its case manager has that
    number. `team` are the numbers of those who share a team with this worker, `supervises` of everybody below this
    worker (not only directly), `covers` of those this worker stands in for now; none of the three holds the worker's
    own. `trained` are the subjects (`TrainingSubject`) whose training is current.
    """

    id: uuid.UUID
    number: str
    roles: frozenset[str]
    counties: tuple[str, ...]
    team: frozenset[str]
    supervises: frozenset[str]
    covers: frozenset[str]
    trained: frozenset[str]
    may_work: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """An assignment somebody proposed and another person gives or refuses (`approved` None: not decided)."""

    id: uuid.UUID
    worker_id: uuid.UUID
    worker_name: str
    program: str
    county: str
    role: str
    from_at: datetime
    until_at: datetime | None
    asked_by: str
    asked_at: datetime
    approved: bool | None = None


class ResetKind(enum.StrEnum):
    """What of signing in is set anew by somebody else; `RETURN`: the account of somebody who comes back to work."""

    PASSWORD = "password"  # noqa: S105 - a kind, no password
    FACTOR = "second-factor"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Reset:
    """A password or second factor to be set anew, or a way back, once a second person says yes.

    `decided_by` and `approved` say what became of it: nobody and None while it waits.
    """

    id: uuid.UUID
    worker_id: uuid.UUID
    worker_name: str
    what: ResetKind
    asked_by: str
    asked_at: datetime
    decided_by: str = ""
    approved: bool | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something of a worker that lapses (`what`: a subject of training, or `requirements`) on `on` (exclusive).

    `over` once that day is here.
    """

    worker_id: uuid.UUID
    name: str
    what: str
    on: date
    over: bool


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker of a program for those who look after accounts: `standing` says whether they may work now and why."""

    id: uuid.UUID
    name: str
    email: str
    number: str
    kind: str
    roles: tuple[str, ...]
    standing: Decision
    sign_in: Decision
    terminated_on: date | None
    expires_at: datetime | None
    last_at: datetime | None
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One completed course; the certificate is kept at least through `kept_through` (a year)."""

    course: str
    subject: str
    completed_date: date
    expires_date: date
    certificate: str
    kept_through: int


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature with the very words (empty when it was given on paper or under words not published here)."""

    id: uuid.UUID
    statement: str
    signed_as: str
    signed_at: datetime
    expires_date: date
    title: str
    points: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Placing:
    """One assignment as a page shows it."""

    id: uuid.UUID
    role: str
    county: str
    from_at: datetime
    until_at: datetime | None
    over: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where a worker is signed in."""

    id: int
    address: str
    browser: str
    since_at: datetime
    seen_at: datetime


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
    acknowledgement; None when there never was one. `used_at` is when the account was last used, or else made or let
    in again; `unused_limit` is how long it may lie unused (None: no limit). `suspended`: a penalty turned the account
    off for today.
    """

    active: bool
    terminated_on: date | None = None
    expires_at: datetime | None = None
    trained_until: date | None = None
    informed_until: date | None = None
    used_at: datetime | None = None
    unused_limit: timedelta | None = None
    suspended: bool = False


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

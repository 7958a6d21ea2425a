"""What disclosure's rules see, and what they answer with."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from harborline.kernel import Decision
from harborline.people.facts import HeldName, Shield

TAX_GROUP = "tax"
"""The group of every value that is federal tax information, whatever its field."""

GROUPS: Mapping[str, str] = {
    HeldName.SSN: "identity-number",
    HeldName.ADDRESS: "whereabouts",
    HeldName.EMPLOYER: "whereabouts",
    HeldName.SCHOOL: "whereabouts",
    HeldName.SUBSTITUTE_ADDRESS: "mailing",
    HeldName.INCOME: "finances",
    HeldName.OFFSET: TAX_GROUP,
}
"""The group of each field, as the policy names it."""


class BulkGroup(enum.StrEnum):
    """What opens of many people at once for the program's own work, as the policy names it beside the fields."""

    LETTERS = "letters"
    CALLS = "calls"


def groups_of(field: str, *, tax: bool) -> frozenset[str]:
    """The groups under which the policy judges a value: its field's own, and that of tax information beside it."""
    return frozenset({GROUPS[field], TAX_GROUP}) if tax else frozenset({GROUPS[field]})


class FieldState(enum.StrEnum):
    """How much of a field somebody learns."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"
    BLOCKED = "blocked"

    @property
    def opens(self) -> bool:
        """Whether anything of the value is shown."""
        return self in (FieldState.CLEAR, FieldState.MASKED)


MILDEST = (FieldState.CLEAR, FieldState.MASKED, FieldState.HIDDEN, FieldState.BLOCKED)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One line of the policy: for this purpose a role learns this much of this group, and why."""

    purpose: str
    role: str
    group: str
    state: FieldState
    because: str
    clause: str


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One version of a program's written policy; `sha256` names its content, `approved_by` two people."""

    program: str
    version: int
    effective: date
    purposes: Mapping[str, Mapping[str, str]]
    rows: tuple[PolicyRow, ...]
    sha256: str
    proposed_by: str = ""
    approved_by: str = ""

    def state(self, purpose: str, roles: frozenset[str], group: str) -> FieldState:
        """The mildest state any of the roles has; what no row names is blocked."""
        found = {row.state for row in self.rows if (row.purpose, row.group) == (purpose, group) and row.role in roles}
        return next((state for state in MILDEST if state in found), FieldState.BLOCKED)

    def state_of(self, purpose: str, roles: frozenset[str], field: str, *, tax: bool = False) -> FieldState:
        """What the policy says of a value: the strictest of its groups, so that a label never opens more."""
        return max((self.state(purpose, roles, group) for group in groups_of(field, tax=tax)), key=MILDEST.index)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What one version of the policy says otherwise than another; None: it says nothing of it, so nothing opens."""

    purpose: str
    role: str
    group: str
    before: PolicyRow | None
    after: PolicyRow | None


class Tie(enum.StrEnum):
    """What connects a worker with a person."""

    CASELOAD = "caseload"
    TEAM = "team"
    SUPERVISOR = "supervisor"
    COVER = "cover"
    RECENT_CONTACT = "recent-contact"
    BROKEN_GLASS = "broken-glass"


@dataclass(frozen=True, slots=True)
class WorkedWith:
    """A worker had work with a participant from a moment on, and did not give it to themselves."""

    participant_id: uuid.UUID
    worker_id: uuid.UUID
    at: datetime


class Kin(enum.StrEnum):
    """What a worker is to a person beside work. `cleared`: a second person found that the names only sound alike."""

    NONE = ""
    SELF = "self"
    FAMILY = "family"
    HOUSEHOLD = "household"
    CLEARED = "cleared"


SURNAME = "surname"
"""Beside `Kin`, what a look may show: worker and person have the same last name."""

COWORKER = "coworker"
"""Beside `Kin`, what a look may show: somebody of this name works here."""


class Sign(enum.StrEnum):
    """What speaks for asking about looks that no work explains."""

    OWN = "own-record"
    FAMILY = "family"
    SURNAME = "same-surname"
    PROTECTED = "protected-person"
    MANY = "many-people"
    AGAIN = "again-and-again"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class LookGroup:
    """The looks of one worker at one person on one day that no work explained; `said` is the worker's own word.

    `reference` is what the worker names beside it: a paper, a call, a colleague.

    `looker` is as records name the worker, `who` their number; `people` at how many such people they looked that day;
    `shielded` whether the person or somebody on their cases is protected.
    """

    participant_id: uuid.UUID
    person_id: uuid.UUID
    day: date
    looker: str
    who: str
    role: str
    county: str
    times: int
    people: int
    kin: str
    said: str
    shielded: bool = False
    reference: str = ""


class GlassReason(enum.StrEnum):
    """Why somebody opens a record that is not theirs to open."""

    COURT_HEARING = "court-hearing"
    DANGER = "danger"
    CALLER_WAITING = "caller-waiting"
    WORKER_ABSENT = "worker-absent"


class ReviewOutcome(enum.StrEnum):
    """What a supervisor found about a broken glass."""

    JUSTIFIED = "justified"
    NOT_NEEDED = "not-needed"
    MISUSE = "misuse"


ENDS: Final = frozenset({ReviewOutcome.NOT_NEEDED, ReviewOutcome.MISUSE})
"""What a supervisor finds that ends an emergency at once."""


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """Everything that decides whether one field of one person opens to one worker now.

    `kin` also says `self` where the worker's own name is one of the person's and nobody cleared that. `override`: a
    court ordered that this field opens now. `protection_age` is None when protections were never loaded; `tax` says
    that the value is federal tax information, `tax_cleared` that the worker's training in it is current.
    """

    field: str
    purpose: str
    state: FieldState
    tie: Tie | None
    kin: Kin
    shield: Shield
    whereabouts: bool
    override: bool
    protection_age: timedelta | None
    tax: bool
    tax_cleared: bool


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a worker learns: `value` (masked where `state` says so), or None: nothing is on file.

    Whether nothing is there or nothing may be told looks the same; the record knows.
    """

    field: str
    value: str | None
    state: FieldState
    tax: bool
    source: str
    reveal_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OverrideFacts:
    """A court's order to open one field of one person once; `used_at` and `ended_at` close it."""

    id: uuid.UUID
    participant_id: uuid.UUID
    field: str
    court: str
    docket: str
    expires_at: datetime
    asked_by: str
    approved_by: str
    used_at: datetime | None


class Recipient(enum.StrEnum):
    """Who outside the program is told something."""

    IVD_OFFICE = "iv-d-office"
    FEDERAL_OFFICE = "federal-office"
    OTHER_STATE = "other-state"
    TRIBAL = "tribal-iv-d"
    TANF = "iv-a"
    CHILD_WELFARE = "iv-b"
    FOSTER_CARE = "iv-e"
    MEDICAID = "medicaid"
    CHIP = "chip"
    SNAP = "snap"
    COURT = "court"
    CUSTODIAL_PARENT = "custodial-parent"
    RESIDENT_PARENT = "resident-parent"
    CUSTODY_SEEKER = "custody-seeker"
    SUBJECT = "subject"
    PARTNER = "partner"
    LAW_ENFORCEMENT = "law-enforcement"
    OTHER = "other"


class Basis(enum.StrEnum):
    """On which law something is told."""

    PROGRAM = "program-duty"
    COURT_ORDER = "court-order"
    SUBPOENA = "subpoena"
    SEARCH_WARRANT = "search-warrant"
    SIGNED_RELEASE = "signed-release"
    SUBJECT_ACCESS = "subject-access"
    AGREEMENT = "agreement"
    CHILD_ABUSE_REPORT = "child-abuse-report"


class Step(enum.StrEnum):
    """What must have happened before a basis holds."""

    COUNSEL_NOTIFIED = "counsel-notified"
    QUASH_ATTEMPTED = "quash-attempted"
    LIMITED_TO_NECESSARY = "limited-to-necessary"
    PURPOSE_ATTESTED = "purpose-attested"
    SOLE_USE_ATTESTED = "sole-use-attested"
    STATUS_ATTESTED = "status-attested"
    OFFSET_RECEIVED = "offset-received"


class Road(enum.StrEnum):
    """How something travels."""

    TEXT = "text"
    EMAIL_BODY = "e-mail-body"
    EMAIL_SEALED = "e-mail-sealed"
    FAX = "fax"
    VOICE = "voice"
    PORTAL = "portal"
    SECURE_FILE = "secure-file"
    PAPER = "paper"


class Place(enum.StrEnum):
    """Where what is told will lie."""

    PREMISES = "agency-premises"
    CONTRACTOR = "contractor"
    CLOUD = "cloud"
    ABROAD = "outside-the-country"


class Payment(enum.StrEnum):
    """Which payment was offset, where the data comes from an offset."""

    NONE = "none"
    TAX_REFUND = "tax-refund"
    ADMINISTRATIVE = "administrative"


class OffsetPart(enum.StrEnum):
    """What may be told, or not, about an offset."""

    DATE = "date"
    AMOUNT = "amount"
    SOURCE = "source"
    REASON_FOR_HOLD = "reason-for-hold"


@dataclass(frozen=True, slots=True)
class Told:
    """One field to be told: whether it is federal tax information, its source, and whether a second source confirms."""

    field: str
    tax: bool = False
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What decides about telling somebody outside. `override`: a court ordered these whereabouts; used up by this."""

    kind: str
    recipient: Recipient
    basis: Basis
    reference: str
    steps: frozenset[Step]
    fields: tuple[Told, ...]
    offset_parts: frozenset[OffsetPart]
    road: Road | None
    place: Place | None
    payment: Payment | None
    shield: Shield
    protection_age: timedelta | None
    override: bool
    asked_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class TransmissionFacts:
    """One file that another room prepared for a partner: what of whom, on which law, by whose word.

    Who lacks one of the `needed` fields is left out of it whole. `tax`: the agreement is classified for federal tax
    information. `standing`: whether the agreement lets files go now; `intact`: people, fields and terms are those that
    were approved. `approved_by` is empty before that.
    """

    id: uuid.UUID
    recipient: str
    kind: Recipient
    basis: Basis
    reference: str
    fields: tuple[HeldName, ...]
    needed: frozenset[HeldName]
    participants: tuple[uuid.UUID, ...]
    prepared_by: str
    approved_by: str
    standing: Decision
    intact: bool = True
    tax: bool = False
    place: Place = Place.PREMISES
    payment: Payment = Payment.NONE
    offset_parts: frozenset[OffsetPart] = frozenset()

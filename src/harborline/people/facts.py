"""What rules and other rooms may know about people."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harborline.walls.facts import Own


class Role(enum.StrEnum):
    """What a participant is on a case."""

    CUSTODIAL_PARTY = "custodial-party"
    NONCUSTODIAL_PARENT = "noncustodial-parent"
    DEPENDENT = "dependent"
    PARTICIPANT = "participant"
    PARENT_GUARDIAN = "parent-guardian"
    PROXY = "proxy"
    CHILD = "child"
    INFANT = "infant"

    @property
    def adult(self) -> bool:
        """Whether this role may consent: parents, guardians, proxies and parties; dependents never."""
        return self not in MINOR_ROLES


MINOR_ROLES = frozenset({Role.DEPENDENT, Role.CHILD, Role.INFANT})

ROLES: Mapping[str, frozenset[str]] = {
    "iv-d": frozenset({"custodial-party", "noncustodial-parent", "dependent"}),
    "wic": frozenset({"participant", "parent-guardian", "proxy", "child", "infant"}),
}
"""The roles a case may have, by kind of program (`Profile.kind`)."""

ADULT_ROLES = frozenset(role.value for role in Role if role.adult)


class ProtectionKind(enum.StrEnum):
    """Why a person is protected: family violence indicator, a court's protective order, another reason."""

    FVI = "fvi"
    PROTECTIVE_ORDER = "protective-order"
    OTHER = "other"


class ProtectionReason(enum.StrEnum):
    """What a protection rests on, as states code it at the federal case registry."""

    PROTECTION_ORDER = "protection-order"
    RESTRAINT_ORDER = "restraint-order"
    GOOD_CAUSE = "good-cause"
    COURT_ORDER = "court-order"
    AGENCY_DECISION = "agency-decision"
    CASE_SYSTEM = "case-system"


class HeldName(enum.StrEnum):
    """The fields that open one at a time."""

    SSN = "ssn"
    ADDRESS = "address"
    SUBSTITUTE_ADDRESS = "substitute-address"
    EMPLOYER = "employer"
    SCHOOL = "school"
    INCOME = "income"
    OFFSET = "offset"


WHEREABOUTS = frozenset({HeldName.ADDRESS, HeldName.EMPLOYER, HeldName.SCHOOL})
"""Fields that tell where somebody can be found; the substitute address is there to be used instead."""


class Source(enum.StrEnum):
    """Who told a value. The first five are the Internal Revenue Service and those who pass its information on."""

    IRS = "irs"
    OFFSET_PROGRAM = "offset-program"
    FISCAL_SERVICE = "fiscal-service"
    SSA_TAX = "ssa-tax"
    CMS_TAX = "cms-tax"
    CASE_SYSTEM = "case-system"
    PARTICIPANT = "participant"
    THIRD_PARTY = "third-party"
    EMPLOYER = "employer"
    COURT = "court"
    OTHER_STATE = "other-state"
    CASE_REGISTRY = "case-registry"
    NEW_HIRES = "new-hires"
    BANK_MATCH = "bank-match"


TAX_SOURCES = frozenset({Source.IRS, Source.OFFSET_PROGRAM, Source.FISCAL_SERVICE, Source.SSA_TAX, Source.CMS_TAX})
"""What comes from these is federal tax information, and so is what was made of it (IRS Publication 1075, 2.C.5)."""


@dataclass(frozen=True, slots=True)
class PersonAtHand:
    """What decides about opening a value of a participant: who they are, who manages their cases, what shields them.

    `managers` are the numbers of the workers who manage their open cases now; `protections_as_of` is the moment of
    which the newest protections feed tells (None: there never was one). `beside` are the names of the others on their
    cases, by person.
    """

    county: str
    person_id: uuid.UUID
    names: tuple[str, ...]
    managers: tuple[str, ...]
    shield: Shield
    protections_as_of: datetime | None
    beside: Mapping[uuid.UUID, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ProtectionFacts:
    """One protection of a person: what kind, why, who says so, from and until (exclusive), when it was ended."""

    id: uuid.UUID
    person_id: uuid.UUID
    kind: str
    reason: str
    source: str
    from_at: datetime
    until_at: datetime | None
    ended_at: datetime | None
    by_staff: bool
    recorded_by: str

    def stands(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.ended_at is None and self.from_at <= now and (self.until_at is None or now < self.until_at)


@dataclass(frozen=True, slots=True)
class ProtectionChange:
    """A protection of a person was added, changed or ended, at `at` (aware, UTC)."""

    protection_id: uuid.UUID
    person_id: uuid.UUID
    change: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What is known about one held value, without the value. `origins` are its source and those it was made of."""

    id: uuid.UUID
    participant_id: uuid.UUID
    field: str
    source: str
    entered_at: datetime
    verified_by: str
    verified_at: datetime | None
    origins: frozenset[str]

    @property
    def tax(self) -> bool:
        """Whether it is federal tax information: from a tax source, or made of what is."""
        return bool(self.origins & TAX_SOURCES)


@dataclass(frozen=True, slots=True)
class Shield:
    """What stands before a person's whereabouts, in any county of the agency.

    `own`: the person, or the child or carer they live with, is protected. `shared`: somebody on one of their cases is.
    """

    own: bool
    shared: bool


class FeedKind(enum.StrEnum):
    """The files of the nightly feed, in the order in which they are imported."""

    PEOPLE = "people"
    CASES = "cases"
    CASE_MANAGERS = "case-managers"
    PROTECTIONS = "protections"
    APPOINTMENTS = "appointments"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """What decides about texting one participant on one case; no names, no numbers.

    `protected`: this person, or a child in their care on this case, is protected in any county. `texts_chosen`: every
    standing protection of theirs says that they chose texts. `phone_conflict`: the other parent of one of their
    cases uses, or used, this number. `zone`: stated and verified IANA zone. `discreet`: their texts tell no date, place
    or program, because they asked for that, or are protected and chose texts; which of both is nobody's to see.
    """

    participant_id: uuid.UUID
    person_id: uuid.UUID
    case_id: uuid.UUID
    county: str
    role: str
    adult: bool
    protected: bool
    texts_chosen: bool
    phone_conflict: bool
    language: str
    zone: str | None
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One participant: county, language, and whether they are an adult party of any open case."""

    participant_id: uuid.UUID
    county: str
    language: str
    adult: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Who a participant is and how to call them, for pages and lists; where letters go is opened apart."""

    participant_id: uuid.UUID
    external_id: str
    name: str
    phone: str | None
    language: str


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """One office: names and hours by language, its public address and telephone, its IANA zone."""

    code: str
    county: str
    names: Mapping[str, str]
    hours: Mapping[str, str]
    address: str
    phone: str
    zone: str

    def name(self, language: str) -> str:
        """The name in `language`, else in English."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """A contact with a participant took place at `at` (aware, UTC)."""

    participant_id: uuid.UUID
    county: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A participant's telephone number ended: `phone_idx` is no longer theirs."""

    participant_id: uuid.UUID
    county: str
    phone_idx: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class BadFeedRow:
    """One feed row that cannot be used: row as a spreadsheet counts it, column, stable code, what to do. No value."""

    row_no: int
    column: str
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What one feed file did.

    `applied` is False when a bad row kept the whole file out. `differences` lists up to 1,000 keys with
    `added`, `changed` or `removed`. `repeated` says that this very file had been imported before.
    """

    kind: FeedKind
    program: str
    sha256: str
    as_of: datetime
    rows: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    applied: bool = True
    repeated: bool = False
    bad: tuple[BadFeedRow, ...] = ()
    differences: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class OwnParticipant:
    """One of the person's participants in the program: its county, its number in the case system, its language."""

    id: uuid.UUID
    county: str
    external_id: str
    language: str


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit that stands: who, in which program, since when, and which rows are theirs."""

    id: uuid.UUID
    program: str
    person_id: uuid.UUID
    begun_at: datetime
    participants: tuple[OwnParticipant, ...]
    cases: tuple[uuid.UUID, ...]

    @property
    def own(self) -> Own:
        """What the walls are told."""
        return Own(self.person_id, tuple(each.id for each in self.participants), self.cases)

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties that know the person."""
        return tuple(sorted({each.county for each in self.participants}))

    @property
    def language(self) -> str:
        """The language the case system has for them."""
        return self.participants[0].language


class NumberStanding(enum.StrEnum):
    """What is known about a number beside whose it is: nothing against it, stopped, or maybe somebody else's by now."""

    FREE = "free"
    STOPPED = "stopped"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class CodeText:
    """A text with a code on its way: to which number, whose, in which language, telling nothing, until when."""

    number: str
    phone_idx: bytes
    participant_id: uuid.UUID
    county: str
    language: str
    discreet: bool
    until_at: datetime

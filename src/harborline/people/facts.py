"""What rules and other rooms may know about people."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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
    """How to reach a participant by letter or call: for the lists of people not reached.

    A protected person's `address` is the substitute address, or None when there is none: then the office hands it over.
    """

    participant_id: uuid.UUID
    external_id: str
    name: str
    address: str | None
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

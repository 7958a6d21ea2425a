"""What oversight's rules see: selections, legal bases, what must have happened before."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.oversight.incident_facts import Clock, Element, HowFound, IncidentLine, PrivateKind, StepLine, Told
from harborline.oversight.watch_rules import FindingOutcome

__all__ = [
    "Before",
    "Clock",
    "Element",
    "ExportRow",
    "ExportState",
    "FindingOutcome",
    "HowFound",
    "IncidentLine",
    "LegalBasis",
    "PrivateKind",
    "Request",
    "SampleKind",
    "Selection",
    "StepLine",
    "Told",
]


class LegalBasis(enum.StrEnum):
    """Why records may leave the agency."""

    LITIGATION = "litigation"
    BREACH = "breach"
    COURT_ORDER = "court-order"
    SUBPOENA = "subpoena"
    SEARCH_WARRANT = "search-warrant"
    PUBLIC_RECORDS = "public-records"
    SUBJECT_ACCESS = "subject-access"
    SIGNED_RELEASE = "signed-release"
    AUDIT = "audit"
    PROGRAM = "program-administration"
    CHILD_ABUSE_REPORT = "child-abuse-report"
    DESIGNATED_USE = "designated-use"


class SampleKind(enum.StrEnum):
    """What an auditor draws samples of."""

    DECISIONS = "decisions"
    ACCESSES = "accesses"
    CONSENTS = "consents"


class Before(enum.StrEnum):
    """A step that some bases need before records leave."""

    COUNSEL_NOTIFIED = "counsel-notified"
    QUASH_ATTEMPTED = "quash-attempted"
    LIMITED_TO_NECESSARY = "limited-to-necessary"


class ExportState(enum.StrEnum):
    """The life of an export: asked for, approved where two people are needed, made."""

    ASKED = "asked"
    APPROVED = "approved"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: numbers of the case system, a telephone number (E.164), a half-open span of time (aware, UTC).

    At least one part is given; several narrow each other.
    """

    person: str = ""
    case: str = ""
    number: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether it asks for everything there is."""
        return not (self.person or self.case or self.number or self.from_at or self.until_at)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what and why: `reference` names the docket, release or agreement, `recipient` who gets it."""

    selection: Selection
    basis: LegalBasis
    reason: str
    reference: str = ""
    recipient: str = ""
    done_before: frozenset[Before] = frozenset()


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export as it is listed; `texts` and `sha256` are empty until it was made.

    `mine`: the worker of the context asked for it, who alone takes its file. `waits`: a second person says yes first.
    """

    id: uuid.UUID
    state: ExportState
    basis: LegalBasis
    selection: Selection
    reason: str
    reference: str
    recipient: str
    asked_by: str
    mine: bool
    waits: bool
    asked_at: datetime
    approved_by: str
    made_at: datetime | None
    texts: int
    sha256: str

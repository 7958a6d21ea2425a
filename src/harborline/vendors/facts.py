"""What the vendors' rules see: permissions, lives, screening, federal tax information, fax lines."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from harborline.vendors.screening.facts import Band, Category, Hit, ScreeningList

__all__ = [
    "CHECKS",
    "CONNECTORS",
    "ELEMENTS",
    "FTI_FIELDS",
    "PURPOSES",
    "TEXTING",
    "TEXT_ELEMENTS",
    "ApprovalFacts",
    "Area",
    "Band",
    "Category",
    "ClearanceFacts",
    "FaxKind",
    "FaxLineFacts",
    "FtiStanding",
    "Hit",
    "LifeFacts",
    "LifeState",
    "ScreeningList",
    "ScreeningStanding",
    "StepFacts",
    "StepKind",
    "TaxField",
]

TEXTING: Final = "texting"
"""The purpose under which a carrier hands over texts."""
TEXT_ELEMENTS: Final = ("phone-number", "message-text")
"""The data elements a carrier of texts gets to see."""

PURPOSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        TEXTING: TEXT_ELEMENTS,
        "mail": ("email-address", "message-text"),
        "fax": ("fax-number", "document"),
        "lookup": ("phone-number",),
        "storage": ("sealed-file",),
        "files": ("case-file",),
    }
)
"""What a company may be used for, each with the data elements it cannot do without."""

FTI_FIELDS: Final = (
    "fti:ssn", "fti:name", "fti:address", "fti:filing-status", "fti:dependents", "fti:offset-date",
    "fti:offset-amount", "fti:joint-filing", "fti:spouse-payment",
)  # fmt: skip
"""Federal tax information, field by field. Source: 26 U.S.C. 6103(l)(6), (8), (10)."""

ELEMENTS: Final = (
    *dict.fromkeys(element for needed in PURPOSES.values() for element in needed),
    "person-name",
    "case-number",
    *FTI_FIELDS,
)
"""Every data element a permission can name."""

CONNECTORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "twilio": TEXTING,
        "kannel": TEXTING,
        "smtp": "mail",
        "hylafax": "fax",
        "mail-to-fax": "fax",
        "number-lookup": "lookup",
        "object-store": "storage",
        "sftp": "files",
        "drop-folder": "files",
    }
)
"""The connectors that can reach a company, by name, with the purpose they serve."""

CHECKS: Final = (
    "term-contract", "encryption", "fips-module", "us-only", "breach-notice", "return-or-destroy", "audit-right",
    "retention", "tcpa-duties", "data-practices-act", "889-flow-down", "exhibit-7",
)  # fmt: skip
"""What an examined contract can be found to say. `exhibit-7` is needed wherever federal tax information is."""


class StepKind(enum.StrEnum):
    """The steps of a vendor's life, in their order; from SUSPENDED on they may come at any time.

    STOPPED is recorded by the product itself when a life no longer stands; it never decides anything.
    """

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    PERMITTED = "permitted"
    CONTRACTED = "contracted"
    VETTED = "vetted"
    MEMORANDUM = "memorandum"
    CERTIFIED = "certified"
    ANSWERED = "answered"
    SCREENED = "screened"
    LIVE = "live"
    RECERTIFIED = "recertified"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"
    STOPPED = "stopped"
    TAX_FIELD = "tax-field"
    TAX_NOTICE = "tax-notice"
    TAX_VISIT = "tax-visit"
    TAX_CERTIFIED = "tax-certified"


class Area(enum.StrEnum):
    """Who examines a request."""

    PROGRAM = "program"
    SECURITY = "security"
    LEGAL = "legal"
    IT = "it"


class LifeState(enum.StrEnum):
    """Where a vendor's life stands; only LIVE opens the gate."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    DECLINED = "declined"
    PERMITTED = "permitted"
    LIVE = "live"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step taken: `on` is the day the paper bears, `at` the moment it was recorded, `by` who recorded it."""

    kind: StepKind
    on: date
    at: datetime
    by: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScreeningStanding:
    """What screening says today.

    `open_hits` are those nobody cleared, `confirmed` those a reviewer found true; `missing` are required lists that
    were never brought in; `screened_at` is the last recorded screening, by a person or by the product itself;
    `clears_until` the day (exclusive) on which the first of the clearances in use ends.
    """

    open_hits: tuple[Hit, ...] = ()
    cleared: tuple[Hit, ...] = ()
    confirmed: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    screened_at: datetime | None = None
    clears_until: date | None = None

    @property
    def band(self) -> Band:
        """The strongest hit that still counts."""
        counting = (*self.open_hits, *self.confirmed)
        return max((hit.band for hit in counting), key=lambda one: one.rank, default=Band.CLEAR)


@dataclass(frozen=True, slots=True)
class TaxField:
    """One field of federal tax information a contractor may see: on what legal basis, from and until (exclusive)."""

    element: str
    legal_basis: str
    from_date: date
    until_date: date


@dataclass(frozen=True, slots=True)
class FtiStanding:
    """Where a contractor stands with federal tax information.

    `notified_on`: the day the IRS was told; `visited_on`: the last on-site review; `certified_on`: the last yearly
    certification; `contract_from`, `contract_until`: the contract's term, which decides how often to visit.
    """

    fields: tuple[TaxField, ...] = ()
    notified_on: date | None = None
    visited_on: date | None = None
    certified_on: date | None = None
    contract_from: date | None = None
    contract_until: date | None = None


@dataclass(frozen=True, slots=True)
class LifeFacts:
    """One vendor's work for one program, with everything that was done about it.

    `purposes` and `elements` are those asked for; `subprocessors` maps the name of each company with an engagement
    under this one to whether it is live itself; `memorandum`, `checks`, `recertify_days` and `lists` are what the
    program asks for.
    """

    id: uuid.UUID
    vendor: str
    name: str
    program: str
    purposes: tuple[str, ...]
    elements: tuple[str, ...]
    steps: tuple[StepFacts, ...]
    screening: ScreeningStanding
    memorandum: str
    checks: tuple[str, ...]
    recertify_days: int
    lists: tuple[str, ...] = ()
    subprocessors: Mapping[str, bool] = field(default_factory=dict)
    fti: FtiStanding = field(default_factory=FtiStanding)
    free_service: bool = False
    simulated: bool = False
    under: uuid.UUID | None = None

    def last(self, *kinds: StepKind) -> StepFacts | None:
        """The newest step of these kinds."""
        return next((step for step in reversed(self.steps) if step.kind in kinds), None)

    @property
    def sees_tax(self) -> bool:
        """Whether federal tax information is asked for."""
        return any(element.startswith("fti:") for element in self.elements)


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """One program's written permission for one vendor and purpose, and whether its life is complete.

    `document_no`, `signer` and `signed_on` name the letter; valid from `valid_from_at` until `valid_until_at`
    (exclusive); `rivals` counts other vendors with a live approval for the same program and purpose; `free_service`:
    a service without contract or price; `simulated`: nothing leaves this machine. `life` is None for a permission
    without a life: it carries nothing.
    """

    id: uuid.UUID
    vendor: str
    program: str
    purpose: str
    data_elements: frozenset[str]
    document_no: str
    signer: str
    signed_on: date
    valid_from_at: datetime
    valid_until_at: datetime
    revoked_at: datetime | None = None
    rivals: int = 0
    free_service: bool = False
    simulated: bool = False
    life: LifeFacts | None = None


class FaxKind(enum.StrEnum):
    """Who shares a fax line: one unit alone, a service the local IT runs, or several programs."""

    UNIT_MACHINE = "unit-machine"
    IT_SERVICE = "it-service"
    SHARED_MACHINE = "shared-machine"


@dataclass(frozen=True, slots=True)
class FaxLineFacts:
    """One fax line with the attestation of the local IT; `attested_until` is exclusive."""

    label: str
    program: str
    kind: FaxKind
    attested_by: str = ""
    attested_on: date | None = None
    attested_until: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ClearanceFacts:
    """What a reviewer decided about one hit of one vendor; dies when the vendor or the entry changes, or at its end.

    `vendor_digest` and `entry_digest` are SHA-256 (hex) of what was looked at; `expires_on` is exclusive.
    """

    entry: str
    confirmed: bool
    vendor_digest: str
    entry_digest: str
    expires_on: date
    reviewer: str
    reason: str
    at: datetime

"""What the exchange's rules and its protocol engines see."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from harborline.exchange.terms import Tells, Terms
from harborline.exchange.wording import Box, Channel, Direction, PartnerKind, ReceiptKind

__all__ = [
    "AgreementFacts",
    "AgreementState",
    "AlarmKind",
    "Arrival",
    "Box",
    "Channel",
    "CredentialFacts",
    "CustodyFacts",
    "Direction",
    "Entry",
    "Guest",
    "HeldFile",
    "ItemFacts",
    "KeyKind",
    "Limits",
    "MediaKind",
    "Opened",
    "OutboundFile",
    "PartnerKind",
    "PreparedFacts",
    "PreparedState",
    "ReceiptKind",
    "Standing",
    "State",
    "Step",
    "Tells",
    "Terms",
    "Verdict",
    "Way",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one partner may use: sessions at once, open files in one, bytes in a file and in a day, pace in bytes/s."""

    sessions: int
    open_files: int
    file_bytes: int
    day_bytes: int
    bytes_per_s: int | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """A partner's machine that proved its key."""

    credential_id: uuid.UUID
    partner_id: uuid.UUID
    login: str
    program: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a listing: size in bytes, moment of the last change, whether the guest may put or replace it."""

    name: str
    folder: bool
    size: int
    at: datetime
    writable: bool


class AgreementState(enum.StrEnum):
    """Where an agreement stands; only ACTIVE lets a file through."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXPIRED = "expired"


class KeyKind(enum.StrEnum):
    """What a credential is for: signing in over SSH, signing messages with OpenPGP, or being encrypted to."""

    SSH = "ssh"
    OPENPGP = "openpgp"


class State(enum.StrEnum):
    """Where a transmission stands. Bytes that are not complete are an upload and no transmission yet."""

    LANDED = "landed"
    VALIDATED = "validated"
    PROCESSED = "processed"
    HELD = "held"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    TESTED = "tested"
    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in _OVER


_OVER = frozenset({State.PROCESSED, State.REJECTED, State.SUPERSEDED, State.TESTED, State.ACKNOWLEDGED})


class PreparedState(enum.StrEnum):
    """Where a file with protected values stands before it is one."""

    WAITING = "waiting"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PreparedFacts:
    """One file with protected values: for whom, which fields, of how many records; none of its values.

    `sent_records` counts those that went out; the others had nothing to be told. `sha256` names what is approved.
    """

    id: uuid.UUID
    agreement_id: uuid.UUID
    agreement: str
    partner: str
    name: str
    fields: tuple[str, ...]
    records: int
    state: PreparedState
    sha256: str
    prepared_by: str
    prepared_at: datetime
    approved_by: str
    approved_at: datetime | None
    withdrawn_because: str
    sent_by: str
    sent_at: datetime | None
    sent_records: int | None
    transmission_id: uuid.UUID | None


class Step(enum.StrEnum):
    """Work done on a landed transmission, in its order."""

    VALIDATE = "validate"
    PROCESS = "process"


class AlarmKind(enum.StrEnum):
    """What somebody must look at."""

    WAITING = "waiting-for-proof"
    MISSING_FILE = "not-arrived"
    GAP = "sequence-gap"
    CONFLICT = "conflict"
    QUARANTINE = "quarantined"
    DEAD = "dead-letter"
    NOT_PICKED_UP = "not-picked-up"
    CREDENTIAL = "credential-ends"
    AGREEMENT = "agreement-ends"
    MEDIA = "media-overdue"
    HOST = "host-key-changed"


class MediaKind(enum.StrEnum):
    """What was mailed."""

    CD = "cd"
    DISKETTE = "diskette"
    TAPE = "tape"
    CARTRIDGE = "cartridge"
    USB = "usb"


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """One key of a partner: valid from (inclusive) until (exclusive); `digest` is the fingerprint (`SHA256:…`)."""

    id: uuid.UUID
    partner_id: uuid.UUID
    login: str
    kind: KeyKind
    algorithm: str
    bits: int
    digest: str
    from_at: datetime
    until_at: datetime
    networks: tuple[str, ...]
    added_by: str
    confirmed_by: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """One agreement with the terms in force (None before the first activation)."""

    id: uuid.UUID
    key: str
    title: str
    partner_id: uuid.UUID
    partner_key: str
    partner_name: str
    partner_kind: PartnerKind
    vendor: str
    program: str
    state: AgreementState
    version: int
    terms: Terms | None
    drafted: Terms | None = None
    drafted_by: str = ""
    drafted_version: int = 0


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One complete file as it arrived: its name, size in bytes and SHA-256 (hex) of what was sent."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that is complete and wants to land.

    `external_id` and `supersedes` are the sender's ids, `sequence` the sender's number; None where nothing says.
    `named` are the numbers in the names of its files.
    """

    files: tuple[HeldFile, ...]
    external_id: str | None = None
    sequence: int | None = None
    supersedes: str | None = None
    test: bool = False
    named: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on file when an arrival is judged.

    `same_id`, `same_digest`, `same_name`: earlier transmissions (id, digests, state, resend asked) that match;
    `used` the sequence numbers taken, `highest` the highest accepted in order (None: none yet).
    """

    same_id: Known | None = None
    same_digest: Known | None = None
    same_name: Known | None = None
    same_sequence: Known | None = None
    superseded: Known | None = None
    highest: int | None = None
    gap_open: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier transmission of the agreement."""

    id: uuid.UUID
    digests: frozenset[str]
    state: State
    sequence: int | None = None
    resend_asked: bool = False


class Verdict(enum.StrEnum):
    """What becomes of an arrival."""

    ACCEPT = "accept"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    HOLD = "hold"
    SUPERSEDE = "supersede"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One mailed medium and what is known of it; `state` is derived from its events."""

    id: uuid.UUID
    label: str
    kind: MediaKind
    fti: bool
    received_at: datetime | None
    holder: str
    image_sha256: str
    disposed: bool
    seals_intact: bool | None = None
    second_witness: str = ""


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """One hand-over: from whom to whom, confirmed by both."""

    giver: str
    taker: str
    at: datetime
    place: str
    purpose: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """One file to be sent by an adapter: the transmission, name, size, digest (hex) and the address of the partner."""

    transmission_id: uuid.UUID
    program: str
    agreement: str
    partner: str
    name: str
    size: int
    sha256: str
    address: Mapping[str, Any] = field(default_factory=dict)
    expires_date: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a message found: the fingerprint of the signer (hex), bytes of plaintext and their SHA-256 (hex).

    `signed_at` are the moments that its signatures tell, `ends_at` is when the signer's certificate ends (None: never;
    long ago: revoked).
    """

    signer: str
    size: int
    sha256: str
    signed_at: tuple[datetime, ...] = ()
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """An agreement in force that an adapter carries: which way files go, and the partner's address."""

    program: str
    agreement: str
    partner: str
    takes: bool
    gives: bool
    address: Mapping[str, Any] = field(default_factory=dict)

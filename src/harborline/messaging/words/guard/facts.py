"""What the guard finds and what it answers."""

from __future__ import annotations

import enum
from typing import NamedTuple

from harborline.kernel import Decision

JUDGED_LANGUAGES = frozenset({"en", "es"})
"""The languages whose words are judged, and read."""


class Kind(enum.Enum):
    """The sixteen things a text must not hold."""

    # A kind is one object, told by identity: as quick to look up, where the enumeration would hash its name each time.
    __hash__ = object.__hash__

    PERSON_NAME = "person_name"
    SSN = "ssn"
    DL_NUMBER = "dl_number"
    DOB = "dob"
    CASE_NUMBER = "case_number"
    FINANCIAL_ACCOUNT = "financial_account"
    STREET_ADDRESS_OR_WHEREABOUTS = "street_address_or_whereabouts"
    HEALTH_INFO = "health_info"
    FTI = "fti"
    DV = "dv"
    AMOUNT_OWED = "amount_owed"
    ABBREVIATION = "abbreviation"
    REQUESTS_PRIVATE_INFO = "requests_private_info"
    RESERVED_REPLY_WORD = "reserved_reply_word"
    SHORTENED_URL = "shortened_url"
    HARD_TO_READ = "hard_to_read"


PRIVATE = frozenset(
    {
        Kind.PERSON_NAME,
        Kind.SSN,
        Kind.DL_NUMBER,
        Kind.DOB,
        Kind.CASE_NUMBER,
        Kind.FINANCIAL_ACCOUNT,
        Kind.STREET_ADDRESS_OR_WHEREABOUTS,
        Kind.HEALTH_INFO,
        Kind.FTI,
        Kind.DV,
        Kind.AMOUNT_OWED,
    }
)


class Finding(NamedTuple):
    """One thing found: where (code points of the text as given, half-open), by which rule, against which clauses.

    One that `waits` is only likely: a person looks before it goes.
    """

    kind: Kind
    start: int
    end: int
    clauses: tuple[str, ...]
    rule: str
    waits: bool = False


class Judgement(NamedTuple):
    """Everything found in one text, and what follows from it."""

    findings: tuple[Finding, ...]
    decision: Decision

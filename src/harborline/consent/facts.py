"""What consent's rules see."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

NOTICES: Final = "notices"
"""The platform of this texting service."""
CONTACT_US: Final = "contact-us"
"""The platform of the portal's "Contact Us" thread."""
TEXT: Final = "text"

SAME_CONTACT = timedelta(hours=2)
"""A contact told within this time after a spoken permission is the one in which it was given (our reading)."""


class ConsentKind(enum.StrEnum):
    """On what a consent rests; the words are those of the profiles."""

    KEYWORD = "keyword"
    SIGNED_RELEASE = "signed-release"
    VERBAL = "verbal-temporary"
    APP = "app-opt-in"
    PORTAL = "portal-opt-in"


class ConsentState(enum.StrEnum):
    """Where a consent stands at one moment."""

    GIVEN = "given"
    TEMPORARY = "temporary"
    UNATTESTED = "unattested"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    NONE = "none"


class Ending(enum.StrEnum):
    """Why a consent ended."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    NUMBER_CHANGED = "number-changed"


class Means(enum.StrEnum):
    """How somebody asked to stop: any reasonable means counts (47 CFR 64.1200(a)(10), (11))."""

    TEXT = "text"
    TELEPHONE = "telephone"
    IN_PERSON = "in-person"
    LETTER = "letter"
    EMAIL = "e-mail"
    FAX = "fax"
    PORTAL = "portal"
    CARRIER = "carrier"
    WRONG_NUMBER = "wrong-number"
    POSSIBLE = "possible-opt-out"
    IMPORTED = "imported-list"
    DEACTIVATED = "deactivated"
    REASSIGNED = "reassigned"


SPOKEN_OR_WRITTEN: Final = (
    Means.TELEPHONE,
    Means.IN_PERSON,
    Means.LETTER,
    Means.EMAIL,
    Means.FAX,
    Means.PORTAL,
)
"""How somebody may ask a worker to stop."""


class Doubt(enum.StrEnum):
    """Why staff must find out about a number."""

    POSSIBLE_STOP = "possible-stop"
    WRONG_NUMBER = "wrong-number"
    BOTH_PARENTS = "both-parents"
    DEACTIVATED = "deactivated"
    REASSIGNED = "reassigned"


class Settlement(enum.StrEnum):
    """What staff found out about a number."""

    STOP = "stop"
    NOT_A_STOP = "not-a-stop"
    OVERDUE = "overdue"
    RIGHT = "number-is-right"
    CORRECTED = "number-corrected"
    NOT_THEIRS = "number-not-theirs"


class EventKind(enum.StrEnum):
    """What happened to a consent."""

    GIVEN = "given"
    ATTESTED = "attested"
    FILED = "filed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One consent as its record has it; `imported` ones count only once `attested_at` is set."""

    kind: ConsentKind
    platform: str
    given_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: Ending | None = None
    imported: bool = False
    attested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """The best an adult on a case has given for a number, with what is known about the number.

    `state` is a `ConsentState` value. `suppressed`: somebody asked this agency to stop texting the number. `held`: a
    possible opt-out waits for staff. `platform`: what the consent covers.
    """

    kind: str | None
    state: str
    consent_id: uuid.UUID | None
    holder: uuid.UUID | None
    expires_at: datetime | None
    suppressed: bool
    held: bool
    platform: str = NOTICES

    @classmethod
    def none(cls, *, suppressed: bool = False, held: bool = False) -> ConsentStanding:
        """Nothing on file."""
        return cls(None, ConsentState.NONE.value, None, None, None, suppressed, held)

    def without_identity(self) -> ConsentStanding:
        """The same situation of anybody: equal for everyone whom a rule cannot tell apart."""
        return replace(self, consent_id=None, holder=None, expires_at=None)


class NumberInUse(NamedTuple):
    """A number (E.164) with the index it is found by, and since when its newest permission stands."""

    phone_idx: bytes
    number: str
    since_at: datetime

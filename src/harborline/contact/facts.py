"""What the rules of contact see and what its doors answer."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from harborline.kernel import Decision

WORDS_MOST: Final = 4000
"""The most signs (code points) of one question or answer."""
NOTE_MOST: Final = 1000
REASON_MOST: Final = 200
BY_TEXT: Final = "text"
"""The topic of a contact that began with a text to the portal's number."""


class ContactState(enum.StrEnum):
    """Where a contact stands."""

    NEW = "new"
    ON_US = "on-us"
    ON_PERSON = "on-person"
    REOPENED = "reopened"
    CLOSED = "closed"


class ClosedAs(enum.StrEnum):
    """How a contact was closed."""

    ANSWERED = "answered"
    NO_RESPONSE = "no-response"
    PASSED_ON = "passed-on"


class EntryKind(enum.StrEnum):
    """What one entry is; notes and steps are for staff alone, `TEXT_IN` and `TEXT_OUT` are texts kept elsewhere."""

    ASKED = "asked"
    WROTE = "wrote"
    ANSWERED = "answered"
    NOTE = "note"
    TEXT_IN = "text-in"
    TEXT_OUT = "text-out"
    ASSIGNED = "assigned"
    OFFICE = "office"
    PASSED_ON = "passed-on"
    CLOSED = "closed"
    REOPENED = "reopened"


SAID_BY_PERSON: Final = frozenset({EntryKind.ASKED, EntryKind.WROTE, EntryKind.TEXT_IN})


@dataclass(frozen=True, slots=True)
class Standing:
    """The moments from which a contact's state follows.

    `last_in_at` is the person's last word, `last_out_at` our last answer, `seen_at` when staff first opened it.
    """

    last_in_at: datetime
    last_out_at: datetime | None = None
    seen_at: datetime | None = None
    reopened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of words a person sent: the contact they are in, and whether they speak of danger.

    `fresh` is false when the same form came twice: then nothing was done.
    """

    contact_id: uuid.UUID
    danger: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing found in a draft: its kind and place (code points, half-open)."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of an answer: the strictest decision, each one, what was found, the words as they would stand.

    A `hold` goes with a written reason; a `refuse` never goes.
    """

    decision: Decision
    decisions: tuple[Decision, ...]
    remarks: tuple[Remark, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer was kept; `told` says whether a text that a message waits is on its way."""

    entry_id: uuid.UUID
    told: bool


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as a page shows it.

    `words` is None where there are none or they were destroyed; `detail` is a code: an office, a worker, how it was
    closed. `text_id` names the text to open in its own place.
    """

    id: uuid.UUID
    kind: EntryKind
    at: datetime
    actor: str
    by_person: bool
    words: str | None
    detail: str = ""
    text_id: uuid.UUID | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact in a list."""

    id: uuid.UUID
    participant_id: uuid.UUID
    external_id: str
    county: str
    topic: str
    language: str
    office: str
    worker_id: uuid.UUID | None
    state: ContactState
    closed_as: str
    opened_at: datetime
    last_in_at: datetime
    last_out_at: datetime | None
    answer_by_at: datetime | None
    late: bool
    danger: bool
    unread: bool
    moved_to: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact with its entries, the oldest first."""

    line: ContactLine
    entries: tuple[EntryLine, ...]
    person_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class DangerLine:
    """One danger alert: where it stands, never a word of what was written."""

    alert_id: uuid.UUID
    contact_id: uuid.UUID
    county: str
    raised_at: datetime
    told_worker_id: uuid.UUID | None
    acknowledged_at: datetime | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open contacts in sight: all, late, waiting on us, of this worker, of nobody."""

    open: int
    late: int
    on_us: int
    mine: int
    unassigned: int

"""What the rules of documents see, and what goes through the ports."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final


class Kind(enum.StrEnum):
    """What a file is, by its own first bytes; nothing else is taken in."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    PDF = "pdf"


class Way(enum.StrEnum):
    """How papers came in; all end in the same sealed intake."""

    PORTAL = "portal"
    COUNTER = "counter"
    MAIL = "mail"
    EMAIL = "email"
    FAX = "fax"

    @property
    def by_staff(self) -> bool:
        """Whether a worker brought them in."""
        return self in (Way.COUNTER, Way.MAIL)


class State(enum.StrEnum):
    """Where a document stands; each change is an event of its own."""

    COMING = "coming"
    RECEIVED = "received"
    CHECKED = "checked"
    WITH_WORKER = "with-worker"
    ACCEPTED = "accepted"
    AGAIN = "again"
    REFUSED = "refused"
    DROPPED = "dropped"

    @property
    def shown(self) -> bool:
        """Whether there are pixel copies to be looked at."""
        return self in _SHOWN


_SHOWN = frozenset({State.CHECKED, State.WITH_WORKER, State.ACCEPTED, State.AGAIN})


class Problem(enum.StrEnum):
    """Why a file cannot be used, each with kind words of its own for the person."""

    EMPTY = "empty"
    NOT_A_PICTURE = "not-a-picture"
    ARCHIVE = "archive"
    OFFICE = "office-file"
    WEB_PAGE = "web-page"
    FILM = "film"
    HARMFUL = "harmful"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    FILES_INSIDE = "files-inside"
    PROGRAMS_INSIDE = "programs-inside"
    FORM_INSIDE = "form-inside"
    FILM_INSIDE = "film-inside"
    TOO_MANY_PAGES = "too-many-pages"
    PICTURE_TOO_LARGE = "picture-too-large"
    MOVING_PICTURE = "moving-picture"
    NO_PAGES = "no-pages"
    TOO_HEAVY = "too-heavy"


class Again(enum.StrEnum):
    """Why a worker asks for a paper again."""

    BLURRED = "blurred"
    DARK = "dark"
    CUT_OFF = "cut-off"
    PAGE_MISSING = "page-missing"
    OTHER_PAPER = "other-paper"
    OUT_OF_DATE = "out-of-date"
    NOT_SIGNED = "not-signed"
    OTHER = "other"


class Label(enum.StrEnum):
    """What a paper is, as a worker files it."""

    IDENTITY = "identity"
    BIRTH = "birth-record"
    ADDRESS = "proof-of-address"
    INCOME = "proof-of-income"
    ORDER = "court-order"
    INSURANCE = "health-insurance"
    CUSTODY = "custody-paper"
    PATERNITY = "paternity-paper"
    PAYMENT = "payment-record"
    HEALTH = "health-form"
    FOOD_CARD = "food-card-paper"
    PERMISSION = "signed-permission"
    LETTER = "letter"
    OTHER = "other"


class Step(enum.StrEnum):
    """One look at a file on its way to be called checked."""

    SNIFF = "sniff"
    SCAN = "scan"
    COPY = "copy"


class Outcome(enum.StrEnum):
    """What a look found: nothing wrong, something wrong, or no answer, which is never clean."""

    CLEAN = "clean"
    FOUND = "found"
    NO_ANSWER = "no-answer"


class IsolationLevel(enum.StrEnum):
    """How well the reader of papers is shut in."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Isolation:
    """The level, and by name what is missing from full isolation."""

    level: IsolationLevel
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as pixels: `rgb` holds 3 bytes for each of width times height."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found out about a file: the looks that said clean, and how the reader was shut in."""

    clean: frozenset[Step]
    isolation: IsolationLevel
    full_required: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What one person handed in over the last 24 hours, this submission among it, and the most of it.

    Nothing is counted of papers that staff bring in.
    """

    bytes: int = 0
    submissions: int = 0
    most_bytes: int = 1 << 62
    most_submissions: int = 1 << 31


@dataclass(frozen=True, slots=True)
class Order:
    """Where papers belong: the person (None: nobody known yet, the county's office finds out), the way they came.

    `case_id` is what the person chose; None: their only open case, else the office finds out. `once` is the number of
    the form: what is sent twice under it by the same one is taken once.
    """

    county: str
    way: Way
    participant_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    once: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that came in only in part and can be gone on with; each piece is its offset, size and SHA-256 (hex)."""

    document_id: uuid.UUID
    submission_id: uuid.UUID
    name: str
    size: int
    pieces: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A file on its way in: `offset` bytes of `size` are kept; the next byte goes there."""

    document_id: uuid.UUID
    submission_id: uuid.UUID
    offset: int
    size: int
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Routing:
    """Who decides where a document goes: the case's manager today, and whether that worker may get it."""

    handed_to: str | None
    manager: str
    manager_works: bool
    kin: bool


@dataclass(frozen=True, slots=True)
class Looking:
    """Who wants to see a document: what they are to the person, and what shields the person.

    `tied`: their work ties them to the person now (own case, team, supervisor, stand-in, recent contact, emergency).
    `handed`: somebody gave it to them by name. `unknown`: nobody knows yet whose paper it is.
    """

    kin: bool
    shielded: bool
    tied: bool
    handed: bool
    unknown: bool
    supervisor: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One document in a list; the name is the one the person gave, made harmless."""

    id: uuid.UUID
    submission_id: uuid.UUID
    number: str
    participant_id: uuid.UUID | None
    case_id: uuid.UUID | None
    county: str
    way: Way
    name: str
    state: State
    problem: str
    words: str
    label: str
    kind: str
    size: int
    held: int
    sha256: str
    pages: int
    isolation: str
    received_at: datetime | None
    changed_at: datetime
    holder: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One step of a document."""

    state: State
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ViewLine:
    """One look at a document: what was shown, to whom, when, and why where a reason was asked."""

    what: str
    page: int
    by: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person keeps: number, moment, and each file with size and SHA-256 (hex) of what was received."""

    submission_id: uuid.UUID
    number: str
    program: str
    county: str
    way: Way
    at: datetime
    participant_id: uuid.UUID | None
    papers: tuple[PaperLine, ...]
    entry_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A place to be blacked out, in thousandths of the page's width and height."""

    left: int
    top: int
    right: int
    bottom: int


THOUSAND: Final = 1000
ORIGINAL_EDITION: Final = 0

"""What the rules of conversations see and what their doors answer."""

from __future__ import annotations

import enum
import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from harborline.consent.facts import ConsentFacts, ConsentStanding
from harborline.kernel import Decision

FRESH: Final = timedelta(hours=24)
"""An answer to a text younger than this is an answer at any hour; later it keeps to the lawful hours (our reading)."""
THREAD_LIVES: Final = timedelta(days=45)
"""A thread whose person was silent for longer is not answered by text any more (our own limit)."""
BRING_UP_BEFORE: Final = timedelta(days=7)
"""A text nobody opened is brought to a supervisor this long before its limit."""
AUTOMATIC_PER_DAY: Final = 5
"""Automatic answers to one number in 24 hours, so that two machines never talk for long (our own limit)."""
NOTE_SIGNS: Final = 300


def session_reference(session_key: str) -> str:
    """How a staff session is named beside a text: the key itself would open the session to whoever reads it here."""
    return hashlib.sha256(f"harborline/session/{session_key}".encode()).hexdigest()[:40]


class Topic(enum.StrEnum):
    """What a text asked for, as the worker who read it says; the words themselves may be gone."""

    APPOINTMENT = "appointment"
    BENEFITS = "benefits"
    CARD = "card"
    FORMULA = "formula"
    PROXY = "proxy"
    MOVING = "moving"
    DOCUMENTS = "documents"
    PAYMENT = "payment"
    COURT = "court"
    CONTACT = "contact-details"
    STOP = "stop"
    THANKS = "thanks"
    NOTHING = "nothing"
    OTHER = "other"


class Gone(enum.StrEnum):
    """Why a working copy opens no more."""

    CLOSED = "closed"
    SESSION = "session-ended"
    VIEWED_LIMIT = "viewed-limit"
    UNREAD_LIMIT = "unread-limit"


class How(enum.StrEnum):
    """How somebody saw words: the whole text, its first words, or for an alert or a question about a stop."""

    VIEW = "view"
    PREVIEW = "preview"
    ALERT = "alert"
    STOP = "stop"


class AlertEvent(enum.StrEnum):
    """What happened to an alert; `SHOWN`: it only stands in the console, whether or not anybody looks there."""

    RAISED = "raised"
    TOLD = "told"
    SHOWN = "shown-in-console"
    NOT_TOLD = "not-told"
    NOBODY = "nobody-on-call"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertOutcome(enum.StrEnum):
    """How an alert ended."""

    REACHED = "person-reached"
    EMERGENCY_SERVICES = "emergency-services"
    NOT_REACHED = "not-reached"
    NO_DANGER = "no-danger"


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What decides about a worker's own answer in a thread.

    `platform` is the thread's; `last_in_at` is the person's last text in it (None: the person never wrote); `opt_in`
    is the portal's opt-in for the number; `standing` is the consent for notices; `texts_off`: the person is protected
    and did not choose texts.
    """

    platform: str
    last_in_at: datetime | None
    opt_in: ConsentFacts | None
    standing: ConsentStanding
    suppressed: bool
    held: bool
    texts_off: bool
    number_conflict: bool


@dataclass(frozen=True, slots=True)
class FoundInText:
    """One thing in a draft that must not stay: kind, place (code points, half-open), clauses."""

    kind: str
    start: int
    end: int
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """What a draft would become: whether it may go, every single decision, what was found, its parts.

    `decision` is the strictest of `decisions`; a `hold` with `until` means that it goes out then by itself.
    `text` is the text as it would be sent.
    """

    decision: Decision
    decisions: tuple[Decision, ...]
    findings: tuple[FoundInText, ...]
    text: str
    encoding: str
    segments: int
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedText:
    """The words of one text, opened on record.

    `counts`: this was the view of the one it is for, so it is theirs to close. `number_ends_in` are four digits.
    """

    text_id: uuid.UUID
    words: str
    number_ends_in: str
    private: tuple[str, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class TextCame:
    """An inbound text was kept: what it was taken for and did; never its words, never a number."""

    program: str
    inbound_id: uuid.UUID
    received_at: datetime
    effect: str
    opt_out: str
    crisis: bool
    private: tuple[str, ...]
    threads: tuple[ThreadFacts, ...]


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """One thread that has a text: whose (None: nobody on file), where, on which platform."""

    thread_id: uuid.UUID
    text_id: uuid.UUID
    participant_id: uuid.UUID | None
    county: str
    platform: str


@dataclass(frozen=True, slots=True)
class ThreadChanged:
    """Something happened in a thread: `viewed`, `closed`, `gone`, `answered`."""

    program: str
    thread_id: uuid.UUID
    what: str
    at: datetime
    text_id: uuid.UUID | None = None
    message_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class AlertNotice:
    """What an alert tells the person on call: that there is one and where to look; nothing about anybody."""

    alert_id: uuid.UUID
    program: str
    county: str
    worker_id: uuid.UUID
    raised_at: datetime
    told_count: int

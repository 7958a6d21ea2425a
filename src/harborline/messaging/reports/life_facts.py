"""What the life of a text is made of: asked for, steps, views, decisions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.messaging.reports.items import Item
from harborline.messaging.selectors.faces import Face


@dataclass(frozen=True, slots=True)
class Asked:
    """Which texts: of these participants, on this case, with this number (blind index), in this half-open span.

    An empty part asks for nothing; at least one is given. `parties` are the participants of the case: a text that came
    in names no case, so those from its parties belong to it.
    """

    participants: frozenset[uuid.UUID] = frozenset()
    case_id: uuid.UUID | None = None
    parties: frozenset[uuid.UUID] = frozenset()
    phone_idx: bytes | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One recorded step; `item` is what its entry commits to (None: the whole entry is about it, or it is not shown).

    `entry_id` is None for a step that is not proven.
    """

    kind: str
    at: datetime
    reason: str = ""
    clauses: tuple[str, ...] = ()
    carrier: str = ""
    code: str = ""
    entry_id: uuid.UUID | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody saw the words: when, who (as records name them), how."""

    at: datetime
    actor: str
    how: str
    entry_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Life:
    """One text. `words` and `number` (E.164) are None once destroyed; `key` opens its commitments.

    `why` says what it rests on: kind, template, run, row, consent; `decision` is the face of the decision that let it
    be written. `holders` are the participants it was to or from; more than one person share its number.
    """

    id: uuid.UUID
    direction: str
    kind: str
    at: datetime
    holders: frozenset[uuid.UUID]
    case_id: uuid.UUID | None
    language: str
    template: str
    template_sha256: str
    run_id: uuid.UUID | None
    row_no: int | None
    consent_id: uuid.UUID | None
    answers: uuid.UUID | None
    segments: int
    number: str | None
    words: str | None
    key: bytes
    state: str
    decision: Face | None
    profile_sha256: str
    steps: tuple[LifeStep, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class NotSent:
    """One row of a caseload for which no text was written: the decision as staff may read it."""

    run_id: uuid.UUID
    row_no: int
    at: datetime
    participant_id: uuid.UUID | None
    template: str
    appointment_at: datetime
    decision: Face
    profile_sha256: str
    entry_id: uuid.UUID | None
    item: Item | None
    key: bytes


def span(asked: Asked, field: str) -> dict[str, datetime]:
    """The span asked for, as conditions on a moment."""
    found = {f"{field}__gte": asked.from_at, f"{field}__lt": asked.until_at}
    return {name: moment for name, moment in found.items() if moment is not None}

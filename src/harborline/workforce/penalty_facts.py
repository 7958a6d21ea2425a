"""What penalties are: a ladder up to dismissal, who proposes and decides, what the worker said."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime


class PenaltyKind(enum.StrEnum):
    """The ladder, the mildest first."""

    REMINDER = "reminder"
    RETRAINING = "retraining"
    WARNING = "written-warning"
    SUSPENSION = "suspension"
    DISMISSAL = "dismissal"

    @property
    def grave(self) -> bool:
        """Whether two people decide it."""
        return self in (PenaltyKind.SUSPENSION, PenaltyKind.DISMISSAL)


class PenaltyState(enum.StrEnum):
    """Where a penalty stands: grave ones wait for a second person; one in force waits for the worker's word."""

    WAITS = "waits"
    REFUSED = "refused"
    IN_FORCE = "in-force"
    READ = "read"


@dataclass(frozen=True, slots=True)
class PenaltyLine:
    """One penalty as a page shows it.

    `basis` names the finding or incident it rests on; `from_date` to `until_date` (exclusive; only of a suspension).
    `read_as` is the name the worker typed under it, `appeal` what they said against it.
    """

    id: uuid.UUID
    worker_id: uuid.UUID
    worker_name: str
    worker_number: str
    kind: PenaltyKind
    state: PenaltyState
    because: str
    basis: str
    from_date: date
    until_date: date | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    read_as: str
    read_at: datetime | None
    appeal: str

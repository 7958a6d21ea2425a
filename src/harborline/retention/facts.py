"""What retention's rules see: clocks, candidates, holds, runs."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harborline.law.periods import Period
from harborline.law.schedules import Mode, Schedule, Trigger


class RunState(enum.StrEnum):
    """The life of a disposal run."""

    PREPARED = "prepared"
    APPROVED = "approved"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class HoldState(enum.StrEnum):
    """The life of a hold: it keeps records from the moment it was asked for until its release is confirmed."""

    ASKED = "asked"
    STANDING = "standing"
    RELEASE_ASKED = "release-asked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Concerns:
    """Whom and what a record is about: participants, cases, blind indexes of telephone numbers.

    None means not known: then a hold on any person, case or number covers the record.
    """

    participants: frozenset[uuid.UUID] | None = frozenset()
    cases: frozenset[uuid.UUID] | None = frozenset()
    numbers: frozenset[bytes] | None = frozenset()


EVERYBODY = Concerns(None, None, None)
"""A record about many people, such as a caseload file."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record a room offers: its id, when it was made, the moments its clocks run from, whom it concerns."""

    id: uuid.UUID
    at: datetime
    events: Mapping[Trigger, datetime] = field(default_factory=dict)
    concerns: Concerns = EVERYBODY


@dataclass(frozen=True, slots=True)
class Governing:
    """A schedule that came into force at `from_at`.

    `reaches_back`: a second person approved that it also governs records made before, in place of earlier ones.
    """

    from_at: datetime
    schedule: Schedule
    reaches_back: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When a record may go (`from_at`, None: nobody knows yet) and when it must have gone (`by_at`, None: never).

    `ripe_at` is when its disposal is proposed: at the least where there is one, else at the most. `waits_for` are the
    triggers that have not happened. `conflict`: the most lies before the least; the least wins and staff look.
    """

    from_at: datetime | None
    by_at: datetime | None
    ripe_at: datetime | None
    waits_for: tuple[Trigger, ...] = ()
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """One hold as it matches records: each given part must fit, an empty part asks for nothing.

    `participants`, `cases` and `numbers` are what the held person, case or number stands for today; `whom` says which
    of the three it was placed on, empty for none. `from_at` and `until_at` (exclusive) bound the record's own moment.
    """

    id: uuid.UUID
    whom: str = ""
    participants: frozenset[uuid.UUID] = frozenset()
    cases: frozenset[uuid.UUID] = frozenset()
    numbers: frozenset[bytes] = frozenset()
    series: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldScope:
    """What a hold is to cover, in the words of whoever places it.

    `person` and `case` are numbers of the case system, `number` is E.164; at least one part is given.
    """

    person: str = ""
    case: str = ""
    number: str = ""
    series: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether it covers everything there is: no hold is that wide."""
        return not (self.person or self.case or self.number or self.series or self.from_at or self.until_at)

    @property
    def of_somebody(self) -> bool:
        """Whether it is about a person, a case or a number."""
        return bool(self.person or self.case or self.number)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the schedule in force says about texts that were read: for whoever shows them.

    `mode` is the program's; `destroy_on_close` whether the words go when the worker closes the text; `viewed` and
    `unread` are the longest time a text is shown after it was viewed, or came in and nobody opened it.
    """

    mode: Mode
    destroy_on_close: bool
    viewed: Period
    unread: Period


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """What is ripe in one series: how many, how many of them a hold keeps, the range of their moments.

    `offered` is False where no room offers records of the series to disposal; `lasting` where it offers them and
    cannot destroy them.
    """

    series: str
    title: str
    authority: str
    copy: str
    action: str
    approver: str
    offered: bool
    lasting: bool = False
    ripe: int = 0
    held: int = 0
    conflicts: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold as it is listed; `covers` says in words what it was placed on."""

    id: uuid.UUID
    state: HoldState
    covers: str
    reason: str
    placed_by: str
    placed_at: datetime
    confirmed_by: str
    release_reason: str
    release_asked_by: str
    released_by: str
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One disposal run as it is listed; moments are aware UTC, `oldest_at` and `newest_at` those of its records."""

    id: uuid.UUID
    series: str
    state: RunState
    schedule: str
    schedule_sha256: str
    authority: str
    automatic: bool
    prepared_by: str
    prepared_at: datetime
    approved_by: str
    approved_at: datetime | None
    finished_at: datetime | None
    planned: int
    destroyed: int
    kept: int
    oldest_at: datetime | None
    newest_at: datetime | None
    entry_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a destroyed record: the series, when, by which run."""

    record_id: uuid.UUID
    series: str
    run_id: uuid.UUID
    at: datetime

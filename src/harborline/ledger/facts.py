"""What the ledger speaks of: JSON that may be committed, opened entries, and where two logs differ."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from harborline.kernel import Fault

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"


class Differs(Fault):
    """A log, a proof or an opening is not what it claims: `where` is the exact place, `what` the difference."""

    code = "differs"

    def __init__(self, what: str, where: str) -> None:
        """Name the difference in plain words and the file, entry or line where it first shows."""
        self.what = what
        self.where = where
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One opened entry: its place in the database (`number`), public id, what happened, when, by whom, about whom.

    `subject` is empty in records from before subjects were kept.
    """

    number: int
    entry_id: uuid.UUID
    kind: str
    recorded_at: datetime
    actor: str
    purpose: str
    profile: str
    content: Mapping[str, Json]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log is: entries waiting, entries in the tree, size and signing moment of the last checkpoint.

    `waiting_limit` is how many may wait before bulk work is held back; `stopped` says in plain words why the
    sequencer stopped itself (empty while it did not), `stopped_at` since when; `seen_at` is its last sign of life.
    """

    pending: int
    integrated: int
    signed: int
    signed_at: datetime | None
    waiting_limit: int = 0
    stopped: str = ""
    stopped_at: datetime | None = None
    seen_at: datetime | None = None


class PartState(enum.StrEnum):
    """How a part of the log fares: it works, it fails and is tried again, it stopped until a person looked."""

    WORKING = "working"
    FAILING = "failing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class HolderStanding:
    """One place outside that holds checkpoints: its name, how it fares and why, the newest size it holds, since when.

    `size` is None when it holds none of this log.
    """

    name: str
    state: PartState
    since_at: datetime | None = None
    why: str = ""
    size: int | None = None
    held_at: datetime | None = None


LONGEST_UNHELD: Final = timedelta(hours=25)
"""A log that grew must be held outside again within a day (the slowest sink is a daily mail) and an hour."""


@dataclass(frozen=True, slots=True)
class OutsideStanding:
    """What is held outside: every holder, the newest size and moment held anywhere, and the size signed by now.

    `set_up` says whether any sink is configured. `alarm` is `never` while no checkpoint of this log is held outside,
    `old` while the newest one is older than `LONGEST_UNHELD` and the log has grown since, else empty.
    """

    holders: tuple[HolderStanding, ...]
    set_up: bool
    size: int | None
    held_at: datetime | None
    signed: int
    alarm: str


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A signed checkpoint on its way out: which log, how many entries, the root over them, the whole signed note."""

    origin: str
    size: int
    root: bytes
    note: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sink answered: `content` to be kept, the names of those who now hold the checkpoint (default: the sink).

    `missing` says in plain words who should have answered and did not; empty when all did.
    """

    content: bytes = b""
    holders: tuple[tuple[str, bytes], ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class WitnessReply:
    """What a witness answered over the wire: HTTP status, content type, body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class EpochFacts:
    """One life of the log: its number, its name, the number of the entry that cites the life before, its opening."""

    number: int
    origin: str
    citation: int | None = None
    opening: bytes | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that is not what the entries say: table, row, column (`where`) and what differs (`what`).

    Names rows by their keys, never by values about people.
    """

    where: str
    what: str

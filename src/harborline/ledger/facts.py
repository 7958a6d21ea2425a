"""What the ledger speaks of: JSON that may be committed, opened entries, and where two logs differ."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

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
    """One opened entry: its place in the database (`number`), public id, what happened, when, by whom, for what."""

    number: int
    entry_id: uuid.UUID
    kind: str
    recorded_at: datetime
    actor: str
    purpose: str
    profile: str
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log is: entries waiting, entries in the tree, size and signing moment of the last checkpoint."""

    pending: int
    integrated: int
    signed: int
    signed_at: datetime | None

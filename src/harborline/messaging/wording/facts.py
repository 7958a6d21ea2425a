"""What the rules of wording see, and what lists show."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


class VersionState(enum.StrEnum):
    """Where a version stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version with its state; ready templates have neither id nor proposer.

    `decided_by` and `decided_at` tell of the latest step; `title` and `words` are by language.
    """

    id: uuid.UUID | None
    key: str
    version: int
    use: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    sha256: str
    state: VersionState
    county: str = ""
    reason: str = ""
    proposed_by: str = ""
    proposed_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""

"""What a command of the exchange answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """JSON for machines, lines for people, and whether somebody is needed."""

    facts: dict[str, Any]
    lines: list[str]
    needs_somebody: bool = False

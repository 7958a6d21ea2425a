"""Compare what a file says with what is known."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from harborline.kernel import Invalid
from harborline.people.facts import BadFeedRow

K = TypeVar("K", bound=Hashable)

REMOVAL_SHARE = 0.2
"""A file that ends more than this share of what is known needs a person's word: it may be cut short at its source."""
REMOVALS_UNASKED = 20
SHOWN = 1000


@dataclass(slots=True)
class Changes(Generic[K]):
    """Keys that are new, different, gone; how many stayed as they were."""

    added: list[K] = field(default_factory=list)
    changed: list[K] = field(default_factory=list)
    removed: list[K] = field(default_factory=list)
    unchanged: int = 0

    def shown(self) -> tuple[tuple[str, str], ...]:
        """Up to 1,000 differences as (key, what happened)."""
        listed = [(spoken(key), word) for word in ("added", "changed", "removed") for key in getattr(self, word)]
        return tuple(listed[:SHOWN])


@dataclass(slots=True)
class Applied:
    """What applying a file came to: changes, or the bad rows that kept it out."""

    changes: Changes[str] = field(default_factory=Changes[str])
    bad: list[BadFeedRow] = field(default_factory=list)


def compare(wanted: Mapping[K, object], present: Mapping[K, object]) -> Changes[K]:
    """What must be done so that `present` says what `wanted` says; equal values are unchanged."""
    changes: Changes[K] = Changes()
    for key, value in wanted.items():
        if key not in present:
            changes.added.append(key)
        elif present[key] != value:
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    changes.removed = [key for key in present if key not in wanted]
    return changes


def guard_removals(removed: int, present: int, *, confirmed: bool, where: str) -> None:
    """Raise `Invalid` when a file would end so much that somebody should look first."""
    if confirmed or removed <= max(REMOVALS_UNASKED, REMOVAL_SHARE * present):
        return
    raise Invalid(f"would end {removed} of {present} known rows; if that is right, import it again and confirm", where)


def spoken(key: object) -> str:
    """A key as one word."""
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)

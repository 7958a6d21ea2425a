"""How a decision about one person is shown to staff: a safety block looks exactly like a person who wants no texts.

The exact reason stays in the records and in the proof; lists, pages, letters and files show this face.
Source: OFFSET-8.1:harm; a family-violence block never announces itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harborline.kernel import Outcome
from harborline.law import profile
from harborline.messaging.steps import TEXTS_OFF
from harborline.walls import current

# Every way in which texts to a person may be off, by safety choice or by their own word.
OFF_REASONS = frozenset({"no-texts-by-safety-choice", "asked-to-stop", "consent-withdrawn"})
_OFF_CLAUSES = {
    "iv-d": ("NC-CSS-22-18:opt-in", "OFFSET-8.1:harm", "OFFSET-8.1:protective-order"),
    "wic": ("MN-WIC-9.6:permission-first", "OFFSET-8.1:harm", "OFFSET-8.1:protective-order"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A decision as staff see it; `rule` is empty where naming it would tell too much."""

    outcome: str
    reason: str
    rule: str
    clauses: tuple[str, ...]


def shown_as(outcome: str, reason: str, clauses: Sequence[str], rule: str = "") -> Face:
    """The face of a decision; all reasons in `OFF_REASONS` share one, clauses included."""
    if reason in OFF_REASONS:
        return Face(Outcome.REFUSE.value, TEXTS_OFF, "", _off_clauses())
    return Face(outcome, reason, rule, tuple(clauses))


def shown_reason(reason: str) -> str:
    """The reason code of `shown_as` alone."""
    return TEXTS_OFF if reason in OFF_REASONS else reason


def exact_reasons(shown: str) -> tuple[str, ...]:
    """The recorded reasons a shown one stands for: for filters."""
    if shown == TEXTS_OFF or shown in OFF_REASONS:
        return tuple(sorted(OFF_REASONS))
    return (shown,)


def _off_clauses() -> tuple[str, ...]:
    return _OFF_CLAUSES[profile(current().program).kind]

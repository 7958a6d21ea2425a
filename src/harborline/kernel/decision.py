"""Decisions: what a rule answers, and on which clauses it rests."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn


class Outcome(enum.Enum):
    """What may happen: go ahead, wait for something, or not at all."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"

    @property
    def severity(self) -> int:
        """0 for allow, 1 for hold, 2 for refuse: the strictest of several decides."""
        return _SEVERITY[self]


_SEVERITY = {Outcome.ALLOW: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reason.

    `reason` is a stable code in kebab case (`no-consent`); the words shown for it live in the catalogue of the
    room that shows it, so that the exact face (record, staff) and the neutral face (participant) stay apart.
    `rule` and `clauses` are stamped by `@rule`. `until` is the aware UTC moment at which asking again makes sense.
    """

    outcome: Outcome
    reason: str
    rule: str = ""
    clauses: tuple[str, ...] = ()
    until: datetime | None = None

    def __bool__(self) -> NoReturn:
        """Refuse to be used as a truth value: `hold` is neither yes nor no."""
        raise TypeError("a Decision has three outcomes: compare decision.outcome, not its truth")

    @property
    def allowed(self) -> bool:
        """True only for a plain allow."""
        return self.outcome is Outcome.ALLOW

    def stamped(self, rule: str, clauses: tuple[str, ...]) -> Decision:
        """This decision with the rule's name and clauses; a decision already stamped keeps its own."""
        if self.rule:
            return self
        return replace(self, rule=rule, clauses=clauses)


def allow(reason: str = "allowed") -> Decision:
    """Go ahead."""
    return Decision(Outcome.ALLOW, reason)


def hold(reason: str, *, until: datetime | None = None) -> Decision:
    """Wait: a fact is missing that someone can supply, or the hour is wrong."""
    return Decision(Outcome.HOLD, reason, until=until)


def refuse(reason: str) -> Decision:
    """Not at all."""
    return Decision(Outcome.REFUSE, reason)


def strictest(decisions: Iterable[Decision]) -> Decision:
    """The first decision of the highest severity; with none at all, missing facts refuse."""
    found: Decision | None = None
    for decision in decisions:
        if found is None or decision.outcome.severity > found.outcome.severity:
            found = decision
    return refuse("nothing-was-asked") if found is None else found

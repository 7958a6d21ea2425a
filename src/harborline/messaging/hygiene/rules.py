"""What follows from a register's answer, and when a number must be asked about: pure."""

from __future__ import annotations

from datetime import date, timedelta

from harborline.kernel import Decision, allow, hold, refuse, rule
from harborline.messaging.hygiene.facts import Reassigned

ASK_AGAIN = timedelta(days=30)
REGISTER_BEGAN = date(2021, 1, 27)
"""The first day the register knows of (reassigned.us); what was agreed before it cannot be judged by it."""


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
def still_theirs(*, answer: Reassigned, sure_on: date) -> Decision:
    """A number given up since its owner agreed is nobody's to text; one the register cannot judge is asked about."""
    if answer is Reassigned.YES:
        return refuse("number-has-a-new-owner")
    if answer is Reassigned.NO_DATA and sure_on < REGISTER_BEGAN:
        return hold("number-must-be-confirmed")
    return allow()


def must_ask(*, last_asked: date | None, today: date) -> bool:
    """Whether the register must be asked (again): never asked, or longer ago than thirty days."""
    return last_asked is None or today - last_asked > ASK_AGAIN

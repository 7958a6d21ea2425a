"""Who gives a duty to whom, who says that it is done, and where it stands: pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule
from harborline.workforce.duty_facts import DutyState
from harborline.workforce.facts import StaffRole

_CHARGE: Final = frozenset({StaffRole.SECURITY_OFFICER.value, StaffRole.STATE_OPERATOR.value})


@rule("OFFSET-8.2:systems-controls")
def may_charge(*, roles: frozenset[str], every_days: int, longest_days: int, works_here: bool) -> Decision:
    """A security officer or state operator gives a duty to a worker of the program, as often as it asks or oftener."""
    if not roles & _CHARGE:
        return refuse("role-may-not-charge-duties")
    if not works_here:
        return refuse("owner-not-in-this-program")
    if not 1 <= every_days <= longest_days:
        return refuse("duty-too-seldom")
    return allow()


@rule("OFFSET-8.2:systems-controls")
def may_keep(*, owned: bool, by_owner: bool, by_evidence: bool, done_date: date, today: date) -> Decision:
    """Only the owner says that a duty was done, on a day that is not to come; signatures speak for themselves."""
    if not by_evidence:
        return refuse("duty-kept-by-signatures")
    if not owned:
        return refuse("duty-has-nobody")
    if not by_owner:
        return refuse("duty-of-somebody-else")
    if done_date > today:
        return refuse("duty-not-done-yet")
    return allow()


def state_of(*, owned: bool, due_date: date | None, today: date, remind_days: int) -> DutyState:
    """Where a duty stands: nobody's, late from its day on, due within the reminder's time, else kept."""
    if not owned or due_date is None:
        return DutyState.NOBODY
    if today >= due_date:
        return DutyState.LATE
    return DutyState.DUE if today >= due_date - timedelta(days=remind_days) else DutyState.KEPT

"""Who proposes a penalty, who decides it, what a notice needs: pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule
from harborline.workforce.facts import StaffRole
from harborline.workforce.penalty_facts import PenaltyKind

_PROPOSES: Final = frozenset(
    {StaffRole.SUPERVISOR.value, StaffRole.SECURITY_OFFICER.value, StaffRole.STATE_OPERATOR.value}
)
_DECIDES: Final = frozenset({StaffRole.SECURITY_OFFICER.value, StaffRole.STATE_OPERATOR.value})
LONGEST_SUSPENSION: Final = timedelta(days=90)


@rule("OFFSET-8.2:penalties")
def may_penalise(
    *, roles: frozenset[str], of_oneself: bool, supervises: bool, kind: PenaltyKind, because: str, from_date: date,
    until_date: date | None, today: date,
) -> Decision:  # fmt: skip
    """An officer, or a supervisor of this very worker, proposes one with a reason; a suspension has an end."""
    asks = _asks(roles=roles, of_oneself=of_oneself, supervises=supervises)
    if not asks.allowed:
        return asks
    if not because.strip():
        return refuse("penalty-without-reason")
    if kind is PenaltyKind.SUSPENSION:
        if until_date is None or until_date <= from_date:
            return refuse("suspension-needs-an-end")
        if until_date - from_date > LONGEST_SUSPENSION:
            return refuse("suspension-too-long")
    return allow() if from_date >= today else refuse("begins-in-the-past")


def _asks(*, roles: frozenset[str], of_oneself: bool, supervises: bool) -> Decision:
    if not roles & _PROPOSES:
        return refuse("role-may-not-penalise")
    if of_oneself:
        return refuse("not-for-oneself")
    return allow() if supervises or roles & _DECIDES else refuse("not-your-worker")


@rule("OFFSET-8.2:penalties")
def may_decide_penalty(
    *, roles: frozenset[str], kind: PenaltyKind, proposed_by: str, decided_by: str, worker: str, decided: bool
) -> Decision:
    """A second person of the state's security decides a grave one: neither who proposed it nor whom it is about."""
    if not roles & _DECIDES:
        return refuse("role-may-not-decide-penalty")
    if decided or not kind.grave:
        return refuse("already-decided")
    if decided_by == proposed_by:
        return refuse("same-person")
    return refuse("not-for-oneself") if decided_by == worker else allow()


@rule("OFFSET-8.2:penalties")
def takes_effect(*, kind: PenaltyKind, until_date: date | None, today: date) -> Decision:
    """A suspension whose days are over cannot be given any more: it would be one on paper alone."""
    if kind is PenaltyKind.SUSPENSION and (until_date is None or until_date <= today):
        return refuse("suspension-is-over")
    return allow()


@rule("OFFSET-8.2:penalties")
def may_read_penalty(*, roles: frozenset[str], of_oneself: bool, supervises: bool) -> Decision:
    """Officers read every reason, a supervisor those of the workers below, nobody the register's line about themselves.

    A worker reads their own penalty on a page of its own, once it is in force.
    """
    if of_oneself:
        return refuse("not-for-oneself")
    return allow() if supervises or roles & _DECIDES else refuse("not-your-worker")


@rule("OFFSET-8.2:penalties")
def may_sign_receipt(*, by_worker: bool, in_force: bool, read: bool, typed: str, name: str) -> Decision:
    """Only the worker says that they read it, once, under their own name; that is no agreement."""
    if not by_worker or not in_force:
        return refuse("not-this-workers-penalty")
    if read:
        return refuse("already-decided")
    return allow() if " ".join(typed.split()).casefold() == name.casefold() else refuse("not-your-own-name")

"""Who may protect a person, and who may end that; pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from harborline.kernel import Decision, Invalid, allow, refuse, rule
from harborline.people.facts import TAX_SOURCES, Source

_WORKS_WITH_PEOPLE: Final = frozenset(
    {"case-manager", "clinic-staff", "supervisor", "state-operator", "security-officer"}
)
_ENDS: Final = frozenset({"supervisor", "state-operator", "security-officer"})


@rule("OFFSET-8.1:harm", "OFFSET-8.1:protective-order")
def may_record_protection(*, roles: Collection[str]) -> Decision:
    """Whoever works with people may protect somebody at once, alone: waiting could hurt."""
    return allow() if _WORKS_WITH_PEOPLE & set(roles) else refuse("role-may-not-protect")


@rule("OFFSET-8.1:harm", "OFFSET-8.1:protective-order")
def may_end_protection(*, roles: Collection[str], recorded_by: str, ended_by: str) -> Decision:
    """Only a supervisor, the state or the security officer ends a protection, and never who recorded it."""
    if not _ENDS & set(roles):
        return refuse("role-may-not-end-protection")
    if not ended_by or recorded_by == ended_by:
        return refuse("same-person")
    return allow()


def must_be_independent(source: Source, verified_by: Source | None) -> None:
    """Raise `Invalid` when what confirms a value is the source itself or a tax source. Source: 45 CFR 303.21(a)."""
    if verified_by is not None and (verified_by == source or verified_by in TAX_SOURCES):
        raise Invalid("must be another source than the first, and no tax source", "verified_by")


@rule("OFFSET-8.2:only-as-necessary")
def may_hand_over(*, kin: bool) -> Decision:
    """Nobody makes a way into their own or their family's pages, nor opens or settles what these asked for."""
    return refuse("own-or-family-record") if kin else allow()


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.1:proceedings")
def may_let_in(*, kin: bool, tied: bool) -> Decision:
    """A way into somebody's pages shows what their record holds: it is made by who works with them."""
    if kin:
        return refuse("own-or-family-record")
    return allow() if tied else refuse("no-tie-to-this-person")

"""Who reviews what was found, how much a week, and what becomes of it: pure."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule

WEEKLY: Final = 5
"""How many findings a supervisor is shown for one week."""

_OFFICERS: Final = frozenset({"security-officer", "state-operator"})
_REVIEWS: Final = _OFFICERS | {"supervisor"}


class FindingOutcome(enum.StrEnum):
    """What a supervisor found."""

    EXPLAINED = "explained"
    REMINDER = "reminder"
    RETRAINING = "retraining"
    PENALTY = "penalty"
    INCIDENT = "incident"


@rule("OFFSET-8.2:routine-monitoring")
def may_review_finding(
    *, roles: Collection[str], reviewer: str, about: str, supervises: bool, outcome: FindingOutcome, note: str,
    reviewed: bool,
) -> Decision:  # fmt: skip
    """A supervisor reviews their own people, an officer everybody; nobody themself; all but "explained" says why."""
    if not _REVIEWS & set(roles):
        return refuse("role-may-not-review")
    if reviewer == about:
        return refuse("same-person")
    if not supervises and not _OFFICERS & set(roles):
        return refuse("not-your-worker")
    if reviewed:
        return refuse("already-decided")
    return allow() if outcome is FindingOutcome.EXPLAINED or note.strip() else refuse("finding-without-words")


def reads_finding(*, roles: Collection[str], reviewer: str, about: str, supervises: bool) -> bool:
    """Who reads a finding: whoever may review it, and nobody else."""
    if reviewer == about or not _REVIEWS & set(roles):
        return False
    return supervises or bool(_OFFICERS & set(roles))


def sees_finding(*, roles: Collection[str], reviewer: str, about: str, supervises: bool, has_supervisor: bool) -> bool:
    """In whose week a finding stands: the supervisor's; an officer's when nobody supervises the worker."""
    if reviewer == about or not _REVIEWS & set(roles):
        return False
    return supervises or (bool(_OFFICERS & set(roles)) and not has_supervisor)


@rule("OFFSET-8.2:routine-monitoring")
def may_list_public(*, roles: Collection[str]) -> Decision:
    """Supervisors and officers say whom many would like to look up."""
    return allow() if _REVIEWS & set(roles) else refuse("role-may-not-review")

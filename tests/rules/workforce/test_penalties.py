"""Penalties: who proposes, who decides, who reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from harborline.workforce.facts import PenaltyKind
from harborline.workforce.penalty_rules import (
    may_decide_penalty,
    may_penalise,
    may_read_penalty,
    may_sign_receipt,
    takes_effect,
)

TODAY = date(2026, 11, 20)
PROPOSED: dict[str, Any] = {
    "roles": frozenset({"supervisor"}), "of_oneself": False, "supervises": True, "kind": PenaltyKind.WARNING,
    "because": "looked at kin",
    "from_date": TODAY, "until_date": None, "today": TODAY,
}  # fmt: skip
DECIDED: dict[str, Any] = {
    "roles": frozenset({"security-officer"}), "kind": PenaltyKind.DISMISSAL, "proposed_by": "worker:a",
    "decided_by": "worker:b", "worker": "worker:c", "decided": False,
}  # fmt: skip


@pytest.mark.clause("OFFSET-8.2:penalties", shows="allows")
def test_a_ladder_up_to_dismissal() -> None:
    """Each step may be proposed; the two grave ones by two people."""
    for kind in PenaltyKind:
        until = TODAY + timedelta(days=5) if kind is PenaltyKind.SUSPENSION else None
        assert may_penalise(**{**PROPOSED, "kind": kind, "until_date": until}).allowed
    assert [kind for kind in PenaltyKind if kind.grave] == [PenaltyKind.SUSPENSION, PenaltyKind.DISMISSAL]
    assert may_decide_penalty(**DECIDED).allowed


@pytest.mark.clause("OFFSET-8.2:penalties", shows="refuses")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"roles": frozenset({"case-manager"})}, "role-may-not-penalise"),
        ({"of_oneself": True}, "not-for-oneself"),
        ({"supervises": False}, "not-your-worker"),
        ({"because": " "}, "penalty-without-reason"),
        ({"kind": PenaltyKind.SUSPENSION}, "suspension-needs-an-end"),
        ({"kind": PenaltyKind.SUSPENSION, "until_date": TODAY + timedelta(days=91)}, "suspension-too-long"),
        ({"from_date": TODAY - timedelta(days=1)}, "begins-in-the-past"),
    ],
)
def test_a_penalty_has_a_reason_and_an_end(changed: dict[str, Any], reason: str) -> None:
    """And is not one's own."""
    assert may_penalise(**{**PROPOSED, **changed}).reason == reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"roles": frozenset({"supervisor"})}, "role-may-not-decide-penalty"),
        ({"decided_by": "worker:a"}, "same-person"),
        ({"decided_by": "worker:c"}, "not-for-oneself"),
        ({"decided": True}, "already-decided"),
        ({"kind": PenaltyKind.WARNING}, "already-decided"),
    ],
)
def test_a_grave_one_needs_a_second_person(changed: dict[str, Any], reason: str) -> None:
    """Neither who proposed it nor whom it is about."""
    assert may_decide_penalty(**{**DECIDED, **changed}).reason == reason


def test_only_the_worker_says_that_they_read_it() -> None:
    """Once, under their own name."""
    asked: dict[str, Any] = {
        "by_worker": True,
        "in_force": True,
        "read": False,
        "typed": " cora  EXAMPLE",
        "name": "Cora Example",
    }
    assert may_sign_receipt(**asked).allowed
    assert may_sign_receipt(**{**asked, "by_worker": False}).reason == "not-this-workers-penalty"
    assert may_sign_receipt(**{**asked, "in_force": False}).reason == "not-this-workers-penalty"
    assert may_sign_receipt(**{**asked, "read": True}).reason == "already-decided"
    assert may_sign_receipt(**{**asked, "typed": "Eli"}).reason == "not-your-own-name"


def test_a_suspension_that_is_over_is_given_to_nobody() -> None:
    """A dismissal has no such day."""
    over = {"until_date": TODAY, "today": TODAY}
    assert takes_effect(kind=PenaltyKind.SUSPENSION, **over).reason == "suspension-is-over"
    assert takes_effect(kind=PenaltyKind.SUSPENSION, until_date=TODAY + timedelta(days=1), today=TODAY).allowed
    assert takes_effect(kind=PenaltyKind.DISMISSAL, until_date=None, today=TODAY).allowed


def test_the_register_is_read_by_officers_and_by_ones_own_supervisors() -> None:
    """Nobody reads there about themselves."""
    officer, supervisor = frozenset({"security-officer"}), frozenset({"supervisor"})
    assert may_read_penalty(roles=officer, of_oneself=False, supervises=False).allowed
    assert may_read_penalty(roles=supervisor, of_oneself=False, supervises=True).allowed
    assert not may_read_penalty(roles=supervisor, of_oneself=False, supervises=False).allowed
    assert not may_read_penalty(roles=officer, of_oneself=True, supervises=True).allowed

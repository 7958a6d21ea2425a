"""A run in numbers: two set-wise queries, whatever its size."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from harborline.kernel import Outcome
from harborline.messaging.facts import DispatchState, ReasonCount, RunCounts
from harborline.messaging.models import NoticeRun
from harborline.messaging.selectors.faces import shown_as
from harborline.messaging.selectors.run_list import run_row
from harborline.walls.cursor import bulk_cursor

GROUPED = "with-another-row"
ALREADY = "told-before"

_BY_DECISION = """
SELECT d.outcome, d.reason, d.clauses, counted.n
  FROM (SELECT decision_id, count(*) AS n FROM messaging_recipient WHERE run_id = %(run)s GROUP BY decision_id) counted
  JOIN messaging_rundecision d ON d.id = counted.decision_id
"""

_BY_STATE = "SELECT state, count(*) FROM messaging_dispatch WHERE run_id = %(run)s GROUP BY state"


def run_counts(run_id: uuid.UUID) -> RunCounts:
    """Recipients per outcome, reason and clauses, texts per state; raises `NotFound` for a run that is hidden.

    `held` leaves out those told before (`already`), `allowed` those told with another row (`grouped`). Who sees only
    some counties counts only their recipients. Everybody reads the neutral reasons, at the command line too: a count
    of one is about one person.
    """
    run = run_row(run_id)
    with bulk_cursor() as cursor:
        cursor.execute(_BY_DECISION, {"run": run_id}, binary=True)
        decisions = [ReasonCount(outcome, reason, tuple(clauses), n) for outcome, reason, clauses, n in cursor]
        cursor.execute(_BY_STATE, {"run": run_id}, binary=True)
        states = {DispatchState(state).word: n for state, n in cursor}
    return _assembled(run, decisions, states)


def _assembled(run: NoticeRun, decisions: Sequence[ReasonCount], states: dict[str, int]) -> RunCounts:
    allowed, held, refused = (_sum(decisions, outcome) for outcome in Outcome)
    grouped, already = _of_reason(decisions, GROUPED), _of_reason(decisions, ALREADY)
    return RunCounts(
        rows=run.row_count,
        bad_rows=run.bad_row_count,
        allowed=allowed - grouped,
        grouped=grouped,
        held=held - already,
        refused=refused,
        already=already,
        messages=sum(states.values()),
        by_state=states,
        by_reason=sorted(_neutral(decisions), key=lambda one: (_severity(one), -one.count, one.reason)),
    )


def _sum(decisions: Iterable[ReasonCount], outcome: Outcome) -> int:
    return sum(one.count for one in decisions if one.outcome == outcome.value)


def _of_reason(decisions: Iterable[ReasonCount], reason: str) -> int:
    return sum(one.count for one in decisions if one.reason == reason)


def _severity(one: ReasonCount) -> int:
    return Outcome(one.outcome).severity


def _neutral(decisions: Iterable[ReasonCount]) -> list[ReasonCount]:
    merged: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for one in decisions:
        face = shown_as(one.outcome, one.reason, one.clauses)
        key = (face.outcome, face.reason, face.clauses)
        merged[key] = merged.get(key, 0) + one.count
    return [ReasonCount(*key, count) for key, count in merged.items()]

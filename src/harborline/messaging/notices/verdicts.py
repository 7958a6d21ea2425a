"""The distinct decisions of a run: thousands of recipients share a few of them, each written once."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import psycopg

from harborline.kernel import Decision
from harborline.kernel.ids import new_id
from harborline.law import Profile
from harborline.messaging.commitments import Form, Item
from harborline.messaging.models import RunDecision
from harborline.messaging.rules import cited


class Verdict(NamedTuple):
    """One decision as it is written: its id, the form of what recipients with it commit to, and itself."""

    id: uuid.UUID
    form: Form
    decision: Decision


class Verdicts:
    """Finds or writes the record of each decision of one run."""

    def __init__(self, run_id: uuid.UUID, profile: Profile) -> None:
        """Begin with what the run already has: planning may go on after an interruption."""
        self._run_id, self._profile = run_id, profile
        self._by_decision: dict[Decision, Verdict] = {}
        self._written = {
            (row.outcome, row.reason, row.rule, row.profile_sha256, *row.clauses): row.id
            for row in RunDecision.objects.filter(run_id=run_id)
        }

    def of(self, cursor: psycopg.Cursor[Any], decision: Decision) -> Verdict:
        """The record of a decision, with the clauses that bind the program."""
        found = self._by_decision.get(decision)
        if found is None:
            found = self._by_decision[decision] = self._made(cursor, cited(decision, self._profile))
        return found

    def _made(self, cursor: psycopg.Cursor[Any], decision: Decision) -> Verdict:
        sha256 = self._profile.sha256
        key = (decision.outcome.value, decision.reason, decision.rule, sha256, *decision.clauses)
        if key not in self._written:
            self._written[key] = new_id()
            cursor.execute(
                "INSERT INTO messaging_rundecision"
                " (id, program, run_id, outcome, reason, rule, clauses, profile_sha256)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [self._written[key], self._profile.program, self._run_id, *key[:3], list(decision.clauses), sha256],
            )
        item = planned_item(
            run_id=self._run_id, row_no=0, message_id=None, decision=decision, profile_sha256=sha256, text=""
        )
        return Verdict(self._written[key], Form(item, "message", "row", "text"), decision)


def planned_item(
    *, run_id: uuid.UUID, row_no: int, message_id: uuid.UUID | None, decision: Decision, profile_sha256: str, text: str
) -> Item:
    """What the commitment of a planned recipient holds; the verifier of one person's record builds it again."""
    return {
        "kind": "notice.planned",
        "run": str(run_id),
        "row": row_no,
        "message": str(message_id) if message_id else "",
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "rule": decision.rule,
        "clauses": list(decision.clauses),
        "profile": profile_sha256,
        "text": text,
    }

"""What the commitments of one text hold, built again from its records; a test compares each with what was recorded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from harborline.kernel import Decision
from harborline.kernel.clock import iso

Item: TypeAlias = Mapping[str, str | int | list[str] | None]


def planned(
    *, run_id: uuid.UUID, row_no: int, message_id: uuid.UUID | None, decision: Decision, profile_sha256: str, text: str
) -> Item:
    """The row was decided and, where allowed, its text written."""
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


def set_aside(*, message_id: uuid.UUID, outcome: str, reason: str, clauses: Sequence[str], at: datetime) -> Item:
    """The text was due and did not go at that moment."""
    return {
        "kind": "message.set-aside",
        "message": str(message_id),
        "outcome": outcome,
        "reason": reason,
        "clauses": list(clauses),
        "at": iso(at),
    }


def attempted(*, message_id: uuid.UUID, attempt_id: uuid.UUID, carrier: str, at: datetime) -> Item:
    """The text was about to be handed to the carrier."""
    return {
        "kind": "message.attempted",
        "message": str(message_id),
        "attempt": str(attempt_id),
        "carrier": carrier,
        "at": iso(at),
    }


def answered(*, message_id: uuid.UUID, attempt_id: uuid.UUID, answer: str, code: str, at: datetime) -> Item:
    """The carrier answered, or could not be heard."""
    return {
        "kind": "message.answered",
        "message": str(message_id),
        "attempt": str(attempt_id),
        "answer": answer,
        "code": code,
        "at": iso(at),
    }


def receipt(*, message_id: uuid.UUID, attempt_id: uuid.UUID, receipt: str, code: str, at: datetime) -> Item:
    """The network told what became of it."""
    return {
        "kind": "message.receipt",
        "message": str(message_id),
        "attempt": str(attempt_id),
        "receipt": receipt,
        "code": code,
        "at": iso(at),
    }


def settled(*, message_id: uuid.UUID, attempt_id: uuid.UUID, verdict: str, at: datetime) -> Item:
    """A person, or its expiry, settled what nobody could answer for."""
    return {
        "kind": "message.settled",
        "message": str(message_id),
        "attempt": str(attempt_id),
        "verdict": verdict,
        "at": iso(at),
    }

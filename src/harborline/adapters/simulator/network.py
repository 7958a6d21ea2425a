"""The simulated network's memory: texts that arrived, receipts it still owes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.adapters.simulator.facts import Fate
from harborline.adapters.simulator.models import HandsetText
from harborline.messaging.facts import ReceiptEvent
from harborline.messaging.ports import OutgoingText
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.walls.cursor import bulk_cursor

NETWORK = Actor("carrier", "simulator")

_INSERT = """
INSERT INTO simulator_handsettext
  (id, program, sender, number, from_handset, text, attempt_id, receipt, code, at, due_at, reported_at)
SELECT i, %(program)s, %(sender)s, n, false, t, a, r, c, %(at)s, d, NULL
FROM json_to_recordset(%(rows)s::json)
     AS u(i uuid, n text, t text, a uuid, r text, c text, d timestamptz)
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """A receipt the network will report from `due_at` on."""

    text_id: uuid.UUID
    event: ReceiptEvent
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text the network took, with its fate."""

    text_id: uuid.UUID
    text: OutgoingText
    fate: Fate

    def owed(self, at: datetime) -> list[Owed]:
        """What the network will say about it."""
        return [
            Owed(
                self.text_id,
                ReceiptEvent(self.text.attempt_id, receipt.value, self.fate.code, at + after, reference(self.text_id)),
                at + after,
            )
            for receipt, after in self.fate.receipts
        ]


def reference(text_id: uuid.UUID) -> str:
    """The carrier's own name for a text."""
    return f"SIM{text_id.hex}"


def keep(program: str, sender: str, arrivals: Sequence[Arrival], at: datetime) -> list[Owed]:
    """Put the texts on their handsets in one statement and answer what the network owes for them."""
    owed = [arrival.owed(at) for arrival in arrivals]
    rows = [_row(arrival, receipts) for arrival, receipts in zip(arrivals, owed, strict=True)]
    with acting(NETWORK, program=program, counties=ALL_COUNTIES, purpose="simulated-network"), bulk_cursor() as cursor:
        # One JSON value is written several times faster than seven arrays.
        facts = {"program": program, "sender": sender, "at": at, "rows": json.dumps(rows)}
        cursor.execute(_INSERT, facts)
    return [one for receipts in owed for one in receipts]


def _row(arrival: Arrival, receipts: Sequence[Owed]) -> dict[str, str | None]:
    last = receipts[-1] if receipts else None
    return {
        "i": arrival.text_id.hex,
        "n": arrival.text.to,
        "t": arrival.text.text,
        "a": arrival.text.attempt_id.hex,
        "r": last.event.receipt if last else "",
        "c": arrival.fate.code,
        "d": last.due_at.isoformat() if last else None,
    }


def still_owed(program: str, sender: str) -> list[Owed]:
    """Receipts of texts that were taken and never reported: what a stopped network still has to say."""
    with acting(NETWORK, program=program, counties=ALL_COUNTIES, purpose="simulated-network"):
        rows = HandsetText.objects.filter(
            program=program, sender=sender, due_at__isnull=False, reported_at__isnull=True, attempt_id__isnull=False
        )
        return [_owed_by(row) for row in rows]


def _owed_by(row: HandsetText) -> Owed:
    assert row.attempt_id is not None
    assert row.due_at is not None
    event = ReceiptEvent(row.attempt_id, row.receipt, row.code, row.due_at, reference(row.id))
    return Owed(row.id, event, row.due_at)


def mark_reported(program: str, text_ids: Sequence[uuid.UUID], at: datetime) -> None:
    """Note that the network has said its word about these texts."""
    with acting(NETWORK, program=program, counties=ALL_COUNTIES, purpose="simulated-network"), bulk_cursor() as cursor:
        cursor.execute(
            "UPDATE simulator_handsettext SET reported_at = %s WHERE id = ANY (%s::uuid[])", [at, list(text_ids)]
        )

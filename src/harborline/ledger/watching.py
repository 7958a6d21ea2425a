"""How the parts of the log fare, written down by the sequencer's process for the pages and the health check."""

from __future__ import annotations

from harborline.kernel import clock
from harborline.ledger.facts import PartState
from harborline.ledger.integrating import Connection

SEQUENCER = "sequencer"
SINK = "sink:"
WITNESS = "witness:"
NOT_SET_UP = "not set up any more"
_LONGEST = 400
_TELL = (
    "INSERT INTO ledger_watch (part, state, since_at, seen_at, why)"
    " VALUES (%(part)s, %(state)s, %(now)s, %(now)s, %(why)s)"
    " ON CONFLICT (part) DO UPDATE SET state = EXCLUDED.state, seen_at = EXCLUDED.seen_at, why = EXCLUDED.why,"
    " since_at = CASE WHEN ledger_watch.state = EXCLUDED.state THEN ledger_watch.since_at ELSE EXCLUDED.since_at END"
)


def tell(connection: Connection, part: str, state: PartState, why: str = "") -> None:
    """Write how a part fares; `why` is one plain sentence without anything about people."""
    known = {"part": part, "state": state.value, "now": clock.now(), "why": why[:_LONGEST]}
    connection.execute(_TELL, known)


def forget(connection: Connection, parts: list[str]) -> None:
    """No longer wait for sinks that are not set up any more (all but `parts`)."""
    connection.execute(
        "UPDATE ledger_watch SET state = 'working', why = %s WHERE part LIKE 'sink:%%' AND part <> ALL (%s)",
        [NOT_SET_UP, parts],
    )

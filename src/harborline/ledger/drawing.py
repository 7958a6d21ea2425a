"""Draw entries by lot: in an order that a seed fixes, so that anybody who has the seed can draw again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from harborline.walls import current

_WHERE = (
    " FROM ledger_content c JOIN ledger_entry e ON e.number = c.number"
    " WHERE c.program = %s AND c.recorded_at >= %s AND c.recorded_at < %s AND c.kind LIKE ANY(%s)"
)
_ORDER = " ORDER BY sha256(convert_to(%s || ':' || e.entry_id::text, 'UTF8')), e.entry_id LIMIT %s"


def drawn(
    patterns: Sequence[str], *, from_at: datetime, until_at: datetime, seed: str, size: int
) -> tuple[int, list[uuid.UUID]]:
    """How many entries of these kinds (SQL patterns) the context's program has in a span, and `size` of them by lot.

    The lot of an entry is the SHA-256 of the seed, a colon and its public id; the smallest ones are drawn.
    """
    span = (current().program, from_at, until_at, list(patterns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){_WHERE}", span)
        row = cursor.fetchone()
        cursor.execute(f"SELECT e.entry_id{_WHERE}{_ORDER}", (*span, seed, size))
        return int(row[0]) if row else 0, [uuid.UUID(str(each[0])) for each in cursor.fetchall()]

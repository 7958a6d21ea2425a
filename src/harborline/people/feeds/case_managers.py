"""Apply the case managers file: who manages which case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel.ids import new_ids
from harborline.people.facts import BadFeedRow
from harborline.people.feeds.changes import Applied, compare, guard_removals
from harborline.people.feeds.layouts import CaseManagerRow
from harborline.people.feeds.writing import insert, update


def apply(
    cursor: psycopg.Cursor[Any], rows: Sequence[CaseManagerRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Bring the assignments of cases to workers to what the file says; what ends stays as history."""
    cursor.execute("SELECT external_id, id, county FROM people_case WHERE program = %s", [program], binary=True)
    cases = {row[0]: (row[1], row[2]) for row in cursor}
    unknown = "is not in the cases file; import that first"
    bad = [BadFeedRow(row.row_no, "case_id", "unknown-case", unknown) for row in rows if row.case_id not in cases]
    if bad:
        return Applied(bad=bad)
    cursor.execute(
        "SELECT c.external_id, a.id, a.worker_number FROM people_casemanagerassignment a"
        " JOIN people_case c ON c.id = a.case_id WHERE a.program = %s AND a.until_at IS NULL",
        [program],
        binary=True,
    )
    present = {row[0]: (row[1], row[2]) for row in cursor}
    wanted = {row.case_id: row.worker_number for row in rows}
    changes = compare(wanted, {key: number for key, (_, number) in present.items()})
    guard_removals(len(changes.removed), len(present), confirmed=confirmed, where="case managers file")
    over = [*changes.changed, *changes.removed]
    update(cursor, "people_casemanagerassignment", ("id", "until_at"), [(present[key][0], as_of) for key in over])
    fresh = [*changes.added, *changes.changed]
    insert(
        cursor,
        "people_casemanagerassignment",
        ("id", "program", "county", "case_id", "worker_number", "since_at"),
        [
            (new, program, cases[key][1], cases[key][0], wanted[key], as_of)
            for new, key in zip(new_ids(len(fresh)), fresh, strict=True)
        ],
    )
    return Applied(changes)

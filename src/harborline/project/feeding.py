"""What `harborline feeds` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harborline.kernel import Invalid
from harborline.people.facts import FeedKind, FeedReport
from harborline.people.services import import_feed
from harborline.project.actors import acting_worker
from harborline.walls.cursor import refresh_statistics

SHOWN = 20


def import_and_tell(
    kind: str, path: Path, program: str, acting_as: str, *, confirm_removals: bool, tell: Callable[[str], None]
) -> bool:
    """Import one feed file as the worker; answers whether it was applied. Raises `Invalid` for an unknown kind."""
    if kind not in {each.value for each in FeedKind}:
        raise Invalid(f"is not a feed; there are {', '.join(each.value for each in FeedKind)}", kind[:40])
    if not path.is_file():
        raise Invalid("there is no such file", str(path))
    who = acting_worker(acting_as, program)
    who.must_steer("import")
    with who.acting("nightly-feed"):
        report = import_feed(kind, path, program, confirm_removals=confirm_removals)
        refresh_statistics("people", "consent")
    for line in _lines(report, path.name):
        tell(line)
    return report.applied


def _lines(report: FeedReport, name: str) -> list[str]:
    if not report.applied:
        bad = [f"{name}, row {row.row_no}, column {row.column}: {row.problem}" for row in report.bad[:SHOWN]]
        return [f"{len(report.bad)} rows cannot be used; nothing was imported", *bad]
    if report.repeated:
        return [f"{name} was imported before; nothing changed"]
    counts = (
        f"{report.rows:,} rows: {report.added:,} added, {report.changed:,} changed, {report.removed:,} ended,"
        f" {report.unchanged:,} unchanged"
    )
    return [counts, *(f"  {what} {key}" for key, what in report.differences[:SHOWN])]

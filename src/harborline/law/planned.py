"""The count of clauses that are not built yet: written down, and never rising."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from harborline.kernel import Invalid
from harborline.law.reading import read_toml, text

HERE = Path(__file__).parent / "planned.toml"


def planned_counts(path: Path = HERE) -> tuple[int, ...]:
    """The counts as they were written down, oldest first; raises `Invalid` for an empty or broken list."""
    entries = read_toml(path).get("count")
    if not isinstance(entries, list) or not entries:
        raise Invalid("the list of counts is empty", path.name)
    return tuple(_count(entry, f"{path.name}, count {row}") for row, entry in enumerate(entries, start=1))


def planned_findings(counts: Sequence[int], actual: int) -> list[str]:
    """What is wrong with the counts, in sentences: one that rose, or a last one that is not the `actual` number."""
    found = [
        f"the count of planned clauses rose from {before} to {after}: a clause that was built is not built any more"
        for before, after in pairwise(counts)
        if after > before
    ]
    if actual > counts[-1]:
        found.append(f"{actual} clauses are planned, more than the {counts[-1]} written down: the count may only fall")
    if actual < counts[-1]:
        found.append(f"{actual} clauses are planned, fewer than the {counts[-1]} written down: add the new count")
    return found


def _count(entry: object, where: str) -> int:
    if not isinstance(entry, Mapping):
        raise Invalid("a count must be a table with planned and why", where)
    text(entry, "why", where)
    planned = entry.get("planned")
    if not isinstance(planned, int) or isinstance(planned, bool) or planned < 0:
        raise Invalid("'planned' must be a whole number", where)
    return planned

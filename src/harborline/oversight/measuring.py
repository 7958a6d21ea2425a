"""How good the detectors are on a model agency: precision at a recall, within what supervisors can review."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harborline.oversight.simulating import Agency
from harborline.oversight.watch_facts import DAY_S, NOBODY, Found

WEEKLY = 5
_MONDAY_SHIFT = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """`precision` among the reviewed findings, highest first, until `recall` of the misuse was among them.

    `reached` is the recall when everything in the budget is reviewed; `reviews` how many findings were looked at, of
    `possible` the budget allows; `missed` counts the misuse never reviewed, by kind.
    """

    precision: float
    recall: float
    reached: float
    reviews: int
    possible: int
    planted: int
    missed: dict[str, int]


def measured(agency: Agency, found: Sequence[Found], *, recall: float = 0.9) -> Measured:
    """Compare findings with what was planted; a misuse counts once, a finding is right when it holds any of it."""
    held = _episodes(agency, found)
    reviewed = _in_budget(agency, found)
    supervisors, weeks = len(np.unique(agency.supervisor)), _weeks(agency)
    planted, met, right = len(agency.planted.kinds), set[int](), 0
    precision, reviews = 0.0, 0
    for place in reviewed:
        reviews += 1
        right += bool(held[place])
        met |= held[place]
        if len(met) >= recall * planted:
            precision = right / reviews
            break
    reached = set[int]().union(*(held[place] for place in reviewed)) if reviewed else set()
    missed = Counter(kind for number, kind in enumerate(agency.planted.kinds) if number not in reached)
    return Measured(
        precision, len(met) / max(planted, 1), len(reached) / max(planted, 1), reviews, supervisors * weeks * WEEKLY,
        planted, dict(missed),
    )  # fmt: skip


def _weeks(agency: Agency) -> int:
    at = agency.picture.accesses.at_s
    return int((at.max() // DAY_S + _MONDAY_SHIFT) // 7 - (at.min() // DAY_S + _MONDAY_SHIFT) // 7 + 1)


def _in_budget(agency: Agency, found: Sequence[Found]) -> list[int]:
    spent: dict[tuple[int, int], int] = defaultdict(int)
    kept = []
    for place, one in enumerate(found):
        key = int(agency.supervisor[one.worker]), (one.last_s // DAY_S + _MONDAY_SHIFT) // 7
        spent[key] += 1
        if spent[key] <= WEEKLY:
            kept.append(place)
    return kept


def _episodes(agency: Agency, found: Sequence[Found]) -> list[set[int]]:
    seen, episode = agency.picture.accesses, agency.planted.episode
    rows = np.flatnonzero(episode != NOBODY)
    by_pair, by_day = defaultdict[tuple[int, int], set[int]](set), defaultdict[tuple[int, int], set[int]](set)
    for row in rows:
        worker, person = int(seen.worker[row]), int(seen.person[row])
        by_pair[worker, person].add(int(episode[row]))
        by_day[worker, int(seen.at_s[row]) // DAY_S].add(int(episode[row]))
    return [
        by_pair.get((one.worker, one.person), set())
        if one.person != NOBODY
        else by_day.get((one.worker, one.first_s // DAY_S), set())
        for one in found
    ]

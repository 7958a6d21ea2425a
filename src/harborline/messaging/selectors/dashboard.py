"""Texting in numbers over the last days: per day, per county, per reason; a few grouped queries whatever the size."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from harborline.kernel import Invalid, Outcome, clock
from harborline.law import profile
from harborline.messaging.facts import DispatchState, ReasonCount
from harborline.messaging.models import NoticeRun
from harborline.messaging.selectors.faces import shown_as
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

LONGEST_DAYS = 366

_DECIDED = """
SELECT c.run_id, c.county, d.outcome, d.reason, d.clauses, c.n
  FROM (SELECT run_id, county, decision_id, count(*) AS n FROM messaging_recipient
         WHERE run_id = ANY (%(runs)s::uuid[]) AND (%(county)s = '' OR county = %(county)s)
         GROUP BY run_id, county, decision_id) c
  JOIN messaging_rundecision d ON d.id = c.decision_id
"""

_STATES = """
SELECT run_id, county, state, count(*) FROM messaging_dispatch
 WHERE run_id = ANY (%(runs)s::uuid[]) AND (%(county)s = '' OR county = %(county)s)
 GROUP BY run_id, county, state
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of people and texts: `sent` were taken by a carrier, `delivered` of these arrived.

    `not_sent` are texts that were planned and never left (withdrawn, too late, cancelled, refused by a carrier);
    `unknown` those of which nobody knows.
    """

    allowed: int = 0
    held: int = 0
    refused: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    not_sent: int = 0
    unknown: int = 0

    def plus(self, **more: int) -> Tally:
        """This tally with more of something."""
        return Tally(**{name: getattr(self, name) + more.get(name, 0) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Overview:
    """The last `days` of a program as the context may see it, days by the program's own calendar.

    `by_day` and `by_county` hold every day and each county with anything in it; `reasons` are the neutral faces of
    what was held or refused, the most frequent first; `runs` is how many runs that was.
    """

    first: date
    last: date
    runs: int
    total: Tally
    by_day: list[tuple[date, Tally]]
    by_county: list[tuple[str, Tally]]
    reasons: list[ReasonCount]


_GROUPS = {
    DispatchState.QUEUED: ("waiting",),
    DispatchState.ATTEMPTED: ("waiting",),
    DispatchState.ACCEPTED: ("sent",),
    DispatchState.SENT: ("sent",),
    DispatchState.DELIVERED: ("sent", "delivered"),
    DispatchState.FAILED: ("sent", "failed"),
    DispatchState.EXPIRED: ("sent", "failed"),
    DispatchState.UNKNOWN: ("unknown",),
    DispatchState.REJECTED: ("not_sent",),
    DispatchState.LAPSED: ("not_sent",),
    DispatchState.CANCELLED: ("not_sent",),
    DispatchState.WITHHELD: ("not_sent",),
}


def overview(*, days: int = 30, county: str = "") -> Overview:
    """Notices of the last `days` (1 to 366) in the context's counties, or in one `county` of them.

    Safety is never told apart from any other way in which texts are off. Raises `Invalid` for other numbers of days.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(f"must be between 1 and {LONGEST_DAYS}", "days")
    zone = ZoneInfo(profile(current().program).zones[0])
    last = clock.now().astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    run_days = _runs(first, zone)
    asked = {"runs": list(run_days), "county": county}
    with bulk_cursor() as cursor:
        decided = _rows(cursor, _DECIDED, asked)
        states = _rows(cursor, _STATES, asked)
    places = [*_decided_places(decided), *_state_places(states)]
    return Overview(
        first=first,
        last=last,
        runs=len(run_days),
        total=_tally((amounts for _, _, amounts in places)),
        by_day=_by_day(first, days, ((run_days[run], amounts) for run, _, amounts in places)),
        by_county=_by_county((where, amounts) for _, where, amounts in places),
        reasons=_reasons(decided),
    )


Amounts = dict[str, int]
Placed = tuple[uuid.UUID, str, Amounts]


def _runs(first: date, zone: ZoneInfo) -> dict[uuid.UUID, date]:
    since = datetime.combine(first, time(), zone)
    found = NoticeRun.objects.filter(program=current().program, created_at__gte=since)
    return {run: at.astimezone(zone).date() for run, at in found.values_list("id", "created_at")}


def _rows(cursor: psycopg.Cursor[Any], query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    return cursor.execute(query, asked, binary=True).fetchall() if asked["runs"] else []


def _decided_places(rows: Sequence[tuple[Any, ...]]) -> Iterable[Placed]:
    words = {Outcome.ALLOW.value: "allowed", Outcome.HOLD.value: "held", Outcome.REFUSE.value: "refused"}
    for run, county, outcome, reason, clauses, count in rows:
        yield run, county, {words[shown_as(outcome, reason, clauses).outcome]: count}


def _state_places(rows: Sequence[tuple[Any, ...]]) -> Iterable[Placed]:
    for run, county, state, count in rows:
        yield run, county, dict.fromkeys(_GROUPS[DispatchState(state)], count)


def _tally(amounts: Iterable[Amounts]) -> Tally:
    total = Tally()
    for each in amounts:
        total = total.plus(**each)
    return total


def _by_day(first: date, days: int, placed: Iterable[tuple[date, Amounts]]) -> list[tuple[date, Tally]]:
    found = {first + timedelta(days=number): Tally() for number in range(days)}
    for day, amounts in placed:
        if day in found:
            found[day] = found[day].plus(**amounts)
    return list(found.items())


def _by_county(placed: Iterable[tuple[str, Amounts]]) -> list[tuple[str, Tally]]:
    found: dict[str, Tally] = {}
    for county, amounts in placed:
        found[county] = found.get(county, Tally()).plus(**amounts)
    return sorted(found.items())


def _reasons(rows: Sequence[tuple[Any, ...]]) -> list[ReasonCount]:
    merged: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for _, _, outcome, reason, clauses, count in rows:
        face = shown_as(outcome, reason, clauses)
        if face.outcome != Outcome.ALLOW.value:
            key = (face.outcome, face.reason, face.clauses)
            merged[key] = merged.get(key, 0) + count
    return sorted((ReasonCount(*key, n) for key, n in merged.items()), key=lambda one: (-one.count, one.reason))

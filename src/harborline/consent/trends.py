"""Opt-ins and opt-outs day by day: two grouped queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from harborline.consent.facts import EventKind
from harborline.kernel import clock
from harborline.law import profile
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_GIVEN = """
SELECT (at AT TIME ZONE %(zone)s)::date, count(*) FROM consent_consentevent
 WHERE program = %(program)s AND kind = %(kind)s AND at >= %(since)s AND (%(county)s = '' OR county = %(county)s)
 GROUP BY 1
"""

_STOPPED = """
SELECT (at AT TIME ZONE %(zone)s)::date, count(DISTINCT phone_idx) FROM consent_suppression
 WHERE program = %(program)s AND kind = 'stop' AND at >= %(since)s
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class DayOfConsent:
    """One day: permissions given (in the counties asked about), and numbers that asked to stop (whole program)."""

    day: date
    opt_ins: int
    opt_outs: int


def consent_by_day(*, days: int = 30, county: str = "") -> list[DayOfConsent]:
    """The last `days` by the program's own calendar, the oldest first.

    A request to stop belongs to a number, not to a county, so opt-outs are those of the whole program.
    """
    program = current().program
    zone = profile(program).zones[0]
    first = clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=days - 1)
    asked = {
        "program": program,
        "zone": zone,
        "since": datetime.combine(first, time(), ZoneInfo(zone)),
        "county": county,
        "kind": EventKind.GIVEN.value,
    }
    with bulk_cursor() as cursor:
        given: dict[date, int] = dict(cursor.execute(_GIVEN, asked).fetchall())
        stopped: dict[date, int] = dict(cursor.execute(_STOPPED, asked).fetchall())
    each = (first + timedelta(days=number) for number in range(days))
    return [DayOfConsent(day, given.get(day, 0), stopped.get(day, 0)) for day in each]

"""What happened in a program, as the columns that the detectors see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np

from harborline.disclosure.selectors import emergencies_between, lasting, searches_for_nobody, worked_with
from harborline.law import profile
from harborline.oversight.models import Export
from harborline.oversight.watch_facts import NEVER, NOBODY, Accesses, Column, Kind, Near, People, Picture, Staff
from harborline.oversight.watch_models import PublicPerson
from harborline.people.selectors import shields_of
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.selectors import account_ends, placings_of, suspensions, tries_of_accounts

_NEAR = {
    "": Near.STRANGER, "self": Near.SELF, "family": Near.FAMILY, "household": Near.HOUSEHOLD,
    "surname": Near.SURNAME, "coworker": Near.COWORKER, "cleared": Near.STRANGER,
}  # fmt: skip
_SHIELD_CHUNK = 20_000
_Seen = tuple[uuid.UUID, uuid.UUID, uuid.UUID, str, datetime, int, bool, str, bool]
"""Worker, participant, person, county, moment, kind, explained, near, answered."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The picture, and whom its places stand for: workers; participants with their county and person."""

    picture: Picture
    workers: Sequence[uuid.UUID]
    people: Sequence[tuple[uuid.UUID, uuid.UUID, str]]
    zone: ZoneInfo

    def moment(self, wall_s: int) -> datetime:
        """A second of the program's wall clock as a moment."""
        return datetime.fromtimestamp(wall_s, ZoneInfo("UTC")).replace(tzinfo=self.zone)


def gather(from_at: datetime, until_at: datetime) -> Gathered:
    """Every access of the context's program in a half-open span; for the purpose `oversight` in all counties only."""
    context = current()
    law = profile(context.program)
    zone = ZoneInfo(law.zones[0])
    rows = _looks(from_at, until_at, zone)
    bare = _bare(from_at, until_at)
    workers = {
        one: place for place, one in enumerate(dict.fromkeys([row[0] for row in rows] + [one[0] for one in bare]))
    }
    people = {one: place for place, one in enumerate(dict.fromkeys((row[1], row[2], row[3]) for row in rows))}
    accesses = Accesses(
        worker=np.array([workers[row[0]] for row in rows] + [workers[one[0]] for one in bare], np.int64),
        person=np.array([people[row[1], row[2], row[3]] for row in rows] + [NOBODY] * len(bare), np.int64),
        at_s=_wall([row[4] for row in rows] + [one[1] for one in bare], zone),
        kind=np.array([row[5] for row in rows] + [one[2] for one in bare], np.int8),
        explained=np.array(_explained(rows) + [one[4] for one in bare], bool),
        near=np.array([_NEAR[row[7]] for row in rows] + [Near.STRANGER] * len(bare), np.int8),
        volume=np.array([0] * len(rows) + [one[3] for one in bare], np.int64),
        answered=np.array([row[8] for row in rows] + [False] * len(bare), bool),
    )
    told = _people(list(people), accesses, until_at)
    return Gathered(Picture(accesses, _staff(list(workers), zone, from_at), told), list(workers), list(people), zone)


def _looks(from_at: datetime, until_at: datetime, zone: ZoneInfo) -> list[_Seen]:
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT worker, participant_id, person_id, county, at, kind, explained, near, answered"
            " FROM oversight_accesses(%b, %b, %t)",
            [from_at, until_at, zone.key],
            binary=True,
        )
        return list(cursor.fetchall())


def _explained(rows: Sequence[_Seen]) -> list[bool]:
    # A tie at the time, or work with the person that was given until a day later, and not by the worker to themselves.
    open_ones = [row for row in rows if not row[6]]
    if not open_ones:
        return [True] * len(rows)
    before, after = lasting(), timedelta(days=1)
    first, last = min(row[4] for row in open_ones), max(row[4] for row in open_ones)
    given: dict[tuple[uuid.UUID, uuid.UUID], list[datetime]] = {}
    for one in worked_with({row[1] for row in open_ones}, from_at=first - before, until_at=last + after):
        given.setdefault((one.worker_id, one.participant_id), []).append(one.at)
    return [row[6] or any(row[4] - before < at < row[4] + after for at in given.get(row[:2], ())) for row in rows]


def _bare(from_at: datetime, until_at: datetime) -> list[tuple[uuid.UUID, datetime, Kind, int, bool]]:
    # Exports, emergencies, searches for nobody's number, tries to sign in with accounts that are off: about no one
    # person, or told of by looks. A second person explains an export.
    made = Export.objects.filter(program=current().program, made_at__gte=from_at, made_at__lt=until_at)
    taken = [
        (uuid.UUID(row.asked_by.removeprefix("worker:")), row.made_at, Kind.EXPORT, row.texts, bool(row.approved_by))
        for row in made
        if row.asked_by.startswith("worker:") and row.made_at
    ]
    for made_at, actor, reference in emergencies_between(from_at, until_at):
        taken.append((uuid.UUID(actor), made_at, Kind.EMERGENCY, crc32(reference.encode()), True))
    taken += [(uuid.UUID(actor), at, Kind.SEARCH, 0, False) for at, actor in searches_for_nobody(from_at, until_at)]
    tries = tries_of_accounts([who for who, _from, _until in _off(from_at)], from_at=from_at, until_at=until_at)
    return [*taken, *((who, at, Kind.SIGN_IN, 0, False) for who, at in tries)]


def _off(since: datetime) -> list[tuple[uuid.UUID, date, date | None]]:
    ended: list[tuple[uuid.UUID, date, date | None]] = [(who, day, None) for who, day in account_ends()]
    return ended + [(who, start, until) for who, start, until in suspensions(since=since)]


def _staff(workers: Sequence[uuid.UUID], zone: ZoneInfo, since: datetime) -> Staff:
    places = {one: place for place, one in enumerate(workers)}
    spans = [
        (places[who], _midnight(first, zone), _midnight(last, zone) if last else NEVER)
        for who, first, last in _off(since)
        if who in places
    ]
    columns = np.array(spans, np.int64).reshape(-1, 3)
    return Staff(columns[:, 0], columns[:, 1], columns[:, 2], _peers(workers))


def _peers(workers: Sequence[uuid.UUID]) -> Column:
    # A number for workers of the same roles now; whoever has none any more is among their own.
    program, numbers = current().program, dict[tuple[str, ...], int]()
    roles = (
        tuple(sorted({placing.role for placing in placings_of(one, program) if not placing.over})) for one in workers
    )
    return np.array([numbers.setdefault(each, len(numbers)) for each in roles], np.int64)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(_wall([datetime.combine(day, time(), zone)], zone)[0])


def _wall(moments: Iterable[datetime], zone: ZoneInfo) -> Column:
    # Seconds of the wall clock: the offset is asked once for each hour, not for each moment.
    offsets: dict[int, int] = {}
    made = []
    for at in moments:
        second = int(at.timestamp())
        hour = second // 3600
        if hour not in offsets:
            offset = at.astimezone(zone).utcoffset()
            offsets[hour] = int(offset.total_seconds()) if offset else 0
        made.append(second + offsets[hour])
    return np.array(made, np.int64)


def _people(people: Sequence[tuple[uuid.UUID, uuid.UUID, str]], seen: Accesses, now: datetime) -> People:
    listed = set(PublicPerson.objects.filter(ended_at__isnull=True).values_list("person_id", flat=True))
    public = np.array([person in listed for _who, person, _county in people], bool)
    protected = np.zeros(len(people), bool)
    # Only where nothing explains the look is it asked whether somebody is protected.
    asked = np.unique(seen.person[~seen.explained & (seen.person != NOBODY)])
    for start in range(0, len(asked), _SHIELD_CHUNK):
        some = asked[start : start + _SHIELD_CHUNK]
        shields = shields_of([people[place][1] for place in some], now)
        protected[some] = [one.own or one.shared for one in shields]
    return People(public, protected)

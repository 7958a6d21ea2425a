"""The detectors: which accesses somebody should ask about, the weightiest first. Pure, set-wise over columns.

Source: OFFSET-8.2:routine-monitoring (45 CFR 307.13(b)): "to guard against and identify unauthorised access".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import numpy as np

from harborline.oversight.watch_facts import DAY_S, NEVER, NOBODY, Accesses, Column, Found, Kind, Mark, Near, Picture

CERTAIN: Final[Mapping[Mark, int]] = MappingProxyType(
    {
        Mark.OWN: 120,
        Mark.OFF: 120,
        Mark.HOUSEHOLD: 110,
        Mark.FAMILY: 110,
        Mark.BURST: 105,
        Mark.RUSH: 105,
        Mark.EXPORT: 105,
        Mark.SAME_REASON: 90,
        Mark.EMERGENCIES: 60,
        Mark.FISHING: 60,
    }
)
"""What no chance explains has a score of its own; everything else is scored by how rare it would be by chance."""

REVIEW_FROM: Final = 30
"""From this score on (once in about thirty such months) a finding waits for a supervisor.

Below it only the worker is asked.
"""

INVENTED: Final = 0.1
"""Of those who misused their access and are asked, how many name something that can be looked up all the same."""

MANY_PEOPLE: Final = 12
MANY_RECORDS: Final = 200
RUSH_PEOPLE, RUSH_S = 10, 600
EMERGENCIES_WEEK, SAME_REASONS, MANY_SEARCHES = 4, 3, 15
OFTEN_DAYS: Final = 3
OPENS_S, CLOSES_S = 6 * 3600, 20 * 3600
_SATURDAY, _EPOCH_WEEKDAY = 5, 3
_LATE_SHARE = 0.05
LATE_MISUSE: Final = 0.2
"""Of those who misuse their access, how many do it when the office is empty."""
_ENOUGH, _KNOWN = 100, 2_000
_LASTING, _SHRINKS = 0.015, 0.3
"""Of matters that nobody wrote down, how many go on for three days; and of those, for one more."""


@dataclass(frozen=True, slots=True)
class _Groups:
    """Accesses put together by worker and person: `of` says for each access which group, -1 none."""

    worker: Column
    person: Column
    of: Column
    rows: Column

    def any(self, mask: Column) -> Column:
        """For each group, whether any of its accesses has the mark."""
        found: Column = np.bincount(self.of, weights=mask[self.rows], minlength=len(self.worker)) > 0
        return found


def findings(picture: Picture) -> list[Found]:
    """Everything to ask about, the highest score first.

    1. Accesses that work explains are left out, but for one's own, household's and family's records and accounts that
    were off: those nobody may touch. 2. A day on which a worker looked at many strangers, or took unusually much, is
    one finding. 3. What is left is put together by worker and person.
    """
    off, burst = account_off(picture), bursts(picture)
    rush = rushes(picture) & ~burst
    days = _by_day(picture, off, Mark.OFF) + _by_day(picture, burst, Mark.BURST)
    days += _by_day(picture, unusual_exports(picture), Mark.EXPORT)
    for mask, mark in (
        (rush, Mark.RUSH),
        (same_reasons(picture), Mark.SAME_REASON),
        (many_emergencies(picture) & ~same_reasons(picture), Mark.EMERGENCIES),
        (fishing(picture), Mark.FISHING),
    ):
        days += _by_day(picture, mask, mark)
    found = days + _by_person(picture, ~off & ~burst & ~rush)
    return sorted(found, key=lambda one: (-one.score, one.worker, one.person, one.first_s))


def drawn(found: Sequence[Found], *, seed: str) -> Found | None:
    """One of those that weigh too little to be shown, by lot, so that what nobody expects is looked at too.

    The same seed draws the same one.
    """
    light = [one for one in found if one.score < REVIEW_FROM]
    if not light:
        return None
    one = min(light, key=lambda each: sha256(f"{seed}:{each.worker}:{each.person}".encode()).digest())
    return replace(one, marks=(*one.marks, Mark.LOT))


def unexplained(picture: Picture) -> Column:
    """Accesses to a person that no work explains."""
    seen = picture.accesses
    found: Column = ~seen.explained & (seen.person != NOBODY)
    return found


def account_off(picture: Picture) -> Column:
    """Anything done after the last day, or while suspended."""
    seen, staff = picture.accesses, picture.staff
    found: Column = np.zeros(len(seen.worker), bool)
    rows = np.flatnonzero(np.isin(seen.worker, staff.off_worker))  # few workers ever left: the rest is not looked at
    worker, at_s = seen.worker[rows], seen.at_s[rows]
    for who, start, until in zip(staff.off_worker, staff.off_from_s, staff.off_until_s, strict=True):
        found[rows[(worker == who) & (at_s >= start) & (at_s < until)]] = True
    return found


def bursts(picture: Picture) -> Column:
    """Strangers' records on days on which a worker opened far more of them than is that worker's and peers' habit."""
    seen, strange = picture.accesses, unexplained(picture)
    rows = np.flatnonzero(strange)
    if not len(rows):
        return np.zeros(len(seen.worker), bool)
    day = seen.at_s[rows] // DAY_S
    # Different people of a worker and day: first the pairs, then how many to each day.
    people = _unique(seen.worker[rows], day, seen.person[rows])
    keys, counts = np.unique(_key(seen.worker[rows][people], day[people]), return_counts=True)
    usual = _habit(keys >> 20, counts, picture)
    many = keys[(counts >= MANY_PEOPLE) & (counts > usual)]
    found = np.zeros(len(seen.worker), bool)
    found[rows] = np.isin(_key(seen.worker[rows], day), many)
    return found


def rushes(picture: Picture) -> Column:
    """Strangers' records opened so fast that nobody can have worked on them: ten people in ten minutes."""
    seen, found = picture.accesses, np.zeros(len(picture.accesses.worker), bool)
    rows = np.flatnonzero(unexplained(picture))
    rows = rows[np.lexsort((seen.at_s[rows], seen.worker[rows]))]
    starts = np.flatnonzero(np.diff(seen.worker[rows], prepend=-1))
    for some in np.split(rows, starts[1:]) if len(rows) else ():
        at, people = seen.at_s[some], seen.person[some]
        first = np.searchsorted(at, at - RUSH_S)
        for last in np.flatnonzero(np.arange(len(some)) - first + 1 >= RUSH_PEOPLE):
            window = slice(first[last], last + 1)
            if len(np.unique(people[window])) >= RUSH_PEOPLE:
                found[some[window]] = True
    return found


def many_emergencies(picture: Picture) -> Column:
    """The emergencies from the fourth in seven days on."""
    return _again(picture, within_s=7 * DAY_S, least=EMERGENCIES_WEEK, same=False)


def same_reasons(picture: Picture) -> Column:
    """Emergencies whose reference was written for two others before: one call is one person's."""
    return _again(picture, within_s=NEVER, least=SAME_REASONS, same=True)


def _again(picture: Picture, *, within_s: int, least: int, same: bool) -> Column:
    seen, found = picture.accesses, np.zeros(len(picture.accesses.worker), bool)
    rows = np.flatnonzero(seen.kind == Kind.EMERGENCY)
    for row in rows:
        before = rows[(seen.worker[rows] == seen.worker[row]) & (seen.at_s[rows] <= seen.at_s[row])]
        before = before[seen.at_s[row] - seen.at_s[before] < within_s]
        if same:
            before = before[seen.volume[before] == seen.volume[row]]
        found[row] = len(before) >= least
    return found


def fishing(picture: Picture) -> Column:
    """Searches for numbers that nobody has, many on one day."""
    seen, found = picture.accesses, np.zeros(len(picture.accesses.worker), bool)
    rows = np.flatnonzero((seen.kind == Kind.SEARCH) & (seen.person == NOBODY))
    keys = _key(seen.worker[rows], seen.at_s[rows] // DAY_S)
    each, counts = np.unique(keys, return_counts=True)
    found[rows] = np.isin(keys, each[counts >= MANY_SEARCHES])
    return found


def _habit(worker: Column, counts: Column, picture: Picture) -> Column:
    # Four times the worker's other days in the middle, days without a stranger too, or what the peers' busiest day in a
    # hundred is, whichever is more.
    seen = picture.accesses
    active = np.bincount(np.unique(_key(seen.worker, seen.at_s // DAY_S)) >> 20, minlength=len(picture.staff.peers))
    others = np.bincount(worker, weights=counts, minlength=len(active))[worker] - counts
    own = 4 * others / np.maximum(active[worker] - 1, 1)
    peers = _per_key(
        picture.staff.peers[worker], counts, lambda some: float(np.quantile(some, 0.99)) if len(some) > _ENOUGH else 0.0
    )
    made: Column = np.maximum(own, np.minimum(peers, 2.0 * MANY_PEOPLE))
    return made


def _per_key(keys: Column, values: Column, rule: Callable[[Column], float]) -> Column:
    order = np.argsort(keys, kind="stable")
    _which, starts, inverse = np.unique(keys[order], return_index=True, return_inverse=True)
    each = np.array([rule(some) for some in np.split(values[order], starts[1:])])
    found = np.empty(len(keys))
    found[order] = each[inverse]
    return found


def unusual_exports(picture: Picture) -> Column:
    """Exports far above what the worker takes otherwise."""
    seen = picture.accesses
    found = np.zeros(len(seen.worker), bool)
    rows = np.flatnonzero((seen.kind == Kind.EXPORT) & ~seen.explained)
    if len(rows):
        habit = _per_key(
            seen.worker[rows], seen.volume[rows], lambda some: 5 * float(np.median(some)) * (len(some) > 1)
        )
        found[rows] = (seen.volume[rows] >= MANY_RECORDS) & (seen.volume[rows] > habit)
    return found


def outside_hours(accesses: Accesses) -> Column:
    """At night or on a weekend, by workers who hardly ever work then."""
    clock, day = accesses.at_s % DAY_S, accesses.at_s // DAY_S
    late: Column = (clock < OPENS_S) | (clock >= CLOSES_S) | ((day + _EPOCH_WEEKDAY) % 7 >= _SATURDAY)
    if not len(late):
        return late
    share = np.bincount(accesses.worker, weights=late) / np.maximum(np.bincount(accesses.worker), 1)
    rare: Column = late & (share[accesses.worker] < _LATE_SHARE)
    return rare


def _by_day(picture: Picture, mask: Column, mark: Mark) -> list[Found]:
    seen = picture.accesses
    rows = np.flatnonzero(mask)
    keys = _key(seen.worker[rows], seen.at_s[rows] // DAY_S)
    order = np.argsort(keys, kind="stable")
    starts = np.unique(keys[order], return_index=True)[1]
    found = []
    for some in np.split(rows[order], starts[1:]) if len(rows) else ():
        people = np.unique(seen.person[some])
        found.append(
            Found(
                int(seen.worker[some[0]]), NOBODY, (mark,), CERTAIN[mark] + min(len(some) // 10, 20), len(some), 1,
                int(np.count_nonzero(people != NOBODY)), int(seen.at_s[some].min()), int(seen.at_s[some].max()),
            )
        )  # fmt: skip
    return found


def _by_person(picture: Picture, left: Column) -> list[Found]:
    seen = picture.accesses
    forbidden = np.isin(seen.near, (Near.SELF, Near.FAMILY, Near.HOUSEHOLD)) & (seen.person != NOBODY)
    strange = unexplained(picture)
    groups = _grouped(seen, left & (strange | forbidden))
    if not len(groups.worker):
        return []
    days, weeks, times, first, last = _spans(seen, groups)
    marks = _marks(picture, groups, strange, days)
    # The question waits on the worker's first page: who has worked on a later day has seen it.
    asked = groups.any(seen.answered) | (last // DAY_S < _latest_day(picture)[groups.worker])
    score = _surprise(picture, groups, marks, often=days + weeks - 1, asked=asked)
    for mark in (Mark.FAMILY, Mark.HOUSEHOLD, Mark.OWN):
        score = np.where(marks[mark], CERTAIN[mark] + np.minimum(days, 10), score)
    table, names = np.array(list(marks.values())), list(marks)
    return [
        Found(
            int(groups.worker[n]), int(groups.person[n]), tuple(names[m] for m in np.flatnonzero(table[:, n])),
            int(score[n]), int(times[n]), int(days[n]), 1, int(first[n]), int(last[n]),
        )
        for n in range(len(groups.worker))
    ]  # fmt: skip


def _marks(picture: Picture, groups: _Groups, strange: Column, days: Column) -> dict[Mark, Column]:
    seen, people, odd = picture.accesses, picture.people, groups.any(strange)
    searched = strange & (seen.kind == Kind.SEARCH)
    return {
        Mark.OWN: groups.any(seen.near == Near.SELF),
        Mark.HOUSEHOLD: groups.any(seen.near == Near.HOUSEHOLD),
        Mark.FAMILY: groups.any(seen.near == Near.FAMILY),
        Mark.COWORKER: odd & groups.any(seen.near == Near.COWORKER),
        Mark.PUBLIC: odd & people.public[groups.person],
        Mark.SURNAME: odd & groups.any(seen.near == Near.SURNAME),
        Mark.AGAIN: odd & (days >= OFTEN_DAYS),
        Mark.PROTECTED: odd & people.protected[groups.person],
        Mark.BLOCKED: odd & people.protected[groups.person] & groups.any(searched),
        Mark.ELSEWHERE: odd & groups.any(searched),
        Mark.HOURS: odd & groups.any(outside_hours(seen) & strange),
        Mark.UNEXPLAINED: odd,
    }


def _surprise(
    picture: Picture, groups: _Groups, marks: Mapping[Mark, Column], *, often: Column, asked: Column
) -> Column:
    """How rare each group would be by chance: 20 for each power of ten, of expected groups like it in this time.

    A worker who writes little down opens many strangers' records that nothing explains, and some of those bear any
    mark by chance. How many, the accesses that work does explain tell: nobody chose those people. Who comes back on
    another day is weighed against how often that happens (`often`: days, and weeks beyond the first); an answer, or
    none, against how the office answers, of those who had the time to (`asked`).
    """
    seen, strangers = picture.accesses, np.bincount(groups.worker, minlength=len(picture.staff.peers))
    known = seen.explained & (seen.person != NOBODY)
    chance = {
        Mark.COWORKER: _share(seen.near[known] == Near.COWORKER, usual=0.0003),
        Mark.PUBLIC: _share(picture.people.public[seen.person[known]], usual=0.0005),
        # One in twenty is protected, and of misuses one in seven or so is about that: the mark speaks, but not loudly.
        Mark.PROTECTED: max(_share(picture.people.protected[seen.person[known]], usual=0.05), 0.35),
        # Whose number it is that somebody mistyped, chance alone decides: once it says little, again and again much.
        Mark.ELSEWHERE: 0.25,
        Mark.BLOCKED: 0.5,
        # Few who misuse their access wait until the office is empty.
        Mark.HOURS: min(_share(outside_hours(seen)[known], usual=0.02) / LATE_MISUSE, 1.0),
        Mark.SURNAME: _of_ones_name(seen, known, len(picture.staff.peers))[groups.worker],
    }
    expected = strangers[groups.worker].astype(float)
    for mark, share in chance.items():
        expected = np.where(marks[mark], expected * share, expected)
    expected = expected * _as_often(often) * _as_answered(groups.any(seen.answered), asked)
    made: Column = np.clip(np.round(-20 * np.log10(expected)), 1, 100)
    return made


def _latest_day(picture: Picture) -> Column:
    # Of each worker, the last day with any access.
    found: Column = np.zeros(len(picture.staff.peers), np.int64)
    np.maximum.at(found, picture.accesses.worker, picture.accesses.at_s // DAY_S)
    return found


def _as_answered(answered: Column, asked: Column) -> Column:
    # Nearly everybody who is asked is honest, so how many name something that can be looked up tells how honest workers
    # answer. Where most do, no answer speaks as well; who was not asked yet has given none.
    honest = float((np.count_nonzero(answered) + INVENTED) / (np.count_nonzero(asked) + 1))
    made: Column = np.where(answered, honest / INVENTED, np.where(asked, (1 - honest) / (1 - INVENTED), 1.0))
    return made


def _share(there: Column, *, usual: float) -> float:
    # An office of today has seen little: what is usual elsewhere counts as much as two thousand accesses.
    return float((np.count_nonzero(there) + usual * _KNOWN) / (len(there) + _KNOWN))


def _of_ones_name(seen: Accesses, known: Column, workers: int) -> Column:
    # How often each worker meets people of the own surname at work; little is known of one worker, so the agency's
    # share counts as much as a thousand accesses.
    met = np.bincount(seen.worker[known], minlength=workers)
    same = np.bincount(seen.worker[known & (seen.near == Near.SURNAME)], minlength=workers)
    share: Column = (same + 1_000 * _share(seen.near[known] == Near.SURNAME, usual=0.0005)) / (met + 1_000)
    return share


def _as_often(often: Column) -> Column:
    # The share of all groups that go on as often; beyond what is common the share shrinks on as it did before, since
    # there the few groups that should be found are most of those there are.
    ordered = np.sort(often)

    def tail(least: Column | int) -> Column:
        prior = _LASTING * _SHRINKS ** (np.asarray(least, float) - OFTEN_DAYS)
        found: Column = (len(often) - np.searchsorted(ordered, least) + prior * _ENOUGH) / (len(often) + _ENOUGH)
        whole: Column = np.minimum(found, 1.0)
        return whole

    shrinks = min(float(tail(OFTEN_DAYS)) / float(tail(OFTEN_DAYS - 1)), 0.5)
    beyond = tail(OFTEN_DAYS) * shrinks ** np.maximum(often - OFTEN_DAYS, 0)
    made: Column = np.where(often < OFTEN_DAYS, tail(often), np.minimum(tail(often), beyond))
    return made


def _grouped(seen: Accesses, mask: Column) -> _Groups:
    rows = np.flatnonzero(mask)
    pairs = (seen.worker[rows].astype(np.int64) << 32) | seen.person[rows].astype(np.int64)
    keys, of = np.unique(pairs, return_inverse=True)
    return _Groups((keys >> 32).astype(np.int64), (keys & 0xFFFFFFFF).astype(np.int64), of, rows)


def _spans(seen: Accesses, groups: _Groups) -> tuple[Column, Column, Column, Column, Column]:
    at, size = seen.at_s[groups.rows], len(groups.worker)
    first, last = np.full(size, np.iinfo(np.int64).max), np.zeros(size, np.int64)
    np.minimum.at(first, groups.of, at)
    np.maximum.at(last, groups.of, at)
    day = at // DAY_S
    return _different(groups.of, day, size), _different(groups.of, (day + 3) // 7, size), _sizes(groups), first, last


def _different(of: Column, what: Column, size: int) -> Column:
    return np.bincount(np.unique((of.astype(np.int64) << 20) | what) >> 20, minlength=size)


def _sizes(groups: _Groups) -> Column:
    return np.bincount(groups.of, minlength=len(groups.worker))


def _key(worker: Column, day: Column) -> Column:
    # A day since 1970 needs 15 bits until the year 2059, 20 bits for ever.
    return (worker.astype(np.int64) << 20) | day.astype(np.int64)


def _unique(*columns: Column) -> Column:
    return np.unique(np.stack(columns), axis=1, return_index=True)[1]

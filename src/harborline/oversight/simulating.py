"""A model agency: a month of work, honest and not, as the records would show it. Synthetic throughout; seeded.

It knows nothing of the detectors. Honest work is caseload, team, stand-ins, callers, the season's rush, transfers and,
as everywhere, a small part that nobody wrote down. `Planted` says which accesses were misuse and of which kind; some
kinds leave nothing that a record could show, and they are planted all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from harborline.oversight.watch_facts import (
    DAY_S,
    NEVER,
    NOBODY,
    Accesses,
    Column,
    Kind,
    Near,
    People,
    Picture,
    Staff,
)

MONDAY: Final = 20_458
"""Monday 5 January 2026, in days since 1970."""
_SURNAMES = 20_000
# Shares of an ordinary agency.
_PUBLIC, _PROTECTED, _ON_FILE, _AWAY, _LATE, _TWICE = 0.0005, 0.05, 0.05, 0.06, 0.004, 0.5
_OWN_CASES, _WITH_TEAM = 0.74, 0.86
_RUSH_FROM = 15


@dataclass(frozen=True, slots=True)
class Size:
    """How large the agency is, for how many workdays it is watched, how much each worker opens on a day.

    `undocumented`: the share of honest looks that nothing written explains. Asked about them the next day, of honest
    workers the share `answered` names something that can be looked up, of others the share `invented`.
    """

    workers: int = 1_200
    people: int = 300_000
    days: int = 20
    each_day: int = 42
    teams_of: int = 8
    undocumented: float = 0.03
    answered: float = 0.8
    invented: float = 0.1


@dataclass(slots=True)
class _Rows:
    # Columns in the making.
    worker: list[Column] = field(default_factory=list)
    person: list[Column] = field(default_factory=list)
    at_s: list[Column] = field(default_factory=list)
    kind: list[Column] = field(default_factory=list)
    explained: list[Column] = field(default_factory=list)
    volume: list[Column] = field(default_factory=list)
    episode: list[Column] = field(default_factory=list)

    def add(
        self, worker: Column, person: Column, at_s: Column, *, explained: Column | bool, kind: Kind = Kind.LOOK,
        volume: Column | int = 0, episode: int = NOBODY,
    ) -> None:  # fmt: skip
        """Append accesses."""
        size = len(worker)
        self.worker.append(worker)
        self.person.append(person)
        self.at_s.append(at_s)
        self.kind.append(np.full(size, kind))
        self.explained.append(np.broadcast_to(np.asarray(explained, bool), size))
        self.volume.append(np.broadcast_to(np.asarray(volume), size))
        self.episode.append(np.full(size, episode))


@dataclass(frozen=True, slots=True)
class Planted:
    """For each access the number of its misuse (`NOBODY`: honest), and for each misuse its kind."""

    episode: Column
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agency:
    """What the records show, what nobody but the model knows, and who supervises whom."""

    picture: Picture
    planted: Planted
    supervisor: Column


class _Model:
    # The town, its workers and what they are to each other; then the days.

    def __init__(self, size: Size, seed: int) -> None:
        self.size, self.rng, self.rows = size, np.random.default_rng(seed), _Rows()
        rng, workers, people = self.rng, size.workers, size.people
        ranks = 1 / (np.arange(_SURNAMES) + 8.0)
        share = ranks / ranks.sum()
        self.surname = rng.choice(_SURNAMES, people, p=share)
        self.worker_surname = rng.choice(_SURNAMES, workers, p=share)
        counties = max(workers // 60, 1)
        self.county = np.arange(workers) * counties // workers
        self.team = np.arange(workers) // size.teams_of
        self.person_county = np.sort(rng.integers(0, counties, people))
        self.in_county = np.searchsorted(self.person_county, np.arange(counties + 1))
        self.manager = self._place(self.person_county)
        self.public = rng.random(people) < _PUBLIC
        self.protected = rng.random(people) < _PROTECTED
        self.off_from = np.full(workers, NEVER)
        self.off_until = np.full(workers, NEVER)
        self.near: dict[tuple[int, int], Near] = {}
        self.own = {int(who): int(rng.integers(people)) for who in np.flatnonzero(rng.random(workers) < _ON_FILE)}
        self.coworkers = set(self.own.values())
        self.kinds: list[str] = []

    def _place(self, county: Column) -> Column:
        # A manager of the person's own county.
        first = np.searchsorted(self.county, county)
        last = np.searchsorted(self.county, county, side="right")
        found: Column = first + (self.rng.random(len(county)) * (last - first)).astype(int)
        return found

    def moments(self, days: Column) -> Column:
        """Moments of ordinary work on these workdays; a few stay late."""
        rng = self.rng
        hours = np.clip(rng.normal(12.6, 2.4, len(days)), 7, 18.9)
        late = rng.random(len(days)) < _LATE
        hours = np.where(late, rng.uniform(19, 22, len(days)), hours)
        found: Column = ((MONDAY + days // 5 * 7 + days % 5) * DAY_S + hours * 3600).astype(np.int64)
        return found

    def stranger(self, worker: Column) -> Column:
        """Somebody of the worker's county, anybody."""
        low, high = self.in_county[self.county[worker]], self.in_county[self.county[worker] + 1]
        found: Column = (low + self.rng.random(len(worker)) * (high - low)).astype(int)
        return found

    def honest(self) -> None:
        """Twenty days of work: the caseload first, then the team's, stand-ins, callers, transfers and what slips."""
        rng, size = self.rng, self.size
        by_manager = np.argsort(self.manager, kind="stable")
        starts = np.searchsorted(self.manager[by_manager], np.arange(size.workers + 1))

        def of(manager: Column) -> Column:
            low, high = starts[manager], np.maximum(starts[manager + 1], starts[manager] + 1)
            found: Column = by_manager[
                np.minimum(low + (rng.random(len(manager)) * (high - low)).astype(int), len(by_manager) - 1)
            ]
            return found

        rush = np.where(
            np.arange(size.days) % 20 >= _RUSH_FROM, 1.5, 1.0
        )  # the season: the last week is busier for everybody
        busy = rng.poisson(size.each_day * rush[None, :] * rng.uniform(0.6, 1.4, (size.workers, 1)))
        away = rng.random((size.workers, size.days)) < _AWAY
        busy = np.where(away, 0, busy)
        worker = np.repeat(np.arange(size.workers), busy.sum(axis=1))
        day = np.concatenate([np.repeat(np.arange(size.days), row) for row in busy])
        at, sort = self.moments(day), rng.random(len(worker))
        mate = np.minimum(
            self.team[worker] * size.teams_of + rng.integers(0, size.teams_of, len(worker)), size.workers - 1
        )
        # Some write everything down, some hardly anything: whoever sits at the telephone slips most.
        sloppy = np.minimum(size.undocumented * rng.gamma(0.8, 1 / 0.8, size.workers), 0.12)
        slips = sort > 1 - sloppy[worker]
        caller = (sort > _WITH_TEAM) & ~slips
        mates = (sort > _OWN_CASES) & (sort <= _WITH_TEAM)
        person = np.where(mates, of(mate), np.where(caller | slips, self.stranger(worker), of(worker)))
        # Of callers' visits a few are written down days later, of stand-ins a few never: what slips holds those too.
        self.rows.add(worker, person, at, explained=~slips)
        again = np.flatnonzero(slips & (rng.random(len(worker)) < _TWICE))
        self.rows.add(worker[again], person[again], at[again] + rng.integers(20, 900, len(again)), explained=False)
        self._followed(worker[slips], person[slips], day[slips])
        self._taken_out()

    def _followed(self, worker: Column, person: Column, day: Column) -> None:
        # What nobody wrote down goes on for some days now and then: a relative who calls again, a lost paper.
        for share, times in ((0.05, 1), (0.012, 2), (0.004, 3)):
            again, later = np.flatnonzero(self.rng.random(len(worker)) < share), day
            for _more in range(times):
                later = later + self.rng.geometric(0.4, len(later))
                there = again[later[again] < self.size.days]
                self.rows.add(worker[there], person[there], self.moments(later[there]), explained=False)

    def _taken_out(self) -> None:
        # Exports: a handful of workers take reports as their work.
        takers = self.rng.choice(self.size.workers, max(self.size.workers // 40, 1), replace=False)
        day = np.arange(0, self.size.days, 2)
        for who in takers:
            volume = self.rng.integers(150, 900) * self.rng.uniform(0.6, 1.5, len(day))
            worker = np.full(len(day), who)
            self.rows.add(
                worker, np.full(len(day), NOBODY), self.moments(day), explained=False, kind=Kind.EXPORT,
                volume=volume.astype(int),
            )  # fmt: skip

    def plant(self, kind: str, worker: int, people: Column, days: Column, *, evening: bool = False) -> None:
        """One misuse: a worker, whom they looked at, on which workdays."""
        at = self.moments(days)
        if evening:
            at = at // DAY_S * DAY_S + (self.rng.uniform(20.2, 23.5, len(days)) * 3600).astype(np.int64)
        self.rows.add(np.full(len(days), worker), people, at, explained=False, episode=len(self.kinds))
        self.kinds.append(kind)

    def picture(self) -> Agency:
        """Everything as columns, in the order of time."""
        rows = self.rows
        order = np.argsort(np.concatenate(rows.at_s), kind="stable")
        columns = [np.concatenate(one)[order] for one in (rows.worker, rows.person, rows.at_s, rows.kind)]
        worker, person, at_s, kind = columns
        near = np.zeros(len(worker), np.int8)
        known = person != NOBODY
        near[known & (self.worker_surname[worker] == self.surname[person])] = Near.SURNAME
        near[np.isin(person, np.fromiter(self.coworkers, int))] = Near.COWORKER
        pairs = np.array([(who << 32) | whom for who, whom in self.near], np.int64)
        told = np.array([int(one) for one in self.near.values()], np.int8)
        sort = np.argsort(pairs)
        keys = (worker.astype(np.int64) << 32) | np.where(known, person, 0)
        found = np.minimum(np.searchsorted(pairs[sort], keys), max(len(pairs) - 1, 0))
        hit = known & (pairs[sort][found] == keys) if len(pairs) else np.zeros(len(worker), bool)
        near[hit] = told[sort][found][hit]
        explained, volume, episode = (np.concatenate(one)[order] for one in (rows.explained, rows.volume, rows.episode))
        answered = self._answers(keys, explained, episode)
        accesses = Accesses(worker, person, at_s, kind, explained, near, volume, answered)
        off = np.flatnonzero(self.off_from != NEVER)
        staff = Staff(off, self.off_from[off], self.off_until[off], np.zeros(self.size.workers, int))
        people = People(self.public, self.protected)
        planted = Planted(episode, tuple(self.kinds))
        return Agency(Picture(accesses, staff, people), planted, self.team)

    def _answers(self, pairs: Column, explained: Column, episode: Column) -> Column:
        # Asked the next day: most honest workers can name a paper or a call; some others make one up.
        _who, of = np.unique(pairs, return_inverse=True)
        misused = np.bincount(of, weights=episode != NOBODY) > 0
        able = self.rng.random(len(_who)) < np.where(misused, self.size.invented, self.size.answered)
        found: Column = ~explained & able[of]
        return found


def simulate(size: Size, *, seed: int) -> Agency:
    """A month of one agency; the same seed gives the same month."""
    model = _Model(size, seed)
    model.honest()
    _misuse(model)
    return model.picture()


class _Misuse:
    # Plants misuse of every kind, in proportion to the agency.

    def __init__(self, model: _Model) -> None:
        self.model, self.rng, self.scale = model, model.rng, model.size.workers / 1_200

    def some(self, count: int) -> Column:
        """Workers, anybody."""
        return self.rng.integers(0, self.model.size.workers, max(round(count * self.scale), 1))

    def when(self, times: int) -> Column:
        """Different workdays."""
        days = self.model.size.days
        return np.sort(self.rng.choice(days, min(times, days), replace=False))

    def at(
        self, kind: str, count: int, whom: Callable[[int], int], low: int, high: int, *, evening: float = 0.0
    ) -> None:  # fmt: skip
        """Workers who look at one person each, on `low` to `high` days, once to three times a day."""
        for who in self.some(count):
            on, target = self.when(int(self.rng.integers(low, high + 1))), whom(int(who))
            looks = np.repeat(on, self.rng.integers(1, 4, len(on)))
            late = bool(self.rng.random() < evening)
            self.model.plant(kind, int(who), np.full(len(looks), target), looks, evening=late)

    def told(self, near: Near) -> Callable[[int], int]:
        """Somebody the worker is known to be near to."""

        def whom(who: int) -> int:
            person = int(self.rng.integers(self.model.size.people))
            self.model.near[who, person] = near
            return person

        return whom

    def namesake(self, who: int) -> int:
        """Somebody of the worker's surname."""
        model = self.model
        same = np.flatnonzero(model.surname == model.worker_surname[who])
        if len(same):
            return int(self.rng.choice(same))
        person = int(self.rng.integers(model.size.people))
        model.surname[person] = model.worker_surname[who]
        return person

    def any_of(self, people: Column) -> Callable[[int], int]:
        """One of these people; of nobody, anybody."""
        return (lambda _who: int(self.rng.choice(people))) if len(people) else self.anybody

    def anybody(self, who: int) -> int:
        """Somebody of the worker's county."""
        return int(self.model.stranger(np.array([who]))[0])


def _misuse(model: _Model) -> None:
    plan = _Misuse(model)
    plan.at("own record", 18, plan.told(Near.SELF), 1, 3)
    plan.at("same address", 25, plan.told(Near.HOUSEHOLD), 1, 4)
    plan.at("declared family", 15, plan.told(Near.FAMILY), 1, 3)
    plan.at("relative, not declared", 50, plan.namesake, 1, 4)
    plan.at("coworker", 25, plan.any_of(np.array(sorted(model.coworkers))), 1, 3)
    plan.at("public person", 40, plan.any_of(np.flatnonzero(model.public)), 1, 2)
    plan.at("former partner", 25, plan.anybody, 5, 11, evening=0.2)
    plan.at("protected person, hunted", 12, plan.any_of(np.flatnonzero(model.protected)), 4, 9, evening=0.4)
    plan.at("neighbour, once", 12, plan.anybody, 1, 1)
    _in_bulk(model, plan.some(12), plan.when)
    _with_accounts(model, plan.some(6), plan.some(6), plan.when)


def _in_bulk(model: _Model, workers: Column, when: Callable[[int], Column]) -> None:
    for who in workers:
        day, many = when(1), int(model.rng.integers(25, 90))
        people = model.stranger(np.full(many, who))
        model.plant("many people on a day", int(who), people, np.repeat(day, many))


def _with_accounts(model: _Model, leavers: Column, takers: Column, when: Callable[[int], Column]) -> None:
    rng = model.rng
    for who in leavers:
        day = int(rng.integers(model.size.days // 2, model.size.days - 2))
        # Nothing of the leaver's honest work may lie after the last day: it is moved before it.
        last = (MONDAY + day // 5 * 7 + day % 5) * DAY_S
        for place, column in enumerate(model.rows.worker):
            late = (column == who) & (model.rows.at_s[place] >= last)
            model.rows.at_s[place] = np.where(late, model.rows.at_s[place] - 14 * DAY_S, model.rows.at_s[place])
        model.off_from[who] = last
        later = np.repeat(np.array([day + 1]), int(rng.integers(1, 8)))
        model.plant("account of a leaver", int(who), model.stranger(np.full(len(later), who)), later)
    for who in takers:
        moment = model.moments(when(1))
        model.rows.add(
            np.array([who]), np.array([NOBODY]), moment, explained=False, kind=Kind.EXPORT,
            volume=int(rng.integers(1_500, 9_000)), episode=len(model.kinds),
        )  # fmt: skip
        model.kinds.append("took a large export")

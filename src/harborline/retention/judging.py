"""Judge candidates of one series: which are ripe, which a hold keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel import Decision, ports
from harborline.law.schedules import Series
from harborline.retention.facts import Candidate, Due, Governing, HoldFacts
from harborline.retention.governing import governing, years_told
from harborline.retention.holding import keeping
from harborline.retention.ports import Disposable
from harborline.retention.rules import Years, covers, due, may_dispose, oldest_worth_asking

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidate with its clocks and the answer."""

    record: Candidate
    due: Due
    held: bool
    decision: Decision

    def ripe(self, now: datetime) -> bool:
        """Whether its time is over, held or not."""
        return self.due.ripe_at is not None and self.due.ripe_at <= now


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything one judgement of a series needs, gathered once."""

    series: Series
    line: list[Governing]
    years: Years
    holds: list[HoldFacts]
    now: datetime

    @classmethod
    def of(cls, program: str, series: Series, now: datetime) -> Judge:
        """The judge of a series of a program at `now`."""
        return cls(series, governing(program), years_told(program), keeping(program), now)

    def judged(self, records: Iterable[Candidate]) -> Iterator[Judged]:
        """Each record with its answer."""
        for one in records:
            clocks = due(record=one, series=self.series.key, governing=self.line, years=self.years, now=self.now)
            held = any(covers(each, one, self.series.key) for each in self.holds)
            yield Judged(one, clocks, held, may_dispose(series=self.series, due=clocks, held=held, now=self.now))

    def everything_ripe(self) -> Iterator[Judged]:
        """Every record of the series whose time is over, in the order of their ids."""
        source, after = ports.serving(Disposable, self.series.key), None
        schedules = [one.schedule.of(self.series.key) for one in self.line if one.schedule.has(self.series.key)]
        before = max(oldest_worth_asking(each, self.now) for each in schedules)
        while True:
            page = source.candidates(before=before, after=after, limit=PAGE)
            yield from (one for one in self.judged(page) if one.ripe(self.now))
            if len(page) < PAGE:
                return
            after = page[-1].id

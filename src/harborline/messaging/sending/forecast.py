"""When texts would be through: pure arithmetic over pace, the carrier's day, lawful hours and last moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harborline.messaging.hours import Window
from harborline.messaging.sending.pace import carrier_day, next_carrier_day

HORIZON = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Work:
    """Texts alike: where their numbers may be, their parts, from when they may go and until when they are worth it.

    `ours`: they belong to what is asked about; the rest only stands before it. Work is done in the order given.
    """

    zones: str
    texts: int
    segments: int
    due_at: datetime
    last_due_at: datetime
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Sending:
    """How fast a sender goes: segments in a second and, where the carrier has a limit, in its day.

    `used_today` went on the carrier's day of the start; the day begins at midnight in `day_zone`.
    """

    per_s: float
    per_day: int | None = None
    used_today: int = 0
    day_zone: str = "America/Los_Angeles"


@dataclass(frozen=True, slots=True)
class Forecast:
    """When our last text would be handed over (None: not within three weeks), and how many would be too late."""

    finish_at: datetime | None
    too_late: int


Hours = Callable[[str, datetime], Window]
"""The lawful hours of a spelled set of zones at a moment."""


def forecast(work: Sequence[Work], sending: Sending, *, start: datetime, hours: Hours) -> Forecast:
    """Play the sending through: at every moment the first work that may go then goes at full pace."""
    return _Play(list(work), sending, start, hours).run()


class _Play:
    def __init__(self, work: list[Work], sending: Sending, start: datetime, hours: Hours) -> None:
        self.left = {place: float(each.segments) for place, each in enumerate(work)}
        self.work, self.sending, self.hours = work, sending, hours
        self.at, self.until = start, start + HORIZON
        self.day, self.used = carrier_day(start, sending.day_zone), float(sending.used_today)
        self.finish_at: datetime | None = start
        self.too_late = 0

    def run(self) -> Forecast:
        while any(self.work[place].ours for place in self.left):
            self._drop_late()
            may_go = [place for place in self.left if self._may_go(self.work[place])]
            if may_go and self._room() > 0:
                self._send(may_go)
            elif not self._wait(room=bool(may_go)):
                return Forecast(None, self.too_late)
        return Forecast(self.finish_at, self.too_late)

    def _drop_late(self) -> None:
        for place in [place for place in self.left if self.work[place].last_due_at <= self.at]:
            each = self.work[place]
            share = self.left.pop(place) / each.segments if each.segments else 0.0
            self.too_late += round(each.texts * share) if each.ours else 0

    def _may_go(self, each: Work) -> bool:
        return each.due_at <= self.at and self.hours(each.zones, self.at).open_now

    def _room(self) -> float:
        """Segments the carrier's day still takes."""
        if self.sending.per_day is None:
            return float("inf")
        today = carrier_day(self.at, self.sending.day_zone)
        if today != self.day:
            self.day, self.used = today, 0.0
        return self.sending.per_day - self.used

    def _send(self, may_go: list[int]) -> None:
        # Until something changes: an hour closes or opens, a day ends, something becomes due or too late.
        until = self._next_change()
        in_time = (until - self.at).total_seconds() * self.sending.per_s
        budget, spent = min(in_time, self._room()), 0.0
        for place in may_go:
            share = min(self.left[place], budget - spent)
            spent += share
            self.left[place] -= share
            if self.left[place] <= 0:
                del self.left[place]
                if self.work[place].ours:
                    self.finish_at = self.at + timedelta(seconds=spent / self.sending.per_s)
            if spent >= budget:
                break
        self.used += spent
        self.at = until if spent >= in_time else self.at + timedelta(seconds=spent / self.sending.per_s)

    def _wait(self, *, room: bool) -> bool:
        moment = next_carrier_day(self.at, self.sending.day_zone) if room else self._next_change()
        if moment <= self.at or moment > self.until:
            return False
        self.at = moment
        return True

    def _next_change(self) -> datetime:
        moments = [next_carrier_day(self.at, self.sending.day_zone)] if self.sending.per_day is not None else []
        for place in self.left:
            each = self.work[place]
            window = self.hours(each.zones, max(self.at, each.due_at))
            moments += [each.due_at, each.last_due_at]
            moments += [moment for moment in (window.closes_at, window.next_at) if moment is not None]
        return min((moment for moment in moments if moment > self.at), default=self.until + timedelta(days=1))

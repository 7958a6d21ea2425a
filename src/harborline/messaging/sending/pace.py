"""Pacing in segments: how many may go now, never more than one second's worth at once, nor more than the day allows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class Pace:
    """A token bucket that holds at most one second of the sender's pace, and begins empty."""

    def __init__(self, segments_per_s: int, now_s: float) -> None:
        self._rate = float(segments_per_s)
        self._tokens = 0.0
        self._at_s = now_s

    def change(self, segments_per_s: int, now_s: float) -> None:
        """Go on at another pace."""
        self.available(now_s)
        self._rate = float(segments_per_s)

    def available(self, now_s: float) -> int:
        """Whole segments that may go at this moment (monotonic seconds)."""
        self._tokens = min(self._rate, self._tokens + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        return int(self._tokens)

    def spend(self, segments: int) -> None:
        """Take segments out; a long text may overdraw and the next wait pays for it."""
        self._tokens -= segments

    def wait_s(self) -> float:
        """Seconds until at least one segment is there."""
        return max(0.0, (1.0 - self._tokens) / self._rate)


def carrier_day(now: datetime, zone: str) -> date:
    """The day of the carrier's count, which begins at midnight in `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()


def next_carrier_day(now: datetime, zone: str) -> datetime:
    """When the carrier begins to count anew."""
    local = ZoneInfo(zone)
    return datetime.combine(carrier_day(now, zone) + timedelta(days=1), time(), local).astimezone(now.tzinfo)

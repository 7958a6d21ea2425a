"""Pacing in segments: how many may go now, never more than one second's worth at once."""

from __future__ import annotations


class Pace:
    """A token bucket that holds at most one second of the sender's pace."""

    def __init__(self, segments_per_s: int, now_s: float) -> None:
        self._rate = float(segments_per_s)
        self._tokens = self._rate
        self._at_s = now_s

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

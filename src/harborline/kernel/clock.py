"""The only reader of the clock; everything else is handed the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_SHIFT = timedelta(0)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return real_now() + _SHIFT


def real_now() -> datetime:
    """The moment without any shift, aware, in UTC: for whoever sets the shift, and for nobody else."""
    return datetime.now(UTC)


def shift(by: timedelta) -> None:
    """Let the demonstration's clock differ from the real one by `by`; a serving installation never calls this."""
    global _SHIFT  # noqa: PLW0603 - one process has one clock
    _SHIFT = by


def shifted() -> timedelta:
    """By how much this process's clock differs from the real one."""
    return _SHIFT


def monotonic_s() -> float:
    """Seconds on a clock that never goes back, for durations and leases within one process."""
    return time.monotonic()


def unix_ms() -> int:
    """Milliseconds since 1970 by the machine's own clock, for identifiers that sort by time."""
    return time.time_ns() // 1_000_000


def iso(moment: datetime) -> str:
    """`2026-11-21T14:05:09.123456Z`: the one spelling of a moment in records; refuses a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

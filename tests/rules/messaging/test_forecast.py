"""When a run would be through: pace, lawful hours, the carrier's day and last moments."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.hours import Window, window
from harborline.messaging.sending.forecast import Sending, Work, forecast

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
EAST, HAWAII = "America/New_York", "Pacific/Honolulu"
FAR = NOON + timedelta(days=20)


def hours(zones: str, at: datetime) -> Window:
    """From eight to eight wherever they may be."""
    return window(zones=tuple(zones.split(",")), start=time(8), end=time(20), now=at)


def work(segments: int, *, zones: str = EAST, due: datetime = NOON, last: datetime = FAR, ours: bool = True) -> Work:
    """Texts of one part each."""
    return Work(zones, segments, segments, due, last, ours)


class TestTheFinish:
    """The last hand-over."""

    def test_is_the_parts_over_the_pace(self) -> None:
        """A thousand parts at ten a second take a hundred seconds."""
        found = forecast([work(1000)], Sending(10), start=NOON, hours=hours)
        assert found.finish_at == NOON + timedelta(seconds=100)
        assert found.too_late == 0

    def test_waits_for_the_next_morning(self) -> None:
        """What does not fit before eight in the evening goes on at eight in the morning."""
        parts = 8 * 3600 + 600
        found = forecast([work(parts)], Sending(1), start=NOON, hours=hours)
        assert found.finish_at == datetime(2026, 11, 24, 13, 10, tzinfo=UTC)

    def test_serves_those_who_are_awake_first(self) -> None:
        """Hawaii's morning begins while the east is being served; it is not waited for before."""
        found = forecast([work(60, zones=HAWAII), work(60)], Sending(1), start=NOON, hours=hours)
        assert found.finish_at == datetime(2026, 11, 23, 18, 1, tzinfo=UTC)

    def test_counts_the_carriers_day(self) -> None:
        """A day's limit spreads the run over days; what went today already counts."""
        limit = Sending(100, per_day=500, used_today=300, day_zone="America/Los_Angeles")
        found = forecast([work(1000)], limit, start=NOON, hours=hours)
        # 200 today, 500 on Tuesday from eight o'clock on, the last 300 on Wednesday.
        assert found.finish_at == datetime(2026, 11, 25, 13, 0, 3, tzinfo=UTC)

    def test_comes_after_what_stands_before(self) -> None:
        """Another run on the same number goes first."""
        found = forecast([work(600, ours=False), work(60)], Sending(1), start=NOON, hours=hours)
        assert found.finish_at == NOON + timedelta(seconds=660)

    def test_does_not_wait_for_what_comes_after(self) -> None:
        """What was put behind ours does not matter."""
        found = forecast([work(60), work(6000, ours=False)], Sending(1), start=NOON, hours=hours)
        assert found.finish_at == NOON + timedelta(seconds=60)

    def test_says_how_many_would_be_too_late(self) -> None:
        """Texts whose appointment comes before their turn are counted."""
        soon = NOON + timedelta(seconds=30)
        found = forecast([work(100, last=soon), work(10)], Sending(1), start=NOON, hours=hours)
        assert found.too_late == 70
        assert found.finish_at == NOON + timedelta(seconds=40)

    def test_is_unknown_when_it_would_take_for_ever(self) -> None:
        """No promise beyond three weeks."""
        assert forecast([work(10**9)], Sending(1), start=NOON, hours=hours).finish_at is None

    @pytest.mark.parametrize("segments", [0, 1])
    def test_of_nothing_is_now(self, segments: int) -> None:
        """An empty run is through at once."""
        listed = [work(segments)] if segments else []
        found = forecast(listed, Sending(1000), start=NOON, hours=hours)
        assert found.finish_at is not None
        assert found.finish_at - NOON < timedelta(seconds=1)


class TestTheLaws:
    """What holds for every run."""

    @given(
        sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
        pace=st.integers(1, 50),
        zones=st.lists(st.sampled_from([EAST, HAWAII, f"{EAST},{HAWAII}"]), min_size=6, max_size=6),
    )
    def test_a_faster_sender_is_never_later(self, sizes: list[int], pace: int, zones: list[str]) -> None:
        """And no finish comes before the parts could have gone at full pace."""
        listed = [work(size, zones=zone) for size, zone in zip(sizes, zones, strict=False)]
        slow = forecast(listed, Sending(pace), start=NOON, hours=hours)
        fast = forecast(listed, Sending(pace * 2), start=NOON, hours=hours)
        assert slow.finish_at is not None
        assert fast.finish_at is not None
        assert fast.finish_at <= slow.finish_at + timedelta(milliseconds=1)
        assert slow.finish_at >= NOON + timedelta(seconds=sum(sizes) / pace - 0.001)

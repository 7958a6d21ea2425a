"""Charts are drawn to scale, and the table beside says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.sites.charts import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Series, columns, nice_top


class TestAChart:
    """Stacks what it is given."""

    def test_stacks_the_first_series_at_the_bottom(self) -> None:
        """Ten of ten fill the height; each share has its part."""
        chart = columns(["a"], [Series("x", "good", [4]), Series("y", "stop", [6])])
        lower, upper = chart.bars
        assert lower.y + lower.height == pytest.approx(HEIGHT - BOTTOM)
        assert upper.y + upper.height == pytest.approx(lower.y)
        assert upper.y == pytest.approx(TOP)
        assert lower.height / upper.height == pytest.approx(4 / 6, rel=1e-3)

    def test_says_the_same_in_its_table(self) -> None:
        """Each label with the value of each series."""
        chart = columns(["Mon", "Tue"], [Series("x", "good", [1, 2]), Series("y", "stop", [0, 5])])
        assert chart.rows == [("Mon", [1, 0]), ("Tue", [2, 5])]

    def test_of_nothing_has_no_bars_and_no_trouble(self) -> None:
        """No days, or days without anything."""
        assert columns([], []).bars == ()
        assert columns(["a", "b"], [Series("x", "good", [0, 0])]).bars == ()

    def test_refuses_a_series_of_another_length(self) -> None:
        """A missing value would shift every day after it."""
        with pytest.raises(ValueError, match="one value per label"):
            columns(["a", "b"], [Series("x", "good", [1])])

    @given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=400))
    def test_stays_inside_its_frame(self, days: list[tuple[int, int]]) -> None:
        """Whatever the numbers."""
        labels = [str(at) for at in range(len(days))]
        chart = columns(labels, [Series("x", "good", [a for a, _ in days]), Series("y", "stop", [b for _, b in days])])
        for bar in chart.bars:
            assert LEFT - 0.01 <= bar.x <= bar.x + bar.width <= WIDTH + 0.01
            assert TOP - 0.05 <= bar.y <= bar.y + bar.height <= HEIGHT - BOTTOM + 0.05
        assert len(chart.columns) <= 9

    @given(st.integers(0, 10**9))
    def test_has_a_scale_in_round_numbers(self, most: int) -> None:
        """One, two or five with zeros, never below what is shown, never three times as high."""
        top = nice_top(most)
        assert str(top).rstrip("0") in {"1", "2", "5"}
        assert max(most, 4) <= top <= max(5, most * 2.5)

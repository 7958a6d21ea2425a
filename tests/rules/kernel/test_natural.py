"""A number that a stranger wrote is a number, or it is not; it is never an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel.natural import natural


class TestNatural:
    """Lengths, counts and sequence numbers from outside."""

    @pytest.mark.parametrize("written", ["", "-1", "+1", " 1", "1.0", "\u00b2", "\u0667", "\uff11", "1_0", "9" * 5_000])
    def test_what_is_no_plain_number_is_none(self, written: str) -> None:
        """Superscripts, digits of other scripts and endless ones are not understood, and nothing breaks."""
        assert natural(written, most=10**6) is None

    @given(st.integers(min_value=0, max_value=10**20), st.integers(min_value=0, max_value=10**20))
    def test_numbers_up_to_the_most_are_read(self, number: int, most: int) -> None:
        """Leading noughts change nothing."""
        assert natural(f"00{number}", most=most) == (number if number <= most else None)

"""Reading through disguises, and the way back to the place."""

# ruff: noqa: RUF001 - look-alike signs are what is tested

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.words.fold import Folded, edits, fold, joined, squeezed, unleet


class TestFolding:
    """Takes disguises away."""

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("Ｓtоp", "stop"),
            ("José", "jose"),
            ("m\u200baría", "maria"),
            ("①②③", "123"),
            ("٣٤", "34"),
            ("ﬁle", "file"),
            ("𝐒𝐓𝐎𝐏", "stop"),
        ],
    )
    def test_reads_what_was_meant(self, written: str, read: str) -> None:
        """Full-width and Cyrillic letters, accents, invisible signs, ligatures, mathematical letters."""
        assert fold(written) == read

    @given(st.text(max_size=80))
    def test_always_leads_back(self, text: str) -> None:
        """Every word of the folded text has its place in the original, in order."""
        folded = Folded(text)
        places = [folded.span(word.start, word.end) for word in folded.words]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)

    def test_reads_letters_set_apart_repeated_or_swapped_for_digits(self) -> None:
        """The usual ways around a filter are no way around ours."""
        assert (joined("s t o p"), squeezed("stooop"), unleet("st0p"), unleet("2019")) == (
            "stop",
            "stop",
            "stop",
            "2019",
        )

    @given(st.text("abc", max_size=6), st.text("abc", max_size=6))
    def test_counts_slips_the_same_both_ways(self, one: str, other: str) -> None:
        """The number of slips between two words does not depend on the order."""
        assert edits(one, other) == edits(other, one)
        assert (edits(one, other) == 0) == (one == other)

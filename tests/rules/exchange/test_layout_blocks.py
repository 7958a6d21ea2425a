"""What a block of records says of itself: the same as each record looked at by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.exchange.layouts.words import Block

LENGTH = 24
_RECORDS = st.lists(st.binary(min_size=LENGTH, max_size=LENGTH), min_size=1, max_size=400)
_DIGITS = st.text("0123456789 ", min_size=LENGTH, max_size=LENGTH)


def block_of(records: list[bytes]) -> Block:
    """A block as the reader makes one."""
    text = np.frombuffer(b"".join(records), np.uint8).reshape(-1, LENGTH)
    return Block(text, text)


class TestABlock:
    """Looked through once."""

    @given(_RECORDS, st.integers(0, LENGTH - 8), st.integers(1, 8))
    def test_knows_the_lowest_and_the_highest_byte_of_each_place(
        self, records: list[bytes], at: int, width: int
    ) -> None:
        """However many records stand in a row, and however many are left over."""
        block, columns = block_of(records), list(zip(*records, strict=True))
        assert block.extent() == (bytes(map(min, columns)), bytes(map(max, columns)))
        here = [record[at : at + width] for record in records]
        low, high = min(map(min, here)), max(map(max, here))
        assert block.within(at, width, low, high)
        assert not block.within(at, width, low + 1, high)
        assert block.alone(at, width) == (here[0] if len(set(here)) == 1 else None)
        assert not block.never_blank(at, width) or all(one.strip(b" ") for one in here)

    @given(_RECORDS, st.integers(0, LENGTH - 8), st.integers(1, 8), st.data())
    def test_finds_a_value_where_it_stands(
        self, records: list[bytes], at: int, width: int, data: st.DataObject
    ) -> None:
        """Also where the bounds alone say that it is nowhere, or everywhere."""
        known = [record[at : at + width] for record in records]
        asked = data.draw(st.lists(st.sampled_from([*known, b"A" * width]), min_size=1, max_size=3))
        found = block_of(records).equals(at, width, tuple(one.decode("latin-1") for one in asked))
        assert found.tolist() == [one in asked for one in known]

    @pytest.mark.parametrize(("at", "width"), [(0, 1), (3, 8), (20, 4), (2, 9), (5, 18), (16, 8)])
    @given(st.lists(_DIGITS, min_size=1, max_size=90), st.data())
    def test_adds_up_the_chosen_numbers(self, at: int, width: int, lines: list[str], data: st.DataObject) -> None:
        """Blanks count as zeros, and no sum is too large."""
        chosen = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
        wanted = sum(
            int(line[at : at + width].replace(" ", "0")) for line, yes in zip(lines, chosen, strict=True) if yes
        )
        block = block_of([line.encode() for line in lines])
        assert block.total(at, width, np.array(chosen, np.bool_)) == wanted

"""Where a log keeps its hashes and entries, and how its tree grows without being read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.ledger.tiles import (
    Edge,
    bundle,
    entries_path,
    index_path,
    levels,
    node_from_tiles,
    spans,
    split,
    tile_path,
    unbundled,
)
from harborline.ledger.tree import inclusion_proof, leaf_hashes, node_of, root_of


class TestAPath:
    """The name under which a tile is published."""

    @pytest.mark.parametrize(
        ("index", "path"),
        [(0, "000"), (67, "067"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")],
    )
    def test_has_three_digits_to_a_part(self, index: int, path: str) -> None:
        """As the published form asks."""
        assert index_path(index) == path

    def test_says_how_full_a_tile_is(self) -> None:
        """Partial tiles have a width, full ones none."""
        assert tile_path(1, 273, 17) == "tile/1/273.p/17"
        assert tile_path(0, 5) == "tile/0/005"
        assert entries_path(0, 3) == "tile/entries/000.p/3"

    @pytest.mark.parametrize(("index", "width"), [(0, 0), (0, 257), (-1, 5)])
    def test_does_not_exist_for_an_impossible_tile(self, index: int, width: int) -> None:
        """No empty tile, no wider one."""
        with pytest.raises(Invalid):
            tile_path(0, index, width)

    def test_is_counted_as_the_published_form_says(self) -> None:
        """Seventy thousand entries: 273 full tiles and one of 112; then one full, one of 17; then one of 1."""
        assert [list(spans(70_000, level))[-1] for level in range(3)] == [(273, 112), (1, 17), (0, 1)]
        assert levels(70_000) == 3
        assert list(spans(256)) == [(0, 256)]
        assert list(spans(256, 1)) == [(0, 1)]
        assert list(spans(0)) == []


class TestABundle:
    """Entries one after the other, each with its length."""

    @given(st.lists(st.binary(max_size=300), max_size=20))
    def test_gives_back_what_went_in(self, entries: list[bytes]) -> None:
        """Every entry, even an empty one."""
        assert unbundled(bundle(entries)) == entries

    def test_is_turned_down_when_cut_or_extended(self) -> None:
        """At every place where that can be seen."""
        whole = bundle([b"first", b"second"])
        for end in (1, 3, 6, 8, 12, len(whole) - 1):
            with pytest.raises(Invalid):
                unbundled(whole[:end])
        with pytest.raises(Invalid):
            unbundled(whole + b"\x00")

    def test_takes_no_entry_beyond_its_length_field(self) -> None:
        """65,535 bytes and no more."""
        assert unbundled(bundle([bytes(65_535)])) == [bytes(65_535)]
        with pytest.raises(Invalid):
            bundle([bytes(65_536)])


class TestTheEdge:
    """The unfinished right side, all that appending needs."""

    @given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
    def test_gives_the_same_tree_however_entries_arrive(self, steps: list[int]) -> None:
        """One by one or by the thousand."""
        hashes = leaf_hashes(b"%d" % number for number in range(sum(steps)))
        edge, tiles, place = Edge(), {}, 0
        for step in steps:
            for tile in edge.append(hashes[place : place + step]):
                tiles[(tile.level, tile.index)] = tile.hashes
            place += step
        at_once = Edge()
        whole = {(tile.level, tile.index): tile.hashes for tile in at_once.append(hashes)}
        assert edge.root() == at_once.root() == root_of(hashes)
        assert tiles == whole
        assert edge.partial_tiles() == at_once.partial_tiles()

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000])
    def test_is_read_back_from_its_tiles(self, size: int) -> None:
        """At every size where a level begins or ends."""
        hashes = leaf_hashes(b"%d" % number for number in range(size))
        edge = Edge()
        stored = {(tile.level, tile.index): tile.hashes for tile in edge.append(hashes)}
        stored |= {(tile.level, tile.index): tile.hashes for tile in edge.partial_tiles()}
        again = Edge.read(size, lambda level, index, _width: stored[(level, index)])
        assert again.root() == edge.root() == root_of(hashes)
        if size:
            node = node_from_tiles(size, lambda level, index, _width: stored[(level, index)])
            for index in {0, size // 2, size - 1}:
                assert inclusion_proof(index, size, node) == inclusion_proof(index, size, node_of(hashes))

    def test_is_not_read_from_a_tile_of_another_width(self) -> None:
        """A missing hash is noticed."""
        with pytest.raises(Invalid):
            Edge.read(3, lambda _level, _index, _width: bytes(64))
        with pytest.raises(Invalid):
            node_from_tiles(3, lambda _level, _index, _width: bytes(64))(0, 0)
        with pytest.raises(Invalid):
            split(bytes(33))

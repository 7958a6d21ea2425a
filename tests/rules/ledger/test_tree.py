"""The tree of the log, checked against the definition written out and against every way a proof can be bent."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.ledger.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    node_of,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 300)


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = by_definition(entries[:split]), by_definition(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def some(count: int, salt: bytes = b"") -> list[bytes]:
    """`count` different entries."""
    return [b"entry %d " % number + salt for number in range(count)]


def refused(size: int, index: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    """Whether this inclusion proof is turned down."""
    try:
        verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)
    except Differs:
        return True
    return False


class TestTheRoot:
    """One number that stands for every entry and their order."""

    @pytest.mark.parametrize("count", [*range(20), 255, 256, 257, 511, 700])
    def test_is_that_of_the_definition(self, count: int) -> None:
        """The quick way and the written definition agree."""
        entries = some(count)
        assert root_of(leaf_hashes(entries)) == by_definition(entries)

    def test_of_nothing_is_fixed(self) -> None:
        """An empty log has one root, the same everywhere."""
        assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()

    def test_tells_an_entry_from_an_inner_node(self) -> None:
        """An entry made to look like two hashes is still an entry."""
        left, right = leaf_hash(b"a"), leaf_hash(b"b")
        assert leaf_hash(b"\x01" + left + right) != node_hash(left, right)
        assert root_of([leaf_hash(left + right)]) != root_of([left, right])

    @given(st.integers(1, 64))
    def test_changes_when_the_last_entry_is_doubled(self, count: int) -> None:
        """Repeating the last entry is not the same log."""
        entries = some(count)
        assert root_of(leaf_hashes(entries)) != root_of(leaf_hashes([*entries, entries[-1]]))


class TestAnInclusionProof:
    """A short path that shows one entry is in the log."""

    @given(SIZES, st.data())
    def test_leads_from_every_entry_to_the_root(self, size: int, draw: st.DataObject) -> None:
        """Each entry can be shown."""
        hashes = leaf_hashes(some(size))
        index = draw.draw(st.integers(0, size - 1))
        proof = inclusion_proof(index, size, node_of(hashes))
        verify_inclusion(index=index, size=size, leaf=hashes[index], proof=proof, root=root_of(hashes))

    @given(SIZES, st.data())
    def test_is_turned_down_when_anything_about_it_differs(self, size: int, draw: st.DataObject) -> None:
        """Cut off, extended, reordered, another place, another size, another entry, another root: none passes."""
        hashes = leaf_hashes(some(size))
        index = draw.draw(st.integers(0, size - 1))
        proof, root, leaf = inclusion_proof(index, size, node_of(hashes)), root_of(hashes), hashes[index]
        assert refused(size, index, leaf, [*proof, root], root)
        assert refused(size, index, leaf, [root, *proof], root)
        assert refused(size, index, leaf_hash(b"other"), proof, root)
        assert refused(size, index, leaf, proof, leaf_hash(b"other"))
        assert refused(size, index + size, leaf, proof, root)
        assert refused(size, -1, leaf, proof, root)
        if proof:
            place = draw.draw(st.integers(0, len(proof) - 1))
            assert refused(size, index, leaf, proof[:place] + proof[place + 1 :], root)
            assert refused(size, index, leaf, [*proof[:place], proof[place][:-1], *proof[place + 1 :]], root)
            assert refused(size, index ^ 1, leaf, proof, root)

    def test_may_not_be_shorter_by_a_level(self) -> None:
        """An inner node does not pass as an entry of a smaller tree."""
        hashes = leaf_hashes(some(8))
        proof = inclusion_proof(2, 8, node_of(hashes))
        assert refused(4, 1, node_hash(hashes[2], hashes[3]), proof[1:], root_of(hashes[:4]))
        assert refused(8, 1, node_hash(hashes[2], hashes[3]), proof[1:], root_of(hashes))

    @pytest.mark.parametrize("leaf", [b"", b"short", bytes(31), bytes(33)])
    def test_needs_hashes_of_full_length(self, leaf: bytes) -> None:
        """Empty or cut hashes prove nothing, even when they are equal."""
        assert refused(1, 0, leaf, [], leaf)

    def test_is_not_made_for_an_entry_outside(self) -> None:
        """Asking for an entry that is not there is an error."""
        with pytest.raises(Invalid):
            inclusion_proof(4, 4, node_of(leaf_hashes(some(4))))


class TestAConsistencyProof:
    """A short path that shows nothing before a checkpoint was changed."""

    @given(SIZES, SIZES)
    def test_joins_every_two_sizes(self, one: int, other: int) -> None:
        """A log that only grew passes."""
        older, newer = sorted((one, other))
        hashes = leaf_hashes(some(newer))
        proof = consistency_proof(older, newer, node_of(hashes))
        verify_consistency(
            older=older, newer=newer, old_root=root_of(hashes[:older]), new_root=root_of(hashes), proof=proof
        )

    @given(SIZES, SIZES, st.data())
    def test_is_turned_down_when_anything_about_it_differs(self, one: int, other: int, draw: st.DataObject) -> None:
        """A fork, swapped roots, a cut or longer path: none passes."""
        older, newer = sorted((one, other))
        hashes = leaf_hashes(some(newer))
        old_root, new_root = root_of(hashes[:older]), root_of(hashes)
        proof = consistency_proof(older, newer, node_of(hashes))
        forked = root_of(leaf_hashes(some(older, b"rewritten")))
        bad = [
            (forked, new_root, proof),
            (old_root, forked, proof),
            (old_root, new_root, [*proof, new_root]),
        ]
        if proof:
            place = draw.draw(st.integers(0, len(proof) - 1))
            bad += [
                (new_root, old_root, proof),
                (old_root, new_root, proof[:-1]),
                (old_root, new_root, [*proof[:place], bytes(32), *proof[place + 1 :]]),
                (old_root, new_root, [*proof[:place], proof[place] + b"x", *proof[place + 1 :]]),
            ]
        for old, new, path in bad:
            with pytest.raises(Differs):
                verify_consistency(older=older, newer=newer, old_root=old, new_root=new, proof=path)

    @pytest.mark.parametrize(("older", "newer"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
    def test_from_nothing_or_backwards_is_an_error(self, older: int, newer: int) -> None:
        """An empty log proves nothing, and a log cannot shrink."""
        with pytest.raises(Differs):
            verify_consistency(older=older, newer=newer, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, proof=[])
        with pytest.raises(Invalid):
            consistency_proof(older, newer, node_of(leaf_hashes(some(5))))

"""The Merkle tree of RFC 6962: hashes, roots, proofs and their strict verification.

All hashes are 32 bytes of SHA-256. A *node* is the root of a perfect subtree: `node(level, index)` covers the leaves
`index * 2**level` up to, not including, `(index + 1) * 2**level`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
Node: TypeAlias = Callable[[int, int], bytes]

_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry): RFC 6962 section 2.1."""
    return _sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """`leaf_hash` of many entries."""
    return [_sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): RFC 6962 section 2.1."""
    return _sha256(b"\x01" + left + right).digest()


def folded(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees given from the largest (left) to the smallest (right)."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def paired(row: Sequence[bytes]) -> list[bytes]:
    """The row above an even row of hashes."""
    return [_sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]


def peaks_of(row: Sequence[bytes]) -> list[bytes]:
    """The perfect subtrees over a row of hashes, from the largest to the smallest."""
    peaks: list[bytes] = []
    while row:
        if len(row) % 2:
            peaks.append(row[-1])
            row = row[:-1]
        row = paired(row)
    return peaks[::-1]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes: RFC 6962 section 2.1; 32 fixed bytes for no leaves."""
    return folded(peaks_of(hashes))


def node_of(hashes: Sequence[bytes]) -> Node:
    """A node reader over leaf hashes held in memory, for small trees and tests."""
    rows = [list(hashes)]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append(paired(row[: len(row) & ~1]))
    return lambda level, index: rows[level][index]


def range_root(node: Node, start: int, end: int) -> bytes:
    """The root over the leaves `start` up to `end`; `start` must be a multiple of the span's power of two."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return folded(peaks)


def _split(count: int) -> int:
    # The largest power of two below count (RFC 6962's k).
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The path from leaf `index` to the root of the first `size` leaves, sibling first: RFC 6962 section 2.1.1."""
    if not 0 <= index < size:
        raise Invalid(f"entry {index} is not in a tree of {size}", "index")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(older: int, newer: int, node: Node) -> list[bytes]:
    """What shows that the tree of `older` leaves is the beginning of that of `newer`: RFC 6962 section 2.1.2."""
    if not 0 < older <= newer:
        raise Invalid(f"no consistency proof from size {older} to {newer}", "size")
    path: list[bytes] = []
    start, end, known = 0, newer, True
    while older != end:
        middle = start + _split(end - start)
        if older <= middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start, known = middle, False
    if not known:
        path.append(range_root(node, start, end))
    return path[::-1]


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Pass when `leaf` (a leaf hash) is entry `index` of the tree of `size` with that `root`; else raise `Differs`.

    Source: RFC 9162 section 2.1.3.2, with every length checked: 32-byte hashes, index below size, a path exactly
    as long as the tree is deep.
    """
    if not 0 <= index < size:
        raise Differs(f"entry {index} cannot be in a tree of {size}", "inclusion proof")
    _check_lengths("inclusion proof", leaf, root, *proof)
    inner, border = _shape(index, size)
    if len(proof) != inner + border:
        raise Differs(f"{len(proof)} hashes where the tree needs {inner + border}", "inclusion proof")
    found = _climbed(leaf, proof[:inner], index)
    if _bordered(found, proof[inner:]) != root:
        raise Differs("the path does not lead to the root", "inclusion proof")


def verify_consistency(*, older: int, newer: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Pass when the tree of `older` leaves is the beginning of the tree of `newer`; else raise `Differs`.

    An older size of 0 is an error: an empty tree proves nothing (a witness's first checkpoint is handled by it).
    Source: RFC 9162 section 2.1.4.2, with every length checked.
    """
    if not 0 < older <= newer:
        raise Differs(f"no tree of {newer} can extend one of {older}", "consistency proof")
    if older == newer:
        _same_tree(old_root, new_root, proof)
        return
    _check_lengths("consistency proof", old_root, new_root, *proof)
    shift = (older & -older).bit_length() - 1
    inner, border = _shape(older - 1, newer)
    inner -= shift
    whole = older == 1 << shift
    if len(proof) != inner + border + (not whole):
        raise Differs(f"{len(proof)} hashes where the trees need {inner + border + (not whole)}", "consistency proof")
    seed, path = (old_root, proof) if whole else (proof[0], proof[1:])
    place = (older - 1) >> shift
    lefts = [hash_ for level, hash_ in enumerate(path[:inner]) if place >> level & 1]
    if _bordered(_bordered(seed, lefts), path[inner:]) != old_root:
        raise Differs("the path does not lead to the older root", "consistency proof")
    if _bordered(_climbed(seed, path[:inner], place), path[inner:]) != new_root:
        raise Differs("the path does not lead to the newer root", "consistency proof")


def _same_tree(old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise Differs("hashes where two trees of one size need none", "consistency proof")
    if old_root != new_root:
        raise Differs("two different roots for one size", "consistency proof")


def _shape(index: int, size: int) -> tuple[int, int]:
    # How many path hashes lie inside the last leaf's fork, and how many on the left border above it.
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _climbed(found: bytes, path: Sequence[bytes], place: int) -> bytes:
    for level, sibling in enumerate(path):
        found = node_hash(sibling, found) if place >> level & 1 else node_hash(found, sibling)
    return found


def _bordered(found: bytes, path: Sequence[bytes]) -> bytes:
    for sibling in path:
        found = node_hash(sibling, found)
    return found


def _check_lengths(where: str, *hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise Differs("a hash that is not 32 bytes long", where)

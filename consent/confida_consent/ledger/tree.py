"""The Merkle tree of RFC 6962 as pure functions: which subtrees a root or a proof is made of, and what they hash to.

A complete subtree is named (level, index): 2**level leaves, the index-th of its size from the left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from confida_consent.ledger.verify import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
)

Node = tuple[int, int]
Span = tuple[int, int]
Lookup = Callable[[int, int], bytes]


def split(size: int) -> int:
    """The largest power of two below size: how many leaves the left half of a tree has."""
    return 1 << ((size - 1).bit_length() - 1)


def complete_subtrees(begin: int, end: int) -> list[Node]:
    """The complete subtrees that these leaves consist of, from left to right; begin must be where such a span may begin."""
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def span_hash(begin: int, end: int, lookup: Lookup) -> bytes:
    """The hash over the leaves [begin, end) of a tree, where begin is a multiple of the complete subtree that follows."""
    if begin == end:
        return EMPTY_ROOT
    *left, last = complete_subtrees(begin, end)
    reached = lookup(*last)
    for node in reversed(left):
        reached = node_hash(lookup(*node), reached)
    return reached


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What the inclusion proof of a leaf consists of, the leaf's sibling first. Raises ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    begin, end, found = 0, size, []
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return found[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """What the proof consists of that a tree begins with an older one; empty for equal sizes. Raises ValueError."""
    if not 0 < old <= new:
        raise ValueError("an older tree has entries, and not more of them")
    begin, end, found, whole = 0, new, [], True
    while old != end:
        middle = begin + split(end - begin)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin, whole = middle, False
    return ([] if whole else [(begin, end)]) + found[::-1]


def nodes_of(spans: Iterable[Span]) -> set[Node]:
    """Every complete subtree whose hash these spans need."""
    return {node for begin, end in spans for node in complete_subtrees(begin, end)}


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these hashes of leaves."""
    frontier = Frontier()
    for digest in hashes:
        frontier.push(digest)
    return frontier.root()


__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "check_consistency",
    "check_inclusion",
    "complete_subtrees",
    "consistency_spans",
    "inclusion_spans",
    "leaf_hash",
    "node_hash",
    "nodes_of",
    "root_of",
    "span_hash",
    "split",
]

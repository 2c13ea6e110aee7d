"""RFC 6962 as others implement it: the vectors of transparency-dev, and known roots."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_consent.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    node_hash,
    root_of,
)
from confida_consent.ledger.verify import Refused
from tests.shared_data import shared

# The eight leaves of RFC 6962's reference implementation, and the roots over the first of them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def vectors(kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(shared(f"ledger/rfc6962/testdata/{kind}").rglob("*.json")):
        yield path, json.loads(path.read_text())


def hashes(vector: dict[str, Any], *names: str) -> list[bytes]:
    return [base64.b64decode(vector[name] or "") for name in names]


def accepted(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except Refused:
        return False
    return True


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def test_inclusion_vectors_are_judged_as_they_should_be() -> None:
    wrong, seen = [], 0
    for path, vector in vectors("inclusion"):
        root, leaf = hashes(vector, "root", "leafHash")
        proof = [base64.b64decode(each) for each in vector["proof"] or ()]
        seen += 1
        if accepted(check_inclusion, vector["leafIdx"], vector["treeSize"], leaf, proof, root) == vector["wantErr"]:
            wrong.append(path)
    assert (wrong, seen) == ([], 98)


def test_consistency_vectors_are_judged_as_they_should_be() -> None:
    wrong, seen = [], 0
    for path, vector in vectors("consistency"):
        first, second = hashes(vector, "root1", "root2")
        proof = [base64.b64decode(each) for each in vector["proof"] or ()]
        seen += 1
        if accepted(check_consistency, vector["size1"], vector["size2"], first, second, proof) == vector["wantErr"]:
            wrong.append(path)
    assert (wrong, seen) == ([], 98)


def test_consistency_with_the_empty_tree_is_refused() -> None:
    with pytest.raises(Refused):
        check_consistency(0, 3, EMPTY_ROOT, bytes.fromhex(ROOTS[3]), [])


def test_roots_are_those_of_the_reference() -> None:
    assert [root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() for size in range(9)] == ROOTS


def test_frontier_of_two_hundred_leaves_agrees_with_the_definition_at_every_size() -> None:
    leaves = [number.to_bytes(2, "big") for number in range(200)]
    frontier, roots = Frontier(), []
    for leaf in leaves:
        frontier.push(leaf_hash(leaf))
        roots.append(frontier.root())
    assert roots == [naive_root(leaves[:size]) for size in range(1, 201)]


def span(leaves: list[bytes], spans: list[tuple[int, int]]) -> list[bytes]:
    return [naive_root(leaves[begin:end]) for begin, end in spans]


@given(st.integers(1, 80).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_inclusion_proof_of_any_leaf_holds_and_of_no_other_place(where: tuple[int, int]) -> None:
    size, index = where
    leaves = [bytes([number]) for number in range(size)]
    proof, root = span(leaves, inclusion_spans(index, size)), naive_root(leaves)
    places = [at for at in range(size) if accepted(check_inclusion, at, size, leaf_hash(leaves[index]), proof, root)]
    assert places == [index]


@given(st.integers(1, 80).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new))))
def test_consistency_proof_of_any_two_sizes_holds_and_of_a_rewritten_leaf_does_not(sizes: tuple[int, int]) -> None:
    old, new = sizes
    leaves = [bytes([number]) for number in range(new)]
    rewritten = [b"other", *leaves[1:]]
    spans = consistency_spans(old, new)
    verdicts = [
        accepted(check_consistency, old, new, naive_root(leaves[:old]), naive_root(now), span(now, spans))
        for now in (leaves, rewritten)
    ]
    assert verdicts == [True, False]


@pytest.mark.parametrize("place", [(-1, 5), (5, 5), (0, 0)])
def test_inclusion_proof_outside_the_tree_is_not_made(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_spans(*place)

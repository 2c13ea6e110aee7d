"""The seal: bound to its place, refusing every damaged byte, never taken for plaintext."""

from __future__ import annotations

import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.vault.sealing import (
    Algorithm,
    Key,
    SealBroken,
    bound_to,
    derived,
    key_id_of,
    open_sealed,
    place_of,
    seal,
)

KEY_ID = UUID(int=7)
OWN = Key.own(KEY_ID, bytes(range(32)))
SHARED = Key.shared(KEY_ID, bytes(range(32)))


@pytest.mark.parametrize("key", [OWN, SHARED], ids=["gcm", "gcm-siv"])
@given(plain=st.binary(max_size=200), place=st.binary(max_size=50))
def test_opens_what_it_sealed(key: Key, plain: bytes, place: bytes) -> None:
    assert open_sealed(key, seal(key, plain, place), place) == plain


@pytest.mark.parametrize("key", [OWN, SHARED], ids=["gcm", "gcm-siv"])
def test_each_changed_byte_is_refused(key: Key) -> None:
    sealed = seal(key, b"Ada", b"here")
    for position in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[position] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(key, bytes(damaged), b"here")


@pytest.mark.parametrize("length", [0, 3, 19, 32, 47])
def test_truncated_value_is_refused(length: int) -> None:
    with pytest.raises(SealBroken):
        open_sealed(OWN, seal(OWN, b"Ada", b"here")[:length], b"here")


def test_en4_header_names_magic_version_algorithm_and_key() -> None:
    sealed = seal(SHARED, b"", b"")
    assert (sealed[:2], sealed[2], sealed[3], sealed[4:20]) == (b"CF", 1, Algorithm.AES_256_GCM_SIV, KEY_ID.bytes)
    assert key_id_of(sealed) == KEY_ID.bytes


def test_one_key_is_never_used_with_the_other_algorithm() -> None:
    with pytest.raises(SealBroken, match="another key or algorithm"):
        open_sealed(SHARED, seal(OWN, b"Ada", b""), b"")


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_en3_different_parts_never_encode_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (bound_to(*one) == bound_to(*other)) == (one == other)


def test_en3_place_differs_by_table_row_subject_class_and_key() -> None:
    row, subject = UUID(int=1), UUID(int=2)
    places = {
        place_of("contact", row, subject, "relationship", b"k" * 16),
        place_of("contract", row, subject, "relationship", b"k" * 16),
        place_of("contact", subject, row, "relationship", b"k" * 16),
        place_of("contact", row, None, "relationship", b"k" * 16),
        place_of("contact", row, subject, "evidence", b"k" * 16),
        place_of("contact", row, subject, "relationship", b"l" * 16),
    }
    assert len(places) == 6


def test_derived_keys_differ_by_label_and_secret() -> None:
    secret = os.urandom(32)
    assert derived(secret, "a") == derived(secret, "a")
    assert len({derived(secret, "a"), derived(secret, "b"), derived(os.urandom(32), "a")}) == 3

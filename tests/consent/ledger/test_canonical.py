"""RFC 8785, as far as payloads need it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_consent.ledger.canonical import NotCanonical, canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_names_stand_in_the_order_of_utf16() -> None:
    # The example of RFC 8785, section 3.2.3: by code points the smiley would follow U+FB33.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    in_order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(names)))) == in_order


def test_texts_are_escaped_only_where_they_must_be() -> None:
    text = '\u20ac$\x0f\nA\'B"\\\\"/\x7f\u2028'
    assert canonical(text) == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'.encode()


def test_everything_is_written_without_spaces() -> None:
    value: Any = {"b": [1, -2, True, None, {}], "a": "x"}
    assert canonical(value) == b'{"a":"x","b":[1,-2,true,null,{}]}'


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), b"x", "\ud800", {1: 2}, {"\udc00": 1}, object(), [0.0]])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@given(VALUES)
def test_canonical_form_says_the_same_and_is_its_own_form(value: Any) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written

"""Rubbish is told from what was promised, without ever iterating what may not end."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from confida_core.isolation.shapes import (
    Rubbish,
    listed,
    named,
    require_ids,
    require_instant,
    require_path,
    require_plain,
    whole_number,
)


class Endless(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        return map(str, itertools.count())

    def __len__(self) -> int:
        return 1


async def later() -> int:
    return 1


NAIVE = datetime(2026, 3, 1)  # noqa: DTZ001 -- The point is that it is naive.
REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("yes or no", lambda: whole_number(True)),
    ("negative", lambda: whole_number(-1)),
    ("float", lambda: whole_number(1.0)),
    ("endless", lambda: listed(itertools.count(), int, 5)),
    ("generator", lambda: listed((one for one in (1, 2)), int, 5)),
    ("too many", lambda: listed([1] * 6, int, 5)),
    ("other things", lambda: listed([1, "2"], int, 5)),
    ("nothing", lambda: listed(None, int, 5)),
    ("no mapping", lambda: named([("a", 1)])),
    ("endless mapping", lambda: named(Endless())),
    ("numbers as names", lambda: named({1: 2})),
    ("iterator as value", lambda: named({"rows": itertools.count()})),
    ("escaped already", lambda: require_plain(SimpleNamespace(label=Markup("<script>")), "label")),
    ("bytes", lambda: require_plain(SimpleNamespace(label=b"x"), "label")),
    ("script address", lambda: require_path("javascript:alert(1)")),
    ("other host", lambda: require_path("//example.org")),
    ("other host in disguise", lambda: require_path("/\\example.org")),
    ("other host behind a tab", lambda: require_path("/\t/example.org")),
    ("naive", lambda: require_instant(NAIVE)),
    ("list of ids", lambda: require_ids([UUID(int=1)])),
    ("text for an id", lambda: require_ids(("1",))),
]


@pytest.mark.parametrize(("what", "check"), REFUSED, ids=[what for what, _ in REFUSED])
def test_rubbish_is_refused(what: str, check: Callable[[], Any]) -> None:
    with pytest.raises(Rubbish):
        check()


def test_what_has_to_be_awaited_is_no_value() -> None:
    waiting = later()
    with pytest.raises(Rubbish):
        named({"rows": waiting})
    waiting.close()


def test_what_was_promised_passes() -> None:
    assert (whole_number(0), listed((1, 2), int, 2), named({"rows": [1], "name": "x"})) == (
        0, (1, 2), {"rows": [1], "name": "x"},
    )  # fmt: skip
    require_plain(SimpleNamespace(label="<script>"), "label")
    require_path("/x/sales/deals?open=1")
    require_instant(datetime(2026, 3, 1, tzinfo=UTC))
    require_ids((UUID(int=1),))


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.uuids()
anything = plain | st.datetimes() | st.lists(plain, max_size=3) | st.dictionaries(plain, plain, max_size=3)


@given(anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_checks_raise_rubbish_and_nothing_else(value: Any) -> None:
    for check in (whole_number, named, lambda one: listed(one, dict, 3), require_instant, require_ids):
        with contextlib.suppress(Rubbish):
            check(value)


def test_refusal_does_not_tell_what_it_refused() -> None:
    for check in (whole_number, named, lambda one: listed(one, int, 3), require_path, require_instant):
        with pytest.raises(Rubbish) as refusal:
            check("Ada Lovelace")
        assert "Ada" not in str(refusal.value)

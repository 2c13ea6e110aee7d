"""UUIDv7 as RFC 9562 draws it."""

from __future__ import annotations

import time

import pytest

from confida_core.ids import new_id


def test_id_has_version_7_and_the_standard_variant() -> None:
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_id_begins_with_the_milliseconds_of_its_making(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0x017F22E279B0 * 1_000_000)
    assert new_id().hex[:12] == "017f22e279b0"


def test_later_id_sorts_later_and_ends_differ() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    assert len({new_id().bytes[-1] for _ in range(2_000)}) > 200


def test_ids_made_one_after_the_other_sort_in_that_order() -> None:
    made = [new_id() for _ in range(1_000)]
    assert sorted(made) == made

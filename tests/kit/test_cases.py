"""Cases that share an installation: each is tried, and each that fails is named."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from tests.cases import in_one_installation


def test_every_case_is_tried_and_those_that_fail_are_named() -> None:
    tried: list[tuple[str, int, bool]] = []

    @in_one_installation(("word", "even"), [(1, True), (2, True), (3, False), (4, False)])
    async def check(crm: str, word: int, even: bool) -> None:
        tried.append((crm, word, even))
        assert (word % 2 == 0) is even

    assert list(inspect.signature(check).parameters) == ["crm"]
    with pytest.raises(ExceptionGroup, match="2 of 4 cases") as failed:
        asyncio.run(check(crm="one"))  # type: ignore[arg-type]
    assert tried == [("one", 1, True), ("one", 2, True), ("one", 3, False), ("one", 4, False)]
    assert [error.__notes__ for error in failed.value.exceptions] == [
        ["in the case {'word': 1, 'even': True}"],
        ["in the case {'word': 4, 'even': False}"],
    ]


def test_single_name_takes_each_case_as_it_is() -> None:
    tried: list[object] = []

    @in_one_installation("value", [(1, 2), "ab", None])
    async def check(value: object) -> None:
        tried.append(value)

    asyncio.run(check())  # type: ignore[arg-type]
    assert tried == [(1, 2), "ab", None]

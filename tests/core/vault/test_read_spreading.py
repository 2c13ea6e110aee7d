"""Saying of everybody who was read which entries concern them, without making others wait."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from confida_core.vault.access import Access, Actor
from confida_core.vault.read_log import SPREAD_AT_ONCE

pytestmark = pytest.mark.anyio


async def test_entries_of_many_people_are_spread_a_few_at_a_time_and_completely(crm: Any) -> None:
    people = [uuid4() for _ in range(SPREAD_AT_ONCE // 4)]
    for _ in range(6):
        access = Access(actor=Actor(id=uuid4()), purpose="relationship", where="GET /api/v1/contacts", deferred=True)
        access.seen.update(people)
        await crm.door.read_log.settle(access)
    assert [await crm.door.read_log.distribute() for _ in range(3)] == [4, 2, 0]
    assert len(await crm.door.read_log.of(people[0])) == 6


async def test_entry_of_more_people_than_that_is_spread_alone(crm: Any) -> None:
    people = [uuid4() for _ in range(SPREAD_AT_ONCE + 1)]
    for _ in range(2):
        access = Access(actor=Actor(id=uuid4()), purpose="relationship", where="POST /export", deferred=True)
        access.seen.update(people)
        await crm.door.read_log.settle(access)
    assert [await crm.door.read_log.distribute() for _ in range(3)] == [1, 1, 0]

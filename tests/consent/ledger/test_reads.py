"""Reads enter the ledger by the hour."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.ledger import reads
from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.openers import own_openings
from confida_consent.ledger.reads import encoded_read, enter_reads
from confida_consent.ledger.tree import leaf_hash, root_of
from confida_core.ids import new_id

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def look(crm: Any, minutes: int) -> None:
    """Somebody looked at somebody, so many minutes after noon."""
    await crm.data.execute_many(
        "INSERT INTO read_entry (id, at, actor_id, purpose, place, subjects, spread) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(new_id(), NOON + timedelta(minutes=minutes), UUID(int=7), "relationship", "/contacts", bytes(16), True)],
    )


async def entered(crm: Any) -> list[dict[str, Any]]:
    found = await own_openings(crm, 0, 1000)
    return [json.loads(opening.payload) for _, opening in sorted(found.items()) if opening]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda minutes: monkeypatch.setattr(reads, "now", lambda: NOON + timedelta(minutes=minutes))


async def test_each_full_hour_with_reads_is_one_leaf(crm: Any, at: Any) -> None:
    for minutes in (5, 10, 59, 190, 241):
        await look(crm, minutes)
    at(250)
    await enter_reads(crm, {})
    told = [(each["from"][11:16], each["until"][11:16], each["count"]) for each in await entered(crm)]
    assert told == [("12:00", "13:00", 3), ("15:00", "16:00", 1)]
    rows = await crm.data.fetch("SELECT * FROM read_entry WHERE at < ? ORDER BY id", NOON + timedelta(hours=1))
    root = root_of([leaf_hash(encoded_read(row)) for row in rows])
    assert (await entered(crm))[0]["root"] == base64.b64encode(root).decode()
    report = await verify_stored(crm)
    assert (report.faults, report.kinds, report.signed) == ([], {"reads": 2}, 2)


async def test_hour_is_entered_once(crm: Any, at: Any) -> None:
    await look(crm, 5)
    at(75)
    await enter_reads(crm, {})
    await enter_reads(crm, {})
    await look(crm, 70)
    at(131)
    await enter_reads(crm, {})
    told = [(each["from"][11:16], each["count"]) for each in await entered(crm)]
    assert told == [("12:00", 1), ("13:00", 1)]


async def test_hour_that_is_not_over_is_left(crm: Any, at: Any) -> None:
    await look(crm, 5)
    at(65)
    await enter_reads(crm, {})
    assert await entered(crm) == []

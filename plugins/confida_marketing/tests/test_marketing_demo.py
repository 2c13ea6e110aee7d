"""The invented marketing: every page has something to show, nothing of it ever leaves, and nothing of it stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Installation
from confida_marketing.campaigns.running import tend_campaigns
from confida_marketing.demo.loading import id_of, load, remove
from confida_marketing.results.counting import counted
from confida_marketing.tests.campaign_cast import people, said

pytestmark = pytest.mark.anyio
TABLES = (
    "campaign", "delivery", "email", "link", "donation", "segment", "total",
)  # fmt: skip


async def counts(crm: Installation) -> dict[str, int]:
    found = {}
    for table in TABLES:
        rows = await crm.data.fetch(f"SELECT count(*) AS amount FROM marketing_{table}")
        found[table] = rows[0]["amount"]
    return found


async def test_demo_fills_the_pages_and_goes_without_a_trace(
    crm: Installation, access: Access, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_marketing.demo.past.GIFTS", 0.5)
    ids: list[UUID] = list((await people(crm, *(f"P{number:02}" for number in range(16)))).values())
    await said(crm, *ids[:12], days=60)
    await load(crm, access, ids)
    filled = await counts(crm)
    assert ([table for table, amount in filled.items() if not amount], filled["delivery"]) == ([], 12)
    for place, words in (
        ("results", "Whom it reached"),
        (f"results/campaign/{id_of(ids, 'spring')}", "What it changed"),
        ("campaigns", "Summer fair"),
        ("emails", "Invitation to the summer fair"),
        ("segments", "Readers of the newsletter"),
    ):
        page = await client.get(f"/x/marketing/{place}")
        assert (page.status_code, words in page.text) == (200, True), place
    spring = id_of(ids, "spring")
    assert (await counted(crm, [spring]))[spring].ended == 2
    await tend_campaigns(crm, {})
    assert await crm.data.fetch("SELECT id FROM job WHERE key LIKE 'marketing.run%'") == []
    # What goes with a person is gone before.
    for table in ("delivery", "donation"):
        await crm.data.fetch(f"DELETE FROM marketing_{table}")
    for _ in range(2):
        await remove(crm, access, ids)
    assert {table: amount for table, amount in (await counts(crm)).items() if amount} == {}

"""Forecast, figures, targets and commissions at the browser: what is shown to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, new_id
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity
from confida_sales.opportunities.pipelines import USUAL, pipeline, save_pipeline
from confida_sales.targets.commissions import add_rule
from confida_sales.targets.figures import today_of
from confida_sales.targets.periods import period_of
from confida_sales.targets.targets import EVERYBODY, TargetDraft, Whose, set_targets

pytestmark = pytest.mark.anyio
FORECAST, FIGURES, TARGETS, COMMISSIONS = (
    f"/x/sales/{name}" for name in ("forecast", "performance", "targets", "commissions")
)


async def plant(crm: Any, access: Access, contact: Any, owners: dict[UUID, int]) -> None:
    """A won deal, an open one of ten times its value, and a target of twice of it, for each owner this month."""
    way = await pipeline(crm, await save_pipeline(crm, access, "New customers", USUAL))
    ada, month = await contact("Ada Lovelace"), period_of(today_of(crm), 1)
    somebody = replace(access, deferred=True)
    for owner, value in owners.items():
        for stage, times in ((4, 1), (0, 10)):
            draft = OpportunityDraft(title=f"Deal {value}", value=value * times, close_on=today_of(crm), owner_id=owner)
            await create_opportunity(crm, somebody, ada, way.stages[stage], draft)
        mine = TargetDraft(whose=Whose(owner_id=owner), periods=(month,), currency="EUR", amount=value * 2)
        await set_targets(crm, access, mine)


async def test_colleagues_find_no_figure_of_anybody_else_on_any_page(
    client: Any, as_role: Any, crm: Any, access: Access, contact: Any
) -> None:
    mats = await as_role("staff")
    # Amounts that no other amount, and no sum, holds as a part.
    await plant(crm, access, contact, {mats.account_id: 111_11, client.account_id: 7_777_77})
    await add_rule(crm, access, None, 10_00, date(2020, 1, 1))
    hers = ("7,777.77", "15,555.54", "777.78")
    managed = (await client.get(FIGURES)).text
    assert [text in managed for text in (*hers, "111.11", "222.22")] == [True] * 5
    own = (await mats.get(FIGURES)).text
    assert [text in own for text in (*hers, "111.11", "222.22", "11.11")] == [False] * 3 + [True] * 3
    for address in (
        FIGURES, f"{FIGURES}/{mats.account_id}", f"{FORECAST}?whose={mats.account_id}", "/", f"{FIGURES}?by=year",
    ):  # fmt: skip
        page = await mats.get(address)
        assert (page.status_code, "111.11" in page.text) == (200, True), address
        assert [text in page.text for text in hers] == [False] * 3, address
    for hidden in (
        f"{FIGURES}/{client.account_id}", f"{FORECAST}?whose={client.account_id}", f"{FIGURES}/{new_id()}",
        f"{FORECAST}?whose=team-{new_id()}", f"{FORECAST}?whose=x", TARGETS, COMMISSIONS,
    ):  # fmt: skip
        assert (await mats.get(hidden)).status_code == 404, hidden
    assert "7,777.77" in (await client.get(f"{FIGURES}/{client.account_id}")).text


async def test_forecast_draws_and_lists_each_currency(client: Any, crm: Any, access: Access, contact: Any) -> None:
    assert "Nothing to forecast yet" in (await client.get(FORECAST)).text
    await plant(crm, access, contact, {client.account_id: 100_00})
    month = period_of(today_of(crm), 1)
    await set_targets(crm, access, TargetDraft(whose=EVERYBODY, periods=(month,), currency="JPY", amount=5_000))
    shown = (await client.get(FORECAST)).text
    # Won 100, and 10 percent of 1,000 expected; no target of everybody in euros.
    assert re.findall(r'<td class="number" data-label="[^"]+">([^<]+)</td>', shown)[:6] == [
        "€100.00",
        "1",
        "€100.00",
        "€200.00",
        "–",
        "–",
    ]
    assert (shown.count("<h2>Forecast in EUR"), shown.count("<h2>Forecast in JPY"), "¥5,000" in shown) == (1, 1, True)
    for query in (
        "?by=quarter",
        "?by=year",
        "?from=2020-01",
        "?from=2026-Q1&by=month",
        "?by=x&from=x",
        "?from=2199-12",
    ):
        assert (await client.get(FORECAST + query)).status_code == 200, query


async def test_targets_are_set_for_the_rest_of_the_year_removed_and_brought_back(client: Any, crm: Any) -> None:
    assert "No targets for" in (await client.get(TARGETS)).text
    sent = {"whose": "", "period": "2026-Q3", "amount": "1,000.50", "currency": "eur", "repeat": "yes"}
    made = await client.post(TARGETS, data=sent)
    assert (made.status_code, made.headers["location"]) == (303, f"{TARGETS}?year=2026")
    rows = await crm.data.fetch("SELECT id, starts_on, months, amount, currency FROM sales_target ORDER BY starts_on")
    assert [(str(row["starts_on"]), row["months"], row["amount"], row["currency"]) for row in rows] == [
        ("2026-07-01", 3, 1_000_50, "EUR"), ("2026-10-01", 3, 1_000_50, "EUR"),
    ]  # fmt: skip
    removed = await client.post(f"{TARGETS}/{rows[0]['id']}/remove")
    toast = removed.headers["set-cookie"].split(";")[0]
    page = await client.get(f"{TARGETS}?year=2026", headers={"cookie": f"__Host-confida={client.secret}; {toast}"})
    undo = re.search(r'action="(/x/sales/targets/restore[^"]+)"', page.text)
    assert (undo is not None, page.text.count("€1,000.50")) == (True, 1)
    assert undo is not None
    assert (await client.post(undo[1].replace("&amp;", "&"))).status_code == 303
    assert (await client.get(f"{TARGETS}?year=2026")).text.count("€1,000.50") == 2


BAD = (
    ({"amount": "much"}, "amount"),
    ({"amount": "0"}, "amount"),
    ({"period": "soon"}, "period"),
    ({"currency": "Euro"}, "currency"),
    ({"whose": "x"}, "whose"),
)


async def test_bad_target_says_where_and_keeps_what_was_typed(client: Any, crm: Any) -> None:
    for changed, field in BAD:
        sent = {"whose": "", "period": "2026-11", "amount": "12.34", "currency": "EUR"} | changed
        answer = await client.post(TARGETS, data=sent)
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True), field
        assert f'value="{sent["amount"]}"' in answer.text
    assert await crm.data.fetch("SELECT id FROM sales_target") == []


async def test_rates_are_set_removed_and_brought_back(client: Any, crm: Any) -> None:
    sent = {"owner_id": str(client.account_id), "rate": "7.5", "since": "2026-01-01"}
    assert (await client.post(COMMISSIONS, data=sent)).status_code == 303
    (row,) = await crm.data.fetch("SELECT id, owner_id, rate FROM sales_commission_rule")
    assert (row["owner_id"], row["rate"], "7.5%" in (await client.get(COMMISSIONS)).text) == (
        client.account_id, 750, True,
    )  # fmt: skip
    removed = await client.post(f"{COMMISSIONS}/{row['id']}/remove")
    toast = removed.headers["set-cookie"].split(";")[0]
    page = await client.get(COMMISSIONS, headers={"cookie": f"__Host-confida={client.secret}; {toast}"})
    undo = re.search(r'action="(/x/sales/commissions/restore[^"]+)"', page.text)
    assert undo is not None
    assert (await client.post(undo[1].replace("&amp;", "&"))).status_code == 303
    assert [each["rate"] for each in await crm.data.fetch("SELECT rate FROM sales_commission_rule")] == [750]
    for changed, field in (
        ({"rate": "x"}, "rate"),
        ({"rate": "101"}, "rate"),
        ({"since": "x"}, "since"),
        ({"owner_id": "x"}, "owner_id"),
    ):
        bad = await client.post(COMMISSIONS, data=sent | changed)
        assert (bad.status_code, f'id="{field}-error"' in bad.text) == (422, True), field


async def test_addresses_of_undo_take_anything(client: Any, crm: Any) -> None:
    for path in (
        f"{TARGETS}/restore", f"{TARGETS}/restore?period=2026&amount=0&currency=EUR", f"{TARGETS}/restore?period=2026&amount=x",
        f"{COMMISSIONS}/restore", f"{COMMISSIONS}/restore?since=2026-01-01&rate=99999", f"{TARGETS}/{new_id()}/remove",
        f"{COMMISSIONS}/{new_id()}/remove",
    ):  # fmt: skip
        assert (await client.post(path)).status_code in (404, 422), path
    assert await crm.data.fetch("SELECT id FROM sales_target UNION ALL SELECT id FROM sales_commission_rule") == []


async def test_only_whoever_manages_sales_sets_targets_and_rates(as_role: Any, crm: Any) -> None:
    mats = await as_role("staff")
    for path in (
        TARGETS,
        f"{TARGETS}/restore?period=2026&amount=1&currency=EUR",
        COMMISSIONS,
        f"{COMMISSIONS}/restore?since=2026-01-01&rate=1",
    ):
        assert (await mats.post(path, data={"period": "2026", "amount": "1", "currency": "EUR"})).status_code == 404, (
            path
        )
    assert await crm.data.fetch("SELECT id FROM sales_target UNION ALL SELECT id FROM sales_commission_rule") == []

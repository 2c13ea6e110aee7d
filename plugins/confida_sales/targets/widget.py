"""The box "My month" on My day: what the reader won, what may follow, and what is to be won."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_core.api import Access, Installation
from confida_sales.targets.figures import Figures, figures_in, today_of
from confida_sales.targets.periods import period_of
from confida_sales.targets.shown import percent_text
from confida_sales.targets.targets import Whose, by_period, target_in, targets_between


async def my_month(crm: Installation, access: Access) -> Mapping[str, Any]:
    """lines: one for each currency; four statements. Only the reader's own figures are read."""
    access.actor.require("sales.read")
    month, me = period_of(today_of(crm), 1), access.actor.id
    figures = {currency: one for (_, _, currency), one in (await figures_in(crm, [month], [me])).items()}
    targets = by_period(await targets_between(crm, month.start, month.end))
    mine = Whose(owner_id=me)
    currencies = set(figures) | {currency for whose, _, currency in targets if whose == mine}
    lines = [
        month_line(currency, figures.get(currency, Figures()), target_in(targets, mine, month, currency))
        for currency in sorted(currencies)
    ]
    return {"lines": lines, "percent": percent_text, "href": f"/x/sales/performance/{me}?period={month.key}"}


def month_line(currency: str, own: Figures, target: int | None) -> Mapping[str, Any]:
    """reached: won of the target, in whole percent."""
    return {
        "currency": currency,
        "won": own.won,
        "deals": own.deals,
        "expected": own.expected,
        "target": target,
        "reached": own.won * 100 // target if target else None,
    }

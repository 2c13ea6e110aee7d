"""What forms of opportunities offer: colleagues, sources, stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.api import Installation, StaffAccount, active_accounts, plugin_settings
from confida_sales.opportunities.narrowing import NOBODY, Narrowing
from confida_sales.opportunities.pipelines import ShownPipeline
from confida_sales.opportunities.reading import Offered
from confida_sales.settings import SalesSettings
from confida_web.api import Option, formatter_of


async def offered(request: Request[Any, Any, Any]) -> tuple[Offered, list[StaffAccount]]:
    """What may be chosen, and the accounts by name."""
    crm = request.state.crm
    accounts = await active_accounts(crm)
    settings = await plugin_settings(crm, SalesSettings)
    locale = str(formatter_of(request).locale)
    return Offered(owners=[one.id for one in accounts], sources=settings.sources, locale=locale), accounts


async def standard_currency(crm: Installation) -> str:
    return (await plugin_settings(crm, SalesSettings)).currency


def owner_options(accounts: Sequence[StaffAccount], chosen: str, name: str = "") -> tuple[Option, ...]:
    """Colleagues; whoever has it now too, lest saving take it away from them unasked. name: theirs."""
    found = {str(one.id): one.name for one in accounts}
    if chosen and chosen not in found:
        found[chosen] = name or "Somebody whose account is gone"
    return tuple(Option(value=value, label=label, chosen=value == chosen) for value, label in found.items())


def owner_filter(accounts: Sequence[StaffAccount], me: UUID, narrowing: Narrowing) -> tuple[Option, ...]:
    """Everybody, oneself, nobody, and each colleague."""
    others = [(str(one.id), one.name) for one in accounts if one.id != me]
    given = [("", "Everybody’s"), (str(me), "Mine"), (NOBODY, "Nobody’s"), *others]
    return tuple(Option(value=value, label=label, chosen=value == narrowing.owner) for value, label in given)


def source_options(offer: Offered, chosen: str) -> tuple[Option, ...]:
    known = list(dict.fromkeys([*offer.sources, *([chosen] if chosen else [])]))
    return tuple(Option(value=one, label=one, chosen=one == chosen) for one in known)


def way_options(ways: Sequence[ShownPipeline], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=str(one.id), label=one.name, chosen=str(one.id) == chosen) for one in ways)

"""Campaigns: nobody whom the gate refuses gets anything on any path, nobody gets anything twice, and stopping stops."""

from __future__ import annotations

import pytest

from confida_core.api import Installation
from confida_marketing.campaigns.states import start_campaign
from confida_marketing.tests.campaign_cast import (
    INSIDE,
    REFUSED,
    agreed,
    campaign,
    forbid,
    letter,
    people,
    posting,
    segment_of,
    signalling,
    work,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def always_awake(crm: Installation) -> None:
    """No quiet hours, whatever the time at which the tests run."""
    quiet = {"quiet_from": 0, "quiet_until": 0}
    crm.settings = crm.settings.model_copy(update={"plugin": {"marketing": quiet}})


async def states(crm: Installation) -> dict[str, int]:
    rows = await crm.data.fetch("SELECT state, count(*) AS number FROM marketing_delivery GROUP BY state")
    return {row["state"]: row["number"] for row in rows}


async def test_whom_the_gate_refuses_gets_nothing_and_everybody_else_one_mail(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", *REFUSED)
        await agreed(crm, cast)
        everybody = await segment_of(crm, list(cast.values()))
        await forbid(crm, cast)
        spring = await campaign(crm, everybody, await letter(crm))
        assert await start_campaign(crm, INSIDE, spring) == "running"
        await work(crm)
        assert sink.got == ["ada", "olga"]
        assert await states(crm) == {"queued": 2}
        free = await signalling(crm)
        offers = await segment_of(crm, list(free.values()), purpose="customer_offers")
        await start_campaign(crm, INSIDE, await campaign(crm, offers, await letter(crm), purpose="customer_offers"))
        await work(crm)
        assert sink.got == ["ada", "free", "olga"]

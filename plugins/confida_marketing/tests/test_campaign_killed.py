"""A process that sends is killed at random moments: nobody is lost, and nobody is written to twice."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.mail_sink import posting, work

from confida_core.api import Installation, now
from confida_marketing.campaigns import running
from confida_marketing.campaigns.states import start_campaign
from confida_marketing.tests.campaign_cast import INSIDE, agreed, campaign, letter, people, segment_of

pytestmark = pytest.mark.anyio
# People, and how often the process is killed.
ONCE, OFTEN = (60, 1), (500, 12)


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {"region": "DE", "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0}}}


async def killed_once(given: Path, seconds: float) -> None:
    """Run the process, and kill it so many seconds after it began."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.campaign_process", str(given), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun\n"
    await asyncio.sleep(seconds)
    process.kill()
    await process.wait()


async def all_due(crm: Installation) -> None:
    """As if the leases of the killed had run out."""
    past = now() - timedelta(seconds=1)
    ours = "(key LIKE 'outbound.deliver%' OR key = 'marketing.run_campaign')"
    await crm.data.fetch(f"UPDATE job SET due_at = ? WHERE state = 'waiting' AND {ours}", past)
    await crm.data.fetch(f"UPDATE job SET lease_until = ? WHERE state = 'running' AND {ours}", past)
    await crm.data.fetch("UPDATE marketing_campaign SET lead_until = NULL")
    await crm.data.fetch(
        "UPDATE outbound_message SET attempted_at = ? WHERE state = 'sending'", now() - timedelta(hours=1)
    )


@pytest.mark.parametrize("plan", [ONCE, pytest.param(OFTEN, marks=pytest.mark.slow)], ids=["once", "often"])
async def test_killed_sender_loses_nobody_and_writes_to_nobody_twice(
    crm: Installation, tmp_path: Path, plan: tuple[int, int]
) -> None:
    number, kills = plan
    async with posting(crm) as sink:
        cast = await people(crm, *(f"P{one:04}" for one in range(number)))
        await agreed(crm, cast)
        made = await campaign(crm, await segment_of(crm, list(cast.values())), await letter(crm))
        await start_campaign(crm, INSIDE, made)
        given = tmp_path / "settings.json"
        given.write_text(json.dumps(crm.settings.model_dump(mode="json")))
        dice = random.Random(8)
        for _ in range(kills):
            await killed_once(given, dice.uniform(0.1, 0.6))
            await all_due(crm)
        while await crm.data.fetch("SELECT id FROM marketing_campaign WHERE state = 'running'"):
            await running.run_campaign(crm, {"campaign_id": made})
            await work(crm)
            await all_due(crm)
        messages = await crm.data.fetch("SELECT contact_id, count(*) AS n FROM outbound_message GROUP BY contact_id")
        assert Counter(row["n"] for row in messages) == {1: number}
        # A mail that was handed over but not yet written down goes once more, as the same message.
        assert len({(to, str(mail["Message-ID"])) for to, mail in sink.mails}) == number
        assert set(sink.got) == {name.lower() for name in cast}

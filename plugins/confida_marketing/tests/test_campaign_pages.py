"""Campaigns at the browser: typed, mended, started, stopped, looked at, thrown away and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import posting, work

from confida_core.api import Installation, now
from confida_marketing.campaigns import running
from confida_marketing.campaigns.campaigns import purge_campaigns, visible_campaign
from confida_marketing.campaigns.elsewhere import campaigns_of_segment, panel_data, running_campaigns
from confida_marketing.tests.campaign_cast import INSIDE, agreed, letter, people, said, segment_of

pytestmark = pytest.mark.anyio
LIST = "/x/marketing/campaigns"
TYPED = {
    "name": "Spring appeal", "channel": "email", "purpose": "newsletter", "goal_kind": "donations", "goal_figure": "2,500.50",
    "goal_on": "2027-05-01", "budget": "100", "spent": "", "currency": "eur", "when": "local", "local_time": "09:00",
    "test_hours": "24", "decide_by": "replies", "hold_out": "0",
}  # fmt: skip


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {"region": "DE", "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0}}}


async def test_campaign_is_written_started_looked_at_and_thrown_away(
    crm: Installation, client: Any, as_role: Any
) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", "No")
        await agreed(crm, cast)
        everybody, email_id = await segment_of(crm, list(cast.values())), await letter(crm)
        wrong = await client.post(LIST, data=TYPED | {"name": "", "goal_figure": "much", "goal_on": "May"})
        assert wrong.status_code == 422
        for words in ("A campaign needs a name.", "Please choose a day.", 'value="much"', 'value="local" checked'):
            assert words in wrong.text
        made = await client.post(LIST, data=TYPED | {"include": str(everybody)}, follow_redirects=False)
        place = made.headers["location"]
        campaign_id = UUID(place.rsplit("/", 1)[1])
        row = (await visible_campaign(crm, INSIDE, campaign_id)).row
        assert (row["goal_figure"], row["budget"], row["currency"], row["local_minute"]) == (
            250_050,
            10_000,
            "EUR",
            540,
        )
        stopped = await client.post(f"{place}/start")
        assert (stopped.status_code, "Choose the e-mail that is sent." in stopped.text) == (422, True)
        edited = TYPED | {"include": str(everybody), "email": str(email_id), "when": "now", "version": "1"}
        assert (await client.post(f"{place}/edit", data=edited)).status_code == 303
        assert (await client.post(f"{place}/edit", data=edited | {"name": "Theirs"})).status_code == 409
        assert [use.name for use in await campaigns_of_segment(crm, INSIDE, everybody)] == ["Spring appeal"]
        await said(crm, cast["No"], kind="withdrawn")
        counted = await client.fragment("GET", f"{place}/audience")
        assert "<strong>2</strong> people" in counted.text
        for role in ("readonly", "staff"):
            assert (await (await as_role(role)).post(f"{place}/start")).status_code == 404
        assert (await client.post(f"{place}/start")).status_code == 303
        assert (await client.post(f"{place}/trash", follow_redirects=False)).headers["location"] == place
        await work(crm)
        await running.run_campaign(crm, {"campaign_id": campaign_id})
        assert sink.got == ["ada", "olga"]
        progress = await client.fragment("GET", place)
        assert ("100 %" in progress.text, "every 3s" in progress.text) == (True, False)
        listed = await client.get(f"{place}/people?state=sent")
        assert [name in listed.text for name in ("Ada", "Olga", ">No<")] == [True, True, False]
        for page in (
            LIST,
            f"{LIST}?which=over",
            f"{LIST}/calendar",
            f"{LIST}/calendar?month=2027-05",
            f"{LIST}/new",
            f"{place}/edit",
        ):
            assert (await client.get(page)).status_code == 200
        panel = await panel_data(crm, INSIDE, cast["Ada"])
        assert [(one["title"], one["state"]) for one in panel["rows"]] == [("Spring appeal", "Sent")]
        assert (await running_campaigns(crm, INSIDE))["rows"] == []
        assert (await client.post(f"{place}/trash")).status_code == 303
        assert (await client.get(place)).status_code == 404
        assert "Spring appeal" in (await client.get(f"{LIST}?which=trash")).text
        assert (await client.post(f"{place}/restore")).status_code == 303
        assert (await client.get(place)).status_code == 200
        await client.post(f"{place}/trash")
        await crm.data.fetch("UPDATE marketing_campaign SET deleted_at = ?", now() - timedelta(days=31))
        await purge_campaigns(crm, {})
        for table in ("marketing_campaign", "marketing_delivery"):
            assert await crm.data.fetch(f"SELECT id FROM {table}") == []


async def test_words_of_a_campaign_are_sealed_and_its_ledger_goes_with_the_person(
    crm: Installation, client: Any, assert_sealed: Any, assert_erased: Any
) -> None:
    cast = await people(crm, "sealed-ada")
    await agreed(crm, cast, "phone")
    everybody = await segment_of(crm, list(cast.values()), "phone")
    typed = {"name": "sealed-name", "note": "sealed-note", "message": "sealed-words", "channel": "phone"}
    made = await client.post(
        LIST, data=TYPED | typed | {"include": str(everybody), "when": "now"}, follow_redirects=False
    )
    await client.post(made.headers["location"] + "/start")
    await work(crm)
    assert "sealed-words" in (await client.get(made.headers["location"] + "/calls")).text
    await assert_sealed("sealed-name", "sealed-note", "sealed-words")
    assert len(await crm.data.fetch("SELECT id FROM marketing_delivery")) == 1
    await assert_erased(cast["sealed-ada"], "sealed-ada")
    assert await crm.data.fetch("SELECT id FROM marketing_delivery") == []

"""Pages of journeys: written without a script, checked, tried on one person, switched on, seen on the contact's page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import posting

from confida_core.api import Installation
from confida_marketing.journeys.journeys import visible_journey
from confida_marketing.tests.campaign_cast import INSIDE, letter, people, said
from confida_marketing.tests.journey_cast import plan, running, step, tick

pytestmark = pytest.mark.anyio
LIST = "/x/marketing/journeys"


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {"region": "DE", "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0}}}


@pytest.fixture
async def house(crm: Installation) -> AsyncIterator[None]:
    """Mail can be sent, and it says who writes."""
    async with posting(crm):
        yield


def titles(text: str) -> list[str]:
    return [re.sub(r"<.*?>", "", one) for one in re.findall(r"<h3>(\d.*?)</h3>", text)]


async def test_journey_is_written_checked_tried_and_switched_on(
    client: Any, crm: Installation, as_role: Any, house: None, assert_sealed: Any
) -> None:
    cast = await people(crm, "Ada", "Zoe")
    await said(crm, cast["Ada"])
    email_id = await letter(crm)
    assert "No journey yet" in (await client.get(LIST)).text
    offered = (await client.get(f"{LIST}/new")).text
    assert ("Win back after silence" in offered, "After a closed ticket" in offered) == (True, False)
    nameless = await client.post(LIST, data={"name": " "})
    assert (nameless.status_code, nameless.text.count('aria-invalid="true"')) == (422, 1)
    here = (await client.post(LIST, data={"ready": "welcome"})).headers["location"]
    journey_id = UUID(here.rpartition("/")[2])
    shown = (await client.get(here)).text
    assert titles(shown) == ["1. Welcome", "2. Wait", "3. What one can do with us", "4. Tag"]
    assert (shown.count("Choose the e-mail that is sent."), "Switch on" in shown, '<svg class="journey' in shown) == (
        4,
        False,
        True,
    )
    refused = await client.post(f"{here}/on")
    assert (refused.status_code, "before this is mended" in refused.text) == (422, True)
    for key in ("s1", "s3"):
        assert "What you call it" in (await client.get(f"{here}/steps/{key}")).text
        version = (await visible_journey(crm, INSIDE, journey_id)).row["version"]
        await client.post(f"{here}/steps/{key}", data={"version": version, "email": str(email_id), "refused": "skip"})
    typed = {"kind": "branch", "after": "s2", "then": "s3", "other": "end", "match": "all", "group-a-how": "all"}
    await client.get(f"{here}/steps/new?kind=branch&after=s2")
    longer = await client.post(f"{here}/steps/new", data=typed | {"_add": "group"})
    assert longer.text.count('class="condition-group"') == 2
    row = {"filter-a-0-field": "tags", "filter-a-0-op": "has", "filter-a-0-value": "boat"}
    late = await client.post(f"{here}/steps/new", data=typed | row | {"version": 1})
    assert (late.status_code, 'value="boat"' in late.text) == (409, True)
    version = (await visible_journey(crm, INSIDE, journey_id)).row["version"]
    await client.post(f"{here}/steps/new", data=typed | row | {"version": version})
    shown = (await client.get(here)).text
    assert titles(shown) == ["1. E-mail", "2. Wait", "3. Branch", "4. E-mail", "5. Tag"]
    assert ("tagged boat" in shown, "no → the end" in shown) == (True, True)
    await client.post(f"{here}/steps/s4/move", data={"to": "up"})
    await client.post(f"{here}/steps/s5/remove")
    assert titles((await client.get(here)).text) == ["1. E-mail", "2. Wait", "3. Tag", "4. E-mail"]
    await client.post(f"{here}/undo")
    assert len(titles((await client.get(here)).text)) == 5
    await client.post(f"{here}/steps/s4/move", data={"to": "down"})
    frame = {"name": "Hello", "purpose": "newsletter", "trigger": "silence", "days": "x", "reentry": "never"}
    version = (await visible_journey(crm, INSIDE, journey_id)).row["version"]
    wrong = await client.post(f"{here}/edit", data=frame | {"version": version})
    assert (wrong.status_code, 'value="x"' in wrong.text) == (422, True)
    frame |= {
        "trigger": "consent",
        "consent": "newsletter:email:given",
        "days": "",
        "inside": "yes",
        "version": version,
    }
    await client.post(f"{here}/edit", data=frame | {"aim": "Zwetschgenkuchen for them"})
    assert "Hello" in (await client.get(f"{here}/edit")).text
    tried = (await client.get(f"{here}/simulate?contact={cast['Ada']}")).text
    assert ("Would begin" in tried, "They consented." in tried, "no" in tried, "Came to the end." in tried) == (
        True,
        True,
        True,
        True,
    )
    other = (await client.get(f"{here}/simulate?contact={cast['Zoe']}")).text
    assert ("Would not begin" in other, "They have not consented." in other) == (True, True)
    assert "Zoe" in (await client.post(f"{here}/simulate", data={"q": "zoe"})).text
    # Names stand in no address, because those are logged.
    assert "Zoe" not in (await client.get(f"{here}/simulate?q=zoe")).text
    assert await crm.data.fetch("SELECT id FROM marketing_journey_entry") == []
    started = await client.post(f"{here}/on")
    assert started.status_code == 303
    await tick(crm)
    assert "Ada" in (await client.get(f"{here}/people?state=waiting&step=s2")).text
    on_contact = (await client.get(f"/contacts/{cast['Ada']}")).text
    assert ("Hello" in on_contact, "2. Wait" in on_contact, "Put them in" in on_contact) == (True, True, True)
    put = {"contact": str(cast["Zoe"]), "journey": str(journey_id)}
    assert (await client.post(f"{LIST}/put-in", data=put)).headers["location"] == f"/contacts/{cast['Zoe']}"
    (entry,) = await crm.data.fetch("SELECT id FROM marketing_journey_entry")
    await client.post(f"{LIST}/entries/{entry['id']}/take-out", data={"contact": str(cast["Ada"])})
    assert "A colleague took them out." in (await client.get(f"{here}/people")).text
    kept = await client.post(f"{here}/trash")
    assert kept.headers["location"] == here
    await assert_sealed("Zwetschgenkuchen")
    for what in ("pause", "continue", "off", "trash"):
        assert (await client.post(f"{here}/{what}")).status_code == 303
    assert (await client.get(here)).status_code == 404
    assert "Take back" in (await client.get(f"{LIST}?which=trash")).text
    await client.post(f"{here}/restore")
    reader = await as_role("readonly")
    assert ((await reader.get(here)).status_code, (await reader.post(f"{here}/on")).status_code) == (200, 404)


async def test_pages_of_journeys_ask_as_often_for_three_as_for_one(
    client: Any, crm: Installation, queries: Any, as_program: Any
) -> None:
    cast = await people(crm, "Ada", "Olga", "Zoe")
    await said(crm, *cast.values())
    steps = [step(f"s{at}", "wait", days=at) for at in range(1, 4)]
    counted = []
    for names, number in ((("One",), 1), (("Two", "Three"), 3)):
        for name in names:
            made = await running(crm, plan(*steps[:number]), name)
        for contact_id in list(cast.values())[:number]:
            await client.post(f"{LIST}/put-in", data={"contact": str(contact_id), "journey": str(made)})
        pages = (LIST, f"{LIST}/{made}", f"{LIST}/{made}/people")
        asked = []
        for path in pages:
            await client.get(path)
            with queries() as found:
                await client.get(path)
            asked.append(len(found))
        counted.append(asked)
    assert counted[0] == counted[1]
    program = await as_program("marketing.read")
    answer = (await program.get("/api/v1/x/marketing/journeys")).json()
    assert {one["name"]: (one["state"], one["counts"]) for one in answer["items"]} == {
        "One": ("active", {"waiting": 1}), "Two": ("active", {}), "Three": ("active", {"waiting": 3}),
    }  # fmt: skip

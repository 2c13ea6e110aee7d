"""The lists of consent cost the same however long they are, and name everybody on them as read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.contacts.content import EmailAddress
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import send
from confida_core.vault.access import system_access
from tests.web.consents.test_recording import record
from tests.web.people import make

pytestmark = pytest.mark.anyio


async def reader(crm: Any, name: str) -> UUID:
    return await make(crm, name, emails=[EmailAddress(address=f"{name.lower()}@example.org")])


async def refused_message(crm: Any, contact_id: UUID) -> None:
    letter = OutboundMessage(contact_id=contact_id, purpose="newsletter", subject="News", text="Dear friends")
    assert not (await send(crm, system_access("test"), letter)).allowed


async def queries_of(client: Any, crm: Any, path: str) -> int:
    """How many questions the data was asked for one page, when nothing is asked for the first time."""
    await client.get(path)
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    page = await client.get(path)
    crm.data.observers.clear()
    assert page.status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/consents/messages", 6),
        ("/consents/expiring?days=3000", 7),
        ("/consents/purposes", 4),
        ("/consents", 14),
    ],
)
async def test_list_costs_the_same_for_one_row_and_for_three(
    client: Any, crm: Any, engine: str, path: str, expected: int
) -> None:
    found = []
    for names in (("Ada",), ("Grace", "Noor")):
        for name in names:
            contact_id = await reader(crm, name)
            await refused_message(crm, contact_id)
            await record(client, contact_id)
        found.append(await queries_of(client, crm, path))
    # PostgreSQL is asked besides how far the feed of changes may be read; purposes name nobody who could have changed.
    asked = expected + (engine == "postgres" and path != "/consents/purposes")
    assert found == [asked, asked]


async def test_history_costs_the_same_for_one_event_and_for_three(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    await record(client, ada)
    first = await queries_of(client, crm, f"/contacts/{ada}/consents")
    await record(client, ada, channels=["post", "phone"])
    assert await queries_of(client, crm, f"/contacts/{ada}/consents") == first


async def test_refused_message_is_shown_with_its_reason_and_its_event(client: Any, crm: Any) -> None:
    ada = await reader(crm, "Ada")
    await record(client, ada, answer="no")
    await refused_message(crm, ada)
    for path in ("/consents/messages?state=refused", "/consents"):
        page = (await client.get(path)).text
        assert ["They withdrew" in page or "said no" in page, f"/contacts/{ada}/consents/" in page] == [True, True]
    assert ("Ada" in (await client.get("/consents/messages?state=sent")).text) is False


async def test_message_that_waits_can_be_taken_back_once(client: Any, crm: Any) -> None:
    ada = await reader(crm, "Ada")
    await record(client, ada)
    letter = OutboundMessage(contact_id=ada, purpose="newsletter", subject="News", text="Dear friends")
    sent = await send(crm, system_access("test"), letter)
    page = (await client.get("/consents/messages")).text
    if sent.state == "queued":
        assert f"/consents/messages/{sent.id}/cancel" in page
        await client.post(f"/consents/messages/{sent.id}/cancel")
        assert "Taken back" in (await client.get("/consents/messages?state=cancelled")).text
    else:
        assert (sent.state, f"/consents/messages/{sent.id}/retry" in page) == ("failed", True)
        assert (await client.post(f"/consents/messages/{sent.id}/retry")).status_code == 303
    again = await client.post(f"/consents/messages/{sent.id}/cancel")
    assert again.status_code == 303


async def test_list_of_what_ends_soon_counts_as_a_read(client: Any, crm: Any) -> None:
    ada = await reader(crm, "Ada")
    await record(client, ada)
    before = len(await crm.door.read_log.of(ada))
    assert "Ada" in (await client.get("/consents/expiring?days=3000")).text
    assert len(await crm.door.read_log.of(ada)) == before + 1
    assert "Ada" not in (await client.get("/consents/expiring?days=30")).text


async def test_my_day_says_how_many_consents_end_soon(client: Any, crm: Any) -> None:
    ada = await reader(crm, "Ada")
    await record(client, ada)
    assert "None ends within 60 days." in (await client.get("/")).text
    await client.post("/settings/plugins/consent", data={"expiring_days": "3000"})
    assert "1 consent ends within 3000 days" in (await client.get("/")).text


@pytest.mark.parametrize("days", ["x", "0", "-1", "999999999999999999999"])
async def test_nonsense_in_the_address_is_no_fault_of_ours(client: Any, days: str) -> None:
    assert (await client.get(f"/consents/expiring?days={days}")).status_code == 422
    assert (await client.get(f"/consents/messages?state={days}&before={days}")).status_code == 200


async def test_overview_tells_the_finding_in_words_and_as_a_table(client: Any, crm: Any) -> None:
    for name in ("Ada", "Grace"):
        await record(client, await reader(crm, name))
    noor = await reader(crm, "Noor")
    await record(client, noor, answer="no")
    await record(client, noor, answer="no", purpose="customer_offers")
    page = (await client.get("/consents")).text
    shown = ("2 people say yes to e-mail.", "1 objection so far.", '<td class="number">2</td>', "1 no")
    assert [text for text in shown if text not in page] == []

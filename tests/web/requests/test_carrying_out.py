"""The answer to a request for access, and an erasure, from their pages."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from confida_consent.events import record_event
from confida_consent.rights.content import HoldNote
from confida_consent.rights.holds import give_hold
from confida_consent.rights.portal_messages import PLAN_CONFIRMED, SUPPRESSION_WANTED
from confida_consent.rights.requests_deciding import withdraw
from confida_consent.rights.steps import take_step
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.vault.access import system_access
from tests.cases import in_one_installation
from tests.consent.people import SYSTEM, says
from tests.consent.rights.requests_cast import INSIDE, asks, mails, make_ada, row_of, with_mail, work
from tests.web.requests.people import proved_request, text_of

pytestmark = pytest.mark.anyio


async def does(browser: Any, href: str, action: str, **fields: str) -> Any:
    return await browser.post(f"{href}/package", data={"action": action, **fields})


async def test_answer_is_put_together_looked_at_and_released(client: Any, as_role: Any, crm: Any) -> None:
    with_mail(crm)
    request, ada = await proved_request(crm)
    zoe = ContactContent(display_name="Zoe Zander", emails=[EmailAddress(address="zoe@example.org")])
    await create_contact(crm, system_access("tests"), ContactKind.PERSON, zoe)
    told = InteractionDraft(kind="note", people=(ada,), body="Zoe Zander told us about her.")
    await log_interaction(crm, system_access("tests", "relationship"), told)
    href = f"/requests/{request.id}"
    assert "Nothing is put together yet" in await text_of(client, f"{href}/package")
    assert (await does(client, href, "release")).status_code == 422
    assert (await does(client, href, "assemble")).status_code == 303
    await work(crm)
    page = await text_of(client, f"{href}/package")
    assert "Zoe Zander" in page
    assert (await does(client, href, "release")).status_code == 422
    decisions = {f"passage-{number}": "blacken" for number in range(20)}
    assert (await does(client, href, "decide", **decisions)).status_code == 303
    assert (await does(client, href, "withhold", category="Notes", ground="Art. 15(4)")).status_code == 303
    assert "Put the answer together again" in await text_of(client, f"{href}/package")
    assert (await does(client, href, "release")).status_code == 422
    page = await text_of(client, f"{href}/package")
    assert "waits for a second person" in page
    assert 'value="approve"' not in page
    officer = await as_role("privacy_officer")
    kept = re.search(r'name="key" value="([0-9a-f]{32})"', await text_of(officer, f"{href}/package"))
    assert kept
    assert (await does(client, href, "give", key="7")).status_code == 409
    assert (await does(client, href, "approve", key=kept[1])).status_code == 422
    await does(client, href, "assemble")
    await work(crm)
    assert (await does(client, href, "release")).status_code == 422
    assert (await does(officer, href, "approve", key=kept[1])).status_code == 303
    assert (await does(officer, href, "approve", key=kept[1])).status_code == 409
    assert "approved by a second person" in await text_of(client, f"{href}/package")
    archive = await client.get(f"{href}/package.zip")
    assert zipfile.ZipFile(io.BytesIO(archive.content)).testzip() is None
    assert (await does(client, href, "release")).status_code == 303
    assert (await row_of(crm, request.id))["state"] == "answered"
    assert "is ready" in (await mails(crm))[-1].subject
    assert "Released, not fetched yet" in await text_of(client, f"{href}/package")


@in_one_installation(
    ("action", "fields"),
    [
        ("nonsense", {}),
        ("decide", {}),
        ("blacken", {"words": "x"}),
        ("withhold", {"category": "Notes"}),
        ("withhold", {"category": "x" * 300, "ground": "y"}),
        ("reopen", {"again": ""}),
        ("reopen", {"again": "lost"}),
    ],
)
async def test_what_cannot_be_done_to_an_answer_is_said(
    client: Any, crm: Any, action: str, fields: dict[str, str]
) -> None:
    request, _ = await proved_request(crm)
    answer = await does(client, f"/requests/{request.id}", action, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_nothing_is_put_together_for_who_proved_nothing(client: Any, crm: Any) -> None:
    await make_ada(crm)
    request = await asks(crm)
    await work(crm)
    assert (await does(client, f"/requests/{request.id}", "assemble")).status_code == 422
    erasure = await client.post(f"/requests/{request.id}/erasure", data={"seen": "yes"})
    assert erasure.status_code == 422


async def test_erasure_is_shown_confirmed_and_certified(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "erasure")
    href = f"/requests/{request.id}/erasure"
    page = await text_of(client, href)
    assert "Goes now" in page
    assert "Ada Lovelace" in page
    assert "then erase." in await text_of(client, f"/requests/{request.id}")
    assert (await client.post(href, data={})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada)
    assert (await client.post(href, data={"seen": "yes"})).status_code == 303
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada) == []
    page = await text_of(client, href)
    assert "The person is erased." in page
    archive = await client.get(f"/requests/{request.id}/certificate.zip")
    assert zipfile.ZipFile(io.BytesIO(archive.content)).testzip() is None
    whole = await text_of(client, f"/requests/{request.id}")
    assert "Carried out" in whole
    assert "It is carried out. Answer the request, so that its clock stops." in whole
    assert "then erase." not in whole


async def test_erasure_keeps_the_wish_of_the_person_and_can_take_the_proof_too(client: Any, crm: Any) -> None:
    """What the person confirmed at the portal is ticked; proof of consents goes only if the plan with it was looked at."""
    request, ada = await proved_request(crm, "erasure")
    await record_event(crm, SYSTEM, says(ada, "given"))
    href = f"/requests/{request.id}/erasure"
    tick = 'name="suppress" value="yes" checked'
    assert tick not in await text_of(client, href)
    await take_step(crm, INSIDE, request.id, PLAN_CONFIRMED, f"Goes:\n{SUPPRESSION_WANTED}")
    page = await text_of(client, href)
    assert tick in page
    assert "They asked for the suppression list." in page
    stays = page.partition('id="stays"')[2]
    assert "Consent events" in stays
    page = await text_of(client, f"{href}?evidence=yes")
    assert "Consent events" not in page.partition('id="stays"')[2]
    form = {"seen": "yes", "evidence": "yes", "suppress": "yes"}
    assert (await client.post(href, data=form)).status_code == 303
    assert await crm.data.fetch("SELECT id FROM consent_event WHERE subject_id = ?", ada) == []
    assert [order.kind for order in crm.orders.all()] == ["suppression"]


async def test_nobody_is_erased_who_took_it_back(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "erasure")
    await withdraw(crm, INSIDE, request.id)
    assert (await client.post(f"/requests/{request.id}/erasure", data={"seen": "yes"})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada)


async def test_nobody_is_erased_by_a_request_for_something_else(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "access")
    assert (await client.post(f"/requests/{request.id}/erasure", data={"seen": "yes"})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada)


async def test_hold_blocks_an_erasure_and_is_seen(client: Any, crm: Any) -> None:
    from datetime import timedelta

    from confida_core.clock import now

    request, ada = await proved_request(crm, "erasure")
    note = HoldNote(name="Case 7", reason="A dispute", owner="Olga")
    await give_hold(crm, INSIDE, ada, note, (now() + timedelta(days=30)).date())
    href = f"/requests/{request.id}/erasure"
    page = await text_of(client, href)
    assert "Case 7" in page
    assert "Erase for good" not in page
    assert (await client.post(href, data={"seen": "yes"})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada)


async def test_no_certificate_before_an_erasure(client: Any, crm: Any) -> None:
    request, _ = await proved_request(crm, "erasure")
    assert (await client.get(f"/requests/{request.id}/certificate.zip")).status_code == 404

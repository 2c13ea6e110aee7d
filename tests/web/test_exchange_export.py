"""Exports in the browser: for those who may, after a fresh log-in, with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from tests.cases import in_one_installation
from tests.web.people import make

pytestmark = pytest.mark.anyio

WHOLE = {"format": "vcard", "scope": "all", "reason": "Moving house"}


async def test_everybody_comes_as_vcard_and_it_is_noted(crm: Any, client: Any) -> None:
    contact_id = await make(crm, "Ada Example")
    await make(crm, "Mats Example")
    assert "Export 2 contacts" in (await client.get("/export")).text
    answer = await client.post("/export", data=WHOLE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/vcard; charset=utf-8")
    assert answer.headers["content-disposition"].endswith(".vcf")
    assert [line for line in answer.text.splitlines() if line.startswith("FN:")] == [
        "FN:Ada Example",
        "FN:Mats Example",
    ]
    reads = await crm.door.read_log.of(contact_id)
    assert [(read.actor_id, read.purpose, read.place) for read in reads] == [
        (client.account_id, "import_export", "POST /export")
    ]
    events = await crm.data.fetch("SELECT actor_id FROM audit_event WHERE kind = 'contacts.exported'")
    assert [row["actor_id"] for row in events] == [client.account_id]


async def test_saved_view_narrows_the_table(crm: Any, client: Any) -> None:
    from confida_core.contacts.records import ViewContent
    from confida_core.contacts.views import save_view
    from confida_core.vault.access import Access, Actor

    await make(crm, "Ada Example")
    await make(crm, "Mats Example")
    olga = Actor(id=client.account_id, permissions=frozenset({"contacts.read"}))
    access = Access(actor=olga, purpose="relationship", where="test")
    view_id = await save_view(crm, access, ViewContent(name="Adas", text="ada exa"))
    assert f'<option value="{view_id}">Adas</option>' in (await client.get("/export")).text
    answer = await client.post("/export", data={**WHOLE, "format": "csv", "scope": str(view_id)})
    assert ("Ada Example" in answer.text, "Mats Example" in answer.text) == (True, False)


@in_one_installation(
    ("fields", "field"),
    [({"reason": ""}, "reason"), ({"format": "pdf"}, "format"), ({"scope": "nobody"}, "scope")],
)
async def test_wrong_form_says_what_is_wrong_and_opens_nobody(
    crm: Any, client: Any, fields: dict[str, str], field: str
) -> None:
    contact_id = await make(crm, "Ada Example")
    answer = await client.post("/export", data={**WHOLE, **fields})
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert await crm.door.read_log.of(contact_id) == []


async def test_old_log_in_is_asked_again_before_anything_leaves(crm: Any, client: Any) -> None:
    await make(crm, "Ada Example")
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(minutes=6))
    for answer in (await client.get("/export"), await client.post("/export", data=WHOLE)):
        assert (answer.status_code, answer.headers["location"].startswith("/login/fresh")) == (303, True)
    assert await crm.data.fetch("SELECT id FROM export_run") == []


@pytest.mark.parametrize(("role", "status"), [("staff", 404), ("readonly", 404), ("privacy_officer", 200)])
async def test_export_is_for_those_who_may(as_role: Any, role: str, status: int) -> None:
    browser = await as_role(role)
    assert (await browser.get("/export")).status_code == status
    assert (await browser.post("/export", data=WHOLE)).status_code == status


async def test_one_contact_is_saved_from_its_page_and_it_is_noted(crm: Any, client: Any) -> None:
    contact_id = await make(crm, "Ada Ümlaut")
    await make(crm, "Mats Example")
    assert f'href="/contacts/{contact_id}/vcard"' in (await client.get(f"/contacts/{contact_id}")).text
    answer = await client.get(f"/contacts/{contact_id}/vcard")
    assert [line for line in answer.text.splitlines() if line.startswith("FN:")] == ["FN:Ada Ümlaut"]
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''Ada%20%C3%9Cmlaut.vcf")
    events = await crm.data.fetch("SELECT actor_id FROM audit_event WHERE kind = 'contacts.exported'")
    assert [row["actor_id"] for row in events] == [client.account_id]
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(minutes=6))
    later = await client.get(f"/contacts/{contact_id}/vcard")
    assert (later.status_code, later.headers["location"].startswith("/login/fresh")) == (303, True)


@pytest.mark.parametrize("hidden", ["restricted", "trashed"])
async def test_hidden_contact_is_not_saved_as_vcard(crm: Any, client: Any, hidden: str) -> None:
    from confida_core.contacts.states import restrict_contact
    from confida_core.contacts.trash import trash_contact
    from confida_core.vault.access import system_access

    contact_id = await make(crm, "Ada Example")
    await (restrict_contact if hidden == "restricted" else trash_contact)(crm, system_access("test"), contact_id)
    assert "/vcard" not in (await client.get(f"/contacts/{contact_id}")).text
    assert (await client.get(f"/contacts/{contact_id}/vcard")).status_code == 404
    assert await crm.data.fetch("SELECT id FROM export_run") == []

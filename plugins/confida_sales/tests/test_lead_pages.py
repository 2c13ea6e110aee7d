"""Leads at the browser, for programs, and on the pages around them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, new_id
from confida_sales.leads.leads import LeadDraft, create_lead
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, pipeline, save_pipeline

pytestmark = pytest.mark.anyio
LIST = "/x/sales/leads"
ADA = {
    "name": "Ada Lovelace", "organisation": "Analytical Engines", "email": "ada@example.org", "phone": "",
    "wanted": "Two looms\nSoon", "note": "", "source": "Website", "owner_id": "",
}  # fmt: skip


@pytest.fixture
async def usual(crm: Any, access: Access) -> ShownPipeline:
    return await pipeline(crm, await save_pipeline(crm, access, "New customers", USUAL))


async def only_lead(crm: Any) -> dict[str, Any]:
    (row,) = await crm.data.fetch("SELECT * FROM sales_lead")
    return dict(row)


async def test_lead_is_typed_in_shown_corrected_and_listed(client: Any, crm: Any) -> None:
    assert "Write down the first one" in (await client.get(LIST)).text
    made = await client.post(f"{LIST}/new", data=ADA)
    row = await only_lead(crm)
    href = f"{LIST}/{row['id']}"
    assert (made.status_code, made.headers["location"]) == (303, href)
    shown = (await client.get(href)).text
    assert [shown.count(text) for text in ("Two looms", "ada@example.org", "Known from this lead only")] == [1, 1, 1]
    changed = await client.post(
        f"{href}/edit", data={"organisation": "Engines", "wanted": "Three looms", "version": "1"}
    )
    assert (changed.status_code, changed.headers["location"]) == (303, href)
    listed = (await client.get(LIST)).text
    # Once in its column, once below the name, where phones show it.
    assert (listed.count("Three looms"), listed.count("Two looms")) == (2, 0)


async def test_bad_form_keeps_what_was_typed_and_says_where(client: Any, crm: Any) -> None:
    answer = await client.post(f"{LIST}/new", data=ADA | {"email": "nonsense", "wanted": "Typed by hand"})
    assert answer.status_code == 422
    assert ('id="email-error"' in answer.text, "Typed by hand" in answer.text, 'value="nonsense"' in answer.text) == (
        True, True, True,
    )  # fmt: skip
    assert await crm.data.fetch("SELECT id FROM sales_lead") == []
    stranger = await client.post(f"{LIST}/new", data=ADA | {"owner_id": str(new_id())})
    assert (stranger.status_code, 'id="owner_id-error"' in stranger.text) == (422, True)


async def test_somebody_who_is_here_already_is_offered_before_a_contact_is_made(
    client: Any, crm: Any, contact: Any
) -> None:
    known = await contact("Ada King", email="ada@example.org")
    asked = await client.post(f"{LIST}/new", data=ADA)
    assert (asked.status_code, f'value="{known}"' in asked.text, "the same e-mail address" in asked.text) == (
        422, True, True,
    )  # fmt: skip
    assert (await client.post(f"{LIST}/new", data=ADA | {"person": str(known)})).status_code == 303
    assert (await only_lead(crm))["contact_id"] == known
    assert (await client.post(f"{LIST}/new", data=ADA | {"person": "new"})).status_code == 303
    assert len(await crm.data.fetch("SELECT id FROM contact")) == 2


async def test_change_that_came_too_late_is_kept_in_the_form(client: Any, crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, LeadDraft(name="Ada Lovelace"))
    assert (await client.post(f"{LIST}/{lead}/edit", data={"wanted": "First", "version": "1"})).status_code == 303
    late = await client.post(f"{LIST}/{lead}/edit", data={"wanted": "Second", "version": "1"})
    assert (late.status_code, "Second" in late.text, 'name="version" value="2"' in late.text) == (409, True, True)


async def test_chosen_leads_are_given_away_and_taken_back(client: Any, crm: Any, access: Access) -> None:
    leads = [await create_lead(crm, access, LeadDraft(name=f"Person {number}")) for number in range(3)]
    olga = client.account_id
    answer = await client.post(f"{LIST}/assign", data={"ids": [str(one) for one in leads], "owner_id": str(olga)})
    assert (answer.status_code, answer.headers["location"]) == (303, LIST)
    assert [row["owner_id"] for row in await crm.data.fetch("SELECT owner_id FROM sales_lead")] == [olga] * 3
    toast = answer.headers["set-cookie"].split(";")[0]
    following = await client.get(LIST, headers={"cookie": f"__Host-confida={client.secret}; {toast}"})
    undo = re.search(r'action="(/x/sales/leads/assign/undo[^"]+)"', following.text)
    assert undo is not None
    assert (await client.post(undo[1].replace("&amp;", "&"))).status_code == 303
    assert [row["owner_id"] for row in await crm.data.fetch("SELECT owner_id FROM sales_lead")] == [None] * 3
    assert (await client.post(f"{LIST}/assign/undo?before=x")).status_code == 404
    assert (await client.post(f"{LIST}/assign", data={"ids": "x"})).status_code == 422


async def test_lead_is_laid_aside_with_its_contact_and_undone(client: Any, crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, LeadDraft(name="Ada Lovelace"))
    assert "Nothing else is kept of Ada Lovelace" in (await client.get(f"{LIST}/{lead}")).text
    without = await client.post(f"{LIST}/{lead}/discard", data={"version": "1", "discard_note": "Typed"})
    assert (without.status_code, "Please say why." in without.text, "Typed" in without.text) == (422, True, True)
    sent = {"version": "1", "reason": "junk", "with_contact": "yes"}
    assert (await client.post(f"{LIST}/{lead}/discard", data=sent)).status_code == 303
    assert (await client.get(f"{LIST}/{lead}")).status_code == 404
    assert (await client.post(f"{LIST}/{lead}/reopen")).status_code == 303
    assert (await client.get(f"{LIST}/{lead}")).status_code == 200


async def test_lead_is_converted_from_its_page_and_taken_back(
    client: Any, crm: Any, contact: Any, usual: ShownPipeline
) -> None:
    await client.post(f"{LIST}/new", data=ADA)
    known = await contact("Ada King", email="ada@example.org")
    await contact("Analytical Engines", kind="organisation")
    lead = await only_lead(crm)
    href = f"{LIST}/{lead['id']}"
    form = (await client.get(f"{href}/convert")).text
    assert (form.count('name="person"'), form.count('name="organisation"'), 'value="Two looms"' in form) == (2, 3, True)
    sent = {
        "version": "1", "person": str(known), "add_new": "yes", "organisation": "new", "organisation_name": "Engines",
        "stage": str(usual.stages[0].id), "title": "Two looms", "value": "1,200.50", "currency": "EUR", "close_on": "",
    }  # fmt: skip
    bad = await client.post(f"{href}/convert", data=sent | {"value": "much", "close_on": "soon", "person": ""})
    assert bad.status_code == 422
    assert [f'id="{name}-error"' in bad.text for name in ("value", "close_on", "title")] == [True, True, False]
    assert ('value="much"' in bad.text, "Please say who it is." in bad.text) == (True, True)
    done = await client.post(f"{href}/convert", data=sent)
    again = await client.post(f"{href}/convert", data=sent)
    row = await only_lead(crm)
    assert done.headers["location"] == again.headers["location"] == f"/x/sales/opportunities/{row['opportunity_id']}"
    assert [each["value"] for each in await crm.data.fetch("SELECT value FROM sales_opportunity")] == [1_200_50]
    assert (await client.get(f"{href}/convert")).status_code == 303
    assert (await client.post(f"{href}/take-back")).status_code == 303
    assert (await only_lead(crm))["state"] == "working"


async def test_readers_see_leads_and_change_nothing(as_role: Any, crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, LeadDraft(name="Ada Lovelace", wanted="Two looms"))
    reader = await as_role("readonly")
    assert ("Two looms" in (await reader.get(LIST)).text, "/convert" in (await reader.get(f"{LIST}/{lead}")).text) == (
        True, False,
    )  # fmt: skip
    for path in ("new", f"{lead}/edit", f"{lead}/convert"):
        assert (await reader.get(f"{LIST}/{path}")).status_code == 404
    for path in (
        "new",
        "assign",
        f"{lead}/edit",
        f"{lead}/work",
        f"{lead}/discard",
        f"{lead}/reopen",
        f"{lead}/convert",
    ):
        assert (await reader.post(f"{LIST}/{path}", data=ADA | {"version": "1"})).status_code == 404
    assert (await only_lead(crm))["version"] == 1


async def test_lead_of_nobody_is_not_there(client: Any) -> None:
    nobody: UUID = new_id()
    for path in ("", "/edit", "/convert"):
        assert (await client.get(f"{LIST}/{nobody}{path}")).status_code == 404
    for path in ("/edit", "/work", "/discard", "/reopen", "/convert", "/take-back"):
        assert (await client.post(f"{LIST}/{nobody}{path}", data={"version": "1"})).status_code == 404


async def test_list_takes_any_address(client: Any) -> None:
    for query in ("?which=x", "?owner=x&source=y&age=7", "?from=x", "?back=x"):
        assert (await client.get(LIST + query)).status_code == 200, query
    assert (await client.get(f"{LIST}?age=99999999999")).status_code == 422


async def test_contact_page_and_search_show_leads(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    await create_lead(crm, access, LeadDraft(contact_id=ada, wanted="Two looms"))
    # Once in the panel, once on the timeline.
    assert (await client.get(f"/contacts/{ada}")).text.count("Two looms") == 2
    found = await client.post("/search", data={"q": "lovelace"})
    assert len(re.findall(f"{LIST}/[0-9a-f-]{{36}}", found.text)) == 1


async def test_programs_post_leads_and_read_them_back(as_program: Any, crm: Any) -> None:
    program = await as_program("sales.read", "sales.write", "contacts.read", "contacts.write")
    sent = {"name": "Ada Lovelace", "email": "ada@example.org", "wanted": "Two looms", "source": "Website"}
    made = await program.post("/api/v1/x/sales/leads", json=sent)
    assert made.status_code == 201
    item = made.json()
    row = await only_lead(crm)
    assert (item["id"], item["contact_id"], item["state"], item["provisional"], item["wanted"]) == (
        str(row["id"]), str(row["contact_id"]), "new", True, "Two looms",
    )  # fmt: skip
    listed = (await program.get("/api/v1/x/sales/leads?state=new")).json()["items"]
    assert [one["id"] for one in listed] == [str(row["id"])]
    assert (await program.get("/api/v1/x/sales/leads?state=converted")).json()["items"] == []
    changed = await program.change(f"/api/v1/x/sales/leads/{row['id']}", {"wanted": "One loom"}, item["etag"])
    assert (changed.status_code, changed.json()["wanted"]) == (200, "One loom")
    for bad in (
        {"wanted": "x"},
        sent | {"email": "x"},
        sent | {"source": "Nowhere"},
        sent | {"owner_id": str(new_id())},
    ):
        assert (await program.post("/api/v1/x/sales/leads", json=bad)).status_code == 422
    assert len(await crm.data.fetch("SELECT id FROM sales_lead")) == 1


async def test_program_without_the_scope_posts_nothing(as_program: Any, crm: Any) -> None:
    program = await as_program("sales.read", "contacts.read")
    assert (await program.post("/api/v1/x/sales/leads", json={"name": "Ada"})).status_code in (403, 404)
    assert await crm.data.fetch("SELECT id FROM sales_lead") == []

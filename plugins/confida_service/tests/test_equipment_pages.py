"""Pages of equipment and contracts, what leads to them, and what programs see of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import (
    Access,
    ContactContent,
    ContactKind,
    Place,
    Scope,
    catch_up_index,
    create_contact,
    read_condition,
    select_ids,
)
from confida_service.complaints.complaints import ComplaintDraft, complaint_of, save_complaint
from confida_service.equipment import elsewhere
from confida_service.equipment.contracts import ContractDraft, add_contract
from confida_service.equipment.equipment import EquipmentDraft, add_equipment, today_of, visible_equipment
from confida_service.equipment.listing import ListQuery, list_contracts, list_equipment
from confida_service.equipment.own import contracts_of, equipment_of
from confida_service.equipment.reminders import remind
from confida_service.equipment.visits import VisitDraft, service_done
from confida_service.tickets.tickets import TicketDraft, open_ticket

pytestmark = pytest.mark.anyio
EQUIPMENT = "/x/service/equipment"
CONTRACTS = "/x/service/contracts"
TICKETS = "/x/service/tickets"
MARKS = (
    "sealed-product", "sealed-serial", "sealed-place", "sealed-notes", "sealed-visit", "sealed-name", "sealed-number",
    "sealed-terms", "sealed-area", "sealed-findings", "sealed-offer", "sealed-reply", "sealed-measure",
)  # fmt: skip


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


def listed(html: str) -> list[str]:
    return re.findall(r'class="ticket-cell"><a href="[^"]+"><bdi>([^<]+)</bdi></a>', html)


def undo_in(answer: Any, html: str) -> str:
    found = re.search(r'class="toast [\s\S]*?action="([^"]+)"', html)
    assert found is not None, answer.headers["location"]
    return found[1].replace("&amp;", "&")


async def after(client: Any, answer: Any) -> str:
    toast = next(one for one in answer.headers.get_list("set-cookie") if "toast" in one).partition(";")[0]
    headers = {"cookie": f"{client.cookie}={client.secret}; {toast}"}
    return str((await client.get(answer.headers["location"], headers=headers)).text)


async def put_in(crm: Any, access: Access, ada: UUID) -> None:
    """Everything that is kept of a person, with every field filled."""
    lamp = EquipmentDraft(
        product="sealed-product", serial="sealed-serial", place="sealed-place", notes="sealed-notes",
        warranty_until=today_of(crm),
    )  # fmt: skip
    one = await add_equipment(crm, access, ada, lamp)
    await service_done(crm, access, one, VisitDraft(done_on=date(2020, 1, 1), note="sealed-visit"), seen=1)
    care = ContractDraft(name="sealed-name", number="sealed-number", notes="sealed-terms", starts_on=date(2020, 1, 1))
    await add_contract(crm, access, ada, care, [one])
    await remind(crm, {})
    ticket = await open_ticket(crm, access, ada, TicketDraft(subject="Broken", kind="complaint"))
    complaint = await complaint_of(crm, access, ticket)
    assert complaint is not None
    draft = ComplaintDraft(
        area="sealed-area",
        findings="sealed-findings",
        offer="sealed-offer",
        reply="sealed-reply",
        measure="sealed-measure",
    )
    await save_complaint(crm, access, complaint.row["id"], draft, seen=1)
    linked = "INSERT INTO service_ticket_equipment (id, ticket_id, contact_id, equipment_id) VALUES (?, ?, ?, ?)"
    await crm.data.fetch(linked, ada, ticket, ada, one)


async def test_all_of_it_is_sealed_handed_out_and_gone_with_the_person(
    crm: Any, access: Access, assert_sealed: Any, assert_exported: Any, assert_erased: Any
) -> None:
    ada = await create_contact(crm, access, ContactKind.PERSON, ContactContent(display_name="Ada Lovelace"))
    await put_in(crm, access, ada)
    await assert_sealed(*MARKS)
    await assert_exported(ada, *MARKS)
    await assert_erased(ada, *MARKS)
    tables = (
        "service_equipment", "service_visit", "service_contract", "service_reminder", "service_ticket_equipment",
        "service_complaint",
    )  # fmt: skip
    assert [len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in tables] == [0] * len(tables)


async def test_equipment_is_written_down_serviced_and_thrown_away_on_its_pages(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    found = await client.post(f"{EQUIPMENT}/new", data={"find": "Lovelace", "product": "Lamp <1>", "_find": "yes"})
    assert (f'value="{ada}"' in found.text, "Lamp &lt;1&gt;" in found.text) == (True, True)
    typed = {"product": "Lamp <1>", "service_months": "x", "bought_on": "soon"}
    refused = await client.post(f"{EQUIPMENT}/new", data=typed)
    assert (refused.status_code, 'id="find-error"' in refused.text) == (422, True)
    refused = await client.post(f"{EQUIPMENT}/new", data=typed | {"contact": str(ada)})
    for kept in ('id="service_months-error"', 'id="bought_on-error"', 'value="soon"', "Lamp &lt;1&gt;"):
        assert kept in refused.text, kept
    today = today_of(crm)
    right = {"contact": str(ada), "product": "Lamp <1>", "service_months": "12", "next_service_on": "2026-01-31"}
    manual = {"files": ("manual.txt", b"Turn it on.", "text/plain")}
    made = await client.post(f"{EQUIPMENT}/new", data=right, files=manual)
    page = made.headers["location"]
    html = (await client.get(page)).text
    assert ("Lamp &lt;1&gt;" in html, "manual.txt" in html, "every 12 months" in html) == (True, True, True)
    link = re.search(r'href="([^"]+/files/[^"]+)"', html)
    assert link is not None
    file = await client.get(link[1])
    assert (file.content, file.headers["content-disposition"].partition(";")[0]) == (b"Turn it on.", "attachment")
    wrong = await client.post(f"{page}/done", data={"version": "1", "done_on": "2099-01-01", "note": "Kept words"})
    assert (wrong.status_code, 'id="done_on-error"' in wrong.text, "Kept words" in wrong.text) == (422, True, True)
    done = await client.post(f"{page}/done", data={"version": "1", "done_on": today.isoformat(), "note": "Dusted"})
    html = await after(client, done)
    assert "Dusted" in html
    [own] = await equipment_of(crm, access, ada)
    assert own.next_service_on == date(2027, 1, 31)
    await client.post(undo_in(done, html))
    [own] = await equipment_of(crm, access, ada)
    assert (own.next_service_on, own.visits) == (date(2026, 1, 31), ())
    [file_id] = [one.id for one in own.files]
    form = right | {"version": "3", "product": "A lamp", "remove": str(file_id), "retired": "yes"}
    assert (await client.post(f"{page}/edit", data=form | {"version": "1"})).status_code == 409
    assert (await client.post(f"{page}/edit", data=form)).status_code == 303
    opened = await visible_equipment(crm, access, own.id)
    assert (opened.content.product, opened.content.files, bool(opened.row["retired"])) == ("A lamp", (), True)
    assert 'value="A lamp"' in (await client.get(f"{page}/edit")).text
    gone = await client.post(f"{page}/delete")
    assert (await client.get(page)).status_code == 404
    await client.post(undo_in(gone, await after(client, gone)))
    assert (await client.get(page)).status_code == 200


async def test_contract_is_written_down_changed_and_thrown_away_on_its_pages(
    crm: Any, access: Access, client: Any, as_role: Any, ada: UUID
) -> None:
    lamp = await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp"))
    typed = {
        "contact": str(ada),
        "name": "Care",
        "starts_on": "2026-01-01",
        "ends_on": "2025-01-01",
        "covers": str(lamp),
    }
    refused = await client.post(f"{CONTRACTS}/new", data=typed)
    assert (refused.status_code, 'id="ends_on-error"' in refused.text, " checked" in refused.text) == (422, True, True)
    end = today_of(crm) + timedelta(days=20)
    made = await client.post(f"{CONTRACTS}/new", data=typed | {"ends_on": end.isoformat(), "priority": "4"})
    page = made.headers["location"]
    html = (await client.get(page)).text
    assert ("Care" in html, "Lamp" in html, "Urgent" in html) == (True, True, True)
    for query, found in (("", ["Care"]), ("show=soon", ["Care"]), ("show=over", [])):
        assert listed((await client.get(f"{CONTRACTS}?{query}")).text) == found, query
    changed = typed | {"version": "1", "name": "Less care", "ends_on": "2026-02-01", "covers": ""}
    assert (await client.post(f"{page}/edit", data=changed | {"version": "0"})).status_code == 409
    assert (await client.post(f"{page}/edit", data=changed)).status_code == 303
    [own] = await contracts_of(crm, access, ada)
    assert (own.name, own.covers, own.running) == ("Less care", (), False)
    assert 'value="Less care"' in (await client.get(f"{page}/edit")).text
    gone = await client.post(f"{page}/delete")
    await client.post(undo_in(gone, await after(client, gone)))
    reader = await as_role("readonly")
    assert ((await reader.get(page)).status_code, (await reader.get(f"{page}/edit")).status_code) == (200, 404)
    await crm.orders.give("restriction", ada)
    for address in (page, f"{EQUIPMENT}/{lamp}", f"{page}/edit"):
        assert (await client.get(address)).status_code == 404
    assert listed((await client.get(f"{CONTRACTS}?show=over")).text) == []


async def test_lists_say_what_comes_near_and_need_as_many_queries_for_three_as_for_one(
    crm: Any, access: Access, client: Any, ada: UUID, queries: Any
) -> None:
    today = today_of(crm)
    drafts = (
        EquipmentDraft(product="Lamp", serial="L-17", next_service_on=today + timedelta(days=5)),
        EquipmentDraft(product="Box", next_service_on=today - timedelta(days=5), warranty_until=today),
        EquipmentDraft(product="Chair", warranty_until=today - timedelta(days=1)),
        EquipmentDraft(product="Old", next_service_on=today, retired=True),
    )
    for draft in drafts:
        await add_equipment(crm, access, ada, draft)
    await add_contract(crm, access, ada, ContractDraft(name="Care", starts_on=today, notice_on=today, ends_on=today))
    await catch_up_index(crm)
    for query, found in (
        ("", ["Chair", "Box", "Lamp"]),
        ("show=due", ["Box", "Lamp"]),
        ("show=warranty", ["Box"]),
        ("show=retired", ["Old"]),
        (f"contact={ada}", ["Chair", "Box", "Lamp"]),
        ("contact=x&show=y&s=z&after=a", ["Chair", "Box", "Lamp"]),
    ):
        assert listed((await client.get(f"{EQUIPMENT}?{query}")).text) == found, query
    for words, found in (
        ("l-17", ["Lamp"]),
        ("lovelace chair", ["Chair"]),
        ("nothing", []),
        ("", ["Chair", "Box", "Lamp"]),
    ):
        answer = await client.post(f"{EQUIPMENT}/search", data={"q": words})
        assert listed((await client.get(answer.headers["location"])).text) == found, words
        assert "lovelace" not in answer.headers["location"]
    assert [one.label for one in await elsewhere.find(crm, access, ("lamp",), 5)] == ["Lamp L-17"]
    counts = []
    for showing in ("warranty", "used"):
        with queries() as counted:
            await list_equipment(crm, access, ListQuery(showing=showing))
        counts.append(len([sql for sql in counted if sql.startswith("SELECT")]))
    assert counts == [3, 3]
    with queries() as counted:
        await list_contracts(crm, access, ListQuery(showing="soon"))
    assert len([sql for sql in counted if sql.startswith("SELECT")]) == 3


async def test_segments_panel_and_timeline_know_what_people_have(
    crm: Any, access: Access, client: Any, ada: UUID, contact: Any
) -> None:
    today = today_of(crm)
    zoe = UUID(str(await contact("Zoe")))
    draft = EquipmentDraft(product="Boiler", next_service_on=today, service_months=12, warranty_until=today)
    one = await add_equipment(crm, access, ada, draft)
    await add_contract(crm, access, ada, ContractDraft(name="Care", starts_on=today, ends_on=today))
    await open_ticket(crm, access, ada, TicketDraft(subject="Cold", kind="complaint"))
    await catch_up_index(crm)
    for field, op, value in (
        ("service.next_service_on", "=", today.isoformat()),
        ("service.warranty_until", "=", today.isoformat()),
        ("service.contract_until", "=", today.isoformat()),
        ("service.products", "contains", "boil"),
        ("service.equipment", "=", 1),
        ("service.contracts", "=", 1),
        ("service.open_complaints", "=", 1),
    ):
        condition = read_condition({"all": [{"field": field, "op": op, "value": value}]}, crm.registry.index_fields)
        assert await select_ids(crm, access, Scope(condition=condition), limit=5) == [ada], field
    for day, note in ((today - timedelta(days=400), "Long ago"), (today, "Now")):
        version = (await visible_equipment(crm, access, one)).row["version"]
        await service_done(crm, access, one, VisitDraft(done_on=day, note=note), seen=version)
    items = await elsewhere.timeline(crm, access, ada, kinds=frozenset(), before=None, limit=10)
    assert [(item.body, item.subject) for item in items] == [("Now", "Boiler"), ("Long ago", "Boiler")]
    older = await elsewhere.timeline(
        crm, access, ada, kinds=frozenset(), before=Place(items[0].at, items[0].id), limit=10
    )
    assert [item.body for item in older] == ["Long ago"]
    html = (await client.get(f"/contacts/{ada}")).text
    assert (f"{EQUIPMENT}/{one}" in html, "Care" in html) == (True, True)
    empty = (await client.get(f"/contacts/{zoe}")).text
    assert f"{EQUIPMENT}/new?contact={zoe}" in empty


async def test_ticket_is_about_equipment_of_its_contact(
    crm: Any, access: Access, client: Any, ada: UUID, contact: Any
) -> None:
    lamp = await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp", warranty_until=today_of(crm)))
    hers = await add_equipment(crm, access, UUID(str(await contact("Zoe"))), EquipmentDraft(product="Hers"))
    ticket = f"{TICKETS}/{await open_ticket(crm, access, ada, TicketDraft(subject='Dark'))}"
    assert (await client.post(f"{ticket}/equipment", data={"equipment": str(hers)})).status_code == 422
    for _ in range(2):
        await client.post(f"{ticket}/equipment", data={"equipment": str(lamp)})
    html = (await client.get(ticket)).text
    assert (f'href="{EQUIPMENT}/{lamp}"' in html, "under warranty" in html) == (True, True)
    assert "Dark" in (await client.get(f"{EQUIPMENT}/{lamp}")).text
    form = await client.get(f"{TICKETS}/new?contact={ada}&equipment={lamp}")
    assert f'name="equipment" value="{lamp}"' in form.text
    await client.post(f"{TICKETS}/new", data={"contact": str(ada), "subject": "Hot", "equipment": str(lamp)})
    assert "Hot" in (await client.get(f"{EQUIPMENT}/{lamp}")).text
    await client.post(f"{ticket}/equipment/remove", data={"equipment": str(lamp)})
    assert f'href="{EQUIPMENT}/{lamp}"' not in (await client.get(ticket)).text


async def test_file_is_taken_in_whole_or_not_at_all(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    await catch_up_index(crm)
    head = "E-Mail;Product;Serial;Warranty;Months;Bought\r\n"
    good = "ada@example.org;Lamp;L-1;2030-01-31;12;2026-01-31\r\n"
    for rows, sentence in (
        (good + "zoe@example.org;Box;;;;\r\n", "No contact has this e-mail address."),
        (good + "ada@example.org;Box;;soon;;\r\n", "Days must be written like 2026-12-24."),
        (good + "ada@example.org;Box;;;x;\r\n", "Months must be a whole number."),
        (good + "ada@example.org;;;;;\r\n", "Please say what it is."),
    ):
        answer = await client.post(f"{EQUIPMENT}/import", files={"file": ("a.csv", (head + rows).encode(), "text/csv")})
        assert (answer.status_code, f"Row 3: {sentence}" in answer.text) == (422, True), sentence
    for content in (b"", b"name\nx\n", b"\xff\xfe\x00"):
        answer = await client.post(f"{EQUIPMENT}/import", files={"file": ("a.csv", content, "text/csv")})
        assert answer.status_code == 422
    assert await equipment_of(crm, access, ada) == []
    answer = await client.post(f"{EQUIPMENT}/import", files={"file": ("a.csv", (head + good).encode(), "text/csv")})
    assert answer.status_code == 303
    [own] = await equipment_of(crm, access, ada)
    assert (own.product, own.serial, own.service_months, own.bought_on) == ("Lamp", "L-1", 12, date(2026, 1, 31))


async def test_programs_keep_equipment_and_contracts(crm: Any, access: Access, as_program: Any, ada: UUID) -> None:
    program = await as_program("service.read", "service.write", "contacts.read")
    await open_ticket(crm, access, ada, TicketDraft(subject="Cold", kind="complaint"))
    complaints = (await program.get("/api/v1/x/service/complaints?step=received")).json()["items"]
    assert [(one["step"], one["contact_id"]) for one in complaints] == [("received", str(ada))]
    for key, given, change in (
        ("equipment", {"product": "Lamp", "service_months": 6, "bought_on": "2026-01-31"}, {"product": "A lamp"}),
        ("service-contracts", {"name": "Care", "starts_on": "2026-01-01"}, {"name": "More"}),
    ):
        api = f"/api/v1/x/service/{key}"
        made = await program.post(api, json={"contact_id": str(ada), **given})
        assert made.status_code == 201, made.text
        one = made.json()
        changed = await program.change(f"{api}/{one['id']}", change, one["etag"])
        assert (changed.status_code, changed.json() | change == changed.json()) == (200, True)
        assert (await program.change(f"{api}/{one['id']}", change, one["etag"])).status_code == 412
        assert [each["id"] for each in (await program.get(f"{api}?contact={ada}")).json()["items"]] == [one["id"]]
        wrong = await program.post(api, json={"contact_id": str(ada), **given, next(iter(change)): " "})
        assert wrong.status_code == 422
    await crm.orders.give("restriction", ada)
    for key in ("equipment", "service-contracts", "complaints"):
        assert (await program.get(f"/api/v1/x/service/{key}")).json()["items"] == []

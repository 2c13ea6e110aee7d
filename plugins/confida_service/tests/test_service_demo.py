"""The invented service: every page has something to show, and nothing of it stays, again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Installation, PhoneNumber
from confida_service.demo import desk
from confida_service.demo.loading import load, remove
from confida_service.queues.queues import save_queue
from confida_service.tickets.tickets import TicketDraft, open_ticket

pytestmark = pytest.mark.anyio
OF_PEOPLE = (
    "service_ticket", "service_message", "service_ticket_event", "service_complaint", "service_survey", "service_equipment",
    "service_visit", "service_contract", "service_time_spent",
)  # fmt: skip
OF_NOBODY = (
    "service_queue", "service_queue_member", "service_target", "service_hours", "service_canned_answer", "service_checklist",
    "service_complaint_cause", "service_routing_rule", "service_article", "service_article_version", "service_article_word",
    "service_ticket_number",
)  # fmt: skip
PLACES = {
    "tickets": "Garden desk", "complaints": "Quality of goods", "equipment": "Lawn robot", "contracts": "Workshop at home",
    "articles": "How much soil", "calls": "Missed", "figures": "solved", "complaints/figures": "Late or missed date",
    "settings/rules": desk.RULE, "settings/service-levels": "9:00-12:30",
}  # fmt: skip


async def counts(crm: Installation, tables: tuple[str, ...]) -> dict[str, int]:
    return {table: (await crm.data.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}


async def go(crm: Installation, access: Access, people: list[UUID]) -> None:
    """As purging does: the people with all that is theirs, then the rest."""
    for table in (*OF_PEOPLE, "service_call"):
        only = " WHERE contact_id IS NOT NULL" if table == "service_call" else ""
        await crm.data.fetch(f"DELETE FROM {table}{only}")
    await remove(crm, access, people)


async def test_demo_fills_every_page_and_goes_without_a_trace(
    crm: Installation, access: Access, contact: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_service.demo.schedule.AMOUNT", 16)
    people = [
        UUID(str(await contact(f"Person {n}", phones=[PhoneNumber(number=f"+44770090000{n}")]))) for n in range(9)
    ]
    await load(crm, access, people)
    filled = await counts(crm, (*OF_PEOPLE, *OF_NOBODY))
    assert [table for table, amount in filled.items() if not amount] == []
    for place, words in PLACES.items():
        page = await client.get(f"/x/service/{place}")
        assert (place, page.status_code, words in page.text) == (place, 200, True)
    future = "SELECT count(*) AS n FROM service_ticket WHERE solved_at < opened_at OR first_response_at < opened_at"
    assert (await crm.data.fetch(future))[0]["n"] == 0
    assert await crm.data.fetch("SELECT id FROM job WHERE key = 'service.missed_call'") == []
    await go(crm, access, people)
    assert await counts(crm, (*OF_NOBODY, "service_call")) == dict.fromkeys((*OF_NOBODY, "service_call"), 0)
    monkeypatch.setattr("confida_service.demo.schedule.AMOUNT", 2)
    await load(crm, access, people)
    assert await counts(crm, OF_NOBODY) == {table: filled[table] for table in OF_NOBODY}
    # A real ticket in an invented queue: both stay, and numbers go on.
    (queue,) = await crm.data.fetch("SELECT id FROM service_queue WHERE name = ?", desk.QUEUES["repairs"])
    await save_queue(crm, access, "Our own")
    for table in OF_PEOPLE:
        await crm.data.fetch(f"DELETE FROM {table}")
    await open_ticket(crm, access, people[0], TicketDraft(subject="A real one", queue_id=queue["id"]))
    await remove(crm, access, people)
    left = {table: amount for table, amount in (await counts(crm, OF_NOBODY)).items() if amount}
    assert left == {"service_queue": 2, "service_queue_member": 1, "service_ticket_number": 1}

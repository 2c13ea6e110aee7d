"""Complaints, equipment and contracts in a browser: a complaint goes a step and back; no barrier."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_owner
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import SHOWN, WIDE, barriers
from tests.live_server import LiveServer, serving

SETTINGS = {"CONFIDA_PLUGINS": '["service"]'}


async def plant(home: Path) -> None:
    """Ada with a boiler, a contract and a complaint."""
    from confida_core.api import ContactContent, ContactKind, create_contact, system_access
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import upgrade
    from confida_service.complaints.causes import save_cause
    from confida_service.complaints.complaints import ComplaintDraft, complaint_of, move_complaint, save_complaint
    from confida_service.equipment.contracts import ContractDraft, add_contract
    from confida_service.equipment.equipment import EquipmentDraft, add_equipment, today_of
    from confida_service.equipment.reminders import remind
    from confida_service.equipment.visits import VisitDraft, service_done
    from confida_service.tickets.tickets import TicketDraft, open_ticket
    from confida_web.app import load_everything

    settings, access = read_settings(home=home, plugins=("service",)), system_access("tests")
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        today = today_of(crm)
        ada = await create_contact(crm, access, ContactKind.PERSON, ContactContent(display_name="Ada Lovelace"))
        draft = EquipmentDraft(
            product="Boiler with a name that is long enough for two lines", serial="B-2026-0017", place="Cellar",
            bought_on=today - timedelta(days=800), warranty_until=today + timedelta(days=20), service_months=12,
            next_service_on=today - timedelta(days=3), notes="The key hangs at the door.",
        )  # fmt: skip
        boiler = await add_equipment(crm, access, ada, draft)
        await remind(crm, {})
        await service_done(crm, access, boiler, VisitDraft(done_on=today, note="New seal."), seen=1)
        care = ContractDraft(
            name="Care",
            number="C-7",
            starts_on=today,
            ends_on=today + timedelta(days=300),
            renews_months=12,
            priority=3,
        )
        await add_contract(crm, access, ada, care, [boiler])
        for subject in ("The boiler is cold", "The bill is wrong"):
            ticket = await open_ticket(crm, access, ada, TicketDraft(subject=subject, kind="complaint"))
            complaint = await complaint_of(crm, access, ticket)
            assert complaint is not None
            said = ComplaintDraft(
                area="Heating", cause_id=await save_cause(crm, access, f"Cause of {subject}"), remedy="refund", amount=4_550,
                currency="EUR", measure="Look at it each autumn", measure_by=today,
            )  # fmt: skip
            await save_complaint(crm, access, complaint.row["id"], said, seen=1)
            last = complaint.row["id"]
        await move_complaint(crm, access, last, "acknowledged", seen=2)


def planted(home: Path) -> None:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, plant(home)).result()


@pytest.fixture(scope="module")
def service(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, Any]]:
    """A server with service, and Olga's cookies."""
    with serving(tmp_path_factory.mktemp("service") / "home", settings=SETTINGS, before=planted) as live:
        context = browser.new_context()
        make_owner(context.new_page(), live)
        state = context.storage_state()
        context.close()
        yield live, state


def test_complaint_goes_a_step_and_back(browser: Any, service: tuple[LiveServer, Any]) -> None:
    live, state = service
    context = browser.new_context(storage_state=state, base_url=live.url, viewport=WIDE)
    window = context.new_page()
    watch = Watch(window, live.url)
    window.goto("/x/service/complaints")
    window.click(".ticket-cell a:has-text('The bill is wrong')")
    window.click("text=The conversation")
    window.click(".track-on button:has-text('Assessed')")
    expect(window.locator(".track li[aria-current]")).to_contain_text("Assessed")
    window.click("#toasts button:has-text('Undo')")
    expect(window.locator(".track li[aria-current]")).to_contain_text("Acknowledged")
    context.close()
    assert watch.complaints == []


def test_nothing_of_complaints_and_equipment_is_a_barrier(browser: Any, service: tuple[LiveServer, Any]) -> None:
    live, state = service
    # The page's policy forbids evaluated scripts; only this test's own context may inject the checker.
    context = browser.new_context(
        storage_state=state, base_url=live.url, viewport=WIDE, bypass_csp=True, reduced_motion="reduce"
    )
    window = context.new_page()
    places = ["/x/service/complaints/figures"]
    for home in ("/x/service/complaints", "/x/service/equipment"):
        window.goto(home)
        places += [home, window.locator(".ticket-cell > a").first.get_attribute("href")]
    found = {}
    for path in places:
        window.goto(path)
        for mode in SHOWN:
            mode(window)
            found[path, mode.__name__] = barriers(window)
        window.set_viewport_size(WIDE)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}

"""A restricted person is found nowhere: every page and every search that staff can reach is tried (RT-5, GDPR Art. 18)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import record_event as record_consent
from confida_consent.rights.content import HoldNote
from confida_consent.rights.holds import give_hold, today_of
from confida_consent.rights.retention import choose_country
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.contacts.relationships import add_relationship
from confida_core.contacts.states import restrict_contact
from confida_core.interactions.tasks import due_count
from confida_core.vault.access import system_access
from confida_web.routing import handlers_of
from tests.consent.people import SYSTEM, says
from tests.core.interactions.cast import log, plan
from tests.web.client import Browser, signed_in_browser

pytestmark = pytest.mark.anyio

MARK = "Zyxomark"
ADDRESS = "zyxomark@example.org"
# What is searched for is repeated on the page that says that there is nothing.
SEARCHES = ("/search", "/search/palette", "/search/people", "/contacts/search")


async def person(crm: Any, name: str, address: str, **more: Any) -> UUID:
    content = ContactContent(display_name=name, emails=[EmailAddress(address=address)], **more)
    return await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)


class House:
    """Ada, marked in everything about her, and Mats, who shares a call, a task and a relationship with her."""

    ada: UUID
    mats: UUID
    alone: UUID
    shared: UUID
    event: UUID

    async def furnish(self, crm: Any) -> None:
        self.ada = await person(crm, f"{MARK} Lovelace", ADDRESS, tags=[MARK], note=MARK)
        self.mats = await person(crm, "Mats Berg", "mats@example.org")
        self.alone = await log(crm, self.ada, subject=f"{MARK} called", at=now() - timedelta(days=1))
        await plan(crm, self.ada, subject=f"{MARK} task", due_on=now().date())
        self.shared = await log(crm, self.ada, self.mats, subject="About both", at=now() - timedelta(hours=1))
        await add_relationship(crm, system_access("tests"), "partner", self.ada, self.mats)
        yes = says(self.ada, "given", valid_until=now() + timedelta(days=20))
        self.event = (await record_consent(crm, SYSTEM, yes)).id


@pytest.fixture
async def house(crm: Any) -> House:
    found = House()
    await found.furnish(crm)
    return found


def pages_of(crm: Any, house: House) -> list[str]:
    """Every page that is shown by GET, with Ada's ids where it takes any, and Mats' beside it."""
    found: list[str] = []
    for handler in handlers_of(crm.registry):
        if "GET" not in handler.http_methods or {"public", "person"} & set(handler.opt):
            continue
        for path in handler.paths:
            for contact in (house.ada, house.mats):
                filled = path.replace("{contact_id:uuid}", str(contact)).replace("{event_id:uuid}", str(house.event))
                for interaction in (house.alone, house.shared):
                    one = filled.replace("{interaction_id:uuid}", str(interaction))
                    found.append(
                        re.sub(r"\{[^}]*:uuid\}", str(house.ada), re.sub(r"\{[^}]*:str\}", "receipt.jsonld", one))
                    )
    return sorted(set(found))


async def shown(browser: Browser, crm: Any, house: House) -> list[str]:
    """The pages that say anything of Ada."""
    found = []
    for path in pages_of(crm, house):
        answer = await browser.get(path)
        if MARK in answer.text or "zyxomark" in answer.text.lower():
            found.append(path)
    for path in SEARCHES:
        answer = await browser.post(path, data={"q": "lovel", "text": "lovel", "query": "lovel"})
        if MARK in answer.text:
            found.append(f"POST {path}")
    lists = ("/contacts?sort=name", "/contacts?archived=yes", f"/contacts?tag={MARK.lower()}", "/tasks?who=all")
    return found + [path for path in lists if f"{MARK} " in (await browser.get(path)).text]


async def test_marked_person_is_found_by_staff_before_the_restriction(app: Any, crm: Any, house: House) -> None:
    """The proof that the search below would find her."""
    async with await signed_in_browser(app, crm, "Mats", "staff") as mats:
        found = await shown(mats, crm, house)
    assert {"/contacts", "/tasks", "/consents/expiring", f"/contacts/{house.ada}", f"/contacts/{house.mats}"} <= set(
        found
    )
    assert "POST /search/palette" in found


@pytest.mark.parametrize("role", ["staff", "readonly"])
async def test_restricted_person_is_on_no_page_that_staff_can_reach(
    app: Any, crm: Any, house: House, role: str
) -> None:
    await restrict_contact(crm, system_access("tests"), house.ada)
    async with await signed_in_browser(app, crm, "Mats", role) as mats:
        assert await shown(mats, crm, house) == []
        assert (await mats.get(f"/contacts/{house.ada}")).status_code == 404


async def test_restricted_person_is_in_no_export(app: Any, crm: Any, house: House) -> None:
    await restrict_contact(crm, system_access("tests"), house.ada)
    async with await signed_in_browser(app, crm, "Olga", "owner") as olga:
        answer = await olga.post("/export", data={"format": "csv", "purpose": "newsletter"})
        assert MARK not in answer.text
        assert (await olga.get(f"/contacts/{house.ada}/vcard")).status_code == 404


async def test_tasks_about_the_restricted_alone_are_not_counted(crm: Any, house: House) -> None:
    actor, today = SYSTEM.actor.id, now().date()
    await plan(crm, house.ada, house.mats, subject="Both", due_on=today)
    assert await due_count(crm, actor, today) == 2
    await restrict_contact(crm, system_access("tests"), house.ada)
    assert await due_count(crm, actor, today) == 1
    await restrict_contact(crm, system_access("tests"), house.mats)
    assert await due_count(crm, actor, today) == 0


async def test_registers_name_a_restricted_person_only_after_the_ground(app: Any, crm: Any, house: House) -> None:
    """They lead to the question instead; reading a list of many is no look with a ground."""
    await restrict_contact(crm, system_access("tests"), house.ada)
    await choose_country(crm, system_access("tests"), "DE")
    note = HoldNote(name="Case", reason="A claim.", owner="Olga")
    await give_hold(
        crm, system_access("tests", "data_subject_rights"), house.ada, note, today_of(crm) + timedelta(days=9)
    )
    await crm.data.fetch("UPDATE contact SET created_at = ?, touched_at = NULL", now() - timedelta(days=9_000))
    await crm.data.fetch("DELETE FROM interaction_participant")
    await crm.data.fetch("DELETE FROM consent_event")
    async with await signed_in_browser(app, crm, "Olga", "privacy_officer") as officer:
        for path in ("/registers/holds", "/registers/retention/contacts"):
            page = (await officer.get(path)).text
            assert (MARK in page, "Somebody restricted" in page, f"/contacts/{house.ada}" in page) == (
                False,
                True,
                True,
            )
        stolen = (await officer.post("/registers/affected", data={"kind": "unlock_key"})).text
        assert (MARK in stolen, f"/contacts/{house.ada}" in stolen) == (False, True)
    assert [read for read in await crm.door.read_log.of(house.ada) if read.actor_id == officer.account_id] == []

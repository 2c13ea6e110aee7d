"""Putting the demo data in, and taking exactly them out again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.people import create_many
from confida_core.contacts.relationships import add_relationship
from confida_core.contacts.trash import purge_contact
from confida_core.demo.people import ORGANISATION_IDS, PERSON_IDS, employers, organisations, people
from confida_core.demo.talk import interactions
from confida_core.installation import Installation
from confida_core.interactions.interactions import log_interaction
from confida_core.vault.access import Access

BATCH = 100
Advance = Callable[[int], None]


class DemoPresent(Exception):
    """The demo data, or a part of them, are in already; nothing was changed."""


async def load_demo(crm: Installation, access: Access, advance: Advance = lambda _: None) -> int:
    """Add 200 people, 30 organisations, 1,000 interactions and who works where; returns how many contacts were added.

    advance: told how many things more are in. Raises DemoPresent.
    """
    if await present_ids(crm):
        raise DemoPresent("the demo data are in already; `confida demo purge` takes them out")
    moment = now()
    contacts = [*organisations(moment), *people(moment)]
    for start in range(0, len(contacts), BATCH):
        batch = contacts[start : start + BATCH]
        await create_many(crm, access, batch, kind="created")
        advance(len(batch))
    await relate(crm, access)
    accounts = await crm.data.fetch("SELECT id FROM account WHERE state = 'active' ORDER BY id")
    await log_all(crm, access, [row["id"] for row in accounts], advance)
    return len(contacts)


async def relate(crm: Installation, access: Access) -> None:
    """Who works where, as relationships."""
    async with crm.data.transaction():
        for person, employer in employers().items():
            await add_relationship(crm, access, "works_at", PERSON_IDS[person], ORGANISATION_IDS[employer])


async def log_all(crm: Installation, access: Access, assignees: list[UUID], advance: Advance) -> None:
    """A hundred to a transaction: a commit each would take most of the time."""
    drafts = interactions(now(), assignees)
    while batch := list(islice(drafts, BATCH)):
        async with crm.data.transaction():
            for draft in batch:
                await log_interaction(crm, access, draft)
        advance(len(batch))


async def present_ids(crm: Installation) -> list[UUID]:
    """Which of the demo contacts are in this installation."""
    ids = [*PERSON_IDS, *ORGANISATION_IDS]
    marks = ", ".join("?" * len(ids))
    return [
        row["id"] for row in await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks}) ORDER BY id", *ids)
    ]


async def purge_demo(crm: Installation, advance: Advance = lambda _: None) -> int:
    """Erase the demo contacts with everything that is about them alone; returns how many there were.

    What real people share with them stays those people's. Can be repeated until it has succeeded.
    """
    ids = await present_ids(crm)
    for contact_id in ids:
        await purge_contact(crm, contact_id)
        advance(1)
    return len(ids)

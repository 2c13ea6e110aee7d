"""Putting the demo data in, and taking exactly them out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.people import create_many
from confida_core.contacts.relationships import add_relationship
from confida_core.contacts.trash import purge_contact
from confida_core.demo.people import Ids, employers, ids_of, organisations, people
from confida_core.demo.talk import interactions
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.vault.access import Access

BATCH = 100
Advance = Callable[[int], None]


# How often the invented people were erased here: nobody who was erased comes back under the same id.
ROUNDS = "demo rounds"


class DemoPresent(Exception):
    """The demo data, or a part of them, are in already; nothing was changed."""


async def load_demo(crm: Installation, access: Access, advance: Advance = lambda _: None) -> int:
    """Add 200 people, 30 organisations, 1,000 interactions and who works where; returns how many contacts were added.

    advance: told how many things more are in. Raises DemoPresent.
    """
    ids = await demo_ids(crm)
    if await present_ids(crm, ids):
        raise DemoPresent("the demo data are in already; `confida demo purge` takes them out")
    moment = now()
    contacts = [*organisations(moment, ids), *people(moment, ids)]
    for start in range(0, len(contacts), BATCH):
        batch = contacts[start : start + BATCH]
        await create_many(crm, access, batch, kind="created")
        advance(len(batch))
    await relate(crm, access, ids)
    accounts = await crm.data.fetch("SELECT id FROM account WHERE state = 'active' ORDER BY id")
    drafts = interactions(now(), [row["id"] for row in accounts], ids)
    await log_all(crm, access, drafts, advance)
    return len(contacts)


async def rounds(crm: Installation) -> int:
    kept = await crm.keyring.remembered(ROUNDS)
    return kept[0] if kept else 0


async def demo_ids(crm: Installation) -> Ids:
    """Of the invented people who are here, or would be next."""
    return ids_of(await rounds(crm))


async def relate(crm: Installation, access: Access, ids: Ids) -> None:
    """Who works where, as relationships."""
    async with crm.data.transaction():
        for person, employer in employers().items():
            await add_relationship(crm, access, "works_at", ids.people[person], ids.organisations[employer])


async def log_all(crm: Installation, access: Access, drafts: Iterator[InteractionDraft], advance: Advance) -> None:
    """A hundred to a transaction: a commit each would take most of the time."""
    while batch := list(islice(drafts, BATCH)):
        async with crm.data.transaction():
            for draft in batch:
                await log_interaction(crm, access, draft)
        advance(len(batch))


async def present_ids(crm: Installation, ids: Ids) -> list[UUID]:
    """Which of the demo contacts are in this installation."""
    marks = ", ".join("?" * len(ids.everybody))
    rows = await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks}) ORDER BY id", *ids.everybody)
    return [row["id"] for row in rows]


async def purge_demo(crm: Installation, advance: Advance = lambda _: None) -> int:
    """Erase the demo contacts with everything that is about them alone; returns how many there were.

    What real people share with them stays those people's. Can be repeated until it has succeeded; `next_round` then says
    that those who come next are others.
    """
    present = await present_ids(crm, await demo_ids(crm))
    for contact_id in present:
        await purge_contact(crm, contact_id)
        advance(1)
    return len(present)


async def next_round(crm: Installation) -> None:
    """To be called when everything of the invented people is gone, what plugins had of them included."""
    await crm.keyring.remember(ROUNDS, await rounds(crm) + 1)

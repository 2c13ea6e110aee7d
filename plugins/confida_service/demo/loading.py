"""Putting the invented service in, and taking exactly it out again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from confida_core.api import Access, DemoData, Installation, active_accounts, now, open_contacts
from confida_service.demo.articles import take_away, write_down
from confida_service.demo.calls import hang_up, ring
from confida_service.demo.cast import Cast
from confida_service.demo.desk import employ, set_up, take_down
from confida_service.demo.grievances import go_through
from confida_service.demo.telling import tell_all
from confida_service.demo.things import hand_over

SEED = 1845
PEOPLE = 90
"""So many of the invented ever ask anything."""


async def load(crm: Installation, access: Access, people: Sequence[UUID]) -> None:
    """As colleagues would have worked for two months, always the same."""
    chance, begun = random.Random(SEED), now()  # noqa: S311 -- Invented data; nothing secret depends on it.
    owners: list[UUID | None] = [one.id for one in await active_accounts(crm)]
    desks = await set_up(crm, access)
    cast = Cast(
        people=await open_contacts(crm, access, people[:PEOPLE]), owners=owners or [None], desks=desks, chance=chance
    )
    await write_down(crm, access)
    await go_through(crm, access, await tell_all(crm, access, cast))
    await hand_over(crm, access, cast)
    await ring(crm, cast)
    await employ(crm, access, desks, owners)
    await forget_missed(crm, begun)


async def forget_missed(crm: Installation, begun: datetime) -> None:
    """Whatever becomes of calls that nobody took, these become no task and no ticket: nobody can call back."""
    await crm.data.fetch(
        "DELETE FROM job WHERE key = 'service.missed_call' AND state = 'waiting' AND queued_at >= ?", begun
    )


async def remove(crm: Installation, _: Access, __: Sequence[UUID]) -> None:
    """What is about nobody. Numbers begin anew if no real ticket has one."""
    async with crm.data.transaction():
        await take_away(crm)
        await hang_up(crm)
        await take_down(crm)
        if not await crm.data.fetch("SELECT id FROM service_ticket LIMIT 1"):
            await crm.data.fetch("DELETE FROM service_ticket_number")


DEMO = DemoData(key="service", load=load, remove=remove)

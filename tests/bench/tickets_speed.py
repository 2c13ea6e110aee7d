"""Prints what service takes: `python -m tests.bench.tickets_speed [sqlite|postgres] [tickets]`; `make bench` does too.

50,000 tickets unless told otherwise.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.accounts.roles import permissions_of
from confida_core.clock import now
from confida_core.contacts.indexing import ContactSource
from confida_core.ids import new_id
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.storage.batches import batches
from confida_core.vault.access import Access, Actor
from confida_service.content import MESSAGE, TICKET, MessageContent, TicketContent
from confida_service.queues.queues import first_queue, save_queue
from confida_web.app import load_everything
from tests.bench.figures import Figures
from tests.bench.sales_speed import PutLoad, note_pages, wait_until_idle
from tests.bench.server import serving
from tests.bench.stores import STORES_BY_NAME
from tests.bench.visits import know

TICKETS, PEOPLE, BATCH, DAYS = 50_000, 40_000, 2_000, 730
QUEUES = ("Inbox", "Repairs", "Invoices", "Complaints")
LIST = "/x/service/tickets"


def measure_tickets(settings: Settings, figures: Figures, put_load: PutLoad, tickets: int) -> None:
    """Pages as one person asks for them, then eight at once."""
    known = asyncio.run(know(settings))
    config = settings.home / "config.toml"
    before = config.read_text() if config.exists() else ""
    config.write_text(f'plugins = ["service"]\n{before}')
    try:
        places = asyncio.run(filled(settings.model_copy(update={"plugins": ("service",)}), tickets))
        with serving(settings) as server:
            server.seconds_until(LIST, known.visitors[0].cookie)
            wait_until_idle(server)
            for name, addresses in places.items():
                for people, key in ((1, f"tickets.{name}"), (8, f"tickets.{name}.eight")):
                    plans = [[one.get(each) for each in addresses] for one in known.visitors[:people]]
                    note_pages(figures, key, put_load(server, plans, 5))
    finally:
        config.write_text(before)


async def filled(settings: Settings, tickets: int) -> dict[str, list[str]]:
    """What is asked for, by name of the figure."""
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        owners = [row["id"] for row in await crm.data.fetch("SELECT id FROM account ORDER BY id")]
        actor = Actor(id=owners[0], permissions=permissions_of(crm.registry, "owner"))
        access = Access(actor=actor, purpose="relationship", where="bench")
        started = time.perf_counter()
        queues = [await first_queue(crm), *[await save_queue(crm, access, name) for name in QUEUES[1:]]]
        ids = await fill_tickets(crm, tickets, queues, owners)
        print(f"  {tickets:,} tickets after {time.perf_counter() - started:.0f} s", flush=True)
        await crm.data.fetch("ANALYZE" if crm.data.engine == "sqlite" else "VACUUM ANALYZE")
        await crm.index.rebuild(ContactSource(crm))
    return {
        "queue": [f"{LIST}?queue={queue}" for queue in queues] + [LIST],
        "done": [f"{LIST}?showing=done&queue={queue}" for queue in queues],
        "ticket": [f"{LIST}/{one}" for one in ids[-200:]],
        "figures": [f"/x/service/figures?by={by}" for by in ("month", "queue", "person", "kind")],
    }


async def fill_tickets(crm: Installation, tickets: int, queues: Sequence[UUID], owners: Sequence[UUID]) -> list[UUID]:
    """One in twenty waits, as in a service that keeps up; all have two messages."""
    chance = random.Random(7)
    rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id LIMIT ?", PEOPLE)
    people = [row["id"] for row in rows]
    await crm.keyring.ensure(people, "relationship")
    made: list[UUID] = []
    for numbers in batches(range(1, tickets + 1), BATCH):
        columns = [ticket(chance, number, people, queues, owners) for number in numbers]
        await crm.records.insert_many(TICKET, [(one, words(chance, one["number"])) for one in columns])
        await crm.records.insert_many(MESSAGE, [said for one in columns for said in messages(one, owners)])
        made += [one["id"] for one in columns]
    await crm.data.fetch("DELETE FROM service_ticket_number")
    await crm.data.fetch("INSERT INTO service_ticket_number (id, next) VALUES (1, ?)", tickets + 1)
    return made


def ticket(
    chance: random.Random, number: int, people: Sequence[UUID], queues: Sequence[UUID], owners: Sequence[UUID]
) -> dict[str, Any]:
    opened = now() - timedelta(days=chance.uniform(0, DAYS))
    waits = chance.random() < 0.05
    answered = opened + timedelta(minutes=chance.expovariate(1 / 300))
    solved = None if waits else answered + timedelta(minutes=chance.expovariate(1 / 3_000))
    return {
        "id": new_id(),
        "number": number,
        "contact_id": chance.choice(people),
        "queue_id": chance.choice(queues),
        "state": chance.choice(("new", "open", "pending", "on_hold")) if waits else "closed",
        "kind": chance.choice(("question", "fault", "complaint", "order", "access")),
        "priority": chance.choice((1, 2, 2, 2, 3, 4)),
        "channel": chance.choice(("email", "email", "phone", "web", "chat")),
        "assignee_id": chance.choice((*owners, None)),
        "opened_at": opened,
        "touched_at": solved or answered,
        "first_response_at": answered,
        "solved_at": solved,
        "first_response_due": opened + timedelta(hours=8),
        "solution_due": opened + timedelta(days=3),
    }


def words(chance: random.Random, number: int) -> TicketContent:
    return TicketContent(subject=f"{chance.choice(('Lamp', 'Invoice', 'Door', 'Delivery', 'Password'))} {number}")


def messages(one: dict[str, Any], owners: Sequence[UUID]) -> list[tuple[dict[str, Any], MessageContent]]:
    asked = (message(one, "in", one["opened_at"], None), MessageContent(text="It does not work. " * 20))
    answered = (message(one, "out", one["first_response_at"], owners[0]), MessageContent(text="Please try this. " * 20))
    return [asked, answered]


def message(one: dict[str, Any], direction: str, at: datetime, author: UUID | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "ticket_id": one["id"],
        "contact_id": one["contact_id"],
        "direction": direction,
        "channel": one["channel"],
        "at": at,
        "author_id": author,
    }


def alone(engine: str, tickets: int) -> None:
    """Without the other parts of the bench."""
    from tests.bench.__main__ import put_load  # It imports this module.

    store = STORES_BY_NAME[engine](40_000, 100)
    with store.prepared() as settings:
        measure_tickets(settings, Figures(store.name), put_load, tickets)


if __name__ == "__main__":
    engine, *given = sys.argv[1:] or ["sqlite"]
    alone(engine, int(given[0]) if given else TICKETS)
